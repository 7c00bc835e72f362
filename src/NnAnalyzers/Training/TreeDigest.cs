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
        var (declared, methods, types) = (new HashSet<string>(StringComparer.Ordinal), new List<MethodDigest>(), new List<TypeDeclarationSyntax>());
        var program = root is CompilationUnitSyntax { Members: var members } && members.Any(SyntaxKind.GlobalStatement) ? new MethodDigest("<program>", root) : null;
        if (program is not null) methods.Add(program);
        Visit(root, null);
        foreach (var method in methods) names.UnionWith(method.Mentions);
        MentionsTorch = names.Overlaps(TorchWords);
        Trains = names.Contains("backward");
        if (!MentionsTorch) return;
        Mentions = names.ToArray();

        // Each identifier belongs to the method around it, or to the file.
        void Visit(SyntaxNode node, MethodDigest? method)
        {
            switch (node)
            {
                case TypeDeclarationSyntax type:
                    declared.Add(type.Identifier.ValueText);
                    types.Add(type);
                    break;
                case MethodDeclarationSyntax declaration when method is null || method == program:
                    // Extensions are called without their class's name.
                    if (declaration.ParameterList.Parameters.FirstOrDefault()?.Modifiers.Any(SyntaxKind.ThisKeyword) == true) declared.Add(declaration.Identifier.ValueText);
                    methods.Add(method = new MethodDigest(declaration.Identifier.ValueText, declaration));
                    break;
                case GlobalStatementSyntax:
                    method = program;
                    break;
            }
            if (!HasStack()) return;
            foreach (var child in node.ChildNodesAndTokens())
                if (child.AsNode() is { } inner) Visit(inner, method);
                else if (child.IsKind(SyntaxKind.IdentifierToken)) (method?.Mentions ?? names).Add(child.AsToken().ValueText);
        }
        (Declares, Methods, Types) = (declared.ToArray(), methods, types);
        if (root is CompilationUnitSyntax { Usings: var usings })
            ImportsForAll = usings.Where(u => u.GlobalKeyword != default && u.StaticKeyword != default).Select(u => u.DescendantTokens().Last(t => t.IsKind(SyntaxKind.IdentifierToken)).ValueText).ToArray();
    }

    public bool MentionsTorch { get; }
    public bool Trains { get; }

    /// <summary>The types it declares, and their extension methods.</summary>
    public IReadOnlyList<string> Declares { get; } = [];

    /// <summary>Every identifier in it.</summary>
    public IReadOnlyList<string> Mentions { get; } = [];

    /// <summary>The types whose static methods any file may call without naming them: <c>global using static</c>.</summary>
    public IReadOnlyList<string> ImportsForAll { get; } = [];
    public IReadOnlyList<MethodDigest> Methods { get; } = [];
    public IReadOnlyList<TypeDeclarationSyntax> Types { get; } = [];

    public static TreeDigest Of(SyntaxTree tree, CancellationToken cancellation)
    {
        if (Cache.TryGetValue(tree, out var known)) return known;
        var root = tree.GetRoot(cancellation);
        return Cache.GetValue(tree, _ => new TreeDigest(root));
    }

    /// <summary>What one method says.</summary>
    internal sealed class MethodDigest(string name, SyntaxNode node)
    {
        private bool? _touches, _trains;

        public string Name => name;
        public SyntaxNode Node => node;
        public HashSet<string> Mentions { get; } = new(StringComparer.Ordinal);

        /// <summary>Applies networks or does something to them.</summary>
        public bool Touches => _touches ??= Mentions.Overlaps(Triggers) || Mentions.Any(IsLoss);

        /// <summary>Computes a loss, goes backward or makes an optimizer.</summary>
        public bool Trains => _trains ??= Mentions.Overlaps(TrainingWords) || Mentions.Any(IsLoss);

        private static bool IsLoss(string word) => word.EndsWith("Loss", StringComparison.Ordinal) || word.EndsWith("_loss", StringComparison.Ordinal);
    }

    private static bool HasStack()
    {
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return true;
        }
        catch (InsufficientExecutionStackException)
        {
            return false;
        }
    }
}
