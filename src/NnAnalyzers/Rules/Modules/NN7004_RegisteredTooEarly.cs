using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>RegisterComponents looks at the fields once: what comes into them, or into their lists, afterwards is not registered.</summary>
internal sealed class NN7004_RegisteredTooEarly() : Rule("NN7004", RuleLevel.Likely, Category.Modules, RuleSource.TorchSharp,
    "Layer comes after registration", "{0} comes after RegisterComponents has run{1}: it is not trained, saved or moved")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project)
    {
        if (network.Membership is not { Registration.Call: { } call } known) yield break;
        var late = known.Members.Where(m => m.Standing == Standing.Late && m.Field is not null
            && (m.Part is not Layer layer || layer.Creation is not null && project.HasState(layer, orMode: true))).ToList();
        if (late.Count == 0) yield break;
        var isOwn = network.Type!.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == call.Syntax.SyntaxTree
            && r.Span.Contains(call.Syntax.Span));
        var place = isOwn ? call.Syntax : late.Select(m => (m.Part as Layer)?.Syntax ?? (m.Part as Step)?.Syntax)
            .FirstOrDefault(s => s is not null);
        if (place is null) yield break;
        yield return At(place, late[0].Field!.Name, isOwn ? ""
            : $" in {call.Syntax.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Identifier.ValueText}")
            .Fix(isOwn ? "Register at the end" : "Register it by name", isOwn ? Edit.MoveToEnd(call.Syntax, network.Type)
                : Edit.RegisterByName(late.Select(m => (m.Field!, m.Path, m.Part)), network.Type));
    }
}
