using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>A bias goes directly into a normalization that takes the mean of each channel away.</summary>
internal sealed class NN1005_RedundantBias() : Rule("NN1005", RuleLevel.Advice, Category.Architecture, RuleSource.Peers,
    "Bias that a normalization takes away",
    "The bias of {0} does nothing: {1} subtracts the mean of each channel")
{
    public override bool ShowsInTraining => false;

    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => !project.Trains ? []
        : from step in network.Steps
          where step is { HasWeights: true, Layer: { HasBias: true, Syntax: not null } }
          group step by step.Layer!.Syntax into uses
          where uses.All(IsTakenAway) && !project.IsLoaded(network)
          let layer = uses.First().Layer!
          let made = layer.Creation as IInvocationOperation
          let bias = made?.TargetMethod.Parameters.FirstOrDefault(p => p.Name == layer.Op.Bias)
          select At(layer.Syntax!, layer.Label, uses.First().Users[0].Name)
              .Near("the normalization", uses.First().Users[0])
              .Fix("Leave the bias out", bias is null ? null : Edit.SetArgument(made!, bias, "false"));

    private static bool IsTakenAway(Step step) => step is { IsReadOut: false, Users: [{ Role: Role.Normalization, Layer: not null } user] }
        && (IsNamed(user, "BatchNorm") || IsNamed(user, "InstanceNorm"))
        && (step.Role is Role.Convolution or Role.TransposedConvolution
            || step.Role == Role.Linear && step.Shape is { HasRank: true, Rank: 2 });

    private static bool IsNamed(Step step, string name) => step.Op.Name.StartsWith(name, StringComparison.Ordinal);
}
