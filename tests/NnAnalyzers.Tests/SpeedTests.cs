using NnAnalyzers.Benchmarks;
using Xunit.Abstractions;

namespace NnAnalyzers.Tests;

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

/// <summary>Runs when no other test does.</summary>
[Collection(nameof(Alone))]
public class SpeedTests(ITestOutputHelper output)
{
    /// <summary>
    /// The cost of all rules beside an empty analyzer, as a share of binding the same code; both measured in turn, the best of several. The
    /// bound is what was measured with room for a busy machine, not the goal (docs/performance.md).
    /// </summary>
    [Fact]
    public void All_rules_cost_a_fraction_of_binding()
    {
        var shares = Measure.Share(() => SyntheticCode.Project(40), rounds: 3);
        output.WriteLine(shares.ToString());
        Assert.InRange(shares.OfBinding, double.MinValue, 0.5);
    }
}
