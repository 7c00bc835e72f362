namespace NnAnalyzers.Torch;

/// <summary>The tables of <see cref="Fit"/> in words; the first row holds the heads.</summary>
internal static class FitTable
{
    /// <summary>Outputs by what comes out, before losses by what they want; with the rule that speaks.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Outputs { get; } =
        [["output", .. Domains.Select(Names)],
            .. Enum.GetValues(typeof(Kind)).Cast<Kind>().Select(k => (IReadOnlyList<string>)[Name(k), .. Domains.Select(d => Of(k, d))])];

    /// <summary>Targets by the type of their elements, before losses by what they take, the output being float32.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Targets { get; } =
        [["targets", .. Groups.Select(g => string.Join(", ", g.Select(l => l.Name)))],
            .. Enum.GetValues(typeof(ElementType)).Cast<ElementType>().Select(t => (IReadOnlyList<string>)[t.Name(),
                .. Groups.Select(g => Of(g.First(), t))])];

    private static IEnumerable<LossDomain> Domains => Fit.Losses.Select(l => l.Domain).Distinct();

    private static IEnumerable<IGrouping<TargetTypes, Op>> Groups => Fit.Losses.GroupBy(l => l.Targets);

    private static string Names(LossDomain domain) => string.Join(", ", Fit.Losses.Where(l => l.Domain == domain).Select(l => l.Name));

    private static string Name(Kind kind) => kind switch
    {
        Kind.Anything => "any number (a layer)",
        Kind.Rectified => "0 and more (ReLU)",
        Kind.Signed => "-1 to 1 (Tanh)",
        Kind.Chances => "0 to 1 (Sigmoid)",
        Kind.LogChances => "0 and less (LogSigmoid)",
        Kind.Shares => "shares of 1 (Softmax)",
        _ => "their logarithms (LogSoftmax)",
    };

    private static string Of(Kind kind, LossDomain loss)
    {
        var cell = Fit.Cells[(kind, loss)];
        return cell.Outcome switch
        {
            Outcome.Learns => "learns",
            Outcome.StopsShort => "stops short",
            Outcome.NoLikelihood => "falls below 0",
            _ => "throws",
        } + (cell.Rule is null ? "" : $" ({cell.Rule})");
    }

    private static string Of(Op loss, ElementType type)
    {
        bool Takes(bool areNumbers) => Fit.Takes(loss, type, ElementType.Float32, areNumbers);
        return loss.Targets == TargetTypes.Classes ? (Takes(true), Takes(false)) switch
        {
            (true, _) => "taken as class numbers",
            (_, true) => "taken as shares of classes by cross-entropy",
            _ => "throws",
        } : Takes(false) ? "taken" : "throws";
    }
}
