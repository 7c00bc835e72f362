using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace NnAnalyzers.Pages.Tests;

/// <summary>The docs as a site, built as <c>site/build</c> does.</summary>
public sealed class SiteTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly Lazy<(int ExitCode, string Said, string Folder)> Built = new(() =>
    {
        var folder = Path.Combine(Reports.Root, "artifacts", "site");
        var start = new ProcessStartInfo("bash", [Path.Combine(Reports.Root, "site", "build"), folder])
            { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said + errors.Result, folder);
    });

    private static string Read(string page)
    {
        Assert.True(Built.Value.ExitCode == 0, Built.Value.Said);
        return File.ReadAllText(Path.Combine(Built.Value.Folder, page));
    }

    [Fact]
    public void Every_page_is_built_without_a_warning()
    {
        if (OperatingSystem.IsWindows()) return; // a script of bash
        foreach (var page in Directory.EnumerateFiles(Path.Combine(Reports.Root, "docs"), "*.md", SearchOption.AllDirectories))
        {
            var html = Read(Path.ChangeExtension(Path.GetRelativePath(Path.Combine(Reports.Root, "docs"), page), ".html"));
            Assert.Contains("<h1", html);
        }
        Assert.Contains("0 warning(s)", Built.Value.Said);
        // Search knows the rules.
        using var index = JsonDocument.Parse(Read("index.json"));
        Assert.True(index.RootElement.TryGetProperty("rules/NN1001.html", out _));
    }

    [Fact]
    public void A_rule_has_its_code_before_and_after_and_its_evidence()
    {
        if (OperatingSystem.IsWindows()) return;
        var page = Read("rules/NN1001.html");
        Assert.Equal(2, page.Split("<pre><code class=\"lang-csharp").Length - 1);
        Assert.Contains("<th>verdict</th>", page);
        Assert.Contains("<td>proven</td>", page);
    }

    [Fact]
    public void The_companions_classes_are_described()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Contains("whether training them can work", Read("api/NnAnalyzers.Companion.Probe.html"));
        Assert.Contains("api/NnAnalyzers.Companion.html", Read("index.html"));
    }

    [BrowserTheory, InlineData("index.html"), InlineData("rules/NN1001.html"), InlineData("editors.html")]
    public async Task Nothing_keeps_anybody_from_reading_it(string name)
    {
        Read(name);
        using var server = new Server(Built.Value.Folder);
        foreach (var dark in new[] { false, true })
        {
            var page = await browser.OpenAsync(new Uri(server.Address, name), dark);
            await Browser.ReadsAsync(page);
            Assert.True(await page.EvaluateAsync<bool>("() => document.getElementById('logo').getBoundingClientRect().bottom "
                + "<= document.querySelector('header').getBoundingClientRect().bottom"), "The logo hangs out of its bar.");
        }
    }

    /// <summary>The site as a web server gives it: its scripts are modules, which browsers do not load from files.</summary>
    private sealed class Server : IDisposable
    {
        private static readonly Dictionary<string, string> Types = new()
        {
            [".html"] = "text/html", [".js"] = "text/javascript", [".css"] = "text/css", [".svg"] = "image/svg+xml",
            [".json"] = "application/json",
        };

        private readonly HttpListener _listener = new();

        public Uri Address { get; }

        public Server(string folder)
        {
            using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = new($"http://localhost:{((IPEndPoint)free.LocalEndpoint).Port}/");
            }
            _listener.Prefixes.Add(Address.AbsoluteUri);
            _listener.Start();
            _ = Task.Run(() => ServeAsync(folder));
        }

        private async Task ServeAsync(string folder)
        {
            while (_listener.IsListening)
            {
                HttpListenerContext asked;
                try { asked = await _listener.GetContextAsync(); }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException) { return; }
                var path = Path.Combine(folder, Uri.UnescapeDataString(asked.Request.Url!.AbsolutePath.TrimStart('/')));
                asked.Response.StatusCode = File.Exists(path) ? 200 : 404;
                asked.Response.ContentType = Types.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream");
                try
                {
                    if (File.Exists(path)) await asked.Response.OutputStream.WriteAsync(File.ReadAllBytes(path));
                    asked.Response.Close();
                }
                catch (HttpListenerException) { } // the browser has gone
            }
        }

        public void Dispose() => _listener.Close();
    }

    /// <summary>A link that leaves docs is the repository's; one that stays is to a page or a picture of the site.</summary>
    [Fact]
    public void Links_lead_somewhere()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Contains("/blob/main/samples/Training/OutputActivation.cs\"", Read("rules/NN1001.html"));
        var folder = Built.Value.Folder;
        foreach (var page in Directory.EnumerateFiles(folder, "*.html", SearchOption.AllDirectories))
            foreach (var link in File.ReadAllText(page).Split(" href=\"").Skip(1).Concat(File.ReadAllText(page).Split(" src=\"").Skip(1))
                .Select(l => Uri.UnescapeDataString(l.Split('"')[0].Split('#', '?')[0]))
                .Where(l => l.Length > 0 && !l.Contains(':', StringComparison.Ordinal)))
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, link)), $"{page}: {link}");
    }
}
