namespace NnAnalyzers.Companion;

/// <summary>
/// Why a network does not learn. In the order of explanation: what stands first brings about what comes later, so that one cause is named
/// where several probes fail.
/// </summary>
public enum ProbeCause
{
    /// <summary>NaN or infinity in inputs or targets.</summary>
    NotFiniteData,

    /// <summary>The model has no parameters, or not those of a layer.</summary>
    NotRegistered,

    /// <summary>All, or the first, parameters do not learn.</summary>
    Frozen,

    /// <summary>No gradient comes from the loss: detach, no_grad, argmax.</summary>
    Detached,

    /// <summary>The optimizer does not hold what should learn.</summary>
    OptimizerLacksParameters,

    /// <summary>Weights are NaN or infinite before training.</summary>
    NotFiniteWeights,

    /// <summary>A layer, the loss or its gradient gives NaN or infinity.</summary>
    NotFiniteLoss,

    /// <summary>The outputs of a sample depend on the others.</summary>
    MixesSamples,

    /// <summary>The loss stretches one of its sides over the other.</summary>
    LossBroadcasts,

    /// <summary>Most samples are copies.</summary>
    DuplicatedData,

    /// <summary>All targets are the same.</summary>
    ConstantTarget,

    /// <summary>The targets stand among the inputs.</summary>
    LeakedTarget,

    /// <summary>Nearly all targets are of one class.</summary>
    ClassImbalance,

    /// <summary>Inputs, or one of their columns, are too large or too small.</summary>
    InputScale,

    /// <summary>Test inputs are scaled otherwise.</summary>
    NormalizationDiffers,

    /// <summary>Targets of another size than a network gives.</summary>
    TargetScale,

    /// <summary>All weights of a layer are the same number.</summary>
    IdenticalWeights,

    /// <summary>Normalization makes up for an initialization that does not fit.</summary>
    NormalizationHidesInit,

    /// <summary>The output does not depend on the input.</summary>
    InputIgnored,

    /// <summary>An activation on the output cuts off what the targets need.</summary>
    OutputActivation,

    /// <summary>Too much dropout, or on the output.</summary>
    Dropout,

    /// <summary>The loss keeps the network from learning what it could.</summary>
    WrongLoss,

    /// <summary>The decay of weights is stronger than the loss.</summary>
    Decay,

    /// <summary>The first weights do not fit the size of their layers.</summary>
    Initialization,

    /// <summary>Units are zero for every sample.</summary>
    DeadUnits,

    /// <summary>Outputs of a sigmoid or tanh are at its bounds.</summary>
    Saturated,

    /// <summary>Gradients are too large.</summary>
    ExplodingGradient,

    /// <summary>Gradients are too small.</summary>
    VanishingGradient,

    /// <summary>A layer gets no gradient.</summary>
    Unused,

    /// <summary>Targets have nothing to do with the inputs.</summary>
    TargetsUnrelated,

    /// <summary>The learning rate is too high.</summary>
    RateTooHigh,

    /// <summary>The learning rate is too low.</summary>
    RateTooLow,

    /// <summary>The outputs miss a constant that a bias would give.</summary>
    MissingBias,

    /// <summary>A batch cannot be learned by heart, and nothing says why.</summary>
    CannotLearn,
}
