using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>What the outputs cannot leave, whatever the weights are: the bounds of an activation on the output.</summary>
/// <param name="Low">The lower bound; minus infinity where there is none, or none was found.</param>
/// <param name="High">The upper bound; infinity where there is none.</param>
internal readonly record struct OutputRange(double Low, double High)
{
    private const double Same = 0.02;

    /// <summary>Nothing below zero comes out: a ReLU, a square, a softplus.</summary>
    public bool IsPositive => Low > -Same;

    /// <summary>Nothing beyond -1 to 1 comes out: a tanh, a sigmoid, a cosine.</summary>
    public bool IsSquashed => Low >= -1 - Same && High <= 1 + Same;

    /// <summary>
    /// Runs the model with all weights a hundred and a thousand times as large, of both signs. Bounds that hold for both are those of the
    /// last activation; what has none moves on by a power of ten.
    /// </summary>
    public static OutputRange Of(Subject subject)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var input = subject.Batch().Input;
        (double Low, double High)? With(double factor)
        {
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var sign in new[] { factor, -factor })
            {
                subject.Reset();
                foreach (var (name, value) in subject.Parameters.Where(p => !p.Name.Contains("bias", StringComparison.Ordinal)))
                {
                    // What starts with zeros does not stay there.
                    if (value.dim() > 1 && value.eq(0).all().item<bool>())
                        value.copy_(randn_like(value) / Math.Sqrt(value.numel() / (double)value.shape[0]));
                    value.mul_(sign);
                }
                var output = subject.Forward(input);
                if (!output.is_floating_point() || output.isnan().any().item<bool>()) return null;
                low = Math.Min(low, output.min().to(float64).item<double>());
                high = Math.Max(high, output.max().to(float64).item<double>());
            }
            return (low, high);
        }
        try
        {
            if (With(100) is not { } large || With(1000) is not { } larger || larger.High - larger.Low < Same)
                return new(double.NegativeInfinity, double.PositiveInfinity);
            return new(Math.Abs(large.Low - larger.Low) <= Same ? larger.Low : double.NegativeInfinity,
                Math.Abs(large.High - larger.High) <= Same ? larger.High : double.PositiveInfinity);
        }
        finally { subject.Reset(); }
    }

    /// <summary>The share of the targets' variance that lies beyond, out of reach.</summary>
    public double Lost(Tensor target)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var (wide, spread) = (target.to(float64), Subject.Spread(target));
        if (spread == 0 || double.IsInfinity(Low) && double.IsInfinity(High)) return 0;
        return (wide - wide.clamp(Low, High)).square().mean().item<double>() / (spread * spread);
    }
}
