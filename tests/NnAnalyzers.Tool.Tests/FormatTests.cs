using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using NnAnalyzers.Tool.Formats;

namespace NnAnalyzers.Tool.Tests;

/// <summary>What a finding looks like in each format, and what goes with it.</summary>
public sealed class FormatTests : InFolder
{
    private const string Flagged = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU());
        	functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();
        """;

    private (int ExitCode, string Output, string Errors) Here(params string[] arguments) => Tests.Nn.RunHere(Folder, arguments);

    [Fact]
    public void For_people_with_the_code_a_caret_and_the_other_places()
    {
        Write("model.cs", Flagged);
        var (exit, output, _) = Here("check", "model.cs", "--format", "text");
        Assert.Equal(1, exit);
        var message = "ReLU on the output layer keeps the network from giving MSELoss what it needs: only values of 0 and more come out "
            + "(Linear → ReLU → Linear → ReLU → MSELoss)";
        Assert.Equal($"""
            model.cs(5,60): warning NN1001: {message}
             5 | var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU());
               |                                                            ^^^^^^
              model.cs(6,2): note: the loss
               6 |     functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();
                 |     ------------------------------------------------------------
              fix: Remove ReLU from the output

            1 finding, 1 with a fix (nn fix model.cs).

            """.ReplaceLineEndings("\n"), output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void In_a_pipe_a_line_each_and_never_a_colour()
    {
        Write("model.cs", Flagged);
        foreach (var format in new[] { "lines", "text" })
            Assert.DoesNotContain('\u001b', Here("check", "model.cs", "--format", format).Output);
        Assert.Equal(2, Here("check", "model.cs", "--format", "lines").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void As_JSON_and_into_a_file()
    {
        Write("model.cs", Flagged);
        var (exit, output, errors) = Here("check", "model.cs", "--format", "json");
        var finding = JsonDocument.Parse(output).RootElement[0];
        Assert.Equal((1, "NN1001", "model.cs", 5, 60), (exit, finding.GetProperty("rule").GetString(),
            finding.GetProperty("place").GetProperty("file").GetString(), finding.GetProperty("place").GetProperty("line").GetInt32(),
            finding.GetProperty("place").GetProperty("column").GetInt32()));
        Assert.Equal("the loss", finding.GetProperty("related")[0].GetProperty("what").GetString());
        Assert.Contains("1 finding", errors);
        var (_, told, _) = Here("check", "model.cs", "--format", "json", "--out", "found.json");
        Assert.Contains("warning NN1001", told);
        Assert.Equal(output, File.ReadAllText(Path.Combine(Folder, "found.json")));
    }

    [Fact]
    public void As_commands_of_GitHub_Actions()
    {
        Write("a, b/model.cs", Flagged);
        Assert.StartsWith("::warning file=a%2C b/model.cs,line=5,endLine=5,col=60,endColumn=66,title=NN1001%3A Activation on the output "
            + "layer::ReLU on the output layer", Here("check", "a, b", "--format", "github").Output);
    }

    [Fact]
    public void As_JUnit()
    {
        Write("model.cs", Flagged);
        var suites = XDocument.Parse(Here("check", "model.cs", "--format", "junit").Output).Root!;
        Assert.Equal(("1", "model.cs"), (suites.Attribute("failures")!.Value, suites.Element("testsuite")!.Attribute("name")!.Value));
        Assert.Contains("NN1001", suites.Descendants("failure").Single().Value);
        Write("model.cs", Flagged.Replace(", ReLU());", ");"));
        suites = XDocument.Parse(Here("check", "model.cs", "--format", "junit").Output).Root!;
        Assert.Equal(("1", "0"), (suites.Attribute("tests")!.Value, suites.Attribute("failures")!.Value));
    }

    [Fact]
    public void As_a_table_in_Markdown()
    {
        Write("model.cs", Flagged);
        var lines = Here("check", "model.cs", "--format", "markdown").Output.Split('\n');
        Assert.All(lines.Where(l => l.StartsWith('|')), l => Assert.Equal(5, l.Split('|').Length - 1));
        Assert.Contains("[NN1001](https://", lines[2]);
    }

    [Fact]
    public void SARIF_names_the_rule_the_other_places_and_a_fingerprint_that_stays()
    {
        JsonElement Result(string code)
        {
            Write("model.cs", code);
            var run = JsonDocument.Parse(Here("check", "model.cs", "--format", "sarif").Output).RootElement.GetProperty("runs")[0];
            var rule = run.GetProperty("tool").GetProperty("driver").GetProperty("rules")[0];
            Assert.Equal(("NN1001", "OutputActivation"), (rule.GetProperty("id").GetString(), rule.GetProperty("name").GetString()));
            Assert.Contains("# NN1001", rule.GetProperty("help").GetProperty("markdown").GetString());
            return run.GetProperty("results")[0];
        }

        string Fingerprint(JsonElement result) => result.GetProperty("partialFingerprints").GetProperty("nnFinding/v1").GetString()!;
        var (first, moved) = (Result(Flagged), Result("// One line more.\n" + Flagged));
        Assert.Equal("the loss", first.GetProperty("relatedLocations")[0].GetProperty("message").GetProperty("text").GetString());
        Assert.Equal("ReLU()", first.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region")
            .GetProperty("snippet").GetProperty("text").GetString());
        Assert.Equal(Fingerprint(first), Fingerprint(moved));
        Assert.NotEqual(Fingerprint(first), Fingerprint(Result(Flagged.Replace("Linear(8, 1)", "Linear(8, 2)"))));
    }

    /// <summary>Microsoft's validator, with the rules of the standard and those of GitHub, has nothing to say.</summary>
    [NeedsFact("sarif-multitool")]
    public void SARIF_is_valid_for_Microsofts_validator()
    {
        Write("a.cs", Flagged);
        Write("b.cs", Flagged.Replace("var model", "static class B { static void Train() { var model") + " } }");
        Here("check", ".", "--sarif", "found.sarif");
        var start = new ProcessStartInfo(NeedsFactAttribute.Find("sarif-multitool")!)
            { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "validate", "found.sarif", "--rule-kind", "Sarif;Gh" }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        Assert.Contains("Analysis completed successfully", output);
        Assert.DoesNotContain(output.Split('\n'), l => l.Contains(": error ") || l.Contains(": warning "));
    }

    [Theory]
    [InlineData("there is no command 'chek'; did you mean 'check'?", "chek")]
    [InlineData("check has no option '--formt'; did you mean '--format'?", "check", "--formt", "json")]
    [InlineData("verify has no option '--seed'; did you mean '--seeds'?", "verify", ".", "--seed", "3")]
    [InlineData("nowhere: no such file or folder", "verify", "nowhere", "--", "--seed", "3")]
    [InlineData("no such rule; did you mean 'NN1001'?", "explain", "NN101")]
    [InlineData("--format 'xml' is none of text, lines,", "check", "--format", "xml")]
    public void A_slip_is_told_with_what_may_have_been_meant(string said, params string[] arguments) => CannotRun(said, arguments);

    [Fact]
    public void Help_fits_a_screen_and_ends_with_examples()
    {
        foreach (var command in new[] { "check", "fix", "verify", "merge", "probe", "graph", "explain", "rules", "init", "completion" })
        {
            var (_, output, errors) = Here(command, "--help");
            Assert.Equal("", errors);
            var lines = output.TrimEnd().Split('\n');
            Assert.True(lines.Length <= 60, $"{command}: {lines.Length} lines");
            Assert.All(lines[^2..], l => Assert.Contains(command == "completion" ? "nn completion" : $"nn {command}", l));
        }
    }

    [Fact]
    public void A_page_comes_with_the_change_and_what_was_measured()
    {
        var (exit, output, _) = Here("explain", "nn1001");
        Assert.Equal(0, exit);
        Assert.Contains("# NN1001", output);
        Assert.Contains("+++ fixed", output);
        Assert.Contains("The fix helped 5 of 5 programs", output);
    }

    [Fact]
    public void Only_lines_that_were_changed_since_a_revision()
    {
        void Git(params string[] arguments) => Tests.Nn.Git(Folder, arguments);
        Write("old.cs", Flagged.Replace("var model", "static class Old { static void Train() { var model") + " } }\n");
        CannotRun("not a git repository", "check", ".", "--since", "HEAD");
        Git("init");
        Git("add", ".");
        Git("commit", "-m", "old");
        Assert.Contains("1 in lines not changed since HEAD left out", Here("check", ".", "--since", "HEAD").Output);
        Write("bü d/new.cs", Flagged);
        Assert.Contains("bü d/new.cs(5,60): warning NN1001", Here("check", ".", "--since", "HEAD").Output);
        Git("add", ".");
        Git("commit", "-m", "new");
        Write("old.cs", File.ReadAllText(Path.Combine(Folder, "old.cs")).Replace("Linear(8, 1)", "Linear(8, 2)"));
        var (exit, output, _) = Here("check", ".", "--since", "HEAD");
        Assert.Equal(1, exit);
        Assert.Contains("old.cs(5,", output);
        Assert.DoesNotContain("new.cs", output);
        CannotRun("git knows no revision 'nowhere'", "check", ".", "--since", "nowhere");
        CannotRun("git knows no revision '--output=x'", "check", ".", "--since=--output=x");
    }

    [Fact]
    public void What_is_gone_is_taken_out_of_the_baseline()
    {
        Write("a.cs", Flagged);
        Here("check", ".", "--write-baseline", "known.json");
        Write("a.cs", Flagged.Replace(", ReLU());", ");"));
        Assert.Contains("1 of known.json is gone: --prune", Here("check", ".", "--baseline", "known.json").Output);
        Assert.Contains("gone and taken out", Here("check", ".", "--baseline", "known.json", "--prune").Output);
        Write("a.cs", Flagged);
        Assert.Equal(1, Here("check", ".", "--baseline", "known.json").ExitCode);
        CannotRun("--prune goes with --baseline", "check", ".", "--prune");
    }

    [Fact]
    public async Task Watching_says_what_came_and_what_went()
    {
        var file = Write("a.cs", Flagged);
        using var nn = Tests.Nn.Start(Folder, "check", ".", "--watch");
        async Task<string> UntilAsync(string said)
        {
            var all = "";
            using var late = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            while (await nn.StandardOutput.ReadLineAsync(late.Token) is { } line)
                if ((all += line + "\n").Contains(said, StringComparison.Ordinal)) return all;
            throw new InvalidOperationException($"'{said}' was not said: {all}{await nn.StandardError.ReadToEndAsync(late.Token)}");
        }

        try
        {
            Assert.Contains("a.cs(5,60): warning NN1001", await UntilAsync("Watching"));
            File.WriteAllText(file, "// One line more.\n" + Flagged.Replace("Linear(4, 8)", "Linear(4, 8, hasBias: false)"));
            var said = await UntilAsync("Watching");
            Assert.Contains("warning NN1004", said);
            Assert.Contains("2 findings, 1 new, 0 gone.", said);
            File.WriteAllText(file, Flagged.Replace(", ReLU());", ");"));
            said = await UntilAsync("Watching");
            Assert.Equal(2, said.Split("gone: a.cs").Length - 1);
            Assert.Contains("No findings.", said);
        }
        finally
        {
            nn.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public void A_page_has_code_before_and_after()
    {
        foreach (var rule in RuleCatalog.All)
        {
            var page = RulePage.Of(rule);
            Assert.True(page.Finds.Length > 40 && !page.Finds.Contains("<!--"), rule.Id);
            Assert.DoesNotContain("<!--", page.Text);
        }
    }
}

/// <summary>A test that needs a program that <c>.ci/tools</c> brings; it is left out, with that reason, where it was not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    public NeedsFactAttribute(string tool)
    {
        if (Find(tool) is null) Skip = $"{tool} is not there: .ci/tools brings it";
    }

    public static string? Find(string tool) => tool switch
    {
        "sarif-multitool" => Existing(Path.Combine(Tests.Nn.Root,
            "artifacts/tools/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool")),
        _ => null,
    };

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}
