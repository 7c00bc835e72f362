using System.Xml.Linq;
using NnAnalyzers.Tool.Commands;

namespace NnAnalyzers.Pages.Tests;

/// <summary>Networks and their training as <c>nn graph</c> draws them.</summary>
public sealed class GraphPageTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private const string Code = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        class Net : Module<Tensor, Tensor>
        {
            private readonly TorchSharp.Modules.Linear first = Linear(8, 64, hasBias: false), last = Linear(64, 4);
            public Net() : base("net<>&") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                var h = functional.relu(first.forward(x));
                return functional.softmax(last.forward(h), 1);
            }
        }

        static class Training
        {
            static void Fit(Net net, Tensor x, Tensor y)
            {
                var optimizer = optim.Adam(net.parameters());
                for (var epoch = 0; epoch < 10; epoch++)
                    for (var batch = 0; batch < 4; batch++)
                    {
                        functional.cross_entropy(net.forward(x), y).backward();
                        optimizer.step();
                    }
            }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("nn-pages-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> DrawAsync(string form)
    {
        File.WriteAllText(Path.Combine(_folder, "net.cs"), Code);
        var (before, written) = (Console.Out, new StringWriter());
        Console.SetOut(written);
        try
        {
            Assert.Equal(0, await NnCommand.Create().Parse(["graph", Path.Combine(_folder, "net.cs"), form]).InvokeAsync());
        }
        finally
        {
            Console.SetOut(before);
        }
        return written.ToString();
    }

    [BrowserTheory, InlineData(false), InlineData(true)]
    public async Task Nothing_keeps_anybody_from_reading_the_page(bool dark)
    {
        var path = Path.Combine(_folder, "graph.html");
        File.WriteAllText(path, await DrawAsync("--html"));
        var page = await browser.OpenAsync(path, dark);
        await Browser.ReadsAsync(page);
        Assert.Equal("Networks of net.cs", await page.TitleAsync());
        var said = await page.InnerTextAsync("main");
        foreach (var part in new[] { "NN1002", "NN1004", "NN4005" }) Assert.Contains(part, said);
        await page.SetViewportSizeAsync(420, 800);
        await Browser.FitsAsync(page);
    }

    [Fact]
    public async Task A_picture_has_layers_with_sizes_rounds_as_lanes_and_findings_in_red()
    {
        var picture = XDocument.Parse(await DrawAsync("--svg")).Root!;
        XNamespace svg = "http://www.w3.org/2000/svg";
        IEnumerable<XElement> Of(string kind) =>
            picture.Descendants().Where(e => ((string?)e.Attribute("class"))?.Split(' ').Contains(kind) == true);
        string[] TextsOf(XElement element) =>
            element.DescendantsAndSelf(svg + "text").Select(t => t.Nodes().OfType<XText>().Last().Value).ToArray();
        Assert.Contains(Of("weights"), n => TextsOf(n).Contains("Linear(64 → 4)"));
        Assert.Equal(["first (Linear)", "Softmax"], Of("node").Where(n => n.Attribute("class")!.Value.EndsWith("found"))
            .Select(n => TextsOf(n)[0]));
        Assert.Equal(2, Of("lane").Count());
        Assert.Equal("step optimizer", Assert.Single(Of("event"), e => e.Attribute("class")!.Value.EndsWith("found"))
            .Nodes().OfType<XText>().Last().Value);
        // Nothing lies outside of the picture.
        var width = (double)picture.Attribute("width")!;
        Assert.All(picture.Descendants(svg + "rect"),
            r => Assert.InRange((double)r.Attribute("x")! + (double)r.Attribute("width")!, 0, width));
    }
}
