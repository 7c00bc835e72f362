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
        var (binding, empty, rules) = (double.MaxValue, double.MaxValue, double.MaxValue);
        for (var i = 0; i < 5; i++)
        {
            binding = Math.Min(binding, Measure.Binding(SyntheticCode.Project(60)).TotalMilliseconds);
            empty = Math.Min(empty, Measure.Analysis(SyntheticCode.Project(60), new EmptyAnalyzer()).TotalMilliseconds);
            rules = Math.Min(rules, Measure.Analysis(SyntheticCode.Project(60), new EmptyAnalyzer(), new NetworkAnalyzer()).TotalMilliseconds);
        }
        output.WriteLine($"binding {binding:0} ms, empty {empty:0} ms, with all rules {rules:0} ms: {(rules - empty) / binding:P1} of binding");
        Assert.InRange((rules - empty) / binding, double.MinValue, 0.5);
    }
}
