using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A setting of an optimizer, or of a batch normalization, with which it does not do what it is for.</summary>
internal sealed class NN4022_OptimizerSettingOutOfRange() : Rule("NN4022", RuleLevel.Advice, Category.Training, RuleSource.Peers,
    "Optimizer setting out of range", "{0} of {1} {2}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from creation in site.Of(EventKind.CreateOptimizer)
        let optimizer = (Optimizer)creation.Subject
        where site.Of(optimizer).Any(e => e.Kind == EventKind.Step)
        from setting in optimizer.Arguments
        let number = setting.Value.Number
        where number is not null && setting.Value is Constant
        let problem = Problem(optimizer.Kind, setting.Name, number.Value)
        where problem is not null
        select At(creation.Operation.Syntax, $"{setting.Name} {Edit.NumberText(number.Value)}", optimizer.Kind, problem.Value.Says)
            .Fix($"{setting.Name}: {Edit.NumberText(problem.Value.Better)}",
            Edit.SetNumber(creation.Operation, setting, problem.Value.Better));

    /// <summary>What is wrong with a setting, and the value to start from: PyTorch's default; of a decay that of many recipes.</summary>
    private static (string Says, double Better)? Problem(string kind, string setting, double value) => setting switch
    {
        "eps" when OptimizerCatalog.Optimizer(kind)!.IsAdam && value is >= 0 and < 1e-12 =>
            ("lets a gradient that is nearly nothing divide by nothing", 1e-8),
        "weight_decay" when kind is not ("AdamW" or "LBFGS") && value >= 0.05 =>
            ("pulls the weights to zero, not to what is learned", 1e-4),
        _ => null,
    };
}
