using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>What is done to the scale of numbers a second time.</summary>
internal static class Twice
{
    private const int MaxDepth = 8;

    // Whole numbers of so many bits: nobody divides by such a range twice in order to change a unit.
    private static readonly double[] Ranges = [127, 128, 255, 256, 32767, 32768, 65535, 65536];

    /// <summary>
    /// The steps that do to numbers what the steps just before them did, with the same numbers: x / a / a, ((x - a) / b - a) / b, and
    /// (x / c - a) / b twice.
    /// </summary>
    /// <param name="scalings">What changes the values, in order.</param>
    public static IEnumerable<(IReadOnlyList<Step> First, IReadOnlyList<Step> Second)> In(IReadOnlyList<Step> scalings) =>
        from length in new[] { 1, 2, 3 }
        from start in Enumerable.Range(0, Math.Max(0, scalings.Count - 2 * length + 1))
        let first = scalings.Skip(start).Take(length).ToList()
        let second = scalings.Skip(start + length).Take(length).ToList()
        where first.Concat(second).All(s => s is { Kind: StepKind.Operation, Conditional: false, Syntax: not null })
            && (length == 1 ? IsRange(first[0], second[0]) : IsStandardization(second)) && first.Zip(second, IsSame).All(same => same)
        select ((IReadOnlyList<Step>)first, (IReadOnlyList<Step>)second);

    /// <summary>The number by which a step divides, or whose inverse it multiplies with; null for any other.</summary>
    public static double? Divisor(Step step) => step is { Kind: StepKind.Operation, Syntax: not null } ? step.Op.Name switch
    {
        "div" or "div_" when step.Arguments.ValueOf("left") is null or Step => Number(step),
        "mul" or "mul_" => 1 / Number(step),
        _ => null,
    } : null;

    /// <summary>The users of an input of a network that change its values one after the other, as long as nothing else reads it.</summary>
    public static IEnumerable<Step> Inside(Step input)
    {
        var at = input;
        for (var i = 0; i < MaxDepth && at.Users is [var user]; i++, at = user)
            if (user.Role == Role.Arithmetic && user.Input == at) yield return user;
            else if (!Chain.IsTransparent(user)) yield break;
    }

    /// <summary>A unit may be changed twice: square centimetres into square metres, grams into tons.</summary>
    private static bool IsRange(Step first, Step second) => Divisor(second) is { } by && (IsOneOf(by, Ranges)
        || by >= 99.999 && !IsOneOf(by, [1e2, 1e3, 1e4, 1e5, 1e6, 1e9, 1024, 3600]) && StatementOf(first) != StatementOf(second));

    private static StatementSyntax? StatementOf(Step step) => step.Syntax!.FirstAncestorOrSelf<StatementSyntax>();

    private static bool IsOneOf(double number, double[] all) => all.Any(n => Math.Abs(n - number) < 1e-4 * n);

    private static bool IsStandardization(IReadOnlyList<Step> steps) => steps.Select(s => s.Op.Name).ToList() is
        ["sub", "div"] or ["div", "sub", "div"] && steps.All(s => s.Arguments.ValueOf("left") is null or Step);

    private static double? Number(Step step) => step.Arguments.Select(a => a.Value.Number).FirstOrDefault(n => n is not null);

    /// <summary>The same is done to two tensors: x / 255 and x.div(255).</summary>
    private static bool IsSame(Step a, Step b) => Divisor(a) is { } by && Divisor(b) is { } other ? Math.Abs(by / other - 1) < 1e-6
        : a.Op.Name == b.Op.Name && AreSame(Operands(a), Operands(b), 0);

    /// <summary>What a calculation is given besides the tensor that it works on.</summary>
    private static IReadOnlyList<Value> Operands(Step step) => step.Arguments.Where(a => a.Value != step.Input
        && a.Operation is not IArgumentOperation { ArgumentKind: ArgumentKind.DefaultValue }).Select(a => a.Value).ToList();

    private static bool AreSame(IReadOnlyList<Value> a, IReadOnlyList<Value> b, int depth) =>
        a.Count == b.Count && a.Zip(b, (x, y) => IsSame(x, y, depth)).All(same => same);

    private static bool IsSame(Value a, Value b, int depth) => a is not Unknown && (a == b) || depth < MaxDepth && (a, b) switch
    {
        (Constant { Raw: var raw }, Constant { Raw: var other }) => a.Number is { } number ? b.Number == number : Equals(raw, other),
        (Items { IsComplete: true, Elements: var all }, Items { IsComplete: true, Elements: var others }) =>
            AreSame(all, others, depth + 1),
        (Step { Role: Role.Arithmetic or Role.Identity or Role.Reshape, Op.Name: var op } x, Step { Op.Name: var other } y) =>
            op == other && x.Kind == y.Kind && AreSame(Operands(x), Operands(y), depth + 1)
            && (x.Input == y.Input || x.Input is { } p && y.Input is { } q && IsSame(p, q, depth + 1)),
        _ => false,
    };
}
