using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Values that are too large, or no numbers, are cut off on their way to the loss or behind it.</summary>
internal sealed class NN4008_ClippingMasksTheProblem() : Rule("NN4008", RuleLevel.Likely, Category.Training, RuleSource.Article,
    "Clipping that masks the problem", "{0} hides that {1}; {2}")
{
    private const string NoGradient = "where it cuts, no gradient comes back";

    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        from end in use.Ends
        let last = end.Last
        where last.Syntax is not null && !use.Loss.PredictionOnly && use.IsSure(end) && (IsNanToNum(last)
            || IsClamp(last) && last.Input?.Role != Role.Softmax && end.Domain is LossDomain.Logits or LossDomain.BinaryLogits)
        select At(last.Syntax!, last.Op.Name, IsClamp(last) ? "logits grow out of bounds" : "the network gives values that are no numbers",
            NoGradient);

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        (from backward in site.Of(EventKind.Backward)
         from step in Chain.BehindLoss((Step)backward.Subject)
         where step.Syntax is not null && (IsNanToNum(step) || IsClamp(step) && step.Arguments.ValueOf("max") is { IsNull: false })
         select At(step.Syntax!, step.Op.Name, IsClamp(step) ? "the loss grows out of bounds" : "the loss is no number", NoGradient))
        .Concat(from clip in site.Of(EventKind.Clip)
                where clip.Operation is IInvocationOperation { TargetMethod.Name: "clip_grad_value_" }
                from end in project.LossesOf(site).SelectMany(u => u.Ends)
                where Topology.Of(end) is not null
                from start in site.Events.Concat(end.Network!.Events).Select(Initialization.Of)
                where start is { IsOff: true }
                select At(clip.Operation.Syntax, "clip_grad_value_", $"{start.Weight} starts with the wrong scale",
                    "every gradient is as large as the limit"));

    private static bool IsClamp(Step step) => step.Op.Name == "clamp";

    private static bool IsNanToNum(Step step) => step.Op.Name == "nan_to_num";
}
