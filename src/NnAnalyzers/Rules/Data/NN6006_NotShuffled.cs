using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A loader that does not shuffle gives the same batches in the same order, turn for turn.</summary>
internal sealed class NN6006_NotShuffled() : Rule("NN6006", RuleLevel.Advice, Category.Data, RuleSource.Peers,
    "Training data is not shuffled", "The loader that {0} is trained with gives its samples in the same order each time")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from round in site.Rounds
        let data = round.Loop!.Over
        where data is { IsShuffled: false, Count.Size: not 1 } && round.Of(EventKind.Step).Any()
        let backward = round.Own(EventKind.Backward).FirstOrDefault()
        where backward is not null
        let model = round.Of(EventKind.Apply).Select(e => e.Subject).OfType<Layer>().FirstOrDefault(m => m.IsUserModule || m.IsSequential)
        where model is not null && !IsMeant(data, project) && data.Columns?.Any(c => Order.IsRandom(c.Tensor)) != true
            && !project.StepsOf(site).Any(s => s.Role == Role.Recurrent)
        let creation = data.Loader!.Value.Creation
        group (creation, model) by creation.Syntax into same
        select At(same.Key, same.First().model.Name).Fix("Shuffle", Edit.SetArgument(same.First().creation, "shuffle", "true"));

    /// <summary>Code around it, or the data set's own, speaks of an order.</summary>
    private static bool IsMeant(Samples data, ProjectGraph project) =>
        data.Loader!.Value.Creation.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>()!.DescendantTokens()
        .Concat(data.Type?.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax().DescendantTokens()) ?? [])
        .Any(t => t.ValueText != "shuffle" && OrderNames.IsIn(t.ValueText))
        || data.Type?.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax().DescendantTokens())
            .Any(t => t.ValueText is "Random" or "shuffle") == true;
}
