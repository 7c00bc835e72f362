using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NnAnalyzers.Training;

/// <summary>
/// What a file says about itself, from its syntax alone: which names it declares, which it mentions, which methods may train. Kept for
/// as long as the tree lives, so that an edit in one file reads that file only.
/// </summary>
internal sealed class TreeDigest
{
    private static readonly ConditionalWeakTable<SyntaxTree, TreeDigest> Cache = new();
    private static readonly HashSet<string> TorchWords = new(["TorchSharp", "Module", "Tensor", "torch", "nn", "optim"], StringComparer.Ordinal);
    private static readonly HashSet<string> Triggers = new(["forward", "Forward", "call", "backward", "optim", "cross_entropy", "kl_div", "reshape", "view", "load", "save", "state_dict", "load_state_dict", "normal_", "uniform_"], StringComparer.Ordinal);
    private static readonly HashSet<string> TrainingWords = new(["backward", "optim", "cross_entropy", "binary_cross_entropy", "kl_div"], StringComparer.Ordinal);

    private TreeDigest(SyntaxNode root)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in root.DescendantTokens())
            if (token.IsKind(SyntaxKind.IdentifierToken)) names.Add(token.ValueText);
        MentionsTorch = names.Overlaps(TorchWords);
        Trains = names.Contains("backward");
        if (!MentionsTorch) return;
        Mentions = names.ToArray();
        var (declared, methods, types) = (new HashSet<string>(StringComparer.Ordinal), new List<MethodDigest>(), new List<TypeDeclarationSyntax>());
        if (root is CompilationUnitSyntax unit && unit.Members.OfType<GlobalStatementSyntax>().Any())
            methods.Add(new MethodDigest("<program>", root, unit.Members.OfType<GlobalStatementSyntax>()));
        foreach (var node in root.DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
            switch (node)
            {
                case TypeDeclarationSyntax type:
                    declared.Add(type.Identifier.ValueText);
                    types.Add(type);
                    break;
                case MethodDeclarationSyntax method:
                    // Extensions and imported functions are called without their class's name.
                    if (method.Parent is TypeDeclarationSyntax { Modifiers: var modifiers } && modifiers.Any(SyntaxKind.StaticKeyword)) declared.Add(method.Identifier.ValueText);
                    methods.Add(new MethodDigest(method.Identifier.ValueText, method, [method]));
                    break;
            }
        (Declares, Methods, Types) = (declared.ToArray(), methods, types);
    }

    public bool MentionsTorch { get; }
    public bool Trains { get; }

    /// <summary>The types it declares, and the functions that can be called without naming theirs.</summary>
    public IReadOnlyList<string> Declares { get; } = [];

    /// <summary>Every identifier in it.</summary>
    public IReadOnlyList<string> Mentions { get; } = [];
    public IReadOnlyList<MethodDigest> Methods { get; } = [];
    public IReadOnlyList<TypeDeclarationSyntax> Types { get; } = [];

    public static TreeDigest Of(SyntaxTree tree, CancellationToken cancellation)
    {
        if (Cache.TryGetValue(tree, out var known)) return known;
        var root = tree.GetRoot(cancellation);
        return Cache.GetValue(tree, _ => new TreeDigest(root));
    }

    /// <summary>What one method says.</summary>
    internal sealed class MethodDigest
    {
        public MethodDigest(string name, SyntaxNode node, IEnumerable<SyntaxNode> parts)
        {
            (Name, Node) = (name, node);
            var mentions = new HashSet<string>(StringComparer.Ordinal);
            foreach (var token in parts.SelectMany(p => p.DescendantTokens()))
                if (token.IsKind(SyntaxKind.IdentifierToken)) mentions.Add(token.ValueText);
            Mentions = mentions.ToArray();
            Touches = Mentions.Any(m => Triggers.Contains(m) || m.EndsWith("Loss", StringComparison.Ordinal) || m.EndsWith("_loss", StringComparison.Ordinal));
            Trains = Mentions.Any(m => TrainingWords.Contains(m) || m.EndsWith("Loss", StringComparison.Ordinal) || m.EndsWith("_loss", StringComparison.Ordinal));
        }

        public string Name { get; }
        public SyntaxNode Node { get; }
        public IReadOnlyList<string> Mentions { get; }

        /// <summary>Applies networks or does something to them.</summary>
        public bool Touches { get; }

        /// <summary>Computes a loss, goes backward or makes an optimizer.</summary>
        public bool Trains { get; }
    }
}
