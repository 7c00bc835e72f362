using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

internal enum HazardKind { LogOfSoftmax, LogOfSigmoid, LogOfComplement, LogOfDifference, LogOfZero, RootOfSquares }

/// <summary>A function at a value that it, or its slope, is not finite at, and that the value may take.</summary>
/// <param name="Inner">What gives that value.</param>
internal sealed record Hazard(HazardKind Kind, Step Inner)
{
    /// <summary>Null where nothing is wrong, or nothing is known. Each was run on TorchSharp.</summary>
    /// <param name="aligned">The steps back from one through which every axis stays where it is.</param>
    public static Hazard? Of(Step step, Func<Step, IEnumerable<Step>> aligned)
    {
        if (step is not { Kind: StepKind.Operation, Inputs: [{ } input] }) return null;
        Step? Source(Step of) => aligned(of).FirstOrDefault(s => s is { Kind: StepKind.Operation } && s.Role != Role.Identity);
        if (step.Op.Name is "sqrt" or "rsqrt" || step.Op.Name == "pow" && step.Arguments.Written.Any(a => a.Number is 0.5 or -0.5))
            return Source(input) is { } squares && IsSquares(squares, Source) ? new(HazardKind.RootOfSquares, squares) : null;
        if (step.Op.Name == "log1p")
            return Source(input) is { Op.Name: "neg", Input: { } negated } && Source(negated) is { Op.Name: "Sigmoid" or "Softmax" } chance
                ? new(HazardKind.LogOfComplement, chance) : null;
        return step.Op.Name is "log" or "log2" or "log10" ? Source(input) switch
        {
            { Op.Name: "Softmax" } softmax => new(HazardKind.LogOfSoftmax, softmax),
            { Op.Name: "Sigmoid" } sigmoid => new(HazardKind.LogOfSigmoid, sigmoid),
            { Op.Name: "sub", Inputs.Count: 2 } difference => new(HazardKind.LogOfDifference, difference),
            { Op.Name: "sub", Input: { } less } difference when difference.Arguments.ValueOf("left")?.Number is { } number
                && (Source(less) ?? less) is var taken && (taken.Range ?? less.Range)?.High == number =>
                new(HazardKind.LogOfComplement, taken),
            { Op.Name: "ReLU" or "ReLU6" or "Hardsigmoid" or "abs" or "square" or "norm" } zero => new(HazardKind.LogOfZero, zero),
            { } square when Squared(square) is not null => new(HazardKind.LogOfZero, square),
            _ => null,
        } : null;
    }

    /// <summary>Squares, a sum of some along an axis, or a variance: of a whole batch they are not all 0 at once.</summary>
    private static bool IsSquares(Step step, Func<Step, Step?> source) => step switch
    {
        { Op.Name: "sum" or "mean", Input: { } each } =>
            Softmaxes.Axis(step) is not null && source(each) is { } of && IsSquares(of, source),
        { Op.Name: "var" } => Softmaxes.Axis(step) is not null,
        { Op.Name: "add", Inputs: [{ } a, { } b] } => IsSquares(a, source) && IsSquares(b, source),
        _ => Squared(step) is { } root && (source(root) ?? root) is { Op.Name: not ("Softmax" or "Sigmoid" or "exp" or "Softplus") },
    };

    /// <summary>What is squared.</summary>
    private static Step? Squared(Step step) => step switch
    {
        { Op.Name: "pow", Inputs: [{ } of] } when step.Arguments.Written.Any(a => a.Number == 2) => of,
        { Op.Name: "square", Input: { } of } => of,
        { Op.Name: "mul", Inputs: [{ } of, { } same] } when of == same => of,
        _ => null,
    };
}
