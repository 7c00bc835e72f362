using Microsoft.Playwright;
using NnAnalyzers.Runner;
using NnAnalyzers.Tool.Verify;

namespace NnAnalyzers.Pages.Tests;

/// <summary>The page that is kept true while trainings run.</summary>
public sealed class LiveReportTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nn-pages-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly ProgramPlan Program = new()
    {
        Id = "NN1001.X", Rule = "NN1001", RuleTitle = "t", Place = "p", Message = "m", FixTitle = "f", Diff = "",
        Method = "A.B", LossBelow = 0.1,
        Variants = [new("flagged", "a.dll"), new("fixed", "b.dll")],
    };

    private static readonly Plan Plan = new() { Seeds = 2, Programs = [Program] };

    private static JobResult Result(Job job) => new()
    {
        Job = job.Id, Program = Program.Id, Variant = job.Variant.Name, Seed = job.Seed, Outcome = JobResult.Finished,
        StepsToTarget = job.Variant.Name == Variant.Fixed ? 5 : null, Curve = [new(1, 1, null), new(9, 0.5, null)],
    };

    [BrowserFact]
    public async Task An_open_page_follows_the_trainings_to_their_end()
    {
        var jobs = Plan.Jobs().ToList();
        using var live = new LiveReport(_folder, Plan, jobs.Count, seconds: 1);
        var page = await browser.OpenAsync(Path.Combine(_folder, Report.PageName));
        var now = page.Locator("#now");
        Assert.Contains("0 of 4 trainings have ended; how long it takes is not known yet", await now.InnerTextAsync());
        Assert.Equal(0, await page.Locator("article").CountAsync());
        // Whoever reads can hold it.
        await page.Locator("#reload").UncheckAsync();
        await Browser.ReadsAsync(page);

        foreach (var job in jobs.Take(2)) live.Started(job);
        live.Ended(Result(jobs[0]));
        // It comes anew by itself.
        await page.Locator("#reload").CheckAsync();
        await now.GetByText("1 of 4 trainings have ended").WaitForAsync();
        Assert.Contains($"Running: {jobs[1].Id}.", await now.InnerTextAsync());
        Assert.Contains("left", await now.InnerTextAsync());
        Assert.Equal("not yet: 1 of 4 trainings", await page.Locator("article .verdict").InnerTextAsync());
        Assert.Equal(1, await page.Locator("article figure").CountAsync());
        Assert.Contains("0 of 1 fix helped so far", await page.InnerTextAsync("main"));

        live.Ended(Result(jobs[1]));
        foreach (var job in jobs.Skip(2)) live.Ended(Result(job));
        live.Dispose();
        await now.GetByText("All trainings have ended").WaitForAsync();
        Assert.Equal(0, await page.Locator("#reload").CountAsync());
        Assert.Equal(Verdict.LikelyHelps, await page.Locator("article .verdict").InnerTextAsync());
    }

    [Fact]
    public void What_was_stopped_says_how_to_go_on()
    {
        new LiveReport(_folder, Plan, 4).Dispose();
        var page = File.ReadAllText(Path.Combine(_folder, Report.PageName));
        Assert.Contains("0 of 4 trainings have ended; nn verify --resume goes on.", page);
        Assert.DoesNotContain("id=\"reload\"", page);
    }

    [Fact]
    public void Time_left_is_told_from_what_was_trained_here()
    {
        Assert.Null(LiveReport.TimeLeft(0, 3, TimeSpan.FromSeconds(9)));
        Assert.Equal(TimeSpan.FromSeconds(20), LiveReport.TimeLeft(4, 8, TimeSpan.FromSeconds(10)));
        Assert.Equal("1 s", LiveReport.InWords(TimeSpan.Zero));
        Assert.Equal("5 min", LiveReport.InWords(TimeSpan.FromSeconds(299)));
        Assert.Equal("2.5 h", LiveReport.InWords(TimeSpan.FromMinutes(150)));
    }
}
