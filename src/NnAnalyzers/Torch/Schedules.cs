namespace NnAnalyzers.Torch;

/// <summary>What a scheduler is given, by the names of TorchSharp's parameters.</summary>
/// <param name="Kind">Its name: <c>StepLR</c>.</param>
internal sealed record ScheduleSettings(string Kind)
{
    public ScheduleSettings(string kind, params (string Name, double Value)[] numbers) : this(kind) =>
        Numbers = numbers.ToDictionary(n => n.Name, n => n.Value);

    /// <summary>Single numbers; a name that is missing is not known.</summary>
    public IReadOnlyDictionary<string, double> Numbers { get; init; } = new Dictionary<string, double>();

    /// <summary>The steps at which a MultiStepLR or SequentialLR changes; null where they are not known.</summary>
    public IReadOnlyList<long>? Milestones { get; init; }

    /// <summary>What the function of a LambdaLR or MultiplicativeLR gives for a step; null where it is not known.</summary>
    public Func<long, double?>? Factor { get; init; }

    /// <summary>The schedulers that a ChainedLR or SequentialLR is made of.</summary>
    public IReadOnlyList<ScheduleSettings> Parts { get; init; } = [];

    public double? this[string name] => Numbers.TryGetValue(name, out var number) ? number : null;
}

/// <summary>
/// The learning rate that TorchSharp's schedulers leave after so many steps, as its source (Optimizers/LRScheduler.cs, 0.107.0) has it.
/// Tests compare each with the real one.
/// </summary>
internal static class Schedules
{
    /// <summary>More factors than this are not multiplied.</summary>
    private const long MaxProduct = 100_000;

    /// <summary>The rate after <paramref name="steps"/> calls of <c>step</c>; null where the settings, or a metric, decide.</summary>
    /// <param name="start">The optimizer's rate when the scheduler was made.</param>
    public static double? RateAfter(ScheduleSettings s, double? start, long steps) => s.Kind switch
    {
        "StepLR" when s["step_size"] is >= 1 and var size => start * Power(s["gamma"], Math.Floor(steps / size)),
        "MultiStepLR" when s.Milestones is { } milestones =>
            start * Power(s["gamma"], milestones.Distinct().Count(m => m >= 0 && m <= steps)),
        "ExponentialLR" => start * Power(s["gamma"], steps),
        "PolynomialLR" when s["total_iters"] is >= 1 and var all =>
            start * Power(1 - Math.Min(steps, all) / all, s["power"]),
        "ConstantLR" when s["total_iters"] is { } held => steps < held ? start * s["factor"] : start,
        "LinearLR" when s["total_iters"] is >= 1 and var all =>
            start * (s["start_factor"] + (s["end_factor"] - s["start_factor"]) * Math.Min(steps, all) / all),
        "CosineAnnealingLR" when s["T_max"] is > 0 and var half =>
            s["eta_min"] + (start - s["eta_min"]) * (1 + Math.Cos(Math.PI * steps / half)) / 2,
        "CyclicLR" => Cyclic(s, steps),
        "OneCycleLR" => OneCycle(s, steps),
        "LambdaLR" => start * s.Factor?.Invoke(steps),
        "MultiplicativeLR" when s.Factor is { } factor && steps <= MaxProduct => Product(start, factor, steps),
        "ChainedLR" when s.Parts.Count > 0 && s.Parts.All(p => IsFactor(p.Kind)) =>
            s.Parts.Aggregate(start, (rate, part) => RateAfter(part, rate, steps)),
        "SequentialLR" when s.Milestones is { } milestones && milestones.Count == s.Parts.Count - 1
            && milestones.Count(m => m <= steps) is var at && s.Parts[at].Kind != "MultiplicativeLR" =>
            RateAfter(s.Parts[at], start, steps - (at == 0 ? 0 : milestones[at - 1])),
        _ => null,
    };

    /// <summary>Steps at which a function is asked whether it only falls: warm-ups, cosines and cycles rise again at one of them.</summary>
    public static readonly IReadOnlyList<long> Probes =
        [.. Enumerable.Range(0, 12), 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000];

    /// <summary>Whether all it does is to lower the rate as it goes, by a factor; null if that is not known.</summary>
    public static bool? IsPlainDecay(ScheduleSettings s) => s.Kind switch
    {
        "StepLR" or "MultiStepLR" or "ExponentialLR" => s["gamma"] is { } gamma ? gamma is > 0 and < 1 : null,
        "LambdaLR" when s.Factor is { } factor => Probes.Select(factor).ToList() is var rates && rates.Contains(null) ? null
            : rates.Zip(rates.Skip(1), (a, b) => a >= b).All(falls => falls) && rates[0] > rates[rates.Count - 1],
        "MultiplicativeLR" when s.Factor is { } factor => Probes.Skip(1).Select(factor).ToList() is var rates && rates.Contains(null) ? null
            : rates.All(r => r is > 0 and <= 1) && rates.Any(r => r < 1),
        "LambdaLR" or "MultiplicativeLR" or "ChainedLR" or "SequentialLR" => null,
        _ => false,
    };

    /// <summary>What is left after so many steps of the rate there is in the first; null where that is not known.</summary>
    public static double? ShareAfter(ScheduleSettings s, long steps) => RateAfter(s, 1, steps) / RateAfter(s, 1, 0);

    /// <summary>After how many steps, of so many, no more than a share of the rate is left; for a schedule that only falls.</summary>
    public static long StepsUntil(ScheduleSettings s, double share, long steps)
    {
        var (low, high) = (0L, steps);
        while (low < high)
            if ((low + high) / 2 is var middle && ShareAfter(s, middle) <= share) high = middle;
            else low = middle + 1;
        return low;
    }

    /// <summary>Whether a scheduler multiplies the rate there is, so that several can be chained.</summary>
    private static bool IsFactor(string kind) =>
        kind is "StepLR" or "MultiStepLR" or "ExponentialLR" or "ConstantLR" or "LinearLR" or "MultiplicativeLR" or "PolynomialLR";

    private static double? Power(double? of, double? exponent) => of is { } x && exponent is { } n ? Math.Pow(x, n) : null;

    private static double? Product(double? start, Func<long, double?> factor, long steps)
    {
        for (long i = 1; i <= steps; i++)
        {
            if (factor(i) is not { } f) return null;
            start *= f;
        }
        return start;
    }

    /// <summary>A triangle between two rates, whatever the optimizer started with.</summary>
    private static double? Cyclic(ScheduleSettings s, long steps)
    {
        // A shape of one's own, or an unread one, is not known.
        if (s["base_lr"] is not { } low || s["max_lr"] is not { } high || s["step_size_up"] is not { } up || up < 1
            || s["mode"] is not { } mode || s.Factor is not null) return null;
        var size = up + (s["step_size_down"] is > 0 and var down ? down : up);
        var cycle = Math.Floor(1 + steps / size);
        var at = 1 + steps / size - cycle;
        var height = at <= up / size ? at / (up / size) : (at - 1) / (up / size - 1);
        double? scale = mode switch { 0 => 1, 1 => 1 / Math.Pow(2, cycle - 1), _ => Power(s["gamma"], cycle) };
        return low + (high - low) * height * scale;
    }

    /// <summary>Up to the highest rate and down again, in two phases or three.</summary>
    private static double? OneCycle(ScheduleSettings s, long steps)
    {
        var total = s["total_steps"] is > 0 and var n ? n : s["epochs"] * s["steps_per_epoch"] ?? 0;
        if (total <= 0 || steps > total || s["max_lr"] is not { } high || s["pct_start"] is not { } share || s["div_factor"] is not { } div
            || s["final_div_factor"] is not { } final || s["three_phase"] is not { } three || s["anneal_strategy"] is not { } strategy)
            return null;
        var first = high / div;
        (double End, double From, double To)[] phases = three != 0
            ? [(share * total - 1, first, high), (2 * share * total - 2, high, first), (total - 1, first, first / final)]
            : [(share * total - 1, first, high), (total - 1, high, first / final)];
        var start = 0.0;
        foreach (var (end, from, to) in phases)
        {
            if (steps <= end)
            {
                var part = (steps - start) / (end - start);
                return strategy == 0 ? to + (from - to) / 2 * (Math.Cos(Math.PI * part) + 1) : (to - from) * part + from;
            }
            start = end;
        }
        return null;
    }
}
