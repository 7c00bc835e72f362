using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Training goes up the loss of its own predictions: its sign is turned, or the optimizer maximizes.</summary>
internal sealed class NN4020_AscendingLoss() : Rule("NN4020", RuleLevel.Likely, Category.Training, RuleSource.Peers,
    "Loss ascended", "{0} makes its loss larger with every step: {1}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from round in site.Rounds
        from backward in round.Own(EventKind.Backward)
        let step = round.Next(EventKind.Step, backward)
        where step?.Subject is Optimizer
        let optimizer = (Optimizer)step.Subject
        let scaled = Scaled.Of((Step)backward.Subject)
        let maximize = optimizer.Arguments.ValueOf("maximize")
        where scaled is not null && maximize is null or Constant && scaled.Signs.Count % 2 == 1 != (maximize?.Flag == true)
        // Who predicts is who is trained: the loss of an adversary goes up on purpose.
        let uses = project.LossesOf(site).Where(u => u.IsSupervised && u.Prediction is not null
            && scaled.Losses.Any(l => l.Operation == u.Loss.Operation) && optimizer.Models.Contains(Predictor(u)!)).ToList()
        where scaled.Losses.All(l => uses.Any(u => u.Loss.Operation == l.Operation))
        select scaled.Signs.Count == 0
            ? At(step.Operation.Syntax, optimizer.Name, "it is made to maximize").Near("the optimizer", optimizer.Creation?.Syntax)
                .Fix("Descend", Edit.RemoveArgument(optimizer.Arguments["maximize"].Operation))
            : At(scaled.Signs[0].Syntax!, optimizer.Name, "its sign is turned").Near("the loss goes backward", backward)
                .Fix("Descend: leave the sign out", scaled.Signs.Count == 1 ? Edit.Unsign(scaled.Signs[0]) : null);

    private static Layer? Predictor(LossUse use) =>
        Chain.Back(use.Prediction!).FirstOrDefault(s => s.Kind == StepKind.Network || s.HasWeights)?.Layer;
}
