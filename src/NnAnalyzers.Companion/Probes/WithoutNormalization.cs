using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>
/// The same network with its normalization made an identity, one sample at a time: if it blows up or dies out, the normalization was hiding
/// a bad initialization. (The article's key finding.)
/// </summary>
internal static class WithoutNormalization
{
    /// <summary>Added to a variance it makes the variance count for nothing, until outputs reach a million.</summary>
    private const double Overwhelming = 1e12;

    /// <summary>A layer that normalizes, with what it takes to switch that off.</summary>
    private sealed record Norm(nn.Module Module, double Eps, Action<double> SetEps, Parameter? Weight, Parameter? Bias)
    {
        public Tensor? Mean { get; } = Buffer(Module, "running_mean");
        public Tensor? Variance { get; } = Buffer(Module, "running_var");

        /// <summary>
        /// In eval mode it applies constants that can be set; otherwise its weight must be there to undo what a large eps does.
        /// </summary>
        public bool CanBeIdentity => Variance is not null || Weight is not null;

        private static Tensor? Buffer(nn.Module module, string name) => module.named_buffers().FirstOrDefault(b => b.name == name).buffer;

        public static Norm? Of(nn.Module module) => module switch
        {
            NormBase n => new(n, n.eps, e => n.eps = e, n.weight, n.bias),
            LayerNorm n => new(n, n.eps, e => n.eps = e, n.elementwise_affine ? n.weight : null, n.bias),
            GroupNorm n => new(n, n.eps, e => n.eps = e, n.affine ? n.weight : null, n.bias),
            _ => null,
        };

        /// <summary>
        /// y = (x − mean) / sqrt(variance + eps) · weight + bias becomes x where
        /// mean and variance are kept, and x − mean where they are the sample's own.
        /// </summary>
        public void MakeIdentity()
        {
            using var guard = no_grad();
            Bias?.fill_(0);
            if (Variance is not null)
            {
                Mean!.fill_(0);
                Variance.fill_(1 - Eps);
                Weight?.fill_(1);
                Module.eval();
            }
            else
            {
                SetEps(Overwhelming);
                Weight!.fill_(Math.Sqrt(Overwhelming));
            }
        }
    }

    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        var norms = subject.Model.modules().Select(Norm.Of).OfType<Norm>().Where(n => n.CanBeIdentity).ToList();
        // Their own parameters stay as they are, or they would be no identities for long.
        var own = norms.SelectMany(n => n.Module.parameters()).ToHashSet();
        var trained = subject.Trainable.Where(p => !own.Any(o => ReferenceEquals(o, p))).ToList();
        if (norms.Count == 0 || trained.Count == 0) return [];
        try
        {
            foreach (var norm in norms) norm.MakeIdentity();
            return [Train(subject, trained, norms)];
        }
        finally
        {
            foreach (var norm in norms) norm.SetEps(norm.Eps);
        }
    }

    private static ProbeResult Train(Subject subject, List<Parameter> trained, List<Norm> norms)
    {
        var (input, target) = subject.HasSamples ? (subject.Input.narrow(0, 0, 1), subject.Target.narrow(0, 0, 1))
            : (subject.Input, subject.Target);
        using var scope = NewDisposeScope();
        double scale;
        using (no_grad()) scale = subject.Forward(input).abs().max().to(ScalarType.Float64).item<double>();
        var losses = subject.Train(input, target, 30, parameters: trained);
        var expected = InitialLoss.Expected(subject);
        bool Blew() => losses.Any(l => !double.IsFinite(l)) || losses.Max() > 1e3 * Math.Max(1, Math.Abs(losses[0]));
        if (Blew())
        {
            // What a hundredth of the rate cures is the rate's fault.
            subject.Reset();
            foreach (var norm in norms) norm.MakeIdentity();
            losses = subject.Train(input, target, 30, subject.Rate / 100, parameters: trained);
        }
        var (first, last) = (losses[0], losses[^1]);
        var blew = losses.FindIndex(l => !double.IsFinite(l));
        var wild = Blew() || scale > Thresholds.LargeScale || first > Thresholds.HopelessLossFactor * expected;
        return new("WithoutNormalization", wild ? ProbeVerdict.Failed : ProbeVerdict.Passed,
            $"{norms.Count} normalization{(norms.Count == 1 ? "" : "s")} made identities, one sample: outputs up to {scale:g3}, "
                + $"loss {first:g4} → {last:g4}{(blew >= 0 ? $", not a number at step {blew}" : "")}",
            $"outputs up to {Thresholds.LargeScale:g}, a first loss up to {Thresholds.HopelessLossFactor} "
                + "times the expected, finite losses "
                + "(source: the article; the numbers are ours)", wild ? "The normalization hides an initialization that does not fit: "
                    + "scale weights to their fan-in (kaiming_normal_), then see whether the normalization is still needed." : "")
        { RuleId = wild ? "NN2001" : null, Cause = wild ? ProbeCause.NormalizationHidesInit : null };
    }
}
