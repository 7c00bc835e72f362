using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Projects;

/// <summary>
/// What a file says about itself, from its text alone: which names it declares, which it mentions, which methods may train. Kept for
/// as long as the tree lives, so that an edit in one file reads that file only.
/// </summary>
internal sealed class TreeDigest
{
    private static readonly ConditionalWeakTable<SyntaxTree, TreeDigest> Cache = new();
    private static readonly HashSet<string> TorchWords =
        new(["TorchSharp", "Module", "Tensor", "torch", "nn", "optim"], StringComparer.Ordinal);
    private static readonly HashSet<string> Triggers =
        new(["forward", "Forward", "call", "backward", "cat", "stack", "matmul", "permute", "softmax", "optim", "cross_entropy", "kl_div",
        "reshape", "view", "load", "save", "state_dict", "load_state_dict", "normal_", "uniform_"], StringComparer.Ordinal);
    private static readonly HashSet<string> TrainingWords =
        new(["backward", "optim", "cross_entropy", "binary_cross_entropy", "kl_div"], StringComparer.Ordinal);

    private TreeDigest(SyntaxNode root, string text)
    {
        var (declared, methods, types) = (new HashSet<string>(StringComparer.Ordinal), new List<MethodDigest>(),
            new List<TypeDeclarationSyntax>());
        var unit = (CompilationUnitSyntax)root;
        if (unit.Members.Any(SyntaxKind.GlobalStatement)) methods.Add(new MethodDigest("<program>", root));
        foreach (var node in root.DescendantNodes(n =>
            n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
            switch (node)
            {
                case TypeDeclarationSyntax type:
                    declared.Add(type.Identifier.ValueText);
                    types.Add(type);
                    break;
                case MethodDeclarationSyntax method:
                    // Extensions are called without their class's name.
                    if (method.ParameterList.Parameters.FirstOrDefault()?.Modifiers.Any(SyntaxKind.ThisKeyword) == true)
                        declared.Add(method.Identifier.ValueText);
                    methods.Add(new MethodDigest(method.Identifier.ValueText, method));
                    break;
            }
        // Words are found in the text, which costs a tenth of what visiting every token does; one in a comment does no harm.
        var next = methods.Count > 0 && methods[0].Node == root ? 1 : 0;
        var program = next == 1 ? methods[0] : null;
        var seen = new Dictionary<string, (WordKind Kind, MethodDigest? In)>(StringComparer.Ordinal);
        foreach (var (start, word) in Words.In(text))
        {
            while (next < methods.Count && methods[next].Node.Span.End <= start) next++;
            var method = next < methods.Count && methods[next].Node.SpanStart <= start ? methods[next] : program;
            var isNew = !seen.TryGetValue(word, out var last);
            if (!isNew && last.In == method) continue;
            seen[word] = (isNew ? last.Kind = KindOf(word) : last.Kind, method);
            method?.Add(word, last.Kind);
        }
        MentionsTorch = seen.Values.Any(w => (w.Kind & WordKind.Torch) != 0);
        Trains = seen.ContainsKey("backward");
        (Mentions, Declares, Methods, Types) = (seen.Keys, declared.ToArray(), methods, types);
        var forAll = unit.Usings.Where(u => u.GlobalKeyword != default).ToList();
        ImportsTorchForAll = forAll.Any(u => u.DescendantTokens().Any(t => t.ValueText == "TorchSharp"));
        ImportsForAll =
            forAll.Where(u => u.StaticKeyword != default)
            .Select(u => u.DescendantTokens().Last(t => t.IsKind(SyntaxKind.IdentifierToken)).ValueText).ToArray();
    }

    /// <summary>What a word says of the method it stands in.</summary>
    [Flags]
    internal enum WordKind { None, Torch = 1, Touches = 2, Trains = 4 }

    private static WordKind KindOf(string word)
    {
        if (word.EndsWith("Loss", StringComparison.Ordinal) || word.EndsWith("_loss", StringComparison.Ordinal))
            return WordKind.Touches | WordKind.Trains;
        return (TorchWords.Contains(word) ? WordKind.Torch : 0) | (Triggers.Contains(word) ? WordKind.Touches : 0)
            | (TrainingWords.Contains(word) ? WordKind.Trains : 0);
    }

    public bool MentionsTorch { get; }
    public bool Trains { get; }

    /// <summary>The types it declares, and their extension methods.</summary>
    public IReadOnlyList<string> Declares { get; } = [];

    /// <summary>Every identifier in it.</summary>
    public IReadOnlyCollection<string> Mentions { get; } = [];

    /// <summary>Any file may use TorchSharp without saying its name.</summary>
    public bool ImportsTorchForAll { get; }

    /// <summary>The types whose static methods any file may call without naming them: <c>global using static</c>.</summary>
    public IReadOnlyList<string> ImportsForAll { get; } = [];
    public IReadOnlyList<MethodDigest> Methods { get; } = [];

    private Dictionary<TextSpan, MethodDigest>? _bySpan;

    /// <summary>The method that stands there; null if there is none.</summary>
    public MethodDigest? MethodAt(TextSpan span) =>
        (_bySpan ??= Methods.ToDictionary(m => m.Node.Span)).TryGetValue(span, out var method) ? method : null;
    public IReadOnlyList<TypeDeclarationSyntax> Types { get; } = [];

    public static TreeDigest Of(SyntaxTree tree, CancellationToken cancellation)
    {
        if (Cache.TryGetValue(tree, out var known)) return known;
        var root = tree.GetRoot(cancellation);
        var text = tree.GetText(cancellation).ToString();
        return Cache.GetValue(tree, _ => new TreeDigest(root, text));
    }

    /// <summary>What one method says.</summary>
    internal sealed class MethodDigest(string name, SyntaxNode node)
    {
        private readonly List<string> _mentions = [];
        private WordKind _kind;

        public string Name => name;
        public SyntaxNode Node => node;

        /// <summary>Every identifier in it; some more than once.</summary>
        public IReadOnlyList<string> Mentions => _mentions;

        /// <summary>Applies networks or does something to them.</summary>
        public bool Touches => (_kind & WordKind.Touches) != 0;

        /// <summary>Computes a loss, goes backward or makes an optimizer.</summary>
        public bool Trains => (_kind & WordKind.Trains) != 0;

        public void Add(string word, WordKind kind)
        {
            _mentions.Add(word);
            _kind |= kind;
        }
    }
}

/// <summary>The words of a text.</summary>
internal static class Words
{
    // The same words come again and again; most need no new string.
    [ThreadStatic] private static string?[]? _recent;

    public static IEnumerable<(int Start, string Word)> In(string text)
    {
        var recent = _recent ??= new string?[4096];
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsLetter(text[i]) && text[i] != '_') continue;
            var (start, hash) = (i, 17);
            for (; i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '_'); i++) hash = unchecked(hash * 31 + text[i]);
            ref var slot = ref recent[hash & (recent.Length - 1)];
            if (slot is null || slot.Length != i - start || string.CompareOrdinal(slot, 0, text, start, i - start) != 0)
                slot = text.Substring(start, i - start);
            yield return (start, slot);
        }
    }
}
