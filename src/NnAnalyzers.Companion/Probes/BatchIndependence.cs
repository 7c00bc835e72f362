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
        var scale = Subject.Spread(before) + 1e-12;
        // One change may leave every unit closed as it was.
        var leak = Others(subject.Input).Max(other =>
        {
            using var scope = NewDisposeScope();
            var changed = subject.Input.clone();
            changed[0] = other;
            random.manual_seed(subject.Options.Seed);
            try
            {
                var moved = (subject.Forward(changed) - before).narrow(0, 1, subject.BatchSize - 1).abs();
                // A table of all against all has a column for the first sample.
                if (moved.dim() == 2 && moved.shape[1] == subject.BatchSize) moved = moved.narrow(1, 1, subject.BatchSize - 1);
                return moved.max().to(ScalarType.Float64).item<double>();
            }
            // Numbers of classes among the columns have no double.
            catch (ProbeInputException) { return 0; }
        }) / scale;
        var mixed = leak > Thresholds.Leak;
        yield return new("BatchIndependence", mixed ? ProbeVerdict.Failed : ProbeVerdict.Passed,
            $"a change of sample 0 moves other outputs by {leak:g3} of their spread", $"{Thresholds.Leak:g} (source: ours, float rounding)",
            mixed ? "A reshape, a softmax or a reduction works across the batch axis." : "") 
            { RuleId = mixed ? "NN3001" : null, Cause = mixed ? ProbeCause.MixesSamples : null };
    }

    /// <summary>What the first sample may be instead.</summary>
    private static Tensor[] Others(Tensor input) => input.is_floating_point()
        ? [input[0].flip(-1) * 1.5 + 0.5, input[0] * -2, input[1] * 2 + 1] : [input[1], input[input.shape[0] / 2], input[-1]];
}
