using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>A step that decides what a tensor is.</summary>
/// <param name="Path">The conditions under which it does.</param>
internal sealed record Source(Step Step, CodePath Path);

/// <summary>Walks data flow backwards, through modules and across the border between training code and network.</summary>
internal static class Chain
{
    private const int MaxLength = 64;

    /// <summary>Leaves every value where it was or takes some: reshapes, orders of axes, indexing, dropout, moves.</summary>
    public static bool IsTransparent(Step step) =>
        step.Role is Role.Dropout or Role.Reshape or Role.Permute or Role.Indexing
        || step.Role == Role.Identity && step.Op.Name != "detach";

    /// <summary>
    /// The steps that decide a tensor's values: what is transparent is looked through, modules are entered, and
    /// <paramref name="networks"/> tells what comes out of a network that training code applies.
    /// </summary>
    public static IEnumerable<Source> Behind(Step step, Func<Step, IEnumerable<Output>>? networks = null)
    {
        var seen = new HashSet<Step>();
        foreach (var source in Behind(step, null, new(networks, null, CodePath.Always, 0)))
            if (seen.Add(source.Step)) yield return source with { Path = source.Path.And(source.Step.When.Path) };
    }

    /// <summary>
    /// The sources of a kind that are sure to decide what <paramref name="user"/> gets: wherever it holds they do, or whatever their
    /// network picks is of that kind.
    /// </summary>
    public static IEnumerable<Step> Sure(Step user, IEnumerable<Source> sources, Func<Step, bool> isOfKind)
    {
        var all = sources.ToList();
        return all.Where(s => isOfKind(s.Step) && (user.When.Path.Implies(s.Path)
            || all.All(other => isOfKind(other.Step) || other.Step.Body?.Trace != s.Step.Body?.Trace))).Select(s => s.Step);
    }

    /// <summary>The modules that were entered, innermost first.</summary>
    private sealed record Inside(Step Module, Inside? Around);

    /// <summary>The way that was walked so far.</summary>
    private sealed record Way(Func<Step, IEnumerable<Output>>? Networks, Inside? Inside, CodePath Path, int Length)
    {
        public Way Next => this with { Length = Length + 1 };
        public Way Where(Truth? condition) => condition is null ? Next : this with { Length = Length + 1, Path = Path.And(condition) };
    }

    private static IEnumerable<Source> Behind(Step step, int? index, Way way)
    {
        if (way.Length > MaxLength) return [new(step, way.Path)];
        if (step.Kind == StepKind.Part && step.Input is { } whole)
            return whole.Kind != StepKind.Operation ? Behind(whole, step.Index, way.Next)
                : IsTransparent(whole) ? Behind(whole, null, way.Next) : [new(step, way.Path)];
        if (step.Kind == StepKind.Choice) return Either(step, way);
        if (step.Kind == StepKind.Input)
            return (way.Inside is null ? step.Outer : way.Inside.Module.Given(step)) is { } outer
                ? Behind(outer, null, way.Next with { Inside = way.Inside?.Around }) : [new(step, way.Path)];
        if (Picked(step) is { } picked) return picked.SelectMany(p => Behind(p, null, way.Next));
        if (step.Inner is { } inner) return Ends(step, index, inner.Outputs, way with { Inside = new(step, way.Inside) });
        if (step.Kind == StepKind.Network)
            return way.Networks is { } networks && networks(step).ToList() is { Count: > 0 } outputs ? Ends(step, index, outputs, way)
                : [new(step, way.Path)];
        return IsTransparent(step) && step.Input is { } input ? Behind(input, null, way.Next) : [new(step, way.Path)];
    }

    /// <summary>Each side of a choice under its condition; a side that is null is not taken.</summary>
    private static IEnumerable<Source> Either(Step choice, Way way)
    {
        if (choice.Inputs.Count == 1) return Behind(choice.Inputs[0], null, way.Next);
        var condition = choice.Alternatives?.Condition ?? Truth.Of(choice);
        return choice.Inputs.SelectMany((input, i) => Behind(input, null, way.Where(i == 0 ? condition : condition.Not())));
    }

    private static IEnumerable<Source> Ends(Step step, int? index, IEnumerable<Output> all, Way way)
    {
        var trained = all.Where(o => !o.PredictionOnly && (index is null || o.Index == index)).ToList();
        return trained.Count == 0 ? [new(step, way.Path)]
            : trained.SelectMany(o => Behind(o.Step, null, way.Next with { Path = way.Path.And(o.When.Path) }));
    }

    /// <summary>
    /// What <c>select(dim, i)</c> takes from tensors stacked along that axis: the i-th of them. The counter of a loop takes at least the
    /// one it starts at.
    /// </summary>
    private static IEnumerable<Step>? Picked(Step select)
    {
        static IEnumerable<Step> Choices(Step step) =>
            step.Kind == StepKind.Choice ? step.Inputs.SelectMany(Choices)
            : step is { Role: Role.Identity, Input: { } input } && step.Op.Name != "detach" ? Choices(input) : [step];
        static long? Number(Step step, string name) =>
            step.Arguments.TryGetValue(name, out var a) ? a.Value switch { Constant c => c.Integer, Size s => s.First, _ => null } : null;
        if (select is not { Op.Name: "select", Input: { } from } || Number(select, "index") is not { } index || index < 0) return null;
        bool IsStack(Step s) => s.Op.Name == "stack" && Number(s, "dim") == Number(select, "dim") && index < s.Inputs.Count;
        var choices = Choices(from).ToList();
        return choices.Any(IsStack) ? choices.Select(s => IsStack(s) ? s.Inputs[(int)index] : s) : null;
    }

    /// <summary>
    /// The layer with weights whose output a normalization works on, directly or through what has none; null if anything else comes
    /// between.
    /// </summary>
    public static Layer? LayerBefore(Step normalization) =>
        Back(normalization).Skip(1).FirstOrDefault(s => s.Kind != StepKind.Input && s.Inner is null && !s.IsActivation
            && s.Role != Role.Pooling && !IsTransparent(s)) is { HasWeights: true } before ? before.Layer : null;

    /// <summary>
    /// The layer with weights, or the module, that alone reads what a layer gives, and the steps between; null where anything else reads
    /// it, where it is added to, multiplied or joined with something, and at the end.
    /// </summary>
    public static (Step Reader, IReadOnlyList<Step> Between)? ReaderOf(Step layer, Network network)
    {
        var between = new List<Step>();
        for (var at = layer; between.Count < MaxLength; between.Add(at))
        {
            if (at is not { IsReadOut: false, Users: [var user] }
                || at.Body?.Outputs.Concat(network.Outputs).Any(o => o.Step == at) != false
                || user.PredictionOnly != at.PredictionOnly || !at.When.Path.Implies(user.When.Path)) return null;
            if (user.HasWeights || user is { Kind: StepKind.Module, Inner: not null }) return (user, between);
            if (!(IsTransparent(user) || user.Role is Role.Activation or Role.Softmax or Role.Normalization or Role.Pooling)
                || user.Inputs.Count > 1) return null;
            at = user;
        }
        return null;
    }

    /// <summary>The Linear that reads a reshaped tensor, through activations and dropout.</summary>
    public static Layer? HeadOf(Step step) => step.Users.Select(u =>
        u.Role == Role.Linear ? u.Layer : u.Role is Role.Activation or Role.Dropout or Role.Identity ? HeadOf(u) : null)
        .FirstOrDefault(l => l is not null);

    /// <summary>
    /// What misses the bias of a layer without one: the loss, or the next layer behind an activation. Null if a normalization comes
    /// first, if the next layer follows at once and has the bias to make up for it, or if anything is not understood.
    /// </summary>
    public static string? BiasMissedBy(Step step, Network network, bool activated = false, int depth = 0)
    {
        if (depth > 32) return null;
        var found = network.Outputs.Any(o => o.Step == step) ? network.Losses.FirstOrDefault()?.Op.Name : "";
        foreach (var user in step.Users)
            found = found is null ? null : user.Role switch
            {
                Role.Activation or Role.Softmax => BiasMissedBy(user, network, true, depth + 1),
                Role.Pooling or Role.Dropout or Role.Reshape or Role.Permute or Role.Identity or Role.Resize =>
                    BiasMissedBy(user, network, activated, depth + 1),
                Role.Arithmetic when user.Op.Name == "add" && user.Inputs.Count == 2 => BiasMissedBy(user, network, activated, depth + 1),
                _ when user.HasWeights && activated => user.Layer!.Label,
                _ => null,
            };
        return found is "" ? null : found;
    }

    /// <summary>Whether a tensor is what a convolution or pooling makes of a picture or series, through what keeps its sizes.</summary>
    public static bool IsMap(Step step) => step.Role switch
    {
        Role.Convolution or Role.Pooling => true,
        Role.Activation or Role.Dropout or Role.Normalization or Role.Identity => step.Input is { } input && IsMap(input),
        _ => false,
    };

    /// <summary>What is done to a loss before it goes backward, from there back to the loss itself; empty if none is on the way.</summary>
    public static IEnumerable<Step> BehindLoss(Step step)
    {
        var way = new List<Step>();
        for (var at = step; way.Count < MaxLength; at = at.Input)
            if (at is null) return [];
            else if (at.Role == Role.Loss) return way;
            else way.Add(at);
        return [];
    }

    /// <summary>The steps on the straight way from a step back through first inputs, those inside modules too.</summary>
    public static IEnumerable<Step> Back(Step step)
    {
        var (current, length, entered) = ((Step?)step, 0, new Stack<Step>());
        while (current is not null && length++ < MaxLength)
        {
            yield return current;
            if (current.Inner?.Outputs.FirstOrDefault(o => !o.PredictionOnly)?.Step is { } last)
            {
                entered.Push(current);
                current = last;
            }
            else current = current.Input ?? (entered.Count > 0 ? entered.Pop().Given(current) : current.Outer);
        }
    }

    /// <summary>
    /// The steps back from one through which every axis stays where it is and nothing else is chosen, and the one where that ends.
    /// </summary>
    /// <param name="networks">The network that a step of training code applies.</param>
    public static IEnumerable<Step> Aligned(Step step, Func<Step, Network?> networks)
    {
        var (at, entered) = ((Step?)step, new Stack<Step>());
        for (var length = 0; at is not null && length < MaxLength; length++)
        {
            yield return at;
            if (at.Inner is not null) entered.Push(at);
            at = at.Inner is { } inner ? Only(inner.Outputs)
                : at.Kind == StepKind.Network ? Only(networks(at)?.Outputs)
                : at.Kind == StepKind.Input ? entered.Count > 0 ? entered.Pop().Given(at) : at.Outer
                : at.Kind == StepKind.Operation && at.Inputs.Count == 1 && IsEach(at) ? at.Input : null;
        }

        static Step? Only(IEnumerable<Output>? outputs) => outputs?.Where(o => !o.PredictionOnly).ToList() is [var only] ? only.Step : null;

        static bool IsEach(Step step) => step.Role is Role.Identity or Role.Dropout or Role.Activation or Role.Softmax or Role.Arithmetic
            && (step.Op.KeepsShape || step.Op.Shape == Shapes.ShapeFunctions.Broadcast)
            && !step.Op.Name.EndsWith("_", StringComparison.Ordinal);
    }

    /// <summary>The chain of steps from the nearest layers to the loss, as a message quotes it.</summary>
    public static string Path(LossEnd end, LossUse use)
    {
        var names = new List<string>();
        foreach (var step in Back(end.Last))
        {
            if (names.Count == 4) break;
            if (step.Kind is StepKind.Operation or StepKind.Module && step.Inner is null
                && step.Role is not (Role.Dropout or Role.Identity)) names.Insert(0, step.Name);
        }
        if (end.Half is not null) names.Add(end.Half.Name);
        names.Add(use.Op.Name);
        return string.Join(" → ", names);
    }
}
