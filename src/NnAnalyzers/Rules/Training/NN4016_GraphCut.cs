using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Something on the only way from the loss to weights has no gradient, so that they learn nothing.</summary>
internal sealed class NN4016_GraphCut() : Rule("NN4016", RuleLevel.Likely, Category.Training, RuleSource.Peers,
    "Gradient cut off", "{0}, and no other way leads from {1} to weights: {2}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from backward in site.Of(EventKind.Backward)
        where site.TrainingAround(backward)?.Next(EventKind.Step, backward) is not null
        let loss = (Step)backward.Subject
        let whole = Flow.From(loss, project.Applied)
        let terms = whole.Teaches == false ? [loss] : Flow.Terms(loss).ToList()
        from term in whole.Teaches == false || terms.Count > 1 ? terms : []
        let flow = term == loss ? whole : Flow.From(term, project.Applied)
        where flow.Teaches == false
        let cut = flow.Cuts.FirstOrDefault(Flow.IsLearned)
        // A term that is cut off by hand is there to be looked at, or to keep others in place.
        where term == loss || cut is { Op.Name: not "detach", When.StopsGradients: false }
        let place = cut?.Syntax ?? backward.Operation.Syntax
        select At(place, cut is null ? "What goes backward depends on no weights" : Flow.CutBy(cut)!,
            term == loss ? "the loss" : "this term of the loss",
            term == loss ? "backward throws, or nothing is learned" : "it teaches nothing").Near("the loss goes backward", backward)
            .Fix("Leave the gradient through", cut is { Op.Name: "detach" } ? Edit.Unwrap(cut) : null);

    public override IEnumerable<Finding> Check(Network network, ProjectGraph project)
    {
        if (network.Losses.Count == 0) yield break;
        HashSet<Step>? taught = null;
        foreach (var cut in network.Steps.Where(s => Flow.CutBy(s) is not null && s.Op.Name != "detach" && !s.When.IsPrediction))
        {
            taught ??= Flow.TaughtBy(network.Outputs.Where(o => !o.PredictionOnly).Select(o => o.Step));
            // What only decides about numbers outside of the graph is no way to the loss.
            if (Flow.Leads(cut, network.Outputs.Select(o => o.Step))
                && Flow.TaughtBy(cut.Inputs).Where(s => s.HasWeights).ToList() is { Count: > 0 } behind && !behind.Any(taught.Contains))
                yield return At(cut.Syntax!, Flow.CutBy(cut)!, "the loss", $"{behind[0].Name} learns nothing");
        }
    }
}
