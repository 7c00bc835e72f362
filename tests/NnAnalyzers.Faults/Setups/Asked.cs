using System.Text;

namespace NnAnalyzers.Faults;

/// <summary>
/// Asks the probes about labelled set-ups: how many faulty ones get an alarm, the right cause first, the right layer; how many sound ones
/// get an alarm all the same.
/// </summary>
internal static class Asked
{
    private sealed record Answer(Labelled Setup, string Seed, ProbeReport? Report, string? Error)
    {
        public bool IsAlarmed => Error is not null || Troubles(Report!).Any();
        public bool IsFailed => Error is not null || !Report!.Learns;
        public bool HasCause => Report?.Cause?.Cause is { } cause && Setup.Cause is { } wanted && Means(wanted).Contains(cause);

        /// <summary>A parameter stands for its layer.</summary>
        public bool HasPlace => Report?.Cause?.Place is { } place && Setup.Place is { } wanted
            && (place == wanted || place.StartsWith(wanted + ".", StringComparison.Ordinal)
                || wanted.StartsWith(place + ".", StringComparison.Ordinal));
    }

    /// <summary>What a probe may call a mistake. Where the label is finer than the probes are, it is said so here.</summary>
    private static ProbeCause[] Means(Cause cause) => cause switch
    {
        Cause.WrongSign => [ProbeCause.WrongLoss],
        Cause.ShapeMixesBatch or Cause.WrongAxis => [ProbeCause.MixesSamples],
        Cause.UnusedOutputs => [ProbeCause.Unused],
        Cause.InputLost or Cause.MaskHidesAll => [ProbeCause.InputIgnored],
        Cause.NotDifferentiable => [ProbeCause.Detached],
        Cause.Broadcast => [ProbeCause.LossBroadcasts],
        _ => [Enum.Parse<ProbeCause>(cause.ToString())],
    };

    /// <summary>Runs one half and gives its page.</summary>
    public static string Page(string half, int seeds, string? only)
    {
        var (sound, faulty) = half switch
        {
            "latest" => (SoundLatest.All, FaultyLatest.All),
            "fresh" => (SoundFresh.All, FaultyFresh.All),
            "kept" => (SoundKept.All, FaultyKept.All),
            _ => (SoundShown.All, FaultyShown.All),
        };
        var answers = sound.Concat(faulty).Where(s => only is null || s.Name.Contains(only, StringComparison.OrdinalIgnoreCase))
            .SelectMany(s => Enumerable.Range(0, seeds).Select(seed => Ask(s, seed, only is not null))).ToList();
        var wrong = answers.Where(a => a.Setup.Cause is not null).ToList();
        var right = answers.Where(a => a.Setup.Cause is null).ToList();
        var placed = wrong.Where(a => a.Setup.Place is not null).ToList();
        var page = new StringBuilder();
        page.AppendLine($"| {half}, {seeds} seed{(seeds == 1 ? "" : "s")} | |\n|---|---|")
            .AppendLine($"| faulty, with an alarm | {wrong.Count(a => a.IsAlarmed)} of {wrong.Count} |")
            .AppendLine($"| the right cause first | {wrong.Count(a => a.HasCause)} of {wrong.Count} |")
            .AppendLine($"| the right layer, where one can be named | {placed.Count(a => a.HasPlace)} of {placed.Count} |")
            .AppendLine($"| sound, with an alarm | {right.Count(a => a.IsAlarmed)} of {right.Count} |")
            .AppendLine($"| sound, a probe failed | {right.Count(a => a.IsFailed)} of {right.Count} |").AppendLine()
            .AppendLine("| set-up | what is wrong | first | others that speak |\n|---|---|---|---|");
        foreach (var a in answers)
        {
            var first = a.Report?.Cause;
            var others = a.Report is null ? [] : Troubles(a.Report).Where(r => r != first).Select(r => r.Probe).Distinct();
            page.AppendLine($"| {a.Setup.Name}{(seeds > 1 ? $" ({a.Seed})" : "")} | {a.Setup.Cause?.ToString() ?? "–"} | "
                + (a.Error ?? (first is null ? "–"
                : $"{first.Probe}, {first.Cause}{(a.HasCause ? "" : a.Setup.Cause is null ? "" : " ✗")}"
                + $"{(first.Place is { } place ? $", {place}" : "")}")) + $" | {string.Join(", ", others)} |");
        }
        return page.ToString();
    }

    /// <summary>The answers that say something is wrong.</summary>
    public static IEnumerable<ProbeResult> Troubles(ProbeReport report) =>
        report.Results.Where(r => r.Verdict is ProbeVerdict.Failed or ProbeVerdict.Suspicious);

    private static Answer Ask(Labelled labelled, int seed, bool isShown)
    {
        using var scope = torch.NewDisposeScope();
        torch.random.manual_seed(seed);
        Answer answer;
        try
        {
            var setup = labelled.Make();
            using (setup.Model)
                answer = new(labelled, seed.ToString(), Probe.Run(setup.Model, setup.Forward, setup.Input, setup.Target, setup.Loss,
                    setup.Options), null);
        }
        catch (ProbeInputException error) { answer = new(labelled, seed.ToString(), null, error.Message); }
        if (isShown) Console.WriteLine($"{labelled.Name}\n{answer.Report?.ToText()}\n");
        var mark = labelled.Cause is null ? answer.IsAlarmed ? "ALARM" : "ok"
            : !answer.IsAlarmed ? "MISSED" : answer.HasCause ? "right" : "other";
        var said = answer.Error ?? string.Join("; ", Troubles(answer.Report!)
            .Select(r => $"{r.Probe}/{r.Cause}{(r == answer.Report!.Cause ? "*" : "")}"));
        Console.WriteLine($"{mark,-7}{labelled.Name} [{labelled.Cause}]: {said}");
        return answer;
    }
}
