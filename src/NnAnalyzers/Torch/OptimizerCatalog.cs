using System.Collections.Immutable;

namespace NnAnalyzers.Torch;

/// <summary>An optimizer of TorchSharp.</summary>
/// <param name="Rate">The parameter that is its learning rate.</param>
/// <param name="KeepsState">Whether it remembers past gradients by default, so that a resumed run without its state starts anew.</param>
internal sealed record OptimizerKind(string Name, string Rate, bool KeepsState)
{
    /// <summary>Divides each step by the size of the gradients it saw: a rate is about the length of a step.</summary>
    public bool IsAdam => Name is "Adam" or "AdamW" or "NAdam" or "RAdam" or "Adamax";
}

/// <summary>What a scheduler does to the rate.</summary>
internal enum Schedule { Decay, WarmUp, Cycle, Plateau, Custom, Composite }

internal sealed record SchedulerKind(string Name, Schedule Schedule);

/// <summary>Every optimizer and scheduler that TorchSharp makes. A test holds it complete.</summary>
internal static class OptimizerCatalog
{
    public static readonly ImmutableArray<OptimizerKind> Optimizers =
        new[] { "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Adadelta", "Adagrad", "RMSProp", "Rprop", "ASGD",
        "LBFGS" }.Select(n => new OptimizerKind(n, "lr", true))
            .Append(new OptimizerKind("SGD", "learningRate", false)).ToImmutableArray();

    public static readonly ImmutableArray<SchedulerKind> Schedulers = new SchedulerKind[]
    {
        new("StepLR", Schedule.Decay), new("MultiStepLR", Schedule.Decay), new("ExponentialLR", Schedule.Decay),
        new("PolynomialLR", Schedule.Decay), new("CosineAnnealingLR", Schedule.Cycle),
        new("CyclicLR", Schedule.Cycle), new("OneCycleLR", Schedule.Cycle), new("ConstantLR", Schedule.WarmUp),
        new("LinearLR", Schedule.WarmUp), new("ReduceLROnPlateau", Schedule.Plateau),
        new("LambdaLR", Schedule.Custom), new("MultiplicativeLR", Schedule.Custom), new("ChainedLR", Schedule.Composite),
        new("SequentialLR", Schedule.Composite),
    }.ToImmutableArray();

    /// <summary>The property of an optimizer that has its groups of parameters.</summary>
    public const string Groups = "ParamGroups";

    /// <summary>Whether a property of such a group is its learning rate.</summary>
    public static bool IsRate(string property) => property == "LearningRate";

    public static OptimizerKind? Optimizer(string name) => Optimizers.FirstOrDefault(o => o.Name == name);
}
