using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>One helper builds every layer with its activation, and builds the output layer too.</summary>
internal sealed class NN1003_SharedBuilderOutput() : Rule("NN1003", RuleLevel.Proven, Category.Architecture, RuleSource.Article,
    "Output layer built by the helper of the hidden layers",
    "{0} adds {1} to every layer it builds, the output layer too, so {2} never sees the values it needs ({3})")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        use.IsOverOneClass ? [] // NN1013 speaks
            : from end in use.Ends
              let last = end.Last
              where end.Network is not null && end.Network.Steps.Contains(last) && use.IsCutBy(end)
              let builder = end.Network!.SharedBuilder(last)
              where builder is not null
              select Mend(At(builder.Call.Syntax, builder.Helper.Name, last.Op.Name, use.Op.Name, Chain.Path(end, use)), last, builder,
              project);

    private static Finding Mend(Finding finding, Step last, BuilderCall builder, ProjectGraph project)
    {
        // The helper's own switch, where turning it off leaves no activation ...
        var off = builder.Helper.Parameters.FirstOrDefault(p => p.Type.SpecialType == Microsoft.CodeAnalysis.SpecialType.System_Boolean
            && project.IsSwitchFor(builder.Helper, p, last.Op));
        if (off is not null)
            return finding.Fix($"Build the output layer without {last.Op.Name}", Edit.SetArgument(builder.Call, off, "false"));
        // ... else the layer the helper wraps, with this call's arguments.
        var inner = last.Input;
        while (inner is { HasWeights: false, Kind: StepKind.Operation }) inner = inner.Input;
        var plain = last.Layer is null ? inner?.Syntax : inner?.Layer?.Syntax;
        return plain is not null && Edit.Inline(builder, plain) is { } text
            ? finding.Fix("Use the plain layer for the output", Edit.Replace(builder.Call.Syntax, text))
            : finding;
    }
}
