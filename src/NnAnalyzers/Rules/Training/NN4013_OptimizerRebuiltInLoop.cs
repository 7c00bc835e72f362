using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>An optimizer that remembers gradients is made anew for the same weights, again and again.</summary>
internal sealed class NN4013_OptimizerRebuiltInLoop() : Rule("NN4013", RuleLevel.Likely, Category.Training, RuleSource.TorchSharp,
    "Optimizer made anew in the loop", "{0} is made anew {1} and forgets what it learned about the weights of {2}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from creation in site.Of(EventKind.CreateOptimizer)
        let optimizer = (Optimizer)creation.Subject
        let round = site.Rounds.LastOrDefault(r => r.Loop == creation.When.Loop)
        where round is not null && round.Trips.Size is null or > 2 && Remembers(optimizer) && optimizer.Models.Count > 0
        && optimizer.Models.All(m => !round.Makes(m) && !Renews(m, round, site)) && !creation.Conditional
        let step = round.Of(EventKind.Step).FirstOrDefault(e => e.Subject == optimizer)
        // One turn in which much is learned may be a phase of its own, with other settings.
        where step is not null && (step.When.Loop == round.Loop
            || step.When.Loop!.Outer == round.Loop && Scope.IsSameOutside(creation.Operation, round.Loop!.Operation))
        let each = step.When.Loop == round.Loop ? "for every step" : "in every round"
        select At(creation.Operation.Syntax, optimizer.Kind, each, optimizer.Models[0].Name).Near("the step", step)
            .Fix("Make it once, before the loop", Edit.Hoist(creation, round.Loop!.Operation.Syntax));

    private static bool Remembers(Optimizer optimizer) => optimizer.Kind != "SGD" ? optimizer.Kind != "LBFGS" : optimizer["momentum"] > 0;

    /// <summary>Other weights, or the old ones again, are there to be learned from anew.</summary>
    private static bool Renews(Layer model, Round round, TrainingSite site) =>
        round.Events.Any(e => e.Kind is EventKind.Load or EventKind.Init or EventKind.Move or EventKind.Grow or EventKind.Escape
        && (e.Subject == model || e.Subject is ParameterOf { Layer: var part } && part == model
            || e.Subject is not Layer and not ParameterOf))
        || !site.Of(model).Any(e => e.Kind == EventKind.CreateModel);
}
