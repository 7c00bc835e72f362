namespace NnAnalyzers.Faults;

/// <summary>What is wrong with a set-up; one cause each.</summary>
internal enum Cause
{
    /// <summary>Units that are zero for every sample from the first step.</summary>
    DeadUnits,
    /// <summary>Weights drawn too large or too small.</summary>
    Initialization,
    /// <summary>All weights of a layer or a table alike: zeros, ones, one vector for every word.</summary>
    IdenticalWeights,
    /// <summary>Little gradient reaches the first layers, for what lies between and not for how it was drawn.</summary>
    VanishingGradient,
    /// <summary>Gradients that grow layer by layer or step by step, for what lies between.</summary>
    ExplodingGradient,
    /// <summary>Squashing units at their ends from the first step.</summary>
    Saturated,
    /// <summary>A bad draw that a normalization hides.</summary>
    NormalizationHidesInit,
    /// <summary>A loss for another task or for another kind of output.</summary>
    WrongLoss,
    /// <summary>The loss is made larger instead of smaller.</summary>
    WrongSign,
    /// <summary>An activation on the output that cuts the targets off or that the loss has inside.</summary>
    OutputActivation,
    /// <summary>Targets that belong to other inputs.</summary>
    TargetsUnrelated,
    /// <summary>The same target for every sample.</summary>
    ConstantTarget,
    /// <summary>One class is nearly all there is.</summary>
    ClassImbalance,
    /// <summary>Outputs that the loss never reads.</summary>
    UnusedOutputs,
    /// <summary>What tells samples apart is lost before the first layer sees it.</summary>
    InputLost,
    /// <summary>NaN or infinity in inputs or targets.</summary>
    NotFiniteData,
    /// <summary>The samples are copies of a few.</summary>
    DuplicatedData,
    /// <summary>The target is among the inputs.</summary>
    LeakedTarget,
    /// <summary>Inputs, or one of them, far from the scale that weights start for.</summary>
    InputScale,
    /// <summary>Targets far from the scale of a first output.</summary>
    TargetScale,
    /// <summary>A reshape or flatten that puts values of several samples together.</summary>
    ShapeMixesBatch,
    /// <summary>An operation along the wrong axis.</summary>
    WrongAxis,
    /// <summary>The loss stretches one of its sides over the other.</summary>
    Broadcast,
    /// <summary>The optimizer holds some or none of the parameters.</summary>
    OptimizerLacksParameters,
    RateTooHigh,
    RateTooLow,
    /// <summary>Weight decay that outweighs the loss.</summary>
    Decay,
    /// <summary>Layers that the network uses and does not know as its own.</summary>
    NotRegistered,
    /// <summary>The way back is cut by a detach, no_grad or a number made of a tensor.</summary>
    Detached,
    /// <summary>A step without a gradient, such as argmax or rounding, on the way to the loss.</summary>
    NotDifferentiable,
    /// <summary>Layers that are made, registered and never called.</summary>
    Unused,
    /// <summary>Parameters that should learn and are frozen.</summary>
    Frozen,
    /// <summary>Too much of it, or where it should not be.</summary>
    Dropout,
    /// <summary>No bias where the data needs one.</summary>
    MissingBias,
    /// <summary>A loss or a gradient that is NaN or infinite from sound data.</summary>
    NotFiniteLoss,
    /// <summary>A mask that hides all that there is to read.</summary>
    MaskHidesAll,
}

/// <summary>A set-up and what is true of it.</summary>
/// <param name="Name">What it is, and what is wrong with it.</param>
/// <param name="Cause">The one right answer; none for a sound set-up.</param>
/// <param name="Rule">The analyzer's rule that names the same mistake.</param>
/// <param name="Place">The layer or parameter that it is in, as the model names it.</param>
/// <param name="Make">Makes it from the seed that torch was given.</param>
internal sealed record Labelled(string Name, Cause? Cause, string? Rule, string? Place, Func<Setup> Make)
{
    /// <summary>A faulty set-up without its mistake.</summary>
    public Func<Setup>? Mended { get; init; }

    public static Labelled Sound(string name, Func<Setup> make) => new(name, null, null, null, make);

    /// <param name="make">Makes it with the mistake if told so, and without.</param>
    public static Labelled Faulty(string name, Cause cause, string? rule, string? place, Func<bool, Setup> make) =>
        new(name, cause, rule, place, () => make(true)) { Mended = () => make(false) };
}
