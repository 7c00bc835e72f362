using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Losses that are written out: the mean or sum of the squares, or of the absolute values, of a difference.</summary>
internal static class HandwrittenLoss
{
    /// <summary>How many steps there may be between the loss and what goes backward.</summary>
    private const int MaxSteps = 32;

    private static readonly Op Squares = Written("A loss of squares"), Absolutes = Written("A loss of absolute values");

    private static Op Written(string name) =>
        new(name, Role.Loss) { Domain = LossDomain.AnyNumber, Targets = TargetTypes.Numbers };

    /// <summary>The losses that what goes backward is put together from, as if they were applied: the two sides go in.</summary>
    public static IEnumerable<Step> Behind(Step backward)
    {
        var (open, seen) = (new Queue<Step>([backward]), new HashSet<Step>());
        while (open.Count > 0 && seen.Count < MaxSteps)
        {
            var step = open.Dequeue();
            if (!seen.Add(step)) continue;
            if (step is { Role: Role.Reduction, Op.Name: "mean" or "sum", Inputs: [var each], Shape.Rank: 0 }
                && Compared(each) is var (op, difference))
            {
                if (!IsOnPurpose(difference))
                    yield return new Step(StepKind.Operation, op, difference.Inputs, difference.Operation)
                        { Arguments = difference.Arguments, When = step.When };
            }
            else if (step.Role is Role.Arithmetic or Role.Identity)
                foreach (var input in step.Inputs) open.Enqueue(input);
        }
    }

    /// <summary>The difference whose squares or absolute values these are.</summary>
    private static (Op Op, Step Difference)? Compared(Step each) => each switch
    {
        { Op.Name: "pow", Inputs: [{ } d] } when each.Arguments.Any(a => a.Value.Number == 2) && IsDifference(d) => (Squares, d),
        { Op.Name: "square", Inputs: [{ } d] } when IsDifference(d) => (Squares, d),
        { Op.Name: "mul", Inputs: [{ } d, { } same] } when d == same && IsDifference(d) => (Squares, d),
        { Op.Name: "abs", Inputs: [{ } d] } when IsDifference(d) => (Absolutes, d),
        _ => null,
    };

    private static bool IsDifference(Step step) => step is { Op.Name: "sub", Inputs.Count: 2 };

    /// <summary>Who adds an axis right there wants every pair.</summary>
    private static bool IsOnPurpose(Step difference) =>
        difference.Inputs.Any(i => i.Op.Name is "unsqueeze" or "expand" or "broadcast_to"
        || i.Op.Name == "index" && i.Shape.Rank > i.Input?.Shape.Rank);
}
