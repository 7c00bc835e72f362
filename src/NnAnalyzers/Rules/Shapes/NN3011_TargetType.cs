using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>The targets are numbers of a type that their loss, or going backward from it, throws on.</summary>
internal sealed class NN3011_TargetType() : Rule("NN3011", RuleLevel.Likely, Category.Shapes, RuleSource.TorchSharp,
    "Targets of a type that the loss does not take",
    "{0} takes targets of type {1} here and throws: these are {2}")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project)
    {
        if (use is not { Target: { } target, Prediction: { } prediction, Loss: { Syntax: { } place, Conditional: false } }
            || Elements.Of(target) is not { } type || target.MayBeNull) yield break;
        // Nearly all outputs are float32, and only some losses compare the two.
        if (use.Op.Targets == TargetTypes.AsPrediction && type == ElementType.Float32) yield break;
        var output = use.Op.Targets == TargetTypes.AsPrediction ? project.ElementsOf(use) : ElementType.Float32;
        var readings = use.TakesClassNumbers is { } known ? new[] { known } : [true, false];
        bool IsTaken(ElementType type) => readings.Any(r => Fit.Takes(use.Op, type, output.Value, r));
        // Of a conversion that is thrown away another rule speaks.
        if (output is null || IsTaken(type) || Chain.Back(target).SelectMany(s => s.Users).Any(u => u is { Role: Role.Identity,
            Users.Count: 0 } && Elements.Of(u) is { } converted && IsTaken(converted))) yield break;
        var wanted = use.Op.Targets switch
        {
            TargetTypes.AsPrediction => output.Value,
            TargetTypes.Classes when use.TakesClassNumbers == true || use.TakesClassNumbers is null && !type.IsFloating() =>
                ElementType.Int64,
            _ => ElementType.Float32,
        };
        var finding = At(place, use.Op.Name, wanted.Name(), type.Name());
        yield return use.SyntaxOf(target) is { } written
            ? finding.Fix($"Give the loss targets of type {wanted.Name()}", Edit.Replace(written,
                $"{Edit.Receiver(written)}.to({Scope.TorchAt(use.Loss.Operation!)}{wanted.Name()})"))
            : finding;
    }
}
