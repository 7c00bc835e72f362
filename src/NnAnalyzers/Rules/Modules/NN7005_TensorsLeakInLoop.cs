using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A loop makes native tensors in every turn and disposes of none.</summary>
internal sealed class NN7005_TensorsLeakInLoop() : Rule("NN7005", RuleLevel.Advice, Category.Modules, RuleSource.TorchSharp,
    "Tensors leak in a loop", "What {0} makes in each of {1} turns is not disposed of: native memory grows until the garbage collector, "
    + "which sees small objects only, comes by")
{
    /// <summary>In fewer turns there is little to wait for.</summary>
    private const int Many = 100;

    public override bool ShowsInTraining => false;

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from leak in Leak.In(site)
        where leak.Turns >= Many && !Scope.DisposesIn(leak.Loop, leak.Applied)
        select At(leak.Applied.Operation.Syntax, ((Layer)leak.Applied.Subject).Name, leak.Turns)
            .Fix("Dispose of each turn's tensors at its end",
            project.KeepsTensors(leak.Applied, site) || Scope.LetsOut(leak.Loop) ? null : Edit.OpenScope(leak.Loop.Operation));
}
