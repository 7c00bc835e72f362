using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A picture is made of numbers without bounds by cutting off what does not fit.</summary>
internal sealed class NN6004_PictureClips() : Rule("NN6004", RuleLevel.Likely, Category.Data, RuleSource.Article,
    "Picture clips what it shows", "{0} of {1} are cut off at 0 and {2} to make a picture: all beyond looks the same")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from clamp in site.Steps
        where clamp is { Op.Name: "clamp", Kind: StepKind.Operation, Input: not null } && IsPicture(clamp) && Bound(clamp) is 1 or 255
        let sources = project.Behind(Unscaled(clamp.Input!), site).Select(s => s.Step).ToList()
        where sources.Count > 0 && sources.All(IsOpen)
        let taught = project.LossesOf(site).FirstOrDefault(u => u.Ends.Any(e => sources.Any(s => IsSame(s, e.Last))))
        where taught is null ? sources.All(s => s.Body is { IsOfNetwork: true }) : taught.Target?.Range is { } range && IsCut(range, clamp)
        select At(clamp.Syntax!, taught is null ? "Activations" : "Predictions", sources[0].Name, Bound(clamp)!).Fix(
            "Scale them from the least to the most", Edit.Operand(clamp) is IdentifierNameSyntax x && clamp.Syntax is ExpressionSyntax whole
            ? Edit.Replace(whole, $"(({x} - {x}.min()) / ({x}.max() - {x}.min()){(Bound(clamp) == 255 ? " * 255" : "")})") : null);

    /// <summary>A method of a network is read where it is called, and in the network.</summary>
    private static bool IsSame(Step a, Step b) => a == b || a.Syntax is { } code && code == b.Syntax;

    private static double? Bound(Step clamp) =>
        clamp.Arguments.ValueOf("min")?.Number == 0 ? clamp.Arguments.ValueOf("max")?.Number : null;

    /// <summary>The numbers before they are multiplied to fill the bytes.</summary>
    private static Step Unscaled(Step step) =>
        step is { Op.Name: "mul", Inputs: [var one] } && step.Arguments.Values.Any(v => v.Number is not null) ? Unscaled(one) : step;

    private static bool IsOpen(Step step) => step.HasWeights || step is { Role: Role.Activation, Op.Range.High: double.PositiveInfinity };

    private static bool IsCut(ValueRange range, Step clamp) =>
        Unscaled(clamp.Input!) == clamp.Input ? range.Low < 0 || range.High > Bound(clamp) : range.Low < 0;

    /// <summary>It becomes bytes, with nothing but scaling and moving between.</summary>
    private static bool IsPicture(Step step, int length = 0) => length < 16 && step.Users.Any(u => IsToBytes(u)
        || (u is { Op.Name: "mul" or "round" or "floor", Inputs.Count: 1 } || Chain.IsTransparent(u)) && IsPicture(u, length + 1));

    private static bool IsToBytes(Step step) => step is { Role: Role.Identity, Syntax: InvocationExpressionSyntax call }
        && (call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "byte" }
        || call.ArgumentList.Arguments.Any(a => a.ToString() is var type && (type.EndsWith("uint8", StringComparison.Ordinal)
        || type.EndsWith("ScalarType.Byte", StringComparison.Ordinal))));
}
