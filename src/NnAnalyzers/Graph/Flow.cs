using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>The way of the gradient: from what goes backward to the weights, and what cuts it.</summary>
internal static class Flow
{
    private const int MaxSteps = 512;

    private static readonly HashSet<string> Cutting = ["detach", "argmax", "argmin", "argsort", "argwhere", "nonzero", "round", "floor",
        "ceil", "trunc", "fix", "sign", "sgn", "heaviside", "floor_divide", "equal", "count_nonzero", "one_hot", "bucketize",
        "searchsorted", "multinomial", "any", "all"];

    private static readonly HashSet<string> Whole = ["int64", "int32", "int16", "int8", "uint8", "@bool", "bool", "Int64", "Int32",
        "Int16", "Int8", "Byte", "Bool", "@long", "@int", "@short", "@byte"];

    /// <summary>What ends the gradient at a step, as a message says it; null where it goes on.</summary>
    public static string? CutBy(Step step) => step.When.StopsGradients ? "no gradients are recorded here"
        : step.Kind != StepKind.Operation ? null
        // What answers with 0 or 1 compares, or draws.
        : Cutting.Contains(step.Op.Name) || step.Role == Role.Arithmetic && step.Op.Range is { Low: 0, High: 1 }
            ? $"{step.Op.Name} has no gradient"
        : step.Op.Name == "Identity" && NameOf(step) is { } name
            && (name is "data" or "int" or "long" or "short" or "byte" or "char" or "bool"
            || name is "to" or "to_type" or "type" && TypesOf(step).Any(Whole.Contains)) ? "whole numbers have no gradient" : null;

    private static string? NameOf(Step step) => step.Operation switch
    {
        IInvocationOperation call => call.TargetMethod.Name,
        IPropertyReferenceOperation property => property.Property.Name,
        _ => null,
    };

    private static IEnumerable<string> TypesOf(Step step) => ((IInvocationOperation)step.Operation!).Arguments
        .Select(a => (Argument.Bare(a.Value) as IMemberReferenceOperation)?.Member).Where(m => m is not null).Select(m => m!.Name);

    /// <summary>
    /// Whether a gradient that starts here reaches weights; null where that is not known. Else with the steps that cut it, the one nearest
    /// to the start first.
    /// </summary>
    /// <param name="networkOf">The network a step of training code applies.</param>
    public static (bool? Teaches, IReadOnlyList<Step> Cuts) From(Step start, Func<Step, Network?> networkOf)
    {
        var (open, seen, cuts, isKnown) = (new Queue<Step>([start]), new HashSet<Step> { start }, new List<Step>(), true);
        while (open.Count > 0)
        {
            var step = open.Dequeue();
            if (seen.Count > MaxSteps) return (null, []);
            if (CutBy(step) is not null && step.Inputs.Count > 0) cuts.Add(step);
            else if (step.Kind == StepKind.Unknown || step is { Kind: StepKind.Input, IsGiven: false, Outer: null, Samples: null }
                || step.Op.Writes || step is { Kind: StepKind.Operation, Op.Role: Role.Opaque, Inner: null } || IsLeaf(step, start))
                isKnown = false;
            else if (step.HasWeights || step.Op.Role is Role.Embedding or Role.Normalization) return (true, []);
            else if (step.Kind is StepKind.Network or StepKind.Module)
                if (OutputsOf(step, networkOf) is not { Count: > 0 } outputs) return (true, []);
                else foreach (var before in outputs.Concat(step.Inputs).Where(seen.Add)) open.Enqueue(before);
            // What training code is handed from outside is data.
            else foreach (var input in step.Inputs.Where(seen.Add)) open.Enqueue(input);
        }
        return (isKnown ? false : null, cuts);
    }

    /// <summary>Whether weights lie behind a step, whatever cuts the way to them.</summary>
    public static bool IsLearned(Step step) => Behind(step).Take(MaxSteps + 1).Any(s => s.Kind == StepKind.Network || s.HasWeights);

    /// <summary>The terms of a sum that goes backward, through weights that are numbers.</summary>
    public static IEnumerable<Step> Terms(Step sum, int depth = 0) => depth > 16 ? [sum]
        : sum is { Op.Name: "add" or "sub", Inputs: [var a, var b] } ? Terms(a, depth + 1).Concat(Terms(b, depth + 1))
        : sum is { Op.Name: "mul" or "div" or "add" or "sub" or "neg", Inputs: [var only] } ? Terms(only, depth + 1) : [sum];

    /// <summary>All steps that a gradient reaches from where it starts.</summary>
    public static HashSet<Step> TaughtBy(IEnumerable<Step> starts) =>
        new(Walk(starts, s => CutBy(s) is null ? s.Inputs : []).Take(MaxSteps + 1));

    /// <summary>Whether a step goes into one of these.</summary>
    public static bool Leads(Step step, IEnumerable<Step> ends) =>
        new HashSet<Step>(ends) is var all && MadeOf(step).Take(MaxSteps + 1).Any(all.Contains);

    /// <summary>A tensor and all that is computed from it, the nearest first.</summary>
    public static IEnumerable<Step> MadeOf(Step tensor) => Walk([tensor], s => s.Users);

    /// <summary>A tensor and all that it is computed from, the nearest first.</summary>
    public static IEnumerable<Step> Behind(Step tensor) => Walk([tensor], s => s.Inputs);

    private static IEnumerable<Step> Walk(IEnumerable<Step> starts, Func<Step, IEnumerable<Step>> next)
    {
        var (open, seen) = (new Queue<Step>(starts), new HashSet<Step>());
        while (open.Count > 0)
            if (open.Dequeue() is var step && seen.Add(step))
            {
                yield return step;
                foreach (var other in next(step)) open.Enqueue(other);
            }
    }

    /// <summary>Something that may be learned itself: a weight, or a tensor made to have a gradient.</summary>
    private static bool IsLeaf(Step step, Step start) =>
        step.Op.Name == "Parameter" || step.Arguments.Values.Any(v => v is ParameterOf or ParametersOf)
        // One that is made in the turn that it goes backward in is no optimizer's.
        || step.Op.Role == Role.Source && step.Arguments.ValueOf("requires_grad") is { Flag: not false }
        && (start.When.Loop is not { } turn || !Loop.From(step.When.Loop).Contains(turn));

    private static List<Step>? OutputsOf(Step applied, Func<Step, Network?> networkOf) =>
        (applied.Inner?.Outputs ?? networkOf(applied)?.Outputs)?.Where(o => !o.PredictionOnly).Select(o => o.Step).ToList();
}
