using NnAnalyzers.Graph;
using NnAnalyzers.Projects;

namespace NnAnalyzers.Rules;

/// <summary>A small network of convolutions has more filters than a task of its size has use for.</summary>
internal sealed class NN1008_TooManyFilters() : Rule("NN1008", RuleLevel.Advice, Category.Architecture, RuleSource.Article,
    "More filters than a small network needs",
    "{0} has {1} filters; in as much time a small network of convolutions learns more with {2} or fewer")
{
    /// <summary>The article's upper end; <c>dotnet_code_quality.NN1008.max_filters</c> in .editorconfig sets another.</summary>
    private const int Enough = 128;

    /// <summary>More stages than this that double their filters are a backbone.</summary>
    private const int Stages = 2, Small = 4;

    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        from end in use.Ends
        let spine = Topology.Of(end)
        where spine is not null && spine.Convolutions.Count() is > 0 and <= Small && !project.IsLoaded(end.Network!)
        let widths = spine.Convolutions.Select(c => c.Layer?.Out.Size).ToList()
        where widths.Zip(widths.Skip(1), (a, b) => b == 2 * a).Count(doubles => doubles) <= Stages
        from layer in spine.Convolutions.Select(c => c.Layer).OfType<Layer>()
        where layer.Syntax is not null
        let enough = project.Option(layer.Syntax!.SyntaxTree, Id, "max_filters", Enough)
        where layer.Out.Size > enough && layer.SizesOf("kernel_size", null)?.Any(k => k > 1) == true
        let filters = layer.Arguments[layer.Op.Out!]
        where filters.IsWrittenThere
        select At(filters.Operation.Syntax, layer.Name, layer.Out, enough);
}
