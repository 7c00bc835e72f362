using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>Changing one sample must leave the outputs of the others alone: a reshape that mixes the batch does not.</summary>
internal static class BatchIndependence
{
    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        if (subject.BatchSize < 2 || !subject.HasSamples) yield break;
        using var guard = no_grad();
        // Batch normalization mixes on purpose while it trains.
        subject.Model.eval();
        // The same random numbers in both calls: a network may draw some.
        random.manual_seed(subject.Options.Seed);
        var before = subject.Forward(subject.Input);
        if (before.dim() == 0 || before.shape[0] != subject.BatchSize)
        {
            yield return new("BatchIndependence", ProbeVerdict.Failed,
                $"{subject.BatchSize} samples give an output of shape ({string.Join(", ", before.shape)})", "one output a sample",
                "The first axis must stay the batch: look for a flatten(0), view(-1, ..) or squeeze() that takes it in.")
                { RuleId = "NN3004", Cause = ProbeCause.MixesSamples };
            yield break;
        }
        if (!before.isfinite().all().item<bool>()) yield break;
        var changed = subject.Input.clone();
        changed[0] = subject.Input.is_floating_point() ? subject.Input[0].flip(-1) * 1.5 + 0.5 : subject.Input[1];
        random.manual_seed(subject.Options.Seed);
        var after = subject.Forward(changed);
        var scale = Subject.Spread(before) + 1e-12;
        var leak = (after.narrow(0, 1, subject.BatchSize - 1) - before.narrow(0, 1, subject.BatchSize - 1)).abs().max()
            .to(ScalarType.Float64).item<double>() / scale;
        var mixed = leak > Thresholds.Leak;
        yield return new("BatchIndependence", mixed ? ProbeVerdict.Failed : ProbeVerdict.Passed,
            $"a change of sample 0 moves other outputs by {leak:g3} of their spread", $"{Thresholds.Leak:g} (source: ours, float rounding)",
            mixed ? "A reshape, a softmax or a reduction works across the batch axis." : "") 
            { RuleId = mixed ? "NN3001" : null, Cause = mixed ? ProbeCause.MixesSamples : null };
    }
}
