using NnAnalyzers.Reliability;

namespace NnAnalyzers.Tool.Tests;

/// <summary>The areas of faults on purpose that need no process of their own; the others are commands of that project.</summary>
public class ReliabilityTests
{
    [Theory]
    [InlineData("logs"), InlineData("merges"), InlineData("encodings")]
    public async Task Holds(string area)
    {
        ToolRun.Here = Nn.RunHere;
        IArea faults = area switch { "logs" => new Logs(), "merges" => new Merges(), _ => new Encodings() };
        var wrong = new List<string>();
        for (var i = 0; i < faults.Usual; i++)
            if (await faults.TryAsync(i, 1, CancellationToken.None) is { } failure) wrong.Add($"{faults.KindOf(i, 1)}: {failure}");
        Assert.Empty(wrong);
    }
}
