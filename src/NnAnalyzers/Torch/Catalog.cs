using System.Collections.Immutable;

namespace NnAnalyzers.Torch;

/// <summary>Every operation the graph can name. A test holds the names against the TorchSharp assembly.</summary>
internal static class Catalog
{
    private static readonly ValueRange NonNegative = new(0, double.PositiveInfinity);
    private static readonly ValueRange Unit = new(0, 1);
    private static readonly ValueRange Signed = new(-1, 1);

    public static readonly ImmutableArray<Op> All = Build().ToImmutableArray();

    private static readonly Dictionary<string, Op> ByName = Index();

    /// <summary>Names as they were asked for; there are only so many methods that return tensors.</summary>
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Op?> Asked = new(StringComparer.Ordinal);

    /// <summary>
    /// Finds the operation behind a factory, function or tensor method. Case, underscores and a trailing in-place
    /// underscore do not matter: <c>LogSoftmax</c>, <c>log_softmax</c> and <c>log_softmax_</c> are one.
    /// </summary>
    public static Op? Find(string name) => Asked.GetOrAdd(name, n => ByName.TryGetValue(Key(n), out var op) ? op : null);

    public static Op Opaque(string name) => new(name, Role.Opaque);

    private static string Key(string name) => name.Replace("_", "").ToLowerInvariant();

    private static Dictionary<string, Op> Index()
    {
        var index = new Dictionary<string, Op>(StringComparer.Ordinal);
        foreach (var op in All)
        {
            index[Key(op.Name)] = op;
            foreach (var alias in op.Aliases) index[Key(alias)] = op;
        }
        return index;
    }

    private static IEnumerable<Op> Build()
    {
        // Layers with weights. Linear and Bilinear say hasBias, every other layer says bias.
        yield return new("Linear", Role.Linear) { In = "inputSize", Out = "outputSize", Bias = "hasBias" };
        for (var d = 1; d <= 3; d++)
        {
            yield return new($"Conv{d}d", Role.Convolution) { In = "in_channels", Out = "out_channels", Bias = "bias", SpatialAxes = d };
            yield return new($"ConvTranspose{d}d", Role.TransposedConvolution) { In = "in_channels", Out = "out_channels", Bias = "bias", SpatialAxes = d };
            yield return new($"BatchNorm{d}d", Role.Normalization) { In = "num_features", KeepsShape = true };
            yield return new($"InstanceNorm{d}d", Role.Normalization) { In = "num_features", KeepsShape = true };
            yield return new($"MaxPool{d}d", Role.Pooling) { SpatialAxes = d };
            yield return new($"AvgPool{d}d", Role.Pooling) { SpatialAxes = d };
            yield return new($"AdaptiveAvgPool{d}d", Role.Pooling) { SpatialAxes = d };
            yield return new($"AdaptiveMaxPool{d}d", Role.Pooling) { SpatialAxes = d };
            yield return new($"Dropout{d}d", Role.Dropout) { KeepsShape = true };
        }
        foreach (var name in new[] { "LPPool1d", "LPPool2d", "FractionalMaxPool2d", "FractionalMaxPool3d" })
            yield return new(name, Role.Pooling); // their sizes are not followed
        foreach (var name in new[] { "RNN", "LSTM", "GRU" })
        {
            yield return new(name, Role.Recurrent) { In = "inputSize", Out = "hiddenSize", Bias = "bias" };
            yield return new(name + "Cell", Role.Recurrent) { In = "inputSize", Out = "hiddenSize", Bias = "bias" };
        }
        yield return new("Embedding", Role.Embedding) { In = "num_embeddings", Out = "embedding_dims" };
        yield return new("EmbeddingBag", Role.Embedding);
        yield return new("MultiheadAttention", Role.Attention);
        foreach (var name in new[] { "Transformer", "TransformerEncoder", "TransformerDecoder", "TransformerEncoderLayer", "TransformerDecoderLayer" })
            yield return new(name, Role.Attention);
        yield return new("Bilinear", Role.Opaque) { Bias = "hasBias" };

        yield return new("LayerNorm", Role.Normalization) { KeepsShape = true };
        yield return new("GroupNorm", Role.Normalization) { KeepsShape = true };
        yield return new("LocalResponseNorm", Role.Normalization) { KeepsShape = true };
        yield return new("batch_norm", Role.Normalization) { KeepsShape = true };
        yield return new("instance_norm", Role.Normalization) { KeepsShape = true };
        yield return new("normalize", Role.Normalization) { KeepsShape = true };

        // Activations. Only those whose range is really cut carry one: LeakyReLU, ELU, GELU, SiLU and Mish keep a way open.
        yield return new("ReLU", Role.Activation) { KeepsShape = true, Range = NonNegative };
        yield return new("ReLU6", Role.Activation) { KeepsShape = true, Range = new(0, 6) };
        yield return new("Sigmoid", Role.Activation) { KeepsShape = true, Range = Unit };
        yield return new("Hardsigmoid", Role.Activation) { KeepsShape = true, Range = Unit };
        yield return new("Tanh", Role.Activation) { KeepsShape = true, Range = Signed };
        yield return new("Hardtanh", Role.Activation) { KeepsShape = true, Range = Signed };
        yield return new("Softsign", Role.Activation) { KeepsShape = true, Range = Signed };
        foreach (var open in new[] { "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Hardswish", "PReLU", "RReLU", "Softplus",
                     "LogSigmoid", "Tanhshrink", "Softshrink", "Hardshrink", "Threshold" })
            yield return new(open, Role.Activation) { KeepsShape = true };
        yield return new("GLU", Role.Activation);
        yield return new("Softmax", Role.Softmax) { KeepsShape = true, Range = Unit };
        yield return new("Softmax2d", Role.Softmax) { KeepsShape = true, Range = Unit };
        yield return new("Softmin", Role.Softmax) { KeepsShape = true, Range = Unit };
        yield return new("LogSoftmax", Role.Softmax) { KeepsShape = true, Range = new(double.NegativeInfinity, 0) };

        yield return new("Dropout", Role.Dropout) { KeepsShape = true };
        yield return new("AlphaDropout", Role.Dropout) { KeepsShape = true };
        yield return new("FeatureAlphaDropout", Role.Dropout) { KeepsShape = true };
        yield return new("Identity", Role.Identity) { KeepsShape = true, Aliases = ["contiguous", "clone", "detach", "alias", "MoveToOuterDisposeScope", "DetachFromDisposeScope", "to", "cuda", "cpu", "float", "requires_grad_"] };

        yield return new("Flatten", Role.Reshape);
        yield return new("Unflatten", Role.Reshape);
        yield return new("view", Role.Reshape);
        yield return new("reshape", Role.Reshape);
        yield return new("squeeze", Role.Reshape);
        yield return new("unsqueeze", Role.Reshape);
        yield return new("permute", Role.Permute);
        yield return new("transpose", Role.Permute) { Aliases = ["swapaxes", "swapdims", "t", "mT"] };

        yield return new("cat", Role.Join) { Aliases = ["concat", "hstack", "vstack"] };
        yield return new("stack", Role.Join);
        yield return new("matmul", Role.Matmul) { Aliases = ["mm", "bmm", "addmm", "baddbmm", "einsum", "scaled_dot_product_attention"] };

        yield return new("add", Role.Arithmetic);
        yield return new("sub", Role.Arithmetic);
        yield return new("mul", Role.Arithmetic);
        yield return new("div", Role.Arithmetic);
        foreach (var name in new[] { "exp", "log", "sqrt", "pow", "square", "neg", "clamp", "where", "masked_fill" })
            yield return new(name, Role.Arithmetic);
        yield return new("abs", Role.Arithmetic) { KeepsShape = true, Range = NonNegative };
        yield return new("sin", Role.Arithmetic) { KeepsShape = true, Range = Signed };
        yield return new("cos", Role.Arithmetic) { KeepsShape = true, Range = Signed };

        foreach (var name in new[] { "sum", "mean", "max", "min", "argmax", "argmin", "std", "var", "norm", "logsumexp" })
            yield return new(name, Role.Reduction);
        foreach (var name in new[] { "index_select", "narrow", "select", "slice", "gather", "chunk", "split", "index", "masked_select" })
            yield return new(name, Role.Indexing);

        foreach (var name in new[] { "randn", "randn_like", "tensor", "from_array", "empty", "arange", "linspace", "full", "as_tensor", "frombuffer", "normal" })
            yield return new(name, Role.Source);
        yield return new("rand", Role.Source) { Range = Unit, Aliases = ["rand_like"] };
        // Filled later as often as not, so their values are not known.
        yield return new("zeros", Role.Source) { Aliases = ["zeros_like"] };
        yield return new("ones", Role.Source) { Aliases = ["ones_like"] };
        yield return new("one_hot", Role.Source) { Range = Unit };
        foreach (var name in new[] { "randint", "randperm" }) yield return new(name, Role.Source);

        foreach (var name in new[] { "Upsample", "interpolate", "PixelShuffle", "PixelUnshuffle", "ZeroPad2d", "pad", "Fold", "Unfold", "ChannelShuffle" })
            yield return new(name, Role.Resize);

        yield return Loss("MSELoss", LossDomain.AnyNumber);
        yield return Loss("L1Loss", LossDomain.AnyNumber);
        yield return Loss("SmoothL1Loss", LossDomain.AnyNumber);
        yield return Loss("HuberLoss", LossDomain.AnyNumber);
        yield return Loss("CrossEntropyLoss", LossDomain.Logits, "cross_entropy");
        yield return Loss("BCEWithLogitsLoss", LossDomain.BinaryLogits, "binary_cross_entropy_with_logits");
        yield return Loss("BCELoss", LossDomain.Probabilities, "binary_cross_entropy");
        yield return Loss("NLLLoss", LossDomain.LogProbabilities);
        yield return Loss("KLDivLoss", LossDomain.LogProbabilities, "kl_div");
        foreach (var name in new[] { "PoissonNLLLoss", "GaussianNLLLoss", "CTCLoss", "HingeEmbeddingLoss", "MarginRankingLoss", "TripletMarginLoss",
                     "TripletMarginWithDistanceLoss", "CosineEmbeddingLoss", "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss", "SoftMarginLoss" })
            yield return Loss(name, LossDomain.Other);
    }

    private static Op Loss(string name, LossDomain domain, params string[] aliases) =>
        new(name, Role.Loss) { Domain = domain, Aliases = aliases };
}
