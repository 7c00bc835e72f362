using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Which axis holds the samples, and whether there may be one of them.</summary>
internal static class Batches
{
    private const int MaxLength = 64;

    /// <summary>The input whose first axis the first axis of a tensor is, through steps that leave it; null if not known.</summary>
    public static Step? InputOf(Step step)
    {
        for (var length = 0; length < MaxLength; length++)
            if (step.Kind == StepKind.Input) return step;
            else if (step is { Kind: StepKind.Operation, Input: { } input } && Keeps(step)) step = input;
            else return null;
        return null;
    }

    private static bool Keeps(Step step) => step.Role switch
    {
        Role.Linear or Role.Convolution or Role.TransposedConvolution or Role.Normalization or Role.Activation or Role.Dropout
            or Role.Pooling or Role.Softmax or Role.Identity => true,
        _ => step.Input is { Shape: { Rank: > 0 } from } && step.Shape.Rank > 0
            && from.Dims[0] is { IsKnown: true, Size: null } batch && batch.Equals(step.Shape.Dims[0]),
    };

    /// <summary>
    /// Whether a tensor is a part of the data that is cut off as long as there is some: <c>x[i..end]</c>,
    /// <c>x.narrow(0, i, Math.Min(16, n - i))</c>. The last part may hold one sample.
    /// </summary>
    public static bool IsCut(Step step)
    {
        for (var length = 0; length < MaxLength && step.Kind == StepKind.Operation; length++)
            switch (step.Op.Name)
            {
                case "narrow" or "slice" when step.Arguments.ValueOf("dim") is Constant { Integer: 0 }:
                    return (step.Arguments.ValueOf("length") ?? step.Arguments.ValueOf("finish")) is not (null or Constant);
                case "index" when step.Arguments.ValueOf("indices") is Items { Elements: [Pick { IsOpen: true }, ..] }:
                    return true;
                case var _ when step.Input is { } input
                    && (step.Role == Role.Identity || step is { Role: Role.Arithmetic, Inputs.Count: 1 }):
                    step = input;
                    break;
                default:
                    return false;
            }
        return false;
    }
}
