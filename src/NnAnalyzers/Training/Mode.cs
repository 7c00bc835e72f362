using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Training;

/// <summary>Whether a model is in training mode when it is applied; null where that depends, or unread code may have changed it.</summary>
/// <param name="First">In the first turn of the loops around.</param>
/// <param name="Later">In the turns after it, where what came later in the loop is what was last.</param>
internal readonly record struct Mode(bool? First, bool? Later)
{
    /// <summary>The mode of a model when it is applied. A model is made in training mode.</summary>
    public static Mode Of(Event applied, TrainingSite site)
    {
        var changes = site.Of(applied.Subject).Where(e => e.Kind is EventKind.Train or EventKind.Eval or EventKind.Escape).ToList();
        var before = changes.Where(e => e.Order < applied.Order && e.When.Path.CanMeet(applied.When.Path)).ToList();
        var first = Last(before, applied, applied.Subject is Layer { Creation: not null } ? true : null);
        foreach (var loop in applied.Loops)
        {
            // What the loop does before this is done in every turn.
            if (before.Any(e => e.Loops.Contains(loop) && Sure(e, applied))) return new(first, first);
            var after = changes.Where(e => e.Order > applied.Order && e.Loops.Contains(loop)).ToList();
            if (after.Count > 0) return new(first, Last(after, null, first));
        }
        return new(first, first);
    }

    /// <summary>
    /// What puts a model that starts in training mode into evaluation mode behind this application, for good: later turns of the loop find
    /// it so, since nothing in the loop takes it back. Null where nothing does, or where that depends.
    /// </summary>
    public static (Event Eval, Loop Loop)? KeptEval(Event applied, TrainingSite site)
    {
        if (Of(applied, site).First != true) return null;
        var changes = site.Of(applied.Subject).Where(e => e.Kind is EventKind.Train or EventKind.Eval or EventKind.Escape).ToList();
        foreach (var loop in applied.Loops)
        {
            var turn = changes.Where(e => e.Loops.Contains(loop)).ToList();
            if (turn.Count == 0 || loop.IsUnrolled) continue;
            return turn.All(e => ModeOf(e) == false) && turn[0].Order > applied.Order && loop.Trips.Size is null or > 1
                // It may happen in the last turn only.
                && !turn[0].When.Path.Conditions.Any(c => c.IsOfOneTurn) && !(loop.EndsEarly && turn[0].Conditional)
                ? (turn[0], loop) : null;
        }
        return null;
    }

    private static bool Sure(Event change, Event applied) => applied.When.Path.Implies(change.When.Path);

    /// <summary>What the last of these changes leaves; null where it depends on which of them happen.</summary>
    private static bool? Last(IReadOnlyList<Event> changes, Event? applied, bool? otherwise)
    {
        var (possible, later) = (new HashSet<bool?>(), new List<Event>());
        foreach (var change in changes.Reverse())
        {
            // Wherever this happens, something later takes it back.
            if (later.Any(l => change.When.Path.Implies(l.When.Path))) continue;
            later.Add(change);
            possible.Add(ModeOf(change));
            if (applied is null ? !change.Conditional : Sure(change, applied)) return possible.Count == 1 ? possible.First() : null;
        }
        possible.Add(otherwise);
        return possible.Count == 1 ? otherwise : null;
    }

    private static bool? ModeOf(Event change) => change.Kind switch
    {
        EventKind.Eval => false,
        // train(false) is eval().
        EventKind.Train => change.Arguments.First is { } on ? on.Flag : true,
        _ => null,
    };

    public override string ToString() => (First, Later) switch
    {
        (true, true) => "training",
        (false, false) => "evaluation",
        (true, false) => "training, then evaluation",
        (false, true) => "evaluation, then training",
        _ => "training or evaluation",
    };
}
