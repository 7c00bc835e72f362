using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>
/// Where the loss alone takes outputs that are free to go anywhere: without a network between, what is wrong there is the loss's own.
/// </summary>
internal static class LossPull
{
    private const int Steps = 300;

    /// <summary>Pulled to one number, or to shares that are not the targets', at this part of their spread. Source: ours.</summary>
    private const double Collapsed = 0.1, FarFromShares = 0.5;

    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        var (input, target) = subject.Batch();
        if (!subject.HasSamples || !target.is_floating_point() || subject.BatchSize < 4 || target.numel() > 1_000_000) yield break;
        Tensor output;
        using (no_grad()) output = subject.Forward(input);
        if (!output.is_floating_point() || output.numel() > 1_000_000 || output.dim() == 0 || output.shape[0] != target.shape[0]
            || Subject.Spread(target) is not (> 0 and var spread)) yield break;
        if (Couples(subject, output, target) && Train(subject, output, target, spread) is { } ends && ends < Collapsed)
            yield return new("LossFit", ProbeVerdict.Failed, "free to go anywhere, the outputs of all samples are pulled to one number by "
                + "the loss, though the targets differ", "each output goes to its own target", "The loss compares every output with every "
                + "target: look at the shapes of its two sides, (N, 1) against (N), and reshape one.")
                { Cause = ProbeCause.LossBroadcasts, RuleId = "NN3009" };
        else if (output.shape.SequenceEqual(target.shape) && AreShares(target) && Distance(subject, output, target) is { } far
            && far > FarFromShares * spread)
            yield return new("LossFit", ProbeVerdict.Failed, $"the targets are shares, and the loss takes free outputs to others, {far:g2} "
                + "off", "the loss is least where the shares are the targets'", "Look at what the loss is given: kl_div wants logarithms "
                + "of probabilities first.") { Cause = ProbeCause.WrongLoss };
    }

    /// <summary>Another target of the first sample changes what is asked of the others' outputs.</summary>
    private static bool Couples(Subject subject, Tensor output, Tensor target)
    {
        using var scope = NewDisposeScope();
        var changed = target.clone();
        for (var i = target.shape[0] - 1; i > 0 && changed[0].eq(target[0]).all().item<bool>(); i--) changed[0] = target[i];
        if (Pull(subject, output, target) is not { } pull || Pull(subject, output, changed) is not { } other) return false;
        var rest = target.shape[0] - 1;
        return (pull - other).narrow(0, 1, rest).abs().max().item<double>() > 1e-3 * pull.abs().max().item<double>();
    }

    private static Tensor? Pull(Subject subject, Tensor output, Tensor target)
    {
        using var free = output.detach().clone().requires_grad_();
        return Backward(subject, free, target) ? free.grad?.to(float64) : null;
    }

    /// <summary>False where the loss does not take such outputs: logarithms of what is below zero, chances above one.</summary>
    private static bool Backward(Subject subject, Tensor output, Tensor target)
    {
        try
        {
            var loss = subject.LossOf(output, target);
            if (!loss.requires_grad || !loss.isfinite().item<bool>()) return false;
            loss.backward();
            return true;
        }
        catch (ProbeInputException) { return false; }
    }

    /// <summary>Spread of the outputs that the loss reads after training them alone, over the targets'; null where it breaks.</summary>
    private static double? Train(Subject subject, Tensor output, Tensor target, double spread)
    {
        using var scope = NewDisposeScope();
        return Free(subject, output, target, spread) is var (ends, read)
            && ends.masked_select(read) is { } seen && seen.numel() > 1 ? Subject.Spread(seen) / spread : null;
    }

    /// <summary>How far the outputs end from the targets, as they are or as probabilities; null where the loss cannot take them.</summary>
    private static double? Distance(Subject subject, Tensor output, Tensor target)
    {
        using var scope = NewDisposeScope();
        return Free(subject, output, target, 1) is var (ends, _)
            ? new[] { ends, ends.softmax(1), ends.exp() }.Min(o => Subject.Rms(o - target)) : null;
    }

    private static (Tensor Ends, Tensor Read)? Free(Subject subject, Tensor output, Tensor target, double spread)
    {
        var free = new Parameter(randn_like(output) * spread);
        using var optimizer = optim.Adam([free], 0.05 * spread);
        Tensor? read = null;
        for (var step = 0; step < Steps; step++)
        {
            // Towards the end it settles.
            optimizer.SetRate(0.05 * spread * Math.Min(1, 2.0 * (Steps - step) / Steps));
            optimizer.zero_grad();
            if (!Backward(subject, free, target) || free.grad is not { } pull) return null;
            read ??= pull.ne(0);
            optimizer.step();
        }
        return read is null ? null : (free.detach(), read);
    }

    /// <summary>Rows of probabilities that are not all sure.</summary>
    private static bool AreShares(Tensor target) => target.dim() == 2 && target.shape[1] > 1 && target.ge(0).all().item<bool>()
        && (target.to(float64).sum(1) - 1).abs().max().item<double>() < 1e-3 && target.amax([1L]).lt(0.999).any().item<bool>();
}
