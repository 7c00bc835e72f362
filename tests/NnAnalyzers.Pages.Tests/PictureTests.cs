namespace NnAnalyzers.Pages.Tests;

/// <summary>The pictures of reports in docs/pictures. With NN_UPDATE=1 in the environment they are taken anew.</summary>
public sealed class PictureTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nn-pages-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [BrowserTheory]
    [InlineData("report-light", false, 1000, 1000, "")]
    [InlineData("report-dark", true, 1000, 860, "article")]
    [InlineData("report-phone", false, 420, 900, "#findings")]
    [InlineData("report-probes", false, 1000, 1000, "")]
    public async Task The_pages_show_what_a_report_looks_like(string name, bool dark, int width, int height, string from)
    {
        var path = Path.Combine(Reports.Root, "docs", "pictures", name + ".png");
        if (Environment.GetEnvironmentVariable("NN_UPDATE") == "1")
        {
            var page = await browser.OpenAsync(name == "report-probes" ? Reports.Probes(_folder)
                : Reports.Write(_folder, Reports.Evidence("NN1002", "NN5001")), dark, width, height);
            if (from.Length > 0) await page.Locator(from).First.EvaluateAsync("e => e.scrollIntoView()");
            if (await page.Locator("article figure svg").First.BoundingBoxAsync() is { } area && area.Y + area.Height < height)
                await page.Mouse.MoveAsync(area.X + area.Width / 3, area.Y + area.Height / 2);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await page.ScreenshotAsync(new() { Path = path });
        }
        // Small enough to be cloned by everybody, and linked.
        Assert.InRange(new FileInfo(path).Length, 5_000, 200_000);
        Assert.Contains(Directory.GetFiles(Path.Combine(Reports.Root, "docs"), "*.md"),
            f => File.ReadAllText(f).Contains($"pictures/{name}.png"));
    }
}
