using NnAnalyzers.Shapes;

namespace NnAnalyzers.Torch;

/// <summary>What an operation does to a network, as far as a rule can care.</summary>
internal enum Role
{
    Linear, Bilinear, Convolution, TransposedConvolution, Recurrent, Embedding, Attention,
    Normalization, Activation, Softmax, Dropout, Pooling, Reshape, Permute, Identity, Resize,
    Join, Matmul, Arithmetic, Reduction, Indexing, Source, Loss, Opaque,
}

/// <summary>What a loss expects of the network's output.</summary>
internal enum LossDomain { NotALoss, AnyNumber, Logits, BinaryLogits, Probabilities, LogProbabilities, LogDistribution, Other }

/// <summary>
/// One operation of TorchSharp, whatever its form: <c>nn.ReLU()</c>, <c>functional.relu(x)</c>, <c>torch.relu(x)</c>,
/// <c>x.relu()</c> and <c>x.relu_()</c> are all the operation ReLU.
/// </summary>
/// <param name="Name">The name a message uses.</param>
/// <param name="Role">What it does to a network.</param>
internal sealed record Op(string Name, Role Role)
{
    /// <summary>What comes out, for any input.</summary>
    public ValueRange Range { get; init; } = ValueRange.Any;

    /// <summary>The loss's demand on its first argument.</summary>
    public LossDomain Domain { get; init; }

    /// <summary>What a loss takes as its second argument.</summary>
    public TargetTypes Targets { get; init; }

    /// <summary>Number of spatial axes a convolution or pooling works on.</summary>
    public int SpatialAxes { get; init; }

    /// <summary>The name of the parameters that hold the sizes going in and out, and the bias switch.</summary>
    public string? In { get; init; }
    public string? Out { get; init; }
    public string? Bias { get; init; }

    /// <summary>The shape that comes out; null when it is not followed.</summary>
    public Func<Applied, Shape>? Shape { get; init; }

    /// <summary>Puts other values into what it works on.</summary>
    public bool Writes { get; init; }

    /// <summary>Output sizes equal input sizes.</summary>
    public bool KeepsShape => Shape == ShapeFunctions.Same;

    /// <summary>Why the graph does not look into it.</summary>
    public string? OpaqueReason { get; init; }

    /// <summary>Other spellings of the same operation.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public bool HasWeights =>
        Role is Role.Linear or Role.Bilinear or Role.Convolution or Role.TransposedConvolution or Role.Recurrent or Role.Attention;

    /// <summary>An activation that cuts values off for good; LeakyReLU, ELU and the like leave a way through and do not count.</summary>
    public bool CutsRange => Role == Role.Activation && Range.IsBounded;

    /// <summary>The nonlinearity <c>init.kaiming_normal_</c> should assume before this activation.</summary>
    public string Nonlinearity => Name switch { "ReLU" or "ReLU6" => "ReLU", "Sigmoid" => "Sigmoid", "Tanh" => "Tanh", _ => "ReLU" };
}
