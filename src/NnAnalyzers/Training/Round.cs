using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Training;

/// <summary>
/// One turn of a loop of training code, in order; the site itself is the outermost one. It holds what happens in the loop itself and the
/// rounds of the loops inside it, each at its place.
/// </summary>
internal sealed class Round
{
    private readonly List<object> _parts = [];

    private Round(TrainingSite site, Loop? loop, Round? outer) => (Site, Loop, Outer) = (site, loop, outer);

    /// <summary>The whole of a site, with the rounds in it.</summary>
    public static Round Of(TrainingSite site)
    {
        var whole = new Round(site, null, null);
        var open = whole;
        foreach (var happened in site.Events)
        {
            // One that was left is not come back to: to come to its code again is to enter another loop.
            var loops = happened.Loops.Reverse().ToList();
            while (open.Loop is not null && !loops.Contains(open.Loop)) open = open.Outer!;
            foreach (var loop in loops.Skip(loops.IndexOf(open.Loop!) + 1))
            {
                var inner = new Round(site, loop, open);
                open._parts.Add(inner);
                open = inner;
            }
            open._parts.Add(happened);
        }
        return whole;
    }

    public TrainingSite Site { get; }

    /// <summary>Null for what happens once.</summary>
    public Loop? Loop { get; }

    /// <summary>The round that this one is a part of.</summary>
    public Round? Outer { get; }

    /// <summary>Events and inner rounds, in order.</summary>
    public IReadOnlyList<object> Parts => _parts;

    /// <summary>The rounds of the loops in it.</summary>
    public IEnumerable<Round> Inner => _parts.OfType<Round>();

    /// <summary>This round and all inside it.</summary>
    public IEnumerable<Round> All => Inner.SelectMany(r => r.All).Prepend(this);

    /// <summary>All that happens in one turn, in order, that of inner loops too.</summary>
    public IEnumerable<Event> Events => _parts.SelectMany(p => p is Round inner ? inner.Events : [(Event)p]);

    /// <summary>The tensor a turn leaves in a variable from outside for the next one; null if there is none.</summary>
    public Step? Keeps(ISymbol? variable) =>
        variable is not null && Loop?.Keeps.TryGetValue(variable, out var kept) == true ? kept as Step : null;

    /// <summary>How often the loop turns where nothing leaves it; unknown if nothing tells.</summary>
    public Dim Trips => Loop?.Trips ?? Dim.Of(1);

    /// <summary>How often it turns over the whole site: with the turns of the loops around it, <c>epochs · batches</c>.</summary>
    public Dim AllTrips => Outer is null ? Trips : Outer.AllTrips * Trips;

    /// <summary>Whether it may turn less often than <see cref="Trips"/> says.</summary>
    public bool EndsEarly => Loop?.EndsEarly == true;

    /// <summary>What happens of one kind in one turn, in order.</summary>
    public IEnumerable<Event> Of(EventKind kind) => Events.Where(e => e.Kind == kind);

    /// <summary>What happens of one kind in the loop itself, not in loops inside.</summary>
    public IEnumerable<Event> Own(EventKind kind) => _parts.OfType<Event>().Where(e => e.Kind == kind);

    /// <summary>The last that may happen of one kind in this turn before something else.</summary>
    public Event? Last(EventKind kind, Event before) =>
        Of(kind).LastOrDefault(e => e.Order < before.Order && e.When.Path.CanMeet(before.When.Path));

    /// <summary>The first that may happen of one kind in this turn after something else.</summary>
    public Event? Next(EventKind kind, Event after) =>
        Of(kind).FirstOrDefault(e => e.Order > after.Order && e.When.Path.CanMeet(after.When.Path));

    /// <summary>The first of one kind after something else, which surely happens in the turn that has that.</summary>
    public Event? Then(EventKind kind, Event first) =>
        Own(kind).FirstOrDefault(e => e.Order > first.Order && first.When.Path.Implies(e.When.Path));

    /// <summary>Whether gradients that no step has used yet may be there before the first turn, of what goes backward outside.</summary>
    public bool IsEnteredWithGradients => Site.Of(EventKind.Backward).Any(b => !b.Loops.Contains(Loop)
        && !Site.Of(EventKind.Step).Any(s => s.Order > b.Order && s.When.Loop == b.When.Loop));

    /// <summary>What surely clears all gradients an optimizer steps with between two events.</summary>
    public Event? Clears(Optimizer optimizer, Event from, Event to) => Own(EventKind.ZeroGrad).LastOrDefault(e =>
        e.Order > from.Order && e.Order < to.Order && to.When.Path.Implies(e.When.Path)
        && (e.Subject == optimizer || optimizer.Models is [var only] && e.Subject == only));

    /// <summary>Whether something of a kind happens before this on the same path, in the same turn.</summary>
    public bool Precedes(EventKind kind, Event happened) =>
        Of(kind).Any(e => e.Order < happened.Order && happened.When.Path.Implies(e.When.Path));

    /// <summary>Whether what happens to an object is made anew in each turn.</summary>
    public bool Makes(Value subject) =>
        Events.Any(e => e.Kind is EventKind.CreateOptimizer or EventKind.CreateModel or EventKind.CreateScheduler
        && ReferenceEquals(e.Subject, subject));

    /// <summary>Whether it trains: a loss goes backward in it, not only in loops inside.</summary>
    public bool Trains => _parts.OfType<Event>().Any(e => e.Kind == EventKind.Backward);
}
