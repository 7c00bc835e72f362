using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NnAnalyzers.Tool.Commands;

namespace NnAnalyzers.Pages.Tests;

/// <summary>Code in the pages that no other test runs: it compiles, or is read by what it is meant for.</summary>
public sealed partial class SnippetTests
{
    /// <summary>A fenced block: its page, the words after the fence, and its text.</summary>
    private sealed record Block(string Page, string Kind, string Text);

    private static readonly string[] Pages = ["README.md", "CONTRIBUTING.md", .. Directory
        .EnumerateFiles(Path.Combine(Reports.Root, "docs"), "*.md", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Reports.Root, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    private static string Read(string page) => File.ReadAllText(Path.Combine(Reports.Root, page)).ReplaceLineEndings("\n");

    private static readonly List<Block> Blocks = Pages.SelectMany(page => Fence().Matches(Read(page))
        .Select(m => new Block(page, m.Groups["kind"].Value, m.Groups["text"].Value))).ToList();

    [GeneratedRegex(@"^```(?<kind>[^\n]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    private static IEnumerable<Block> Of(params string[] kinds) => Blocks.Where(b => kinds.Contains(b.Kind));

    /// <summary>Who looks at which kind; a new kind needs somebody.</summary>
    [Fact]
    public void Every_block_is_looked_at_by_a_test()
    {
        string[] here = ["csharp", "ini", "xml", "json vscode", "lua neovim"];
        string[] elsewhere =
        [
            "csharp flagged", "csharp fixed", "csharp", // CatalogTests, CheckAndFixTests
            "sh create", "csharp Program.cs", "sh build", "text said", "sh fix", // PackageTests: first steps
            "sh baseline", "sh pre-commit", "sh shards", "yaml", "yaml kubernetes", "yaml gitlab", "yaml azure", // CiTests
            "groovy jenkins",
            "mermaid", "", // RoomTests, ProgramTests; what commands print
            "sh", // commands, below
        ];
        Assert.Empty(Blocks.Where(b => !here.Contains(b.Kind) && !elsewhere.Contains(b.Kind)).Select(b => $"{b.Page}: {b.Kind}"));
        Assert.All(here, kind => Assert.Contains(Blocks, b => b.Kind == kind));
    }

    private static readonly IReadOnlyList<MetadataReference> References = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator).Where(f => !Path.GetFileName(f).StartsWith("NnAnalyzers.Tool", StringComparison.Ordinal))
        .Select(f => MetadataReference.CreateFromFile(f)).ToList();

    /// <summary>What a reader has around a snippet; "..." is what the reader fills in.</summary>
    private static string Around(string text)
    {
        const string around = """
            using System; using System.IO; using System.Linq; using TorchSharp; using TorchSharp.Modules; using NnAnalyzers.Companion;
            using static TorchSharp.torch; using static TorchSharp.torch.nn;

            """;
        var code = text.Replace("    ...\n", "    Fill();\n");
        var usings = string.Concat(code.Split('\n').Where(l => l.StartsWith("using NnAnalyzers", StringComparison.Ordinal)));
        code = string.Join('\n', code.Split('\n').Where(l => !l.StartsWith("using NnAnalyzers", StringComparison.Ordinal)));
        const string given = "static Tensor loss; static int step; static void Fill() { } sealed class Net() : Module(\"net\");";
        const string arguments = "Module<Tensor, Tensor> model, Tensor input, Tensor target, optim.Optimizer optimizer, Tensor[] batches";
        Assert.Contains(around.Split('\n'), l => usings.Length == 0 || l.Contains(usings.TrimEnd(), StringComparison.Ordinal));
        return around + (code.Contains("public static void ", StringComparison.Ordinal) ? $"static class Here {{ {given}\n{code}\n}}"
            : $"static class Here {{ {given} static void There({arguments})\n{{\n{code}\n}} }}");
    }

    [Fact]
    public void CSharp_compiles()
    {
        // Those of whole programs are checked, and fixed, by nn itself.
        var blocks = Of("csharp").Where(b => !b.Text.Contains("using TorchSharp;", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block =>
        {
            var compilation = CSharpCompilation.Create("snippet", [CSharpSyntaxTree.ParseText(Around(block.Text))], References,
                new(OutputKind.DynamicallyLinkedLibrary));
            Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{block.Page}: {d}"));
        });
    }

    [Fact]
    public void Settings_are_read_by_what_they_are_for()
    {
        var modes = Read("docs/configuration.md");
        Assert.All(Of("xml"), b => Assert.Contains($"| `{XElement.Parse(b.Text).Element("NnAnalysisMode")!.Value}` |", modes));
        Assert.All(Of("ini"), b =>
        {
            var set = AnalyzerConfigSet.Create(new[] { AnalyzerConfig.Parse(b.Text, "/.editorconfig") }, out var wrong);
            Assert.Empty(wrong);
            // Of a section for a folder, a file in it.
            var files = Regex.Matches(b.Text, @"^\[(.*)\]$", RegexOptions.Multiline).Select(m => "/" + m.Groups[1].Value.Replace("*", "a"));
            var options = files.Select(f => set.GetOptionsForSourcePath(f)).ToList();
            Assert.All(options, o => Assert.NotEmpty(o.TreeOptions));
            Assert.All(options.SelectMany(o => o.TreeOptions.Keys), id => Assert.NotNull(RuleCatalog.Find(id)));
            var categories = options.SelectMany(o => o.AnalyzerOptions.Keys).Where(k => k.Contains(".category-", StringComparison.Ordinal));
            Assert.All(categories, key => Assert.Contains(RuleCatalog.All,
                r => key.Contains($".category-{r.Descriptor.Category}.", StringComparison.OrdinalIgnoreCase)));
        });
        Assert.All(Of("json vscode"), b => JsonDocument.Parse(b.Text).Dispose());
    }

    /// <summary>Nothing here reads Lua: what opens is closed, and strings end.</summary>
    [Fact]
    public void Lua_is_balanced() => Assert.All(Of("lua neovim"), block =>
    {
        var open = new Stack<char>();
        foreach (var c in Regex.Replace(block.Text, "'[^'\n]*'", ""))
            if ("({[".Contains(c)) open.Push(c);
            else if (")}]".IndexOf(c) is >= 0 and var i) Assert.Equal("({["[i], open.Pop());
            else Assert.NotEqual('\'', c);
        Assert.Empty(open);
    });

    [GeneratedRegex(@"^(?:    |\$ |\s+- run: )?(?<command>(?:nn|dotnet run|\.ci/|site/)\S* .*)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"`(?<command>nn (?!0)[a-z]+ [^`]*)`")]
    private static partial Regex Inline();

    /// <summary>Those in blocks and in the text, without the comments behind them.</summary>
    private static IEnumerable<(string Page, string Line)> Commands => Pages.SelectMany(page => Command().Matches(Read(page))
        .Concat(Inline().Matches(Read(page)))
        .Select(m => (page, Regex.Replace(m.Groups["command"].Value, @"\s+# .*$", ""))));

    [Fact]
    public void Commands_are_those_that_nn_knows()
    {
        var root = NnCommand.Create();
        var seen = 0;
        foreach (var (page, line) in Commands)
        {
            if (line.StartsWith("dotnet run", StringComparison.Ordinal) || line[0] is '.' or 's')
            {
                var path = line.StartsWith("dotnet run", StringComparison.Ordinal) ? Regex.Match(line, @"--project (\S+)").Groups[1].Value
                    : line.Split(' ')[0];
                Assert.True(Path.Exists(Path.Combine(Reports.Root, path)), $"{page}: {line}");
            }
            var words = line.StartsWith("nn ", StringComparison.Ordinal) ? line[3..]
                : line.StartsWith("dotnet run --project src/NnAnalyzers.Tool ", StringComparison.Ordinal) ? line.Split(" -- ", 2)[1] : null;
            if (words is null) continue;
            seen++;
            var parsed = root.Parse(words.Split(" || ")[0]);
            // In a text an option may be named without its value.
            Assert.True(parsed.Errors.All(e => e.Message.StartsWith("Required argument missing for option", StringComparison.Ordinal)),
                $"{page}: {line}: {string.Join("; ", parsed.Errors.Select(e => e.Message))}");
            // What looks like an option and is none would be taken for an argument of the user's program.
            var options = parsed.CommandResult.Command.Options.Select(o => o.Name).ToList();
            Assert.All(words.Split(" -- ")[0].Split(' ').Where(w => w.StartsWith("--", StringComparison.Ordinal)), word =>
                Assert.True(options.Contains(word), $"{page}: {line}: there is no {word}"));
        }
        Assert.True(seen > 15, $"{seen} commands of nn");
    }
}
