using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A cross-entropy written out takes the logarithm of what a layer gives, which is no probability.</summary>
internal sealed class NN4021_LogOfRawOutput() : Rule("NN4021", RuleLevel.Likely, Category.Training, RuleSource.Peers,
    "Logarithm of a raw output",
    "The logarithm of what {0} gives: no softmax or sigmoid has made it a probability, and of what is below 0 there is no logarithm")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from step in project.GradientsOf(site).Steps
        let entropy = WrittenEntropy.Of(step, project.GradientsOf(site).Passes)
        where entropy?.Log.Syntax is not null
        let sources = project.Behind(entropy.Chance, site).ToList()
        where sources.Count > 0 && sources.All(s => s.Step is { HasWeights: true, Role: Role.Linear or Role.Convolution })
        select Mend(At(entropy.Log.Syntax!, sources[0].Step.Name), entropy);

    private static Finding Mend(Finding finding, WrittenEntropy entropy)
    {
        if (entropy.Whole?.Syntax is not { } whole || Scope.NamesIn(entropy) is not var (prediction, target)) return finding;
        var loss = entropy.IsBinary ? "binary_cross_entropy_with_logits" : "cross_entropy";
        return finding.Fix($"Use {loss}, which takes what the layer gives", Edit.Replace(whole,
            $"{Scope.FunctionsAt(entropy.Log.Operation!)}{loss}({prediction}, {target}.to_type({prediction}.dtype))"));
    }
}
