using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Gradients add up over all rounds of a training loop, because nothing clears them.</summary>
internal sealed class NN4005_GradientsNeverCleared() : Rule("NN4005", RuleLevel.Likely, Category.Training, RuleSource.TorchSharp,
    "Gradients never cleared", "{0} steps with the gradients of all rounds so far: nothing clears them")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from step in site.Of(EventKind.Step)
        let round = site.TrainingAround(step)
        where round is not null && site.IsRepeated(step) && !round.Makes(step.Subject) && site.NeverClears(step.Subject) == true
        let backward = round.Of(EventKind.Backward).LastOrDefault(b => b.Order < step.Order && b.When.Path.CanMeet(step.When.Path))
        where backward is not null
        select Mend(At(step.Operation.Syntax, Named(step)).Near("the loss goes backward", backward), step, backward);

    private static string Named(Event step) => step.Subject is Optimizer optimizer ? optimizer.Name : "This update";

    private static Finding Mend(Finding finding, Event step, Event backward)
    {
        var (place, stepped) = (backward.Operation.Syntax, (step.Operation as IInvocationOperation)?.Instance);
        if (stepped is null) return finding;
        if (step.Subject is not Optimizer)
            return Scope.TextAt(stepped, step.Operation.Syntax) is not { } weight ? finding
                : finding.Fix("Clear the gradient after the update", Edit.Then(step.Operation.Syntax, $"{weight}.grad?.zero_();"));
        // Where the loss goes backward somewhere else, after the step is as good.
        return backward.When.Loop == step.When.Loop && Scope.IsSameCode(place, step.Operation.Syntax)
            && Scope.TextAt(stepped, place) is { } known && Edit.Before(place, $"{known}.zero_grad();") is { } first
            ? finding.Fix("Clear the gradients before backward", first)
            : Scope.TextAt(stepped, step.Operation.Syntax) is not { } name ? finding
            : finding.Fix("Clear the gradients after the step", Edit.Then(step.Operation.Syntax, $"{name}.zero_grad();"));
    }
}
