using System.Reflection;
using NnAnalyzers.Samples.Clean;
using TorchSharp;

namespace NnAnalyzers.Companion.Tests;

/// <summary>The clean samples are real programs: each trains a few steps.</summary>
public class CleanTests
{
    public static TheoryData<string> Programs => [.. typeof(ResidualNetwork).Assembly.GetTypes()
        .Where(t => t.GetMethod("Train", [typeof(TrainingRun), typeof(int)]) is not null).Select(t => t.Name).Order()];

    [Fact]
    public void There_are_twenty() => Assert.True(Programs.Count >= 20);

    [Theory, MemberData(nameof(Programs))]
    public void It_trains(string program)
    {
        torch.random.manual_seed(0);
        using var run = new TrainingRun(0);
        typeof(ResidualNetwork).Assembly.GetType("NnAnalyzers.Samples.Clean." + program)!.GetMethod("Train")!.Invoke(null, [run, 3]);
        Assert.Equal(3, run.Entries.Count);
        Assert.All(run.Entries, e => Assert.True(double.IsFinite(e.Loss)));
    }
}
