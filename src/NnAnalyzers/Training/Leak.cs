using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Training;

/// <summary>A network is applied in every turn of a loop, and what comes out of each waits for the garbage collector.</summary>
/// <param name="Loop">The innermost loop.</param>
/// <param name="Turns">How often, with the loops around in which nothing is disposed of either.</param>
internal sealed record Leak(Event Applied, Loop Loop, long Turns)
{
    /// <summary>The first application in each loop that is not inside a dispose scope of the loop's own.</summary>
    public static IEnumerable<Leak> In(TrainingSite site) =>
        from loop in site.Of(EventKind.Apply).Where(e => e.When.Loop is not null).GroupBy(e => e.When.Loop)
        let all = loop.Select(Of).ToList()
        where !all.Contains(null)
        select all[0];

    private static Leak? Of(Event applied)
    {
        var (inner, turns) = ((Loop?)null, 1L);
        foreach (var loop in applied.Loops)
        {
            // Each of its turns closes the scope.
            if (applied.When.Open.Scope is not null && Loop.From(applied.When.Open.ScopeIn).Contains(loop)) break;
            if (loop.IsUnrolled || loop.EndsEarly || loop.Trips.Size is not { } trips) break;
            (inner, turns) = (inner ?? loop, turns * trips);
        }
        return inner is null ? null : new(applied, inner, turns);
    }
}
