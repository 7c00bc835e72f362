using System.Collections.Immutable;
using NnAnalyzers.Rules;

namespace NnAnalyzers;

/// <summary>Every rule. Where two have something to say about one place, the first in this list speaks.</summary>
internal static class RuleCatalog
{
    public static readonly ImmutableArray<Rule> All = new Rule[]
    {
        new NN1003_SharedBuilderOutput(),
        new NN1001_OutputActivation(),
        new NN1004_MissingBias(),
        new NN2001_FixedVarianceInit(),
        new NN3001_ReshapeForPermute(),
        new NN3002_ReshapeAbsorbsBatch(),
        new NN5001_SaverBeforeOptimizer(),
    }.ToImmutableArray();

    public static Rule? Find(string id) => All.FirstOrDefault(r => string.Equals(r.Id, id, StringComparison.OrdinalIgnoreCase));
}
