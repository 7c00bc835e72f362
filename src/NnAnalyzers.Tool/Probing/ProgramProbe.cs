using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Tool.Verify;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Tool.Probing;

/// <summary>Rewrites a program so that the probes can ask where something goes backward.</summary>
internal static class ProgramProbe
{
    /// <summary>A place where something goes backward.</summary>
    /// <param name="Syntax">What goes backward.</param>
    /// <param name="IsAsked">Whether the code that worked it out can be run again.</param>
    public sealed record Place(ExpressionSyntax Syntax, bool IsAsked);

    /// <summary>The program, to be watched, and its places in order.</summary>
    public static (Compilation Program, IReadOnlyList<Place> Places) Of(Compilation compilation, ProjectGraph graph,
        CancellationToken cancellation)
    {
        var without = new HashSet<int>();
        while (true)
        {
            var (program, losses, asked) = Rewrite(compilation, graph, without, cancellation);
            var error = asked.Count == 0 ? null
                : program.GetDiagnostics(cancellation).FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error);
            if (error is null) return (program, losses.Select((l, i) => new Place(l, asked.Contains(i))).ToList());
            // What cannot be run again here, a ref parameter or a field of a struct, does not compile: it is left out.
            var line = error.Location.GetLineSpan();
            var culprits = asked.Where(i => losses[i].SyntaxTree.FilePath == line.Path
                && losses[i].GetLocation().GetLineSpan().EndLinePosition.Line == line.StartLinePosition.Line).ToList();
            without.UnionWith(culprits.Count > 0 ? culprits : asked);
        }
    }

    private static (Compilation, List<ExpressionSyntax>, HashSet<int>) Rewrite(Compilation compilation, ProjectGraph graph,
        HashSet<int> without, CancellationToken cancellation)
    {
        var torch = TorchSymbols.TryCreate(compilation)!;
        var wrapping = new Wrapping();
        var losses = Watching.SeedsAndLosses(compilation, wrapping, cancellation);
        Watching.Compared(graph, wrapping);
        var (optimizers, applied) = (new Dictionary<SyntaxNode, int>(), new HashSet<InvocationExpressionSyntax>());
        foreach (var tree in compilation.SyntaxTrees.OrderBy(t => t.FilePath, StringComparer.Ordinal))
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var made in tree.GetRoot(cancellation).DescendantNodes().OfType<ExpressionSyntax>())
                if (made is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax
                    && torch.IsOptimizer(model.GetTypeInfo(made, cancellation).Type)
                    && torch.IsTorch(model.GetSymbolInfo(made, cancellation).Symbol))
                {
                    wrapping.Add(made, $"{Watching.Watch}Optimizer(", $", {optimizers.Count})");
                    optimizers[made] = optimizers.Count;
                }
                else if (made is InvocationExpressionSyntax call && Applies(call, model, torch, cancellation)) applied.Add(call);
        }
        var place = 0;
        foreach (var call in applied) Wrap(call, compilation.GetSemanticModel(call.SyntaxTree), torch, wrapping, ref place);
        var asked = new HashSet<int>();
        var again = losses.Select((loss, i) => without.Contains(i) ? null
            : Slice.Of(loss, compilation.GetSemanticModel(loss.SyntaxTree), wrapping, applied.Contains)).ToList();
        for (var i = 0; i < losses.Count; i++)
        {
            var steps = OptimizerAfter(losses[i], graph) is { } creation && optimizers.TryGetValue(creation, out var known) ? known : -1;
            wrapping.Add(losses[i], $"{Watching.Watch}Loss(", $", {i}, {steps}{(again[i] is { } code ? $", {code}" : "")})");
            if (again[i] is not null) asked.Add(i);
        }
        return (Watching.WithWatch(wrapping.Apply(compilation)), losses, asked);
    }

    /// <summary>
    /// A call of a network from outside of one: the modules inside are parts of it. A module that trains itself is taken from inside.
    /// </summary>
    private static bool Applies(InvocationExpressionSyntax call, SemanticModel model, TorchSymbols torch,
        CancellationToken cancellation)
    {
        if (model.GetSymbolInfo(call, cancellation).Symbol is not IMethodSymbol { IsStatic: false, ContainingType: { } on } method
            || !torch.IsModule(on) || IsLoss(on, torch) || !method.Parameters.Any(p => torch.IsTensor(p.Type))
            || method.Name is "to" or "load_state_dict" or "register_buffer" or "register_parameter") return false;
        var around = call.FirstAncestorOrSelf<MethodDeclarationSyntax>();
        return call.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } home
            || model.GetDeclaredSymbol(home, cancellation) is not ITypeSymbol type || !torch.IsModule(type)
            || around?.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => Watching.NameOf(c) == "backward") == true;
    }

    /// <summary>A loss of two sides, or of three: a triplet's.</summary>
    private static bool IsLoss(ITypeSymbol? type, TorchSymbols torch)
    {
        for (; type is not null; type = type.BaseType)
            if (type.Name == "Loss" && torch.IsTorch(type)) return true;
        return false;
    }

    private static void Wrap(InvocationExpressionSyntax call, SemanticModel model, TorchSymbols torch, Wrapping wrapping, ref int place)
    {
        if (call.Expression is MemberAccessExpressionSyntax { Expression: not BaseExpressionSyntax and var on })
            wrapping.Add(on, $"{Watching.Watch}Model(", $", {Quoted(on)})");
        else if (call.Expression is SimpleNameSyntax name) wrapping.Add(name, $"{Watching.Watch}Model(this, \"this\").", "");
        foreach (var argument in call.ArgumentList.Arguments)
            if (argument.RefKindKeyword.RawKind == 0 && torch.IsTensor(model.GetTypeInfo(argument.Expression).Type))
                wrapping.Add(argument.Expression, $"{Watching.Watch}Input(", $", {place++})");
        if (torch.IsTensor(model.GetTypeInfo(call).Type)) wrapping.Add(call, $"{Watching.Watch}Applied(", ")");
    }

    /// <summary>What the program calls a network: its last name, as a name of a module may be.</summary>
    private static string Quoted(ExpressionSyntax on) => '"' + (on is MemberAccessExpressionSyntax access ? access.Name.Identifier.ValueText
        : on is IdentifierNameSyntax name ? name.Identifier.ValueText : "network") + '"';

    /// <summary>Where the optimizer is made that steps next.</summary>
    private static SyntaxNode? OptimizerAfter(ExpressionSyntax loss, ProjectGraph graph)
    {
        foreach (var site in graph.Sites)
            if (site.Of(EventKind.Backward).FirstOrDefault(e => e.Operation.Syntax.Span.Contains(loss.Span)
                && e.Operation.Syntax.SyntaxTree == loss.SyntaxTree) is { } backward
                && site.Of(EventKind.Step).FirstOrDefault(e => e.Order > backward.Order) is
                { Subject: Graph.Optimizer { Creation: { } made } }) return made.Syntax;
        return null;
    }

    /// <summary>Where the layer of a name is declared, or what it is part of; null if the class has no such member.</summary>
    /// <param name="model">The class as reflection names it.</param>
    /// <param name="layer">A name like <c>encoder.fc1.weight</c>.</param>
    public static Location? LocationOf(Compilation compilation, string model, string layer)
    {
        var type = compilation.GetTypeByMetadataName(model);
        Location? found = null;
        foreach (var part in layer.Split('.'))
        {
            var member = (ISymbol?)null;
            for (; type is not null && member is null; type = type.BaseType)
                member = type.GetMembers(part).FirstOrDefault(m => m is IFieldSymbol or IPropertySymbol);
            if (member is null || !member.Locations[0].IsInSource) break;
            found = member.Locations[0];
            type = (member is IFieldSymbol field ? field.Type : ((IPropertySymbol)member).Type) as INamedTypeSymbol;
        }
        return found;
    }
}
