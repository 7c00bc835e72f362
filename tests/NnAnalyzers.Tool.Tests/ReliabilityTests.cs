using NnAnalyzers.Reliability;
using Xunit.Abstractions;

namespace NnAnalyzers.Tool.Tests;

/// <summary>
/// A share of the faults made on purpose (tests/NnAnalyzers.Reliability), the same ones each time; that program tries all of them.
/// </summary>
public class ReliabilityTests(ITestOutputHelper output)
{
    private const int Seed = 7, Mutants = 60, Generated = 8;

    [Fact]
    public Task Mutants_are_read() => HoldAsync(new Mutated(), Enumerable.Range(0, Mutants).Where(i => i % 3 == 0));

    /// <summary>What the tool is given; in this process, since the tool's own start would take longest.</summary>
    [Theory]
    [InlineData("logs"), InlineData("merges"), InlineData("encodings")]
    public Task What_comes_from_elsewhere_is_looked_at(string area)
    {
        ToolRun.Here = Nn.RunHere;
        IArea faults = area switch { "logs" => new Logs(), "merges" => new Merges(), _ => new Encodings() };
        return HoldAsync(faults, Enumerable.Range(0, faults.Usual!.Value).Where(i => i % 2 == 0));
    }

    [Fact]
    public Task Malformed_programs_are_read() => HoldAsync(new Malformed(), Malformed.Quick);

    /// <summary>What failed once comes first.</summary>
    [Fact]
    public Task Generated_programs_are_read_the_same_in_disguise() =>
        HoldAsync(new Fuzz(), Enumerable.Range(new Fuzz().First, Generated - new Fuzz().First));

    /// <summary>The mutants cover every kind of change, and enough of them compile for fixes to be tried.</summary>
    [Fact]
    public async Task Mutants_are_of_every_kind_and_some_are_fixed()
    {
        var kinds = Enumerable.Range(0, Mutants).Select(i => Mutated.Make(i, Seed).First().Kind.Split(" + ")[0]).Distinct().Count();
        Assert.Equal(Mutated.KindCount, kinds);
        var (compile, fixable) = (0, 0);
        for (var i = 0; i < Mutants; i += 3)
        {
            var (_, reading) = await Mutated.ReadAsync(i, Seed, default);
            if (!reading.Compiles) continue;
            (compile, fixable) = (compile + 1, fixable + reading.Found.Count(d => d.Properties.ContainsKey(FixProperties.Title)));
        }
        output.WriteLine($"{compile} of {Mutants / 3} compile, with {fixable} fixes");
        Assert.InRange(compile, 3, Mutants / 3 - 3);
        Assert.InRange(fixable, 1, int.MaxValue);
    }

    private static async Task HoldAsync(IArea area, IEnumerable<int> numbers)
    {
        var failures = new List<string>();
        foreach (var number in numbers)
            if (await area.TryAsync(number, Seed, default) is { } wrong)
                failures.Add(new Failure(number, Seed, area.KindOf(number, Seed), wrong).ToString());
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }
}
