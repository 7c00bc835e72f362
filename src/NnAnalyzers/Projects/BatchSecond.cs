using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Projects;

/// <summary>
/// Layers that read (time, batch, features), and what says that their input's first axis is the batch all the same. In TorchSharp the
/// recurrent layers have a switch for it, attention and the Transformer's layers have none.
/// </summary>
internal static class BatchSecond
{
    private const int MaxLength = 16;

    /// <summary>Whether a step reads its input so.</summary>
    public static bool IsReader(Step step) => step is { Layer: not null, Input.Shape: var shape } && (!shape.HasRank || shape.Rank == 3)
        && shape.At(0).Size != 1 && shape.At(1).Size != 1 && step.Role switch
        {
            Role.Recurrent => step.Arguments.ValueOf("batchFirst") is { Flag: false },
            Role.Attention => true,
            _ => false,
        };

    /// <summary>What says that the first axis is the batch, for a message; null if nothing does.</summary>
    public static string? Contradicts(Step reader, Network network, ProjectGraph project)
    {
        if (Batches.InputOf(reader.Input!) is not { } input) return null;
        var fed = project.FedTo(network).Where(f => f.Input == input).ToList();
        return fed.Count > 0 && fed.All(f => IsBatch(f.Given)) ? "a loader's batches go in"
            : ReadsTime(reader, reader, 0);
    }

    /// <summary>Samples of two axes, put together by a loader.</summary>
    private static bool IsBatch(Step given) =>
        Batches.InputOf(given) is { Samples.Shape: { HasRank: true, Rank: 2 }, Shape: { HasRank: true, Rank: 3 } };

    /// <summary>What takes the layer's second axis for the time, as no sample of a batch is meant.</summary>
    private static string? ReadsTime(Step output, Step reader, int length)
    {
        if (length > MaxLength) return null;
        foreach (var user in output.Users.Where(u => u.Input == output))
            if ((TakesTime(user, reader) ?? (KeepsAxes(user) ? ReadsTime(user, reader, length + 1) : null)) is { } said) return said;
        return null;
    }

    private static bool KeepsAxes(Step step) => step.Role is Role.Identity or Role.Dropout or Role.Activation or Role.Linear
        || step is { Role: Role.Normalization, Op.Name: "LayerNorm" } || IsReader(step);

    private static string? TakesTime(Step user, Step reader)
    {
        bool IsLast(Value? index) => index is Constant { Integer: -1 }
            || index is { Dim: { IsKnown: true } dim } and not Constant
                && dim.Equals(Reading.Reader.AxisOf(reader.Input!, 1) - Shapes.Dim.Of(1))
            // The place for what stands for the whole sequence.
            || reader.Role == Role.Attention && index is Constant { Integer: 0 };
        static bool IsOverSecond(Step step) => Softmaxes.Axis(step) == 1;
        return user.Op.Name switch
        {
            "select" when user.Arguments.ValueOf("dim") is Constant { Integer: 1 } && IsLast(user.Arguments.ValueOf("index")) =>
                "one place of its second axis is read on",
            "index" when user.Arguments.ValueOf("indices") is Items { Elements: [{ IndexKind: Shapes.IndexKind.Slice or
                Shapes.IndexKind.Ellipsis }, var second, ..] all }
                && (all.Length == 2 ? all[0].IndexKind == Shapes.IndexKind.Slice : all.Length == 3) && IsLast(second) =>
                "one place of its second axis is read on",
            "mean" or "amax" or "max" when user.Role == Role.Reduction && IsOverSecond(user) => $"{user.Op.Name} goes over its second axis",
            _ when user is { Role: Role.Reshape, Shape: { HasRank: true, Rank: 2 } to, Input.Shape: { HasRank: true, Rank: 3 } from }
                && to.Dims[0].Equals(from.Dims[0]) && from.Dims[0].IsKnown => $"{user.Op.Name} keeps the first axis and joins the others",
            _ => null,
        };
    }
}
