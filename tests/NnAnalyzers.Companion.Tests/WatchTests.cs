using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion.Tests;

/// <summary>What is seen of a program that knows nothing of it.</summary>
public class WatchTests
{
    private static double? ScoreOf(Tensor output, Tensor target, bool isOfClasses) => Score.Of(output, target, isOfClasses).Value;

    [Fact]
    public void Classes_by_their_numbers()
    {
        TorchLibrary.Load();
        var logits = tensor(new[,] { { 2f, 1, 0 }, { 0, 3, 1 }, { 5, 0, 1 }, { 0, 0, 1 } });
        Assert.Equal(0.75, ScoreOf(logits, tensor(new long[] { 0, 1, 2, 2 }), true));
        Assert.Equal(0.75, ScoreOf(nn.functional.softmax(logits, 1), tensor(new long[] { 0, 1, 2, 2 }), true));
        Assert.Equal(0.75, ScoreOf(logits, nn.functional.one_hot(tensor(new long[] { 0, 1, 2, 2 }), 3).to(float32), true));
        Assert.Equal(1, ScoreOf(logits.unsqueeze(2), tensor(new long[] { 0, 1, 0, 2 }).unsqueeze(1), true)); // pixels
    }

    [Fact]
    public void Yes_or_no_by_logits_or_chances()
    {
        TorchLibrary.Load();
        var yes = tensor(new[] { 1f, 0, 1, 1 });
        Assert.Equal(0.75, ScoreOf(tensor(new[] { 2f, -1, 0.3f, -4 }), yes, true));
        Assert.Equal(0.5, ScoreOf(tensor(new[] { 0.9f, 0.1f, 0.3f, 0.2f }), yes, true));
        Assert.Equal(0.75, ScoreOf(tensor(new[] { 2f, -1, 0.3f, -4 }).unsqueeze(1), yes, true));
    }

    [Fact]
    public void Numbers_by_the_variance_that_is_explained()
    {
        TorchLibrary.Load();
        var target = tensor(new[] { 1f, 2, 3, 4 });
        Assert.Equal(1, ScoreOf(target.unsqueeze(1), target, false));
        Assert.Equal(0, ScoreOf(full(4, 2.5), target, false)!.Value, 9);
        Assert.Equal(-1, ScoreOf(full(4, 1e9), target, false));
        Assert.Null(ScoreOf(ones(4), ones(4), false)); // nothing to explain
        Assert.Null(ScoreOf(ones(3), target, false));
    }

    private static (string Outcome, string[][] Log) Run(Action<int> step, int steps, int seed = 0)
    {
        TorchLibrary.Load();
        var file = Path.GetTempFileName();
        using (var run = new WatchedRun(seed, steps, file, null))
        {
            Watch.Run = run;
            var thread = new Thread(() => { for (var i = 0; i < steps + 5; i++) step(i); }) { IsBackground = true };
            thread.Start();
            Assert.True(run.Enough.Wait(TimeSpan.FromSeconds(60)));
            Watch.Run = null;
            return (run.Bad is null ? "fine" : "bad", File.ReadAllLines(file).Select(l => l.Split('\t')).ToArray());
        }
    }

    [Fact]
    public void Two_losses_keep_two_curves_and_a_test_between_is_left_out()
    {
        var (outcome, log) = Run(i =>
        {
            var (x, y) = (tensor(new[] { 1f, 2, 3 }), tensor(new[] { 1f, 2, 3 }));
            Watch.Loss((Watch.Output(x, 0, false) - Watch.Target(y, 0, false)).square().mean() + 5, 0);
            using (no_grad()) _ = Watch.Output(x * 100, 0, false) - Watch.Target(y, 0, false);
            _ = Watch.Target(y, 1, false) - Watch.Output(x * 0 + 2, 1, false); // the target is worked out first
            Watch.Loss(x.sum(), 1);
        }, 4);
        Assert.Equal("fine", outcome);
        double At(int line, int column) =>
            Math.Round(double.Parse(log[line][column], System.Globalization.CultureInfo.InvariantCulture), 9);
        Assert.Equal(["0", "1", "0"], log.Take(3).Select(l => l[4]));
        Assert.Equal([5.0, 1, 6, 0], [At(0, 1), At(0, 2), At(1, 1), At(1, 2)]);
        Assert.Equal(4, log.Count(l => l[4] == "0"));
    }

    [Fact]
    public void It_ends_at_a_loss_that_is_no_number()
    {
        var (outcome, log) = Run(i => Watch.Loss(tensor(i < 2 ? 1f : float.NaN), 0), 100);
        Assert.Equal("bad", outcome);
        Assert.Equal("NaN", log[^1][1]);
    }

    [Fact]
    public void Nobody_watches()
    {
        Assert.Equal(42, Watch.Seed(42));
        using var run = new WatchedRun(2, 5, Path.GetTempFileName(), null);
        Watch.Run = run;
        Assert.NotEqual(42, Watch.Seed(42));
        Assert.NotEqual(Watch.Seed(1), Watch.Seed(2));
        Watch.Run = null;
    }
}
