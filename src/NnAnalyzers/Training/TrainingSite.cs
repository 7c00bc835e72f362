using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Training;

/// <summary>What one method does to models, losses and optimizers, with everything it calls, in the order written.</summary>
internal sealed record TrainingSite(string Name, IMethodSymbol Method, SyntaxNode Body, Trace Trace)
{
    /// <summary>Whether a method is called on the way.</summary>
    public bool Enters(IMethodSymbol method) => Trace.Entered.Contains(method.OriginalDefinition);

    public IReadOnlyList<Event> Events => Trace.Events;
    public IReadOnlyList<Step> Steps => Trace.Steps;
    public IReadOnlyList<Step> Losses => Trace.Losses;

    private IReadOnlyList<Round>? _rounds;

    /// <summary>The rounds of all loops that are not read turn by turn, the outer ones first.</summary>
    public IReadOnlyList<Round> Rounds => _rounds ??= Round.Of(this).All.Where(r => r.Loop is { IsUnrolled: false }).ToList();

    /// <summary>The innermost round around an event in which a loss goes backward; null outside of training.</summary>
    public Round? TrainingAround(Event happened) =>
        Rounds.LastOrDefault(r => happened.Loops.Contains(r.Loop) && Trains(r.Loop!));

    private ILookup<Value, Event>? _bySubject;
    private ILookup<EventKind, Event>? _byKind;

    /// <summary>What happens to one object, in order.</summary>
    public IEnumerable<Event> Of(Value subject) => (_bySubject ??= Events.ToLookup(e => e.Subject))[subject];

    /// <summary>What happens of one kind, in order.</summary>
    public IEnumerable<Event> Of(EventKind kind) => (_byKind ??= Events.ToLookup(e => e.Kind))[kind];

    /// <summary>
    /// Whether something never happens to a model, an optimizer or another object; null where code that is not read has got hold of it.
    /// </summary>
    public bool? Never(EventKind kind, Value subject)
    {
        var of = Of(subject).ToList();
        return of.Any(e => e.Kind == kind) ? false : of.Any(e => e.Kind == EventKind.Escape) ? null : true;
    }

    /// <summary>Whether nothing clears the gradients that an optimizer, or an update by hand, steps with; null if not sure.</summary>
    public bool? NeverClears(Value stepped)
    {
        var models = stepped is Optimizer optimizer ? optimizer.Models : [.. new[] { stepped }.OfType<Layer>()];
        if (models.Count == 0) return null;
        foreach (var clears in Of(EventKind.ZeroGrad))
            if (clears.Subject == stepped || (clears.Subject as Optimizer)?.Models.Count == 0) return false;
            else foreach (var cleared in clears.Subject is Optimizer other ? other.Models : [(Layer)clears.Subject])
                if (!models.All(m => AreApart(m, cleared))) return false;
        return models.Append(stepped).All(m => Never(EventKind.ZeroGrad, m) == true) ? true : null;
    }

    /// <summary>Whether a module is made here and is no part of another: nothing that might register it gets it.</summary>
    public bool IsOnItsOwn(Layer model) => Of(model).Any(e => e.Kind == EventKind.CreateModel)
        && !Of(model).Any(e => e.Kind is EventKind.Escape or EventKind.Grow or EventKind.Register)
        && !Trace.Layers.Any(l => l != model && Has(l.Arguments.Values, model))
        && !Of(EventKind.Grow).Any(e => Has(e.Arguments.Values, model));

    private static bool Has(IEnumerable<Value> values, Value wanted) =>
        values.Any(v => v == wanted || v is Items { Elements: var all } && all.Any(e => e == wanted));

    /// <summary>Whether two modules surely share no parameters: both are made here, neither is given the other.</summary>
    private bool AreApart(Layer a, Layer b)
    {
        bool IsMadeWithout(Layer one, Layer other) => Of(one).Any(e => e.Kind == EventKind.CreateModel) && !IsGiven(one.Arguments, other);
        bool IsGiven(Arguments arguments, Layer part) =>
            arguments.Values.Any(v => v == part || v is Items { Elements: var all } && all.Contains(part)
            || v is not (Constant or Size or Layer or Items));
        return a != b && IsMadeWithout(a, b) && IsMadeWithout(b, a);
    }

    /// <summary>Whether something happens to it wherever this site is run; null where that depends, or unread code may do it.</summary>
    public bool? Always(EventKind kind, Value subject) =>
        Events.Any(e => e.Kind == kind && ReferenceEquals(e.Subject, subject) && !e.Conditional) ? true
        : Never(kind, subject) == true ? false : null;

    /// <summary>Whether it happens to the same object more than once.</summary>
    public bool IsRepeated(Event happened) => happened.Loops.Except(Of(happened.Subject).Where(e => e.Kind is EventKind.CreateOptimizer
        or EventKind.CreateModel).SelectMany(e => e.Loops)).Any(l => !l.IsUnrolled && l.Trips.Size != 1);

    /// <summary>What changes an optimizer's rate by a plan.</summary>
    public IEnumerable<Scheduler> SchedulersOf(Optimizer optimizer) =>
        Of(EventKind.CreateScheduler).Select(e => (Scheduler)e.Subject).Where(s => s.Optimizer == optimizer);

    /// <summary>What a change of a rate by hand multiplies it by, each time; null where that is not known or differs.</summary>
    public static double? FactorOf(Event change) => change.Arguments.First switch
    {
        CurrentRate rate => rate.Factor,
        Changing number => number.Turns.Factor,
        _ => null,
    };

    /// <summary>A recipe somebody worked out: gradients are clipped, and a schedule goes with that.</summary>
    public bool IsTuned(Optimizer optimizer) => Of(EventKind.Clip).Any() && SchedulersOf(optimizer).Any();

    /// <summary>
    /// How often something happens to an object once it was made; null where a condition decides, a loop may end early or nobody knows how
    /// often it turns.
    /// </summary>
    public long? Times(EventKind kind, Event creation)
    {
        var all = Dim.Of(0);
        foreach (var happened in Of(creation.Subject).Where(e => e.Kind == kind))
        {
            var loops = happened.Loops.Except(creation.Loops).Where(l => !l.IsUnrolled).ToList();
            if (loops.Any(l => l.EndsEarly) || !creation.When.Path.Implies(happened.When.Path)) return null;
            all += loops.Aggregate(Dim.Of(1), (times, loop) => times * loop.Trips);
        }
        return all.Size;
    }

    /// <summary>Whether the gradient of one step reaches another through what is read here.</summary>
    /// <param name="from">What goes backward, or a part of it.</param>
    public static bool IsTaughtBy(Step from, Step to)
    {
        var (open, seen) = (new Queue<Step>([from]), new HashSet<Step>());
        while (open.Count > 0 && seen.Count < MaxWay)
            if (open.Dequeue() is var step && step == to) return true;
            else if (Flow.CutBy(step) is null && step.Kind is not (StepKind.Choice or StepKind.Unknown))
                foreach (var input in step.Inputs.Where(seen.Add)) open.Enqueue(input);
        return false;
    }

    private const int MaxWay = 512;

    /// <summary>Whether a loss teaches nothing: others go backward here, this one is turned into a number.</summary>
    public bool IsOnlyLookedAt(Step loss) => Of(EventKind.Backward).Any() && IsRead(loss) && !Teaches(loss);

    /// <summary>Whether something learns from a tensor: what is made of it goes backward.</summary>
    public bool Teaches(Step tensor) =>
        (_taught ??= new(Of(EventKind.Backward).Select(e => e.Subject))) is { Count: > 0 } taught
        && Flow.MadeOf(tensor).Any(taught.Contains);

    private HashSet<Value>? _taught;

    /// <summary>Whether a tensor, or something made of it, is turned into numbers.</summary>
    public static bool IsRead(Step tensor) => Flow.MadeOf(tensor).Any(s => s.IsReadOut);

    /// <summary>Whether something goes backward in a loop, in loops inside it too.</summary>
    public bool Trains(Loop loop) => Of(EventKind.Backward).Any(e => e.Loops.Contains(loop));

    private ILookup<IOperation, Step>? _byOperation;

    /// <summary>What comes out of a network, or a layer, where it is applied.</summary>
    public Step? Applied(Event applied) =>
        (_byOperation ??= Steps.Where(s => s is { Layer: not null, Operation: not null }).ToLookup(s => s.Operation!))[applied.Operation]
        .FirstOrDefault(s => ReferenceEquals(s.Layer, applied.Subject) && ReferenceEquals(s.When, applied.When));

    /// <summary>The weights that are drawn on the way.</summary>
    public IReadOnlyList<Initialization> Initializations =>
        _initializations ??= (from happened in Events
                              let start = Initialization.Of(happened)
                              where start is not null
                              // What is loaded afterwards takes its place.
                              where !Of((Value?)(start.Layer?.AnyOf ?? start.Layer) ?? happened.Subject)
                                .Any(e => e.Kind == EventKind.Load && e.Order > happened.Order)
                              select start).ToList();

    private IReadOnlyList<Initialization>? _initializations;

    /// <summary>Its losses with the networks they are applied to.</summary>
    public List<LossUse> Uses { get; } = [];
}
