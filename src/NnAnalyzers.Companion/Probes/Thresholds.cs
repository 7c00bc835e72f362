namespace NnAnalyzers.Companion;

/// <summary>
/// The bounds of the probes, each with its source. "Ours" are set by judgement; docs/evidence/probes.md says how they
/// do, and which changed after a first run.
/// </summary>
internal static class Thresholds
{
    /// <summary>
    /// A batch of which this share of the loss of a constant answer is gone is being learned; where nearly all of it stays, it is not.
    /// Source: ours: sound networks of all kinds get below half in a few hundred steps.
    /// </summary>
    public const double Learned = 0.5, NotLearned = 0.9;

    /// <summary>
    /// A memorized batch has at most this share of the loss of the best constant
    /// answer. Source: the article (near-zero loss on one point); the number is ours.
    /// </summary>
    public const double Memorized = 0.01;

    /// <summary>Accuracy that counts as memorized. Source: the article.</summary>
    public const double MemorizedAccuracy = 0.9999;

    /// <summary>
    /// The first loss may exceed the expected one by this factor. Source: TheDeepChecker compares it with ln
    /// C and allows a share of it (set in its configuration); the factors, and the other losses, are ours.
    /// </summary>
    public const double InitialLossFactor = 3, HopelessLossFactor = 10;

    /// <summary>
    /// Without its input the loss of a trained model must change by this share of what was learned. Source:
    /// the input-independent baseline of Karpathy's recipe; the share is ours.
    /// </summary>
    public const double BlankInputShare = 0.01;

    /// <summary>Change of another sample's output, relative to the outputs' scale. Source: ours, a hundred times float rounding.</summary>
    public const double Leak = 1e-4;

    /// <summary>
    /// Mean absolute gradient of a layer below which it has vanished. Source: default of Amazon SageMaker Debugger, VanishingGradient.
    /// </summary>
    public const double VanishedGradient = 1e-7;

    /// <summary>
    /// Gradient of the first layer over that of the last. Source: AutoTrainer asks for a ratio below
    /// 1e-3 and a norm of the first layer below 1e-4; ours is the ratio alone, ten times stricter.
    /// </summary>
    public const double VanishingRatio = 1e-4;

    /// <summary>
    /// Mean absolute gradient above which a layer explodes. Source: ours;
    /// AutoTrainer has 70 for the first layer's norm over the last one's.
    /// </summary>
    public const double ExplodingGradient = 70;

    /// <summary>
    /// Share of units without gradient. Source: ours. SageMaker Debugger has half of a layer (DeadRelu), AutoTrainer 0.7 of all gradients;
    /// where samples are like one another every unit is open for all or none of them, and sound networks had up to 58 %.
    /// </summary>
    public const double DeadShare = 0.8;

    /// <summary>
    /// Share of saturated outputs of a sigmoid or tanh, within 2 % of their bounds.
    /// Source: SaturatedActivation of SageMaker Debugger; the share is ours.
    /// </summary>
    public const double SaturatedShare = 0.8;

    /// <summary>
    /// Update over weight in one step, of the layer that moves most and of the one in the middle. Source: a thousandth is usual
    /// (Karpathy); both ends are ours: a weight that needs a million steps to change, and one that is another after one.
    /// </summary>
    public const double SmallUpdate = 1e-6, LargeUpdate = 1;

    /// <summary>How much harder than the loss a decay may pull at the weights. Source: ours.</summary>
    public const double StrongDecay = 0.5;

    /// <summary>
    /// Samples below which classes and copies say nothing. Source: ours: of 16 even classes of 4 to 1 are one in 1 of 35.
    /// </summary>
    public const int FewSamples = 16;

    /// <summary>
    /// Share of the largest class, and of copies. Source: ours; small pictures of a few shapes are copies of one another for 62 %.
    /// </summary>
    public const double LargeClass = 0.985, Copies = 0.72;

    /// <summary>Share of the largest class where each sample has one. Source: ours: nineteen of twenty.</summary>
    public const double LargeClassOfSamples = 0.95;

    /// <summary>
    /// Samples that a permutation test needs; the orders that are trained on, and the share of all in which targets go with inputs as well:
    /// below the first they belong together, above the second they do not. Source: ours.
    /// </summary>
    public const int ManySamples = 24, TrainedOrders = 8;
    public const double SurelyRelated = 0.05, Unrelated = 0.4;

    /// <summary>
    /// Root mean square of targets beyond which a training at the user's rate must show that they are reached. Source: ours: a network
    /// starts with outputs of about 1, and sound ones are taught hundreds.
    /// </summary>
    public const double SmallTarget = 0.02, LargeTarget = 300;

    /// <summary>Share of the targets' variance beyond the bounds of the outputs. Source: ours.</summary>
    public const double LostTargets = 0.1;

    /// <summary>
    /// How much larger the gradient of the outputs gets for weights that are a hundredth, for none and for each layer that follows: the
    /// slope of a tanh is 0.7 on average where it is used well. Source: ours.
    /// </summary>
    public const double Squashed = 2.5, SquashedByEach = 2;

    /// <summary>
    /// Root mean square of a weight times √fan-in: 0.58 by the layers' defaults, 1 by LeCun, 1.4 by Kaiming. Source: ours.
    /// </summary>
    public const double SmallWeights = 0.03, LargeWeights = 5;

    /// <summary>The same over the default's, of all layers multiplied. Source: ours.</summary>
    public const double SmallChain = 1e-3;

    /// <summary>Root mean square of a bias before training. Source: ours; LSTMs are given 1, rare classes −4.6 (focal loss).</summary>
    public const double LargeBias = 5;

    /// <summary>Share that a dropout takes, of outputs that come and go, and of samples that are dropped whole. Source: ours.</summary>
    public const double LargeDropout = 0.75, UnreadOutputs = 0.5, DroppedOutputs = 0.05, DroppedSamples = 0.2;

    /// <summary>Samples and places that a unit must be closed for before it counts. Source: ours.</summary>
    public const int FewLooks = 8;

    /// <summary>Deviation of the largest column over that of the middle one. Source: ours.</summary>
    public const double ColumnRatio = 100;

    /// <summary>Correlation of a column with the target that only the target itself has. Source: ours, float rounding.</summary>
    public const double Alike = 0.9999;

    /// <summary>Standard deviation of what a layer gives. Source: the article keeps it near 1; ours are three orders off.</summary>
    public const double SmallScale = 1e-3, LargeScale = 1e3;

    /// <summary>
    /// Largest absolute input, and its smallest deviation. Source: UMLAUT warns outside [−1, 1]; ours leave room for other scalings.
    /// </summary>
    public const double LargeInput = 20, SmallInput = 1e-2;

    /// <summary>
    /// Difference of means of test and training inputs in standard deviations, and ratio of their deviations. Source: ours.
    /// </summary>
    public const double MeanShift = 1, SpreadRatio = 3;

    /// <summary>Share of pixels at the upper bound. Source: ours.</summary>
    public const double ClippedShare = 0.1;

    /// <summary>Relative difference of the losses after a reload. Source: ours, float rounding over some steps.</summary>
    public const double ResumeDifference = 1e-3;
}
