using System.Collections.Concurrent;
using System.Collections.Immutable;
using NnAnalyzers.Shapes;

namespace NnAnalyzers.Torch;

/// <summary>
/// Every operation the graph can name: layers, functions, tensor methods and losses, with what the rules need of each, or listed as
/// opaque with the reason. A test holds it complete against the TorchSharp assembly, and every name in it real.
/// </summary>
internal static class Catalog
{
    private static readonly ValueRange NonNegative = new(0, double.PositiveInfinity);
    private static readonly ValueRange Unit = new(0, 1);
    private static readonly ValueRange Signed = new(-1, 1);

    public static readonly ImmutableArray<Op> All = Build().ToImmutableArray();

    private static readonly Dictionary<string, Op> ByName = Index();

    /// <summary>Names as they were asked for; there are only so many methods that return tensors.</summary>
    private static readonly ConcurrentDictionary<string, Op?> Asked = new(StringComparer.Ordinal);

    /// <summary>
    /// Finds the operation behind a factory, function or tensor method. Case, underscores and a trailing in-place
    /// underscore do not matter: <c>LogSoftmax</c>, <c>log_softmax</c> and <c>log_softmax_</c> are one.
    /// </summary>
    public static Op? Find(string name) => Asked.GetOrAdd(name, n => ByName.TryGetValue(Key(n), out var op) ? op : null);

    /// <summary>An operation that is sure to be in the catalog.</summary>
    public static Op Get(string name) => Find(name) ?? throw new ArgumentException($"{name} is not in the catalog", nameof(name));

    public static Op Opaque(string name) => new(name, Role.Opaque);

    /// <summary>A name without its spelling.</summary>
    public static string Key(string name) => name.Replace("_", "").ToLowerInvariant();

    /// <summary>
    /// The parameter an argument of another TorchSharp version means: <c>kernelSize</c> is kernel_size, <c>lr</c> learningRate.
    /// </summary>
    public static bool IsSameParameter(string written, string parameter)
    {
        var (a, b) = (Key(written), Key(parameter));
        return a == b || FormerNames.TryGetValue(a, out var now) && now.Contains(b);
    }

    private static readonly Dictionary<string, string[]> FormerNames = new()
    {
        ["inputchannel"] = ["inchannels"], ["outputchannel"] = ["outchannels"], ["features"] = ["numfeatures"], ["lr"] = ["learningrate"],
        ["learningrate"] = ["lr"], ["bias"] = ["hasbias"], ["hasbias"] = ["bias"], ["probability"] = ["p"],
        ["infeatures"] = ["inputsize"], ["outfeatures"] = ["outputsize"],
    };

    private static Dictionary<string, Op> Index()
    {
        var index = new Dictionary<string, Op>(StringComparer.Ordinal);
        foreach (var op in All)
            foreach (var name in op.Aliases.Append(op.Name))
                index[Key(name)] = op;
        return index;
    }

    private static IEnumerable<Op> Each(string names, Func<string, Op> make) => names.Split(' ').Select(make);

    /// <summary>Activations: element by element, between two bounds.</summary>
    private static Op Activation(string name, ValueRange? range = null) =>
        new(name, Role.Activation) { Shape = ShapeFunctions.Same, Range = range ?? ValueRange.Any };

    private static IEnumerable<Op> Build() =>
        Layers().Concat(Activations()).Concat(Reshapes()).Concat(Arithmetic()).Concat(Sources()).Concat(Losses()).Concat(Opaques());

    private static IEnumerable<Op> Layers()
    {
        // Linear and Bilinear say hasBias, every other layer says bias.
        yield return new("Linear", Role.Linear) { In = "inputSize", Out = "outputSize", Bias = "hasBias", Shape = ShapeFunctions.Linear };
        yield return new("Bilinear", Role.Bilinear) { In = "in1_features", Out = "out_features", Bias = "hasBias",
            Shape = ShapeFunctions.Bilinear };
        for (var d = 1; d <= 3; d++)
        {
            yield return new($"Conv{d}d", Role.Convolution) { In = "in_channels", Out = "out_channels", Bias = "bias", SpatialAxes = d,
                Shape = ShapeFunctions.Convolve, Aliases = [$"conv{d}d_padding"] };
            yield return new($"ConvTranspose{d}d", Role.TransposedConvolution) { In = "in_channels", Out = "out_channels", Bias = "bias",
                SpatialAxes = d, Shape = ShapeFunctions.ConvolveTransposed };
            yield return new($"BatchNorm{d}d", Role.Normalization) { In = "num_features", SpatialAxes = d, Shape = ShapeFunctions.Same };
            yield return new($"InstanceNorm{d}d", Role.Normalization) { In = "num_features", SpatialAxes = d, Shape = ShapeFunctions.Same };
            yield return new($"MaxPool{d}d", Role.Pooling) { SpatialAxes = d, Shape = ShapeFunctions.Pool,
                Aliases = [$"max_pool{d}d_with_indices"] };
            yield return new($"AvgPool{d}d", Role.Pooling) { SpatialAxes = d, Shape = ShapeFunctions.Pool };
            yield return new($"AdaptiveAvgPool{d}d", Role.Pooling) { SpatialAxes = d, Shape = ShapeFunctions.PoolAdaptively };
            yield return new($"AdaptiveMaxPool{d}d", Role.Pooling) { SpatialAxes = d, Shape = ShapeFunctions.PoolAdaptively,
                Aliases = [$"adaptive_max_pool{d}d_with_indices"] };
            yield return new($"MaxUnpool{d}d", Role.Resize) { SpatialAxes = d, Shape = ShapeFunctions.ResizeSpatially };
            yield return new($"Dropout{d}d", Role.Dropout) { Shape = ShapeFunctions.Same };
            foreach (var pad in new[] { "ConstantPad", "ReflectionPad", "ReplicationPad" })
                yield return new($"{pad}{d}d", Role.Resize) { SpatialAxes = d, Shape = ShapeFunctions.Pad };
        }
        yield return new("ZeroPad2d", Role.Resize) { SpatialAxes = 2, Shape = ShapeFunctions.Pad };
        yield return new("pad", Role.Resize) { Shape = ShapeFunctions.Pad };
        yield return new("LPPool1d", Role.Pooling) { SpatialAxes = 1, Shape = ShapeFunctions.Pool };
        yield return new("LPPool2d", Role.Pooling) { SpatialAxes = 2, Shape = ShapeFunctions.Pool };
        for (var d = 2; d <= 3; d++)
            yield return new($"FractionalMaxPool{d}d", Role.Pooling) { SpatialAxes = d, Shape = ShapeFunctions.ResizeSpatially,
                Aliases = [$"fractional_max_pool{d}d_with_indices"] };

        foreach (var name in new[] { "RNN", "LSTM", "GRU" })
        {
            yield return new(name, Role.Recurrent) { In = "inputSize", Out = "hiddenSize", Bias = "bias", Shape = ShapeFunctions.Recur };
            yield return new(name + "Cell", Role.Recurrent) { In = "inputSize", Out = "hiddenSize", Bias = "bias",
                Shape = ShapeFunctions.RecurOnce };
        }
        yield return new("Embedding", Role.Embedding) { In = "num_embeddings", Out = "embedding_dims", Shape = ShapeFunctions.Embed };
        yield return new("EmbeddingBag", Role.Embedding) { In = "num_embeddings", Out = "embedding_dims",
            Shape = ShapeFunctions.EmbedBags };
        foreach (var op in Each("Embedding_from_pretrained EmbeddingBag_from_pretrained", n => new(n, Role.Embedding))) yield return op;
        yield return new("MultiheadAttention", Role.Attention) { In = "embedded_dim", Out = "embedded_dim", Bias = "bias",
            Shape = ShapeFunctions.Same };
        yield return new("Transformer", Role.Attention) { In = "d_model", Out = "d_model", Shape = ShapeFunctions.Decode };
        yield return new("TransformerDecoder", Role.Attention) { Shape = ShapeFunctions.Same };
        yield return new("TransformerDecoderLayer", Role.Attention) { In = "d_model", Out = "d_model", Shape = ShapeFunctions.Same };
        yield return new("TransformerEncoder", Role.Attention) { Shape = ShapeFunctions.Same };
        yield return new("TransformerEncoderLayer", Role.Attention) { In = "d_model", Out = "d_model", Shape = ShapeFunctions.Same };
        yield return new("scaled_dot_product_attention", Role.Matmul) { Shape = ShapeFunctions.Attend };

        foreach (var op in Each("LayerNorm LocalResponseNorm batch_norm instance_norm normalize",
            n => new(n, Role.Normalization) { Shape = ShapeFunctions.Same })) yield return op;
        yield return new("GroupNorm", Role.Normalization) { In = "num_channels", Shape = ShapeFunctions.Same };
        foreach (var op in Each("Dropout AlphaDropout FeatureAlphaDropout", n => new(n, Role.Dropout) { Shape = ShapeFunctions.Same }))
            yield return op;

        yield return new("Upsample", Role.Resize) { Shape = ShapeFunctions.Upsample,
            Aliases = ["interpolate", "upsample_bilinear", "upsample_nearest"] };
        for (var d = 1; d <= 3; d++)
            yield return new($"upsample_nearest{d}d", Role.Resize) { SpatialAxes = d, Shape = ShapeFunctions.ResizeSpatially };
        yield return new("PixelShuffle", Role.Resize) { Shape = ShapeFunctions.ShufflePixels };
        yield return new("PixelUnshuffle", Role.Resize) { Shape = ShapeFunctions.ShufflePixels };
        yield return new("grid_sample", Role.Resize) { SpatialAxes = 2, Shape = ShapeFunctions.ResizeSpatially };
        yield return new("ChannelShuffle", Role.Permute) { Shape = ShapeFunctions.Same };
        foreach (var op in Each("Fold Unfold affine_grid", n => new(n, Role.Resize))) yield return op; // their sizes are not followed
        yield return new("CosineSimilarity", Role.Reduction) { Range = Signed };
        yield return new("PairwiseDistance", Role.Reduction) { Range = NonNegative, Aliases = ["cdist", "dist"] };
    }

    private static IEnumerable<Op> Activations()
    {
        // Only those whose range is really cut carry one: LeakyReLU, ELU, GELU, SiLU and Mish keep a way open.
        yield return Activation("ReLU", NonNegative);
        yield return Activation("ReLU6", new(0, 6));
        yield return Activation("Sigmoid", Unit);
        yield return Activation("Hardsigmoid", Unit);
        yield return Activation("Tanh", Signed);
        yield return Activation("Hardtanh", Signed);
        yield return Activation("Softsign", Signed);
        yield return Activation("LogSigmoid") with { Aliases = ["log_sigmoid"] };
        foreach (var op in Each("LeakyReLU ELU SELU CELU GELU SiLU Mish Hardswish PReLU RReLU Softplus Tanhshrink Softshrink Hardshrink "
            + "Threshold", n => Activation(n))) yield return op;
        yield return new("GLU", Role.Activation) { Shape = ShapeFunctions.HalveAxis };
        foreach (var op in Each("Softmax Softmax2d Softmin", n => new(n, Role.Softmax) { Shape = ShapeFunctions.Same, Range = Unit }))
            yield return op;
        yield return new("LogSoftmax", Role.Softmax) { Shape = ShapeFunctions.Same, Range = new(double.NegativeInfinity, 0) };
    }

    private static IEnumerable<Op> Reshapes()
    {
        yield return new("Identity", Role.Identity)
        {
            Shape = ShapeFunctions.Same,
            Aliases = ["contiguous", "clone", "alias", "MoveToOuterDisposeScope", "DetachFromDisposeScope", "DetatchFromDisposeScope",
            "MoveToOtherDisposeScope", 
                "to", "cuda", "cpu", "mps", "print", "float", "double", "half", "bfloat16", "int", "long", "short", "byte", "char", "bool",
                "cfloat", "cdouble", "to_type", "type", "type_as", "AsParameter", "WrappedTensorDisposeScope",
                "requires_grad_", "with_requires_grad", "pin_memory", "to_dense", "resolve_conj", "resolve_neg", "conj", "rename",
                "refine_names", "align_to", "align_as", "positive", "retain_grad", "data"],
        };
        // Ends what can be learned through it.
        yield return new("detach", Role.Identity) { Shape = ShapeFunctions.Same };
        yield return new("Flatten", Role.Reshape) { Shape = ShapeFunctions.Flatten };
        yield return new("ravel", Role.Reshape)
            { Shape = a => a.Input.HasRank ? Shapes.Shape.Of(Shapes.Shape.Product(a.Input.Dims)) : Shapes.Shape.Of(Dim.Unknown) };
        yield return new("Unflatten", Role.Reshape) { Shape = ShapeFunctions.Unflatten };
        yield return new("view", Role.Reshape) { Shape = ShapeFunctions.View };
        yield return new("reshape", Role.Reshape) { Shape = ShapeFunctions.View };
        yield return new("view_as", Role.Reshape) { Shape = ShapeFunctions.LikeSecond };
        yield return new("squeeze", Role.Reshape) { Shape = ShapeFunctions.Squeeze };
        yield return new("unsqueeze", Role.Reshape) { Shape = ShapeFunctions.Unsqueeze };
        foreach (var op in Each("atleast_1d atleast_2d atleast_3d view_as_complex view_as_real as_strided", n => new(n, Role.Reshape)))
            yield return op;
        yield return new("permute", Role.Permute) { Shape = ShapeFunctions.Permute };
        yield return new("transpose", Role.Permute) { Shape = ShapeFunctions.Transpose,
            Aliases = ["swapaxes", "swapdims", "t", "mT", "T", "H", "mH", "adjoint"] };
        yield return new("movedim", Role.Permute) { Shape = ShapeFunctions.MoveAxis, Aliases = ["moveaxis"] };
        yield return new("rot90", Role.Permute);
        foreach (var op in Each("flip fliplr flipud roll", n => new(n, Role.Permute) { Shape = ShapeFunctions.Same })) yield return op;

        yield return new("cat", Role.Join) { Shape = ShapeFunctions.Concatenate, Aliases = ["concat", "concatenate"] };
        yield return new("stack", Role.Join) { Shape = ShapeFunctions.Stack };
        foreach (var op in Each("hstack vstack dstack row_stack column_stack block_diag cartesian_prod combinations meshgrid",
            n => new(n, Role.Join))) yield return op;

        yield return new("expand", Role.Reshape) { Shape = ShapeFunctions.Expand, Aliases = ["broadcast_to"] };
        yield return new("expand_as", Role.Reshape) { Shape = ShapeFunctions.LikeSecond };
        yield return new("repeat", Role.Reshape) { Shape = ShapeFunctions.Repeat, Aliases = ["tile"] };
        yield return new("repeat_interleave", Role.Indexing) { Shape = ShapeFunctions.AxisOfUnknownSize };

        yield return new("select", Role.Indexing) { Shape = ShapeFunctions.Select };
        yield return new("narrow", Role.Indexing) { Shape = ShapeFunctions.Narrow };
        yield return new("slice", Role.Indexing) { Shape = ShapeFunctions.Slice };
        yield return new("index", Role.Indexing) { Shape = ShapeFunctions.IndexBy };
        yield return new("index_select", Role.Indexing) { Shape = ShapeFunctions.IndexSelect };
        yield return new("gather", Role.Indexing) { Shape = ShapeFunctions.LikeIndex, Aliases = ["take_along_dim"] };
        yield return new("take", Role.Indexing) { Shape = ShapeFunctions.LikeIndex };
        yield return new("chunk", Role.Indexing) { Shape = ShapeFunctions.Chunk };
        yield return new("split", Role.Indexing) { Shape = ShapeFunctions.Split };
        // Their number is that of the pieces.
        yield return new("tensor_split", Role.Indexing) { Shape = ShapeFunctions.AxisOfUnknownSize,
            Aliases = ["hsplit", "vsplit", "dsplit"] };
        yield return new("unbind", Role.Indexing) { Shape = ShapeFunctions.Select };
        yield return new("topk", Role.Indexing) { Shape = ShapeFunctions.TopK };
        foreach (var op in Each("sort argsort msort cummax cummin", n => new(n, Role.Indexing) { Shape = ShapeFunctions.Same }))
            yield return op;
        foreach (var op in Each("masked_select nonzero argwhere unique unique_consecutive diagonal diag diagflat diag_embed aminmax",
            n => new(n, Role.Indexing))) yield return op;
        // Writing into a tensor leaves its shape.
        foreach (var op in Each("index_put_ index_add index_copy index_fill index_reduce scatter scatter_add masked_scatter "
            + "select_scatter slice_scatter diagonal_scatter copy_",
            n => new(n, Role.Indexing) { Shape = ShapeFunctions.Same, Writes = true }))
            yield return op;
    }

    private static IEnumerable<Op> Arithmetic()
    {
        foreach (var op in Each("exp exp2 square expm1",
            n => new(n, Role.Arithmetic) { Shape = ShapeFunctions.Same, Range = n == "expm1" ? ValueRange.Any : NonNegative }))
            yield return op;
        yield return new("abs", Role.Arithmetic) { Shape = ShapeFunctions.Same, Range = NonNegative, Aliases = ["absolute"] };
        foreach (var op in Each("sin cos", n => new(n, Role.Arithmetic) { Shape = ShapeFunctions.Same, Range = Signed })) yield return op;
        yield return new("neg", Role.Arithmetic) { Shape = ShapeFunctions.Same, Aliases = ["negative"] };
        yield return new("clamp", Role.Arithmetic) { Shape = ShapeFunctions.Same, Aliases = ["clip", "clamp_min", "clamp_max"] };
        foreach (var op in Each("acos arccos acosh arccosh asin arcsin asinh arcsinh atan arctan atanh arctanh ceil conj_physical cosh "
            + "deg2rad rad2deg digamma erf erfc erfinv fix floor frac i0 lgamma log log10 log1p log2 "
                     + "logit nan_to_num polygamma mvlgamma reciprocal round rsqrt sgn sign sinc sinh sqrt tan trunc angle bitwise_not "
                     + "cumsum cumprod logcumsumexp tril triu renorm real imag matrix_exp matrix_power",
                     n => new(n, Role.Arithmetic) { Shape = ShapeFunctions.Same })) yield return op;
        foreach (var op in Each("bernoulli logical_not isfinite isinf isnan isneginf isposinf isreal is_neg signbit isin",
            n => new(n, Role.Arithmetic) { Shape = ShapeFunctions.Same, Range = Unit })) yield return op;
        // Filling in place: the tensor stays what it was, its values do not.
        foreach (var op in Each("fill_ zero_ normal_ uniform_ cauchy_ exponential_ geometric_ log_normal_ random_ set_",
            n => new(n, Role.Arithmetic) { Shape = ShapeFunctions.Same })) yield return op;

        foreach (var op in Each("add sub mul div pow",
            n => new(n, Role.Arithmetic) { Shape = ShapeFunctions.Broadcast,
            Aliases = n switch { "sub" => ["subtract"], "mul" => ["multiply"], "div" => ["divide", "true_divide"],
            "pow" => ["float_power"], _ => [] } })) yield return op;
        foreach (var op in Each("floor_divide remainder fmod maximum minimum fmax fmin atan2 arctan2 hypot logaddexp logaddexp2 copysign "
            + "ldexp lerp addcmul addcdiv xlogy where masked_fill heaviside nextafter gcd lcm igamma igammac "
                     + "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift polar complex",
                     n => new(n, Role.Arithmetic) { Shape = ShapeFunctions.Broadcast })) yield return op;
        foreach (var op in Each("eq ne not_equal lt less le less_equal gt greater ge greater_equal isclose logical_and logical_or "
            + "logical_xor", n => new(n, Role.Arithmetic) { Shape = ShapeFunctions.Broadcast, Range = Unit })) yield return op;
        yield return new("equal", Role.Reduction) { Shape = _ => Shapes.Shape.Scalar, Range = Unit };

        foreach (var op in Each("sum mean prod amax amin std var median nanmean nansum nanmedian logsumexp argmax argmin max min quantile "
            + "nanquantile kthvalue mode norm count_nonzero var_mean std_mean", n => new(n, Role.Reduction)
                 { Shape = ShapeFunctions.Reduce,
                 Range = n is "std" or "var" or "norm" or "count_nonzero" ? NonNegative : ValueRange.Any })) yield return op;
        foreach (var op in Each("all any", n => new(n, Role.Reduction) { Shape = ShapeFunctions.Reduce, Range = Unit })) yield return op;
        foreach (var op in Each("dot vdot trace det logdet", n => new(n, Role.Reduction) { Shape = _ => Shapes.Shape.Scalar }))
            yield return op;

        yield return new("matmul", Role.Matmul) { Shape = ShapeFunctions.Multiply, Aliases = ["mm", "bmm", "mv"] };
        foreach (var op in Each("addmm addmv addbmm baddbmm einsum inner outer ger addr tensordot kron chain_matmul",
            n => new(n, Role.Matmul) { Shape = n == "baddbmm" ? ShapeFunctions.Same : null })) yield return op;
    }

    private static IEnumerable<Op> Sources()
    {
        foreach (var op in Each("tensor from_array empty full as_tensor frombuffer normal zeros ones randn rand randint",
            n => new(n, Role.Source) { Shape = ShapeFunctions.Sizes, Range = n == "rand" ? Unit : ValueRange.Any })) yield return op;
        foreach (var op in Each("new_empty new_full new_ones new_zeros", n => new(n, Role.Source) { Shape = ShapeFunctions.Sizes }))
            yield return op;
        yield return new("eye", Role.Source) { Shape = ShapeFunctions.Eye };
        foreach (var op in Each("randn_like zeros_like ones_like empty_like full_like rand_like randint_like",
            n => new(n, Role.Source) { Shape = ShapeFunctions.Same, Range = n == "rand_like" ? Unit : ValueRange.Any })) yield return op;
        foreach (var op in Each("arange linspace logspace randperm hann_window hamming_window blackman_window "
            + "bartlett_window kaiser_window", n => new(n, Role.Source) { Shape = ShapeFunctions.Count })) yield return op;
        yield return new("one_hot", Role.Source) { Shape = ShapeFunctions.OneHot, Range = Unit };
        foreach (var op in Each("multinomial poisson binomial load from_file tril_indices triu_indices empty_strided FloatTensor "
            + "DoubleTensor IntTensor LongTensor ShortTensor ByteTensor BoolTensor", n => new(n, Role.Source))) yield return op;
        foreach (var op in Each("bincount histc bucketize searchsorted cov corrcoef cross diff trapezoid trapz "
            + "cumulative_trapezoid vander", n => new(n, Role.Arithmetic))) yield return op;
    }

    private static IEnumerable<Op> Losses()
    {
        static Op Loss(string name, LossDomain domain, TargetTypes targets, params string[] aliases) =>
            new(name, Role.Loss) { Domain = domain, Targets = targets, Aliases = aliases, Shape = ShapeFunctions.Loss };
        yield return Loss("MSELoss", LossDomain.AnyNumber, TargetTypes.AsPrediction);
        yield return Loss("L1Loss", LossDomain.AnyNumber, TargetTypes.Numbers);
        yield return Loss("SmoothL1Loss", LossDomain.AnyNumber, TargetTypes.Any);
        yield return Loss("HuberLoss", LossDomain.AnyNumber, TargetTypes.AsPrediction);
        yield return Loss("CrossEntropyLoss", LossDomain.Logits, TargetTypes.Classes, "cross_entropy");
        yield return Loss("BCEWithLogitsLoss", LossDomain.BinaryLogits, TargetTypes.Floating, "binary_cross_entropy_with_logits");
        yield return Loss("BCELoss", LossDomain.Probabilities, TargetTypes.AsPrediction, "binary_cross_entropy");
        yield return Loss("NLLLoss", LossDomain.LogProbabilities, TargetTypes.Classes);
        yield return Loss("KLDivLoss", LossDomain.LogDistribution, TargetTypes.Floating, "kl_div");
        foreach (var op in Each("PoissonNLLLoss GaussianNLLLoss CTCLoss HingeEmbeddingLoss MarginRankingLoss TripletMarginLoss "
            + "TripletMarginWithDistanceLoss CosineEmbeddingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss "
                     + "MultiMarginLoss SoftMarginLoss", n => Loss(n, LossDomain.Other, TargetTypes.Any))) yield return op;
    }

    private static IEnumerable<Op> Opaques()
    {
        static IEnumerable<Op> Because(string reason, string names) => Each(names, n => new(n, Role.Opaque) { OpaqueReason = reason });
        return Because("a container: its elements are read instead", "Sequential ModuleList ModuleDict ParameterList ParameterDict")
            .Concat(Because("a weight: an event of its own", "Parameter"))
            .Concat(Because("linear algebra that networks do not train through",
            "cholesky cholesky_inverse cholesky_solve inverse pinverse geqrf ormqr orgqr qr svd svd_lowrank pca_lowrank symeig eig lu "
            + "lu_solve lu_unpack lstsq slogdet matrix_rank"))
            .Concat(Because("spectra are complex", "stft istft"))
            .Concat(Because("sparse storage has no strides to follow", "sparse sparse_coo_tensor to_sparse SparseIndices SparseValues"))
            .Concat(Because("quantized values are not trained",
            "dequantize int_repr quantize_per_channel quantize_per_tensor quantized_batch_norm quantized_max_pool1d quantized_max_pool2d "
            + "fake_quantize_per_channel_affine fake_quantize_per_tensor_affine q_per_channel_scales q_per_channel_zero_points"))
            .Concat(Because("a backward pass by hand",
            "adaptive_avg_pool3d_backward avg_pool2d_backward avg_pool3d_backward upsample_nearest1d_backward upsample_nearest2d_backward "
            + "upsample_nearest3d_backward grad"))
            .Concat(Because("samples and statistics of distributions", "_sample_dirichlet _standard_gamma histogram frexp get_rng_state"))
            .Concat(Because("writes where it is told to", "arange_out rand_out randn_out randint_out randperm_out"))
            .Concat(Because("reads bytes of a stream or a native handle", "Load UnsafeCreateTensor"));
    }
}
