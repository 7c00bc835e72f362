namespace NnAnalyzers.Torch;

/// <summary>What the values of an output are, whoever calculates them.</summary>
internal enum Kind
{
    /// <summary>Any number, as a layer with weights gives it.</summary>
    Anything,

    /// <summary>Nothing below 0.</summary>
    Rectified,

    /// <summary>From -1 to 1.</summary>
    Signed,

    /// <summary>From 0 to 1, each by itself.</summary>
    Chances,

    /// <summary>Logarithms of such.</summary>
    LogChances,

    /// <summary>From 0 to 1, and 1 together.</summary>
    Shares,

    /// <summary>Logarithms of such.</summary>
    LogShares,
}

/// <summary>What a loss does with outputs that are free to go anywhere within their kind.</summary>
internal enum Outcome
{
    /// <summary>It falls to the least that there is for its targets.</summary>
    Learns,

    /// <summary>It stays above that: what it needs does not come out.</summary>
    StopsShort,

    /// <summary>It falls below what the likelihood of anything can be: it is no likelihood of these values.</summary>
    NoLikelihood,

    Throws,
}

/// <summary>What a loss takes as its targets.</summary>
internal enum TargetTypes
{
    Any,

    /// <summary>Anything but truth values.</summary>
    Numbers,

    /// <summary>Floating-point numbers.</summary>
    Floating,

    /// <summary>The type of the prediction.</summary>
    AsPrediction,

    /// <summary>int64 (or bytes) for class numbers, floating-point numbers for a share of each class.</summary>
    Classes,
}

/// <summary>One cell of the table.</summary>
/// <param name="Rule">The rule that speaks of it; null where none does.</param>
/// <param name="Problem">What is wrong, to go on with after "X before Y"; null where the rule has words of its own.</param>
internal sealed record Cell(Outcome Outcome, string? Rule = null, string? Problem = null);

/// <summary>
/// What each kind of output is to each loss, and each type of target. Every cell is run on TorchSharp by a test.
/// </summary>
internal static class Fit
{
    private const string InCrossEntropy = "is applied a second time inside the loss", Competing = "makes the classes compete",
        Unlikely = "takes them for log-probabilities and falls without end", Outside = "wants probabilities and throws for others",
        OfShares = "gives probabilities, and the loss takes their logarithms",
        Unlogged = "takes the logarithms of probabilities, not these themselves";

    public static readonly IReadOnlyDictionary<(Kind, LossDomain), Cell> Cells = new Dictionary<(Kind, LossDomain), Cell>
    {
        [(Kind.Anything, LossDomain.AnyNumber)] = new(Outcome.Learns),
        [(Kind.Anything, LossDomain.Logits)] = new(Outcome.Learns),
        [(Kind.Anything, LossDomain.BinaryLogits)] = new(Outcome.Learns),
        [(Kind.Anything, LossDomain.Probabilities)] = new(Outcome.Throws, "NN1014", Outside),
        [(Kind.Anything, LossDomain.LogProbabilities)] = new(Outcome.NoLikelihood, "NN1014", Unlikely),
        [(Kind.Anything, LossDomain.LogDistribution)] = new(Outcome.NoLikelihood, "NN1014", Unlikely),

        [(Kind.Rectified, LossDomain.AnyNumber)] = new(Outcome.StopsShort, "NN1001"),
        [(Kind.Rectified, LossDomain.Logits)] = new(Outcome.StopsShort, "NN1001"),
        [(Kind.Rectified, LossDomain.BinaryLogits)] = new(Outcome.StopsShort, "NN1001"),
        [(Kind.Rectified, LossDomain.Probabilities)] = new(Outcome.Throws, "NN1001"),
        [(Kind.Rectified, LossDomain.LogProbabilities)] = new(Outcome.NoLikelihood, "NN1001"),
        [(Kind.Rectified, LossDomain.LogDistribution)] = new(Outcome.NoLikelihood, "NN1001"),

        // A softened winner may be wanted: tanh before cross-entropy is left to its user.
        [(Kind.Signed, LossDomain.AnyNumber)] = new(Outcome.StopsShort, "NN1001"),
        [(Kind.Signed, LossDomain.Logits)] = new(Outcome.StopsShort),
        [(Kind.Signed, LossDomain.BinaryLogits)] = new(Outcome.StopsShort),
        [(Kind.Signed, LossDomain.Probabilities)] = new(Outcome.Throws, "NN1014", Outside),
        [(Kind.Signed, LossDomain.LogProbabilities)] = new(Outcome.NoLikelihood, "NN1014", Unlikely),
        [(Kind.Signed, LossDomain.LogDistribution)] = new(Outcome.NoLikelihood, "NN1014", Unlikely),

        [(Kind.Chances, LossDomain.AnyNumber)] = new(Outcome.StopsShort, "NN1001"),
        [(Kind.Chances, LossDomain.Logits)] =
            new(Outcome.StopsShort, "NN1002", "squeezes the logits into a range in which no class can win clearly"),
        [(Kind.Chances, LossDomain.BinaryLogits)] = new(Outcome.StopsShort, "NN1002", InCrossEntropy + ", which cannot get near 0"),
        [(Kind.Chances, LossDomain.Probabilities)] = new(Outcome.Learns),
        [(Kind.Chances, LossDomain.LogProbabilities)] = new(Outcome.NoLikelihood, "NN1014", Unlogged),
        [(Kind.Chances, LossDomain.LogDistribution)] = new(Outcome.NoLikelihood, "NN1014", Unlogged),

        [(Kind.LogChances, LossDomain.AnyNumber)] = new(Outcome.StopsShort, "NN1001"),
        [(Kind.LogChances, LossDomain.Logits)] = new(Outcome.Learns),
        [(Kind.LogChances, LossDomain.BinaryLogits)] = new(Outcome.StopsShort, "NN1002", InCrossEntropy + ", which cannot get near 0"),
        [(Kind.LogChances, LossDomain.Probabilities)] = new(Outcome.Throws, "NN1014", Outside),
        [(Kind.LogChances, LossDomain.LogProbabilities)] = new(Outcome.Learns),
        [(Kind.LogChances, LossDomain.LogDistribution)] = new(Outcome.NoLikelihood),

        [(Kind.Shares, LossDomain.AnyNumber)] = new(Outcome.StopsShort, "NN4015"),
        [(Kind.Shares, LossDomain.Logits)] = new(Outcome.StopsShort, "NN1002", InCrossEntropy + ", which flattens its gradient"),
        [(Kind.Shares, LossDomain.BinaryLogits)] =
            new(Outcome.StopsShort, "NN1002", Competing + ", then the loss squeezes them again"),
        [(Kind.Shares, LossDomain.Probabilities)] =
            new(Outcome.StopsShort, "NN1002", Competing + " where the loss takes each by itself"),
        [(Kind.Shares, LossDomain.LogProbabilities)] = new(Outcome.NoLikelihood, "NN1002", OfShares),
        [(Kind.Shares, LossDomain.LogDistribution)] = new(Outcome.NoLikelihood, "NN1002", OfShares),

        [(Kind.LogShares, LossDomain.AnyNumber)] = new(Outcome.StopsShort),
        // The logarithm of shares is its own: the second one changes nothing.
        [(Kind.LogShares, LossDomain.Logits)] = new(Outcome.Learns, "NN1002", InCrossEntropy),
        [(Kind.LogShares, LossDomain.BinaryLogits)] =
            new(Outcome.StopsShort, "NN1002", Competing + ", then the loss squeezes them again"),
        [(Kind.LogShares, LossDomain.Probabilities)] = new(Outcome.Throws, "NN1014", Outside),
        [(Kind.LogShares, LossDomain.LogProbabilities)] = new(Outcome.Learns),
        [(Kind.LogShares, LossDomain.LogDistribution)] = new(Outcome.Learns),
    };

    /// <summary>The losses of the table: all that want one of the domains above.</summary>
    public static IReadOnlyList<Op> Losses { get; } =
        Catalog.All.Where(o => o.Role == Role.Loss && o.Domain is not (LossDomain.Other or LossDomain.NotALoss)).ToList();

    /// <summary>What comes out of an operation; null where it is none of these kinds.</summary>
    public static Kind? Of(Op op) => op switch
    {
        { Name: "Softmax" or "Softmax2d" } => Kind.Shares,
        { Name: "LogSoftmax" } => Kind.LogShares,
        { Name: "Sigmoid" } => Kind.Chances,
        { Name: "LogSigmoid" } => Kind.LogChances,
        { Name: "Tanh" } => Kind.Signed,
        { Name: "ReLU" or "ReLU6" } => Kind.Rectified,
        { Role: Role.Linear or Role.Convolution or Role.TransposedConvolution } => Kind.Anything,
        _ => null,
    };

    /// <summary>What an operation's output is to a loss; null where nothing tells.</summary>
    public static Cell? Of(Op op, LossDomain loss) => Of(op) is { } kind && Cells.TryGetValue((kind, loss), out var cell) ? cell : null;

    /// <summary>
    /// What a loss wants before a step that is half of it: log-softmax and NLL are cross-entropy, sigmoid and BCE are its binary form. Null
    /// for any other.
    /// </summary>
    public static LossDomain? BeforeHalf(Op half, LossDomain loss) => (half.Name, loss) switch
    {
        ("LogSoftmax", LossDomain.LogProbabilities) => LossDomain.Logits,
        ("Sigmoid", LossDomain.Probabilities) => LossDomain.BinaryLogits,
        _ => null,
    };

    /// <summary>The loss that has inside what is missing before this one, as a module and as a function; null for any other.</summary>
    public static (string Module, string Function)? Whole(LossDomain loss) => loss switch
    {
        LossDomain.LogProbabilities => ("CrossEntropyLoss", "cross_entropy"),
        LossDomain.Probabilities => ("BCEWithLogitsLoss", "binary_cross_entropy_with_logits"),
        _ => null,
    };

    /// <summary>Whether a loss takes one score for each class, classes being the second axis.</summary>
    public static bool IsOverClasses(LossDomain loss) => loss is LossDomain.Logits or LossDomain.LogProbabilities;

    /// <summary>Whether a loss of a prediction and a target is another one when the two change places.</summary>
    public static bool HasSides(Op loss) => loss.Domain is LossDomain.Logits or LossDomain.BinaryLogits or LossDomain.Probabilities
        or LossDomain.LogProbabilities or LossDomain.LogDistribution
        || loss.Name is "PoissonNLLLoss" or "HingeEmbeddingLoss" or "SoftMarginLoss" or "MultiMarginLoss" or "MultiLabelMarginLoss"
        or "MultiLabelSoftMarginLoss";

    /// <summary>Whether a loss, and going backward from it, takes targets of a type.</summary>
    /// <param name="areClassNumbers">The targets have no class axis.</param>
    public static bool Takes(Op loss, ElementType target, ElementType prediction, bool areClassNumbers) => loss.Targets switch
    {
        TargetTypes.Classes when areClassNumbers => target is ElementType.Int64 or ElementType.Byte,
        TargetTypes.Classes or TargetTypes.Floating => target.IsFloating(),
        TargetTypes.AsPrediction => target == prediction,
        TargetTypes.Numbers => target != ElementType.Bool,
        _ => true,
    };
}
