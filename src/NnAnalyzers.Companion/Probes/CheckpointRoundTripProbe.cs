using TorchSharp;

namespace NnAnalyzers.Companion;

/// <summary>Whether training goes on after a reload as if nothing had happened.</summary>
internal static class CheckpointRoundTripProbe
{
    /// <summary>The reloaded session starts from other weights: what is not restored shows.</summary>
    public const int OtherSeed = 2;

    public static ProbeResult Ask<T>(Func<T> create, Func<T, double> step, Action<T, string> save,
        Action<T, string> load, int before, int after)
    {
        var folder = Directory.CreateTempSubdirectory("nn-checkpoint-").FullName;
        var random = torch.random.get_rng_state();
        try
        {
            torch.random.manual_seed(1);
            var trained = create();
            for (var i = 0; i < before; i++) step(trained);
            save(trained, folder);
            var on = Losses(trained, step, after);
            var (again, whyNot) = FreshProcess.Continue(create, load, step, folder, after);
            if (again is null)
            {
                torch.random.manual_seed(OtherSeed);
                var fresh = create();
                load(fresh, folder);
                again = Losses(fresh, step, after);
            }
            var where = whyNot is null ? "in a fresh process" : $"in the same process, since {whyNot}";
            var gap = on.Zip(again, (a, b) => Math.Abs(a - b) / Math.Max(1e-8, Math.Abs(a)))
                .Select(g => double.IsNaN(g) ? double.PositiveInfinity : g).ToList();
            var at = gap.FindIndex(g => g > Thresholds.ResumeDifference);
            return new("CheckpointRoundTrip", at < 0 ? ProbeVerdict.Passed : ProbeVerdict.Failed,
                at < 0 ? $"{after} losses after the reload {where} are the same to {gap.Max():g2}"
                    : $"loss {on[at]:g5} without and {again[at]:g5} with a reload {where}, {at + 1} step{(at == 0 ? "" : "s")} after it",
                $"{Thresholds.ResumeDifference:g} relative (source: ours)",
                at < 0 ? "" : at == 0 ? "The weights are not restored as they were: save and load the model's and all buffers."
                    : "The weights are restored, the optimizer is not: save and load its state_dict, and the scheduler's step.")
            { RuleId = at < 0 ? null : "NN5001",
                Curves = [ProbeCurve.OfSteps("without reload", on, before), ProbeCurve.OfSteps("with reload", again, before)] };
        }
        finally
        {
            torch.random.set_rng_state(random);
            Directory.Delete(folder, recursive: true);
        }
    }

    public static List<double> Losses<T>(T session, Func<T, double> step, int count)
    {
        torch.random.manual_seed(3);
        return Enumerable.Range(0, count).Select(_ => step(session)).ToList();
    }
}
