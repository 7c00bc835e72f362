using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>A layer was made without a bias, and nothing that follows brings one.</summary>
internal sealed class NN1004_MissingBias() : Rule("NN1004", RuleLevel.Proven, Category.Architecture, RuleSource.Article,
    "Layer without a bias",
    "{0} has no bias, and no normalization follows that brings one before {1}")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        from step in network.Steps
        where step is { HasWeights: true, Op.Role: Role.Linear or Role.Convolution or Role.TransposedConvolution,
        Layer: { HasBias: false, Syntax: not null } }
        where !IsBiaslessByDesign(step, network) && !project.IsLoaded(network)
        let next = Chain.BiasMissedBy(step, network)
        where next is not null
        let argument = step.Layer!.Arguments[step.Op.Bias!]
        select At(argument.Operation.Syntax, step.Layer!.Label, next)
            .Fix($"Give {step.Layer!.Label} its bias back", Edit.RemoveArgument(argument.Operation));

    /// <summary>Laterals, patch embeddings, gates, attention and language-model heads leave the bias out on purpose.</summary>
    private static bool IsBiaslessByDesign(Step step, Network network) =>
        step.Op.Role == Role.Convolution && step.Layer?.SizesOf("kernel_size", null) is var kernel
            && (kernel is null || kernel.All(k => k == 1) || step.Layer?.SizesOf("stride", 1) is { } stride && stride.SequenceEqual(kernel))
        || step.Input is { Op.Name: "mul" or "matmul" }
        || IsRecipe(network)
        || network.Layers.Any(l => l.Op.Role is Role.Embedding or Role.Attention)
        || network.Steps.Any(s => s.Op.Role == Role.Matmul);

    /// <summary>A network that normalizes and leaves the bias out of every convolution, the first and the last too: DCGAN.</summary>
    private static bool IsRecipe(Network network) =>
        network.AllSteps.Select(s => s.Step).Where(s => s.Role is Role.Convolution or Role.TransposedConvolution).ToList() is
            { Count: > 2 } convolutions && convolutions.All(c => c.Layer?.HasBias == false)
        && network.AllSteps.Any(s => s.Step.Role == Role.Normalization);
}
