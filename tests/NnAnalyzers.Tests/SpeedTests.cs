using Microsoft.CodeAnalysis.CSharp;
using NnAnalyzers.Benchmarks;
using Xunit.Abstractions;

namespace NnAnalyzers.Tests;

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

/// <summary>Runs when no other test does: what is allocated is counted for the whole process.</summary>
[Collection(nameof(Alone))]
public class SpeedTests(ITestOutputHelper output)
{
    /// <summary>
    /// What all rules allocate beside an empty analyzer, as a share of what binding the same code allocates: unlike time it does not
    /// depend on what else the machine does, and it goes with it. The bound is what was measured, 59 to 61 %, with room. Times are for the
    /// benchmarks (docs/performance.md).
    /// </summary>
    [Fact]
    public void All_rules_allocate_a_fraction_of_what_binding_does()
    {
        static CSharpCompilation Code() => SyntheticCode.Project(40);
        static long Least(Action action) => Enumerable.Range(0, 2).Min(_ =>
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            action();
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        var (bound, read) = (Code(), Code());
        var binding = Least(() => Measure.Binding(bound.Clone()));
        var empty = Least(() => Measure.Run(read.Clone(), new EmptyAnalyzer()));
        var rules = Least(() => Measure.Run(read.Clone(), new EmptyAnalyzer(), new NetworkAnalyzer()));
        var share = (double)(rules - empty) / binding;
        output.WriteLine($"binding {binding >> 20} MiB, empty {empty >> 20} MiB, with all rules {rules >> 20} MiB: {share:P1}");
        Assert.InRange(share, 0, 0.75);
    }
}
