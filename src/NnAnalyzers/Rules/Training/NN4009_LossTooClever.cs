using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>What goes backward is put together from many terms about one prediction.</summary>
internal sealed class NN4009_LossTooClever() : Rule("NN4009", RuleLevel.Advice, Category.Training, RuleSource.Article,
    "Loss of many terms",
    "{0} terms pull at one prediction, and where it does not learn, any of them may be why; try L1 or MSE alone first (probe SimplerLoss)")
{
    /// <summary>Two or three terms are the custom of many tasks.</summary>
    private const int Many = 4;

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from backward in site.Of(EventKind.Backward)
        let loss = (Step)backward.Subject
        let terms = LossTerms.Of(loss)
        where loss.Syntax is not null && terms.Count >= Many && terms.Any(t => t.IsCompared)
            && !terms.Select(t => t.Step).Append(loss).Any(s => project.IsSpecial(s) || project.IsNamed(s))
        select At(loss.Syntax!, terms.Count);
}
