using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>
/// The same network with its batch normalization made an identity, one sample at a time: if it blows up or dies out, the normalization was hiding
/// a bad initialization. (The article's key finding.)
/// </summary>
internal static class WithoutNormalization
{
    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        // One that keeps no running statistics takes those of the batch also in eval mode.
        var norms = subject.Model.modules().OfType<BatchNorm>().Where(n => n.named_buffers().Any(b => b.name == "running_var")).ToList();
        if (norms.Count == 0) yield break;
        foreach (var norm in norms) MakeIdentity(norm);
        // Its own parameters stay as they are, or it would be no identity for long.
        var own = norms.SelectMany(n => n.parameters()).ToHashSet();
        var trained = subject.Trainable.Where(p => !own.Any(o => ReferenceEquals(o, p))).ToList();
        if (trained.Count == 0) yield break;
        foreach (var norm in norms) norm.eval();
        var (input, target) = (subject.Input.narrow(0, 0, 1), subject.Target.narrow(0, 0, 1));
        using var scope = NewDisposeScope();
        double scale;
        using (no_grad()) scale = subject.Forward(input).abs().max().to(ScalarType.Float64).item<double>();
        var losses = subject.Train(input, target, 30, parameters: trained);
        var expected = InitialLoss.Expected(subject);
        var (first, last) = (losses[0], losses[^1]);
        var blew = losses.FindIndex(l => !double.IsFinite(l));
        var wild = blew >= 0 || scale > Thresholds.LargeScale || first > Thresholds.HopelessLossFactor * expected || losses.Max() > 1e3 * Math.Max(1, Math.Abs(first));
        yield return new("WithoutNormalization", wild ? ProbeVerdict.Failed : ProbeVerdict.Passed,
            $"{norms.Count} batch normalizations made identities, one sample: outputs up to {scale:g3}, loss {first:g4} → {last:g4}{(blew >= 0 ? $", not a number at step {blew}" : "")}",
            $"outputs up to {Thresholds.LargeScale:g}, a first loss up to {Thresholds.HopelessLossFactor} times the expected, finite losses (source: the article; the numbers are ours)", wild ? "The normalization hides an initialization that does not fit: scale weights to their fan-in (kaiming_normal_), then see whether the normalization is still needed." : "")
        { RuleId = wild ? "NN2001" : null };
    }

    private static void MakeIdentity(BatchNorm norm)
    {
        using var guard = no_grad();
        norm.weight?.fill_(1);
        norm.bias?.fill_(0);
        foreach (var (name, buffer) in norm.named_buffers())
            if (name == "running_mean") buffer.fill_(0);
            // y = x / sqrt(var + eps): one less eps, taken as its default.
            else if (name == "running_var") buffer.fill_(1 - 1e-5);
    }
}
