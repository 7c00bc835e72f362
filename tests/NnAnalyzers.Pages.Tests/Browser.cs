using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace NnAnalyzers.Pages.Tests;

/// <summary>A test that needs a browser: skipped where there is none, which .ci/run does not allow.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Reason;
}

/// <inheritdoc cref="BrowserFactAttribute"/>
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Browser.Reason;
}

/// <summary>The machine's own Chromium, without a window; nothing is downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge"];

    private static readonly string? Found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)))
        .FirstOrDefault(File.Exists);

    public static string? Reason => Found is null ? $"no browser among the programs: install one of {string.Join(", ", Names)}" : null;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (Found is null) return;
        _playwright = await Playwright.CreateAsync();
        // Root, as in containers, has no sandbox.
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Found, Args = ["--no-sandbox", "--disable-gpu"] });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Opens a file; asking for anything else fails the test.</summary>
    public Task<IPage> OpenAsync(string path, bool dark = false, int width = 1200, int height = 900, bool script = true) =>
        OpenAsync(new Uri(path), isAlone: true, dark, width, height, script);

    /// <summary>Opens a page of a site; asking for anything outside the site fails the test.</summary>
    public Task<IPage> OpenAsync(Uri page, bool dark = false) => OpenAsync(page, isAlone: false, dark, 1200, 900, script: true);

    private async Task<IPage> OpenAsync(Uri uri, bool isAlone, bool dark, int width, int height, bool script)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, ViewportSize = new() { Width = width, Height = height },
            JavaScriptEnabled = script,
        });
        var page = await context.NewPageAsync();
        var (address, site) = (uri.AbsoluteUri, uri.GetLeftPart(UriPartial.Authority));
        var asked = new List<string>();
        page.Request += (_, request) =>
        {
            var isAllowed = isAlone ? request.Url.Split('#')[0] == address : request.Url.StartsWith(site, StringComparison.Ordinal);
            if (!isAllowed) asked.Add(request.Url);
        };
        page.PageError += (_, error) => asked.Add("script error: " + error);
        page.Console += (_, message) => { if (message.Type == "error") asked.Add("console: " + message.Text); };
        await page.GotoAsync(address, new() { WaitUntil = isAlone ? WaitUntilState.Load : WaitUntilState.NetworkIdle });
        Assert.Empty(asked);
        return page;
    }

    /// <summary>axe-core finds nothing that keeps somebody from reading the page.</summary>
    public static async Task ReadsAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.True(result.Violations.Length == 0, string.Join("\n", result.Violations.Select(v =>
            $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html.Length > 200 ? n.Html[..200] : n.Html))}")));
        Assert.NotEmpty(result.Passes);
    }

    /// <summary>The page is no wider than the window.</summary>
    public static async Task FitsAsync(IPage page)
    {
        var wide = await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility()
                && e.getBoundingClientRect().right > innerWidth + 1 && e.getBoundingClientRect().left >= 0)
                .map(e => e.outerHTML.slice(0, 160)).slice(0, 5)
            """);
        Assert.Empty(wide);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
    }
}
