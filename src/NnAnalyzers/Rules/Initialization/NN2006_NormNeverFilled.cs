using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>One version of TorchSharp makes a GroupNorm of memory that it does not write into.</summary>
internal sealed class NN2006_NormNeverFilled() : Rule("NN2006", RuleLevel.Likely, Category.Initialization, RuleSource.TorchSharp,
    "Normalization that TorchSharp leaves unfilled",
    "TorchSharp {1} leaves weight and bias of {0} as the memory they lie in, and nothing fills them")
{
    private static readonly Version Unfilled = new(0, 107, 0, 0);

    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        from step in network.Steps
        where step is { Op.Name: "GroupNorm", Layer.Creation: IInvocationOperation } && IsUnfilled(step.Layer.Creation)
            && step.Layer.Arguments.ValueOf("affine") is null or { Flag: true }
        where !project.IsFilled(step.Layer!, network) && !project.IsLoaded(network)
        select At(step.Layer!.Syntax!, step.Name, Unfilled.ToString(3)).Fix("Start the normalization as one that changes nothing",
            Fill(network));

    private static IEnumerable<Edit>? Fill(Network network) => network.Type is { } type
        ? Edit.AtEndOfConstructors(type, place => Filling("modules()", place))
        : network.Container?.Syntax?.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is { } made
        && Filling(network.Name + ".modules()", made) is { } code ? Edit.InsertAfter(made, code) : null;

    private static bool IsUnfilled(IOperation made) =>
        made is IInvocationOperation { TargetMethod.ContainingAssembly.Identity.Version: var version } && version == Unfilled;

    private static string? Filling(string modules, SyntaxNode place) => Scope.Free(place, "norm", "unfilled") is not { } norm ? null
        : $"foreach (var part in {modules})\n    if (part is TorchSharp.Modules.GroupNorm {norm})\n    {{\n"
            + $"        TorchSharp.torch.nn.init.ones_({norm}.weight);\n        TorchSharp.torch.nn.init.zeros_({norm}.bias);\n    }}";
}
