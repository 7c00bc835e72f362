namespace NnAnalyzers.Graph;

/// <summary>A cross-entropy that is written out: a target times the logarithm of a prediction, or the logarithm of a chosen one.</summary>
/// <param name="Log">The logarithm.</param>
/// <param name="Chance">What the code takes for a probability, without what keeps it from 0.</param>
/// <param name="Product">The logarithm times the target; the logarithm itself where the target chose.</param>
/// <param name="Target">Null where it chose.</param>
internal sealed record WrittenEntropy(Step Log, Step Chance, Step Product, Step? Target)
{
    private const int MaxLength = 16;

    /// <summary>The whole loss, <c>-(y * p.log()).sum(1).mean()</c> or the mean of both sides; null in any other form.</summary>
    public Step? Whole { get; private init; }

    /// <summary>Each target is a yes or no of its own.</summary>
    public bool IsBinary { get; private init; }

    /// <param name="passes">Whether gradients pass a step.</param>
    public static WrittenEntropy? Of(Step step, Func<Step, bool> passes)
    {
        if (step is { Op.Name: "log", Input: { } input } && Bare(input) is { Input: { } all } chosen && IsChoice(chosen))
            return new(step, Bare(all), step, null);
        if (Weighed(step, passes) is not var (log, target) || Bare(log.Input!) is var chance && chance.Op.Name == "sub") return null;
        return new WrittenEntropy(log, chance, step, target).Followed(passes);
    }

    /// <summary>One of each row, by numbers that are data.</summary>
    private static bool IsChoice(Step step) => step.Op.Name == "gather"
        || step.Op.Name == "index" && step.Arguments.ValueOf("indices") is Items { Elements: [Step, Step] };

    private static (Step Log, Step Target)? Weighed(Step step, Func<Step, bool> passes)
    {
        if (step is not { Op.Name: "mul", Inputs: [{ } a, { } b] } || passes(a) == passes(b)) return null;
        var (logs, target) = passes(a) ? (a, b) : (b, a);
        while (logs is { Op.Name: "neg" or "Identity", Input: { } negated }) logs = negated;
        return logs is { Op.Name: "log", Input: not null } && LossUse.IsGiven(target, LossUse.IsOfBatch) ? (logs, target) : null;
    }

    /// <summary>Up to the whole; null where what is predicted is in the loss besides, as the rate is in a Poisson likelihood.</summary>
    private WrittenEntropy? Followed(Func<Step, bool> passes)
    {
        var (at, sums, means, isBinary) = (Product, 0, 0, false);
        for (var length = 0; length < MaxLength && at.Users.Where(passes).ToList() is [var user]; length++, at = user)
            if (user is { Op.Name: "add" or "sub", Inputs: [{ } a, { } b] } && (a == at ? b : a) is var other && passes(other))
            {
                while (other is { Op.Name: "neg", Input: { } negated }) other = negated;
                if (Weighed(other, passes) is null) return null;
                isBinary = user.Op.Name == "add";
            }
            else if (user.Op.Name == "sum" && Softmaxes.Axis(user) is 1 or -1) sums++;
            else if (user.Op.Name == "mean" && user.Shape.Rank == 0) means++;
            else if (user.Op.Name is not ("neg" or "Identity")) break;
        return this with { IsBinary = isBinary, Whole = means == 1 && sums == (isBinary ? 0 : 1) && Contains(at) ? at : null };
    }

    private bool Contains(Step whole) => whole.Syntax is { } all && Product.Syntax is { } part && all.Span.Contains(part.Span);

    /// <summary>Without what keeps it from 0.</summary>
    private static Step Bare(Step step)
    {
        while (step is { Op.Name: "clamp" or "add" or "Identity" or "squeeze" or "unsqueeze", Inputs: [{ } shifted] }) step = shifted;
        return step;
    }
}
