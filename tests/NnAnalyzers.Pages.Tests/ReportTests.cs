using System.Globalization;
using Microsoft.Playwright;

namespace NnAnalyzers.Pages.Tests;

/// <summary>The reports of verify, merge and probe, opened in a browser as a reader opens them.</summary>
public sealed class ReportTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nn-pages-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Make(string kind) => kind switch
    {
        "evidence" => Reports.Write(_folder, Reports.Evidence("NN1002", "NN5001")),
        "hostile" => Reports.Write(_folder, Reports.Hostile()),
        "probes" => Reports.Probes(_folder),
        _ => Reports.HostileProbes(_folder),
    };

    public static IEnumerable<object[]> Pages => from kind in new[] { "evidence", "hostile", "probes", "hostile probes" }
                                                 from dark in new[] { false, true }
                                                 select new object[] { kind, dark };

    [BrowserTheory, MemberData(nameof(Pages))]
    public async Task Nothing_keeps_anybody_from_reading_it(string kind, bool dark)
    {
        var page = await browser.OpenAsync(Make(kind), dark);
        foreach (var details in await page.QuerySelectorAllAsync("details")) await details.EvaluateAsync("d => d.open = true");
        await Browser.ReadsAsync(page);
        Assert.Equal("en", await page.Locator("html").GetAttributeAsync("lang"));
        Assert.NotEmpty(await page.TitleAsync());
        foreach (var landmark in new[] { AriaRole.Banner, AriaRole.Navigation, AriaRole.Main })
            Assert.Equal(1, await page.GetByRole(landmark).CountAsync());
        // Dark is dark, and light is light.
        var paper = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.Equal(dark, paper != "rgb(255, 255, 255)");
    }

    [BrowserTheory, InlineData("evidence"), InlineData("hostile"), InlineData("probes"), InlineData("hostile probes")]
    public async Task It_fits_a_phone(string kind)
    {
        var page = await browser.OpenAsync(Make(kind), width: 420, height: 800);
        foreach (var details in await page.QuerySelectorAllAsync("details")) await details.EvaluateAsync("d => d.open = true");
        await Browser.FitsAsync(page);
        if (kind == "evidence") await Browser.ReadsAsync(page);
        await page.SetViewportSizeAsync(320, 800);
        await Browser.FitsAsync(page);
    }

    [BrowserTheory, InlineData("hostile"), InlineData("hostile probes")]
    public async Task What_comes_from_code_is_text(string kind)
    {
        var page = await browser.OpenAsync(Make(kind));
        Assert.True(await page.EvaluateAsync<bool>("window.hit === undefined"));
        Assert.Equal(0, await page.Locator("img").CountAsync());
        Assert.Contains("<script>window.hit=1</script>", await page.InnerTextAsync("main"));
    }

    [BrowserFact]
    public async Task The_filter_leaves_what_was_chosen()
    {
        var page = await browser.OpenAsync(Make("evidence"));
        var findings = page.Locator("article:visible");
        var all = await findings.CountAsync();
        await page.GetByLabel("Rule", new() { Exact = true }).SelectOptionAsync("NN5001");
        var some = await findings.CountAsync();
        Assert.InRange(some, 1, all - 1);
        Assert.All(await findings.AllAsync(), f => Assert.StartsWith("NN5001", f.Locator("h3").InnerTextAsync().Result));
        Assert.Equal($"{some} of {all} shown", await page.Locator("#filter output").InnerTextAsync());
        await page.GetByLabel("Verdict", new() { Exact = true }).SelectOptionAsync("helps");
        Assert.InRange(await findings.CountAsync(), 1, some - 1);
        Assert.Equal(await findings.CountAsync(), await page.Locator("tr[data-rule]:visible").CountAsync());
        await page.GetByLabel("Rule", new() { Exact = true }).SelectOptionAsync("");
        await page.GetByLabel("Verdict", new() { Exact = true }).SelectOptionAsync("");
        Assert.Equal(all, await findings.CountAsync());
    }

    [BrowserTheory, InlineData("evidence"), InlineData("probes")]
    public async Task Keys_and_pointer_read_values(string kind)
    {
        var page = await browser.OpenAsync(Make(kind));
        var figure = page.Locator("figure").First;
        var (slider, said) = (figure.GetByRole(AriaRole.Slider), figure.Locator("output"));
        // By the keyboard alone: Tab comes to it, arrows go along the curves.
        for (var i = 0; i < 200 && !await slider.EvaluateAsync<bool>("s => s === document.activeElement"); i++)
            await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Home");
        var first = await said.InnerTextAsync();
        Assert.Matches(@"^(step|learning rate) \S+: .*\d", first);
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.NotEqual(first, await said.InnerTextAsync());
        Assert.Equal(await said.InnerTextAsync(), await slider.GetAttributeAsync("aria-valuetext"));
        await page.Keyboard.PressAsync("End");
        var last = await said.InnerTextAsync();
        // The pointer near the left edge of the curves reads what Home did.
        var area = (await figure.Locator("svg").First.BoundingBoxAsync())!;
        var place = float.Parse((await figure.Locator(".cursor").GetAttributeAsync("x1"))!, CultureInfo.InvariantCulture);
        await page.Mouse.MoveAsync(area.X + area.Width * place / 640, area.Y + area.Height / 2);
        Assert.Equal(last, await said.InnerTextAsync());
        await page.Mouse.MoveAsync(area.X + 5, area.Y + area.Height / 2);
        Assert.Equal(first, await said.InnerTextAsync());
    }

    [BrowserFact]
    public async Task Values_are_those_of_the_runs()
    {
        var page = await browser.OpenAsync(Make("hostile"));
        var slider = page.Locator("article:has-text('The fix helps here') input[type=range]").First;
        await slider.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        Assert.Equal("step 0: flagged code 0.92 (0.9 to 0.94); fixed code 1 (1 to 1)",
            await page.Locator("article:has-text('The fix helps here') figure output").First.InnerTextAsync());
    }

    [BrowserFact]
    public async Task Lines_are_told_apart_without_colours()
    {
        var page = await browser.OpenAsync(Make("evidence"));
        var dashes = await page.Locator("figure").First.EvaluateAsync<string[]>("""
            f => ['--line-0', '--line-1'].map(c => [...new Set([...f.querySelectorAll('svg polyline')]
                .filter(l => l.getAttribute('style').includes(c)).map(l => getComputedStyle(l).strokeDasharray))].join())
            """);
        Assert.Equal("none", dashes[0]);
        Assert.Matches(@"\d", dashes[1]);
    }

    [BrowserFact]
    public async Task Without_script_it_still_reads()
    {
        var page = await browser.OpenAsync(Make("evidence"), script: false);
        Assert.False(await page.Locator("#filter").IsVisibleAsync());
        Assert.True(await page.Locator("article").First.IsVisibleAsync());
        Assert.Contains("flagged code: from ", await page.Locator("figure > svg").First.GetAttributeAsync("aria-label"));
    }

    [BrowserFact]
    public async Task Print_keeps_findings_and_drops_controls()
    {
        var page = await browser.OpenAsync(Make("evidence"), dark: true);
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.False(await page.Locator("#filter").IsVisibleAsync());
        Assert.False(await page.Locator("input[type=range]").First.IsVisibleAsync());
        Assert.True(await page.Locator("article").First.IsVisibleAsync());
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
    }
}
