using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Walks data flow backwards, through modules and across the border between training code and network.</summary>
internal static class Chain
{
    private const int MaxLength = 64;

    /// <summary>Leaves every value where it was or takes some: reshapes, orders of axes, indexing, dropout, moves.</summary>
    public static bool IsTransparent(Step step) => step.Role is Role.Dropout or Role.Reshape or Role.Permute or Role.Indexing || step.Role == Role.Identity && step.Op.Name != "detach";

    /// <summary>
    /// The steps that decide a tensor's values: what is transparent is looked through, modules are entered, and
    /// <paramref name="networks"/> tells what comes out of a network that training code applies.
    /// </summary>
    public static IEnumerable<Step> Behind(Step step, Func<Step, IEnumerable<Output>>? networks = null) => Behind(step, null, networks, null, 0).Distinct();

    /// <summary>The modules that were entered, innermost first.</summary>
    private sealed record Inside(Step Module, Inside? Around);

    private static IEnumerable<Step> Behind(Step step, int? index, Func<Step, IEnumerable<Output>>? networks, Inside? inside, int length)
    {
        if (length > MaxLength) return [step];
        IEnumerable<Step> Go(Step next, int? part = null) => Behind(next, part, networks, inside, length + 1);
        if (step.Kind == StepKind.Part && step.Input is { } whole) return whole.Kind == StepKind.Operation ? IsTransparent(whole) ? Go(whole) : [step] : Go(whole, step.Index);
        if (step.Kind == StepKind.Choice) return step.Inputs.SelectMany(i => Go(i));
        if (step.Kind == StepKind.Input) return (inside is null ? step.Outer : inside.Module.Given(step)) is { } outer ? Behind(outer, null, networks, inside?.Around, length + 1) : [step];
        if (Picked(step) is { } picked) return picked.SelectMany(p => Go(p));
        if (step.Inner is { } inner) return Ends(inner.Outputs, new Inside(step, inside));
        if (step.Kind == StepKind.Network) return networks is not null && networks(step).ToList() is { Count: > 0 } outputs ? Ends(outputs, inside) : [step];
        return IsTransparent(step) && step.Input is { } input ? Go(input) : [step];

        IEnumerable<Step> Ends(IEnumerable<Output> all, Inside? within) =>
            all.Where(o => !o.PredictionOnly && (index is null || o.Index == index)).Select(o => o.Step).ToList() is { Count: > 0 } trained ? trained.SelectMany(s => Behind(s, null, networks, within, length + 1)) : [step];
    }

    /// <summary>
    /// What <c>select(dim, i)</c> takes from tensors stacked along that axis: the i-th of them. The counter of a loop takes at least the
    /// one it starts at.
    /// </summary>
    private static IEnumerable<Step>? Picked(Step select)
    {
        static IEnumerable<Step> Choices(Step step) => step.Kind == StepKind.Choice ? step.Inputs.SelectMany(Choices) : step is { Role: Role.Identity, Input: { } input } && step.Op.Name != "detach" ? Choices(input) : [step];
        static long? Number(Step step, string name) => step.Arguments.TryGetValue(name, out var a) ? a.Value switch { Constant c => c.Integer, Size s => s.First, _ => null } : null;
        if (select is not { Op.Name: "select", Input: { } from } || Number(select, "index") is not { } index || index < 0) return null;
        var stacks = Choices(from).ToList();
        return stacks.All(s => s.Op.Name == "stack" && Number(s, "dim") == Number(select, "dim") && index < s.Inputs.Count) ? stacks.Select(s => s.Inputs[(int)index]) : null;
    }

    /// <summary>The Linear that reads a reshaped tensor, through activations and dropout.</summary>
    public static Layer? HeadOf(Step step) => step.Users.Select(u =>
        u.Role == Role.Linear ? u.Layer : u.Role is Role.Activation or Role.Dropout or Role.Identity ? HeadOf(u) : null).FirstOrDefault(l => l is not null);

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

    /// <summary>The chain of steps from the nearest layers to the loss, as a message quotes it.</summary>
    public static string Path(LossEnd end, LossUse use)
    {
        var names = new List<string>();
        foreach (var step in Back(end.Last))
        {
            if (names.Count == 4) break;
            if (step.Kind is StepKind.Operation or StepKind.Module && step.Inner is null && step.Role is not (Role.Dropout or Role.Identity)) names.Insert(0, step.Name);
        }
        if (end.Half is not null) names.Add(end.Half.Name);
        names.Add(use.Op.Name);
        return string.Join(" → ", names);
    }
}
