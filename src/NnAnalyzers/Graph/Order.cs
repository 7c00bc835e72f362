using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>In which order a tensor has its samples.</summary>
internal static class Order
{
    private const int MaxLength = 32;

    /// <summary>Steps back from a tensor to where its samples come in, as they are: what moves, picks or casts them is passed.</summary>
    public static IReadOnlyList<Step> Way(Step tensor)
    {
        var way = new List<Step> { tensor };
        for (var at = tensor; way.Count < MaxLength && at is { Kind: StepKind.Operation, Input: { } before, Op.Writes: false }
            && Chain.IsTransparent(at) && at.Role != Role.Dropout; way.Add(at = before)) { }
        return way;
    }

    /// <summary>What says which samples a step takes, and in which order; null for a step that takes them as they come.</summary>
    public static Step? IndexOf(Step step) => step.Op.Name switch
    {
        "index_select" when step.Arguments.ValueOf("dim") is Constant { Integer: 0 } => step.Arguments.ValueOf("index") as Step,
        "index" when step.Arguments.ValueOf("indices") is Items { Elements: [Step rows, ..] } => rows,
        _ => null,
    };

    /// <summary>The permutation that such an index is, or is a part of; null for any other.</summary>
    public static Step? PermutationOf(Step index) => Way(index).LastOrDefault() is { Op.Name: "randperm" } drawn ? drawn : null;

    /// <summary>
    /// Whether each sample of a tensor is another one, in an order of its own: it is handed in or read, or made of what another tensor
    /// is made of, or joined from several constants. One constant has none, and noise is as good in any order.
    /// </summary>
    /// <param name="besides">What is made of this has the order of this.</param>
    /// <param name="like">Where the samples of another tensor come in.</param>
    public static bool HasOwn(Step tensor, Step besides, Step like)
    {
        var (open, seen, found) = (new Queue<Step>([tensor]), new HashSet<Step>(), false);
        while (open.Count > 0)
        {
            var step = open.Dequeue();
            if (step == besides || step.Kind is StepKind.Unknown or StepKind.Network || step.Samples is not null
                || seen.Count > MaxLength || step.Op.Name == "randperm") return false;
            found |= step == like || step.Kind == StepKind.Input || step.Op.Name is "tensor" or "arange" or "from_array" or "linspace"
                || step.Op.Name is "cat" or "concat" && IsOfSeveral(step);
            foreach (var input in step.Inputs.Where(seen.Add)) open.Enqueue(input);
        }
        return found;
    }

    /// <summary>The samples of one class and then those of another: zeros behind ones.</summary>
    private static bool IsOfSeveral(Step joined) => joined.Arguments.ValueOf("dim") is null or Constant { Integer: 0 }
        && joined.Inputs.Select(i => Way(i).Last()).Select(s => (s.Op.Name, s.Arguments.ValueOf("value")?.Number)).ToList() is var parts
        && parts.All(p => p.Name is "zeros" or "ones" || p is { Name: "full", Number: not null }) && parts.Distinct().Count() > 1;

    /// <summary>Whether it says nothing: its samples are drawn at random, or were put into another order.</summary>
    public static bool IsRandom(Step tensor) => Way(tensor) is var way && (way.Any(s => IndexOf(s) is not null)
        || way[way.Count - 1] is { Op.Name: "randn" or "rand" or "randint" or "normal" or "bernoulli" or "rand_like" or "randn_like" });
}
