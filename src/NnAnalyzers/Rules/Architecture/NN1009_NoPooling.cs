using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>Convolutions keep the size of their maps all the way, and a linear layer reads every pixel of them.</summary>
internal sealed class NN1009_NoPooling() : Rule("NN1009", RuleLevel.Advice, Category.Architecture, RuleSource.Article,
    "Convolutions without pooling",
    "{0} convolutions leave {1} × {2} maps to {3}, which learns every place by itself: nothing between them pools or strides")
{
    private const int Deep = 3;

    /// <summary>Boards and other grids whose places differ are smaller: 19 × 19 of Go.</summary>
    private const int SmallGrid = 20;

    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        from end in use.Ends
        let spine = Topology.Of(end)
        where spine is { Shrinks: false, Head: not null } && spine.Convolutions.Count() >= Deep && !project.IsLoaded(end.Network!)
        let head = spine.Head
        where head.Height >= SmallGrid && head.Width >= SmallGrid && head.Maps.Syntax is not null
        let reader = head.Reader.Layer!
        let finding = At(head.Maps.Syntax!, spine.Convolutions.Count(), head.Height, head.Width, reader.Label)
        // A view says how many values there are once more.
        select head.Flatten.Op.Name is not ("Flatten" or "flatten") ? finding : finding.Fix("Pool the maps before they are read",
            Edit.Append(head.Maps, Edit.PrefixOf(reader), "MaxPool2d(2)", "functional.max_pool2d({0}, 2)"),
            Edit.SetSize(reader, reader.Op.In!, $"{head.Channels} * {head.Height / 2} * {head.Width / 2}"));
}
