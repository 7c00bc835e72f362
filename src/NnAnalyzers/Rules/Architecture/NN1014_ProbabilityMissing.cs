using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>A loss of probabilities or their logarithms gets what no softmax or sigmoid has made one of them.</summary>
internal sealed class NN1014_ProbabilityMissing() : Rule("NN1014", RuleLevel.Likely, Category.Architecture, RuleSource.Peers,
    "Probability missing before the loss", "{0} before {1}: the loss {2} ({3})")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        use.Loss is not { PredictionOnly: false, Syntax: { } place } ? []
            : (from end in use.Ends
               where end.Half is null && end.Last.Syntax is not null && use.IsSure(end)
               let fit = Fit.Of(end.Last.Op, end.Domain)
               where fit?.Rule == Id
               let finding = At(place, end.Last.Name, use.Op.Name, fit.Problem!, Chain.Path(end, use))
               // Another activation in the place of the one that is missing has to go first.
               select Fit.Of(end.Last.Op) == Kind.Anything && Fit.Whole(end.Domain) is var (module, function)
                   ? finding.Fix($"Use {module}, which has it inside", Edit.RenameLoss(use.Loss, module, function)) : finding).Take(1);
}
