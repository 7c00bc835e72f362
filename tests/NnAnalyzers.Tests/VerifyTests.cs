namespace NnAnalyzers.Tests;

/// <summary>The tests of the rules fail when they should.</summary>
public class VerifyTests
{
    /// <summary>One finding, a warning, unmarked; its place is <see cref="Warned"/>.</summary>
    private static readonly string Warning = Code.Sequential("Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU())");
    private const string Warned = "Linear(8, 1), ReLU()";

    /// <summary>One finding of level Likely, an info.</summary>
    private static readonly string Info =
        Code.Net("private readonly Linear fc = Linear(4, 1);", "return fc.forward(x).squeeze();", target: "randn(8)");

    private static string Mark(string source, string place, string inside, string id) =>
        source.Replace(place, place.Replace(inside, $"{{|{id}:{inside}|}}"));

    private static readonly string Marked = Mark(Warning, Warned, "ReLU()", "NN1001");

    private static async Task<string> FailsAsync(Func<Task> test) => (await Assert.ThrowsAnyAsync<Exception>(test)).Message;

    [Fact]
    public Task The_marked_finding_alone() => Verify.FiresAsync(Marked);

    [Fact]
    public async Task A_finding_elsewhere_fails() =>
        Assert.Contains("NN1001", await FailsAsync(() => Verify.FiresAsync(Mark(Warning, Warned, "Linear(8, 1)", "NN1001"))));

    [Fact]
    public async Task A_finding_on_a_part_of_the_marked_place_fails() =>
        Assert.Contains("NN1001", await FailsAsync(() => Verify.FiresAsync(Mark(Warning, Warned, Warned, "NN1001"))));

    [Fact]
    public async Task Another_rule_fails() =>
    Assert.Contains("NN1002", await FailsAsync(() => Verify.FiresAsync(Mark(Warning, Warned, "ReLU()", "NN1002"))));

    [Fact]
    public async Task A_second_finding_in_the_same_file_fails() =>
        Assert.Contains("NN1004", await FailsAsync(() => Verify.FiresAsync(Marked.Replace("Linear(4, 8)", "Linear(4, 8, false)"))));

    [Fact]
    public async Task A_second_finding_in_another_file_fails() =>
        Assert.Contains("Test1.cs", await FailsAsync(() => Verify.FiresAsync(Marked, Warning.Replace("class Program", "class Other"))));

    [Fact]
    public async Task A_missing_finding_fails() =>
        Assert.Matches(@"Expected: .*NN1001.*\n.*Actual: +.*\[\]", await FailsAsync(() =>
            Verify.FiresAsync(Code.Sequential("Sequential(Linear(4, 8), {|NN1001:ReLU()|}, Linear(8, 1))"))));

    [Fact]
    public async Task An_info_counts()
    {
        await Verify.FiresAsync(Mark(Info, "fc.forward(x).squeeze()", "fc.forward(x).squeeze()", "NN3005"));
        Assert.Contains("NN3005", await FailsAsync(() => Verify.SilentAsync(Info)));
    }

    [Fact]
    public async Task A_fix_must_give_this_code_and_no_other()
    {
        var fixedCode = Warning.Replace(", ReLU());", ");");
        await Verify.FixAsync(Marked, fixedCode);
        await FailsAsync(() => Verify.FixAsync(Marked, fixedCode.Replace("8, 1)", "8,  1)")));
    }

    [Fact]
    public async Task Nothing_marked_where_something_fires_fails()
    {
        foreach (var test in new Func<string[], Task>[] { Verify.FiresAsync, Verify.Sizes.FiresAsync, s => Verify.FixAsync(s[0], s[0]),
            s => Verify.Sizes.FixAsync(s[0], s[0]) })
            Assert.Contains("No finding is marked", await FailsAsync(() => test([Warning])));
    }

    [Fact]
    public async Task Something_marked_in_silent_code_fails()
    {
        foreach (var test in new Func<string[], Task>[] { Verify.SilentAsync, Verify.Sizes.SilentAsync })
            Assert.Contains("A finding is marked", await FailsAsync(() => test([Marked])));
    }

    [Fact]
    public async Task Findings_in_silent_code_fail() => Assert.Contains("NN1001", await FailsAsync(() => Verify.SilentAsync(Warning)));
}
