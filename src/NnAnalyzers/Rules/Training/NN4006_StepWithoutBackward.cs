using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>The parts of a training step stand in an order in which a step has no gradients, or those of another loss.</summary>
internal sealed class NN4006_StepWithoutBackward() : Rule("NN4006", RuleLevel.Likely, Category.Training, RuleSource.TorchSharp,
    "Step without backward", "{0} {1}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        site.Rounds.Where(r => r.Own(EventKind.Backward).Any()).SelectMany(r => Steps(r).Concat(Clips(r)).Concat(Twice(r)));

    private IEnumerable<Finding> Steps(Round round)
    {
        foreach (var step in round.Own(EventKind.Step))
            if (step.Subject is not Optimizer { Name: var name } optimizer) continue;
            else if (round.Last(EventKind.Backward, step) is not { } backward)
            {
                if (round.Then(EventKind.Backward, step) is { } late && !round.IsEnteredWithGradients)
                    yield return At(step.Operation.Syntax, name, "steps before the loss of this round goes backward")
                        .Near("the loss goes backward", late).Fix("Step after backward", Edit.MoveBehind(step, late));
            }
            else if (round.Clears(optimizer, backward, step) is { } clears)
                yield return At(clears.Operation.Syntax, name, "steps with gradients that were cleared after backward")
                    .Near("the step", step).Fix("Clear the gradients before backward", Edit.MoveBefore(clears, backward));
            else if (round.Own(EventKind.Step).Any(s => s.Subject == optimizer && s.Order > backward.Order && s.Order < step.Order
                && s.When.Path.IsSame(step.When.Path)))
                yield return At(step.Operation.Syntax, name, "steps a second time with the same gradients")
                    .Fix("Remove the second step", Edit.Delete(step));
    }

    private IEnumerable<Finding> Clips(Round round) =>
        from clip in round.Own(EventKind.Clip)
        let isLate = round.Next(EventKind.Step, clip) is null
        let backward = isLate ? round.Last(EventKind.Backward, clip) : round.Then(EventKind.Backward, clip)
        where backward is not null && (isLate
            ? round.Next(EventKind.Backward, clip) is null && round.Last(EventKind.Step, clip)?.Order > backward.Order
            : round.Last(EventKind.Backward, clip) is null && !round.IsEnteredWithGradients)
        select At(clip.Operation.Syntax, "This", isLate ? "clips gradients after the step" : "clips gradients before there are any")
            .Near("the loss goes backward", backward).Fix("Clip between backward and step", Edit.MoveBehind(clip, backward));

    private IEnumerable<Finding> Twice(Round round) =>
        from again in round.Own(EventKind.Backward)
        where round.Own(EventKind.Backward).Any(b => b.Order < again.Order && b.Subject == again.Subject && !b.KeepsGraph
            && again.When.Path.Implies(b.When.Path))
        select At(again.Operation.Syntax, "This loss", "goes backward a second time; its graph is gone by then")
            .Fix("Remove the second backward", Edit.Delete(again));
}
