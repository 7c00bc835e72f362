using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>An evaluation between rounds of training leaves the network in evaluation mode for the rounds that follow.</summary>
internal sealed class NN4014_EvalNeverUndone() : Rule("NN4014", RuleLevel.Advice, Category.Training, RuleSource.TorchSharp,
    "Evaluation mode is never undone", "{0} stays in evaluation mode: later turns of this loop train it without dropout and with the "
    + "statistics its normalization has by then")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from trained in site.Of(EventKind.Apply).Where(e => e.Subject is Layer && !e.When.StopsGradients && site.Applied(e) is { } output
            && site.Teaches(output) && project.Applied(output)?.HasModes == true).GroupBy(e => e.Subject).Select(g => g.First())
        let kept = Mode.KeptEval(trained, site)
        where kept is not null
        let place = Scope.PlaceOf(trained, site.Trains, kept.Value.Loop.Operation.Syntax)
        select At(kept.Value.Eval.Operation.Syntax, ((Layer)trained.Subject).Name).Near("where it is trained", trained)
            .Fix("Train in training mode in every turn (changes what is learned)",
            place is var (start, model) ? Edit.InsertBefore(start, $"{model}train();") : null);
}
