using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>Xavier's scale before a rectifier, in a layer that widens so much that the scale is far too small.</summary>
internal sealed class NN2003_XavierForRectifiers() : Rule("NN2003", RuleLevel.Advice, Category.Initialization, RuleSource.Article,
    "Xavier before a rectifier",
    "{0} draws {1} for {2} inputs and {3} outputs alike; what {4} lets through of {2} inputs needs a spread {5} times as large")
{
    /// <summary>How many times too small one layer may be.</summary>
    private const double Tolerance = 3;

    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => !project.Trains ? []
        : from start in project.StartsOf(network)
          where start is { IsSure: true, Left.Kind: Distribution.Xavier } && Chain.ReaderOf(start.Step, network) is not null
          let activation = start.Step.NextActivation
          where activation is { Name: "ReLU" or "ReLU6" } && Missing(start.Step.Layer!, start.Left) > Tolerance
          group (start.Left, start.Step.Layer, activation) by start.Left.Place into same
          where !project.IsLoaded(network)
          let found = same.First()
          let mended = Edit.Rescale(found.Left, network.AllSteps.Select(s => s.Step).ToList())
          select At(found.Left.Place, found.Left.Draw, found.Left.Weight, found.Layer!.In, found.Layer.Out, found.activation.Name,
              Initialization.Number(Missing(found.Layer, found.Left))).Fix(mended.Title, mended.Edits);

    /// <summary>
    /// √(2 / in), He et al. 2015, over gain · √(2 / (in + out)), Glorot and Bengio 2010; the kernel of a convolution counts for both.
    /// </summary>
    private static double? Missing(Layer layer, Initialization start) =>
        layer is { In.Size: { } inputs and > 0, Out.Size: { } outputs, Op.Role: Role.Linear or Role.Convolution }
        && start.Arguments.ValueOf("gain")?.Number is { } gain and > 0 && layer.Arguments.ValueOf("groups")?.Number is null or 1
            ? Math.Sqrt(1 + (double)outputs / inputs) / gain : null;
}
