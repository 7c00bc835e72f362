using System.Diagnostics;
using TorchSharp;
using Xunit.Abstractions;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Companion.Tests;

/// <summary>What NN7005 says of memory: without a scope in the loop each turn leaves its tensors, with one none.</summary>
public class MemoryTests(ITestOutputHelper output)
{
    private const int Turns = 300;

    [Fact]
    public void A_scope_in_the_loop_keeps_memory_where_it_is()
    {
        using var quiet = no_grad();
        var model = Sequential(Conv2d(3, 16, 7, stride: 2, padding: 3), ReLU(), AdaptiveAvgPool2d(1), Flatten(), Linear(16, 1));
        model.eval();
        Bare(1);
        var (kept, bytes) = Measure(() => Bare(Turns));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (left, rest) = Measure(() => Scoped(Turns));
        output.WriteLine($"{Turns} turns leave {kept} tensors and {bytes >> 20} MiB, with a scope {left} and {rest >> 20} MiB");
        // Of each turn the picture and the score, and where gradients are recorded more; the collector may have come by and taken some.
        Assert.InRange(kept, Turns / 3, 7 * Turns);
        Assert.InRange(left, -7 * Turns, 0);

        void Bare(int turns)
        {
            for (var frame = 0; frame < turns; frame++)
            {
                var score = model.forward(rand(1, 3, 112, 112));
                Assert.False(float.IsNaN(score.item<float>()));
            }
        }

        void Scoped(int turns)
        {
            for (var frame = 0; frame < turns; frame++)
            {
                using var scope = NewDisposeScope();
                var score = model.forward(rand(1, 3, 112, 112));
                Assert.False(float.IsNaN(score.item<float>()));
            }
        }
    }

    /// <summary>By how many tensors and bytes the process grows, as long as nobody else works in it.</summary>
    private static (long Tensors, long Bytes) Measure(Action work)
    {
        var (tensors, bytes) = (Tensor.TotalCount, Process.GetCurrentProcess().WorkingSet64);
        work();
        return (Tensor.TotalCount - tensors, Process.GetCurrentProcess().WorkingSet64 - bytes);
    }
}
