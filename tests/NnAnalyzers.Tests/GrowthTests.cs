using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Torch;
using NnAnalyzers.Projects;
using Xunit.Abstractions;

namespace NnAnalyzers.Tests;

/// <summary>
/// Reading costs what the code is long, whatever stands in it: of a shape twice the size it takes about twice as much, in operations and in
/// memory, until some bound is met and it takes no more. Neither depends on how busy the machine is.
/// </summary>
public class GrowthTests(ITestOutputHelper output)
{
    private const int Doublings = 2;
    private const double Growth = 2.3;

    /// <summary>What small numbers may grow by beside that.</summary>
    private const long SlackOperations = 200, SlackBytes = 64 * 1024;
    private const long Dear = 50_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Shapes => new(GrowthShapes.All.Keys);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Reading_grows_no_faster_than_the_code(string shape)
    {
        var (smallest, code) = GrowthShapes.All[shape];
        Exception? failure = null;
        // The compiler binds long chains and sums recursively.
        var thread =
            new Thread(() => failure = Record.Exception(() => Grow(smallest, code)),
            maxStackSize: 256 << 20);
        thread.Start();
        thread.Join();
        Assert.True(failure is null, failure?.ToString());
    }

    private void Grow(int smallest, Func<int, string[]> code)
    {
        Assert.Empty(Verify.Compile(code(smallest)).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var last = Read(code(smallest));
        output.WriteLine($"{smallest}: {last}");
        // From small to large, so that what explodes is noticed while it is small.
        for (var n = smallest * 2; n <= smallest << Doublings; n *= 2)
        {
            var next = Read(code(n));
            output.WriteLine($"{n}: {next}");
            Assert.True(next.Operations <= Growth * last.Operations + SlackOperations, $"From {n / 2} to {n}: {last}, then {next}");
            Assert.True(next.Bytes <= Growth * last.Bytes + SlackBytes, $"From {n / 2} to {n}: {last}, then {next}");
            // A bound is met: there the dear shapes cost seconds each time.
            if (last.Operations > Dear && next.Operations < 1.1 * last.Operations) return;
            last = next;
        }
    }

    private readonly record struct Cost(long Operations, long Bytes)
    {
        public override string ToString() => $"{Operations:N0} operations, {Bytes:N0} bytes";
    }

    private static Cost Read(string[] sources)
    {
        // As in a build, where semantic models are kept. What binding allocates is counted too: it grows with the code as well.
        var compilation = Verify.Compile(sources).WithAnalyzers([new NetworkAnalyzer()]).Compilation;
        var torch = TorchSymbols.TryCreate(compilation)!;
        using var patience = new CancellationTokenSource(Patience);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var project = new ProjectGraph(compilation, torch);
        var runner = new RuleRunner(project, RuleCatalog.All);
        foreach (var tree in compilation.SyntaxTrees)
            Assert.DoesNotContain(runner.In(tree, patience.Token), d => d.Id == "NN0000");
        return new(project.Operations, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
