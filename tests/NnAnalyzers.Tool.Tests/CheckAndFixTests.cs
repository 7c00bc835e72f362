using System.Text;
using System.Text.Json;

namespace NnAnalyzers.Tool.Tests;

public sealed class CheckAndFixTests : InFolder
{
    private const string Flagged = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1, hasBias: false), ReLU());
        var optimizer = optim.Adam(model.parameters());
        var loss = functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1));
        loss.backward();
        optimizer.step();

        """;

    [Fact]
    public void Findings_are_printed_like_a_compilers()
    {
        Write("model.cs", Flagged);
        var (exit, output, _) = Nn("check", "model.cs");
        Assert.Equal(1, exit);
        Assert.Contains("model.cs(5,76): warning NN1001: ReLU on the output layer", output);
        Assert.Contains("model.cs(5,59): warning NN1004:", output);
        Assert.Contains("2 findings, 2 with a fix", output);
    }

    [Fact]
    public void The_README_shows_real_output()
    {
        var readme = File.ReadAllText(Path.Combine(Tests.Nn.Root, "README.md")).ReplaceLineEndings("\n");
        Write("model.cs", readme.Split("```csharp\n")[1].Split("```")[0]);
        Assert.Equal(readme.Split("$ nn check model.cs\n")[1].Split("```")[0], Nn("check", "model.cs", "--format", "text").Output
            .ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_folder_without_a_project_is_read_and_clean_code_is_clean()
    {
        Write("a/clean.cs", Flagged.Replace(", hasBias: false", "").Replace(", ReLU());", ");"));
        var (exit, output, errors) = Nn("check", "a");
        Assert.Equal((0, "No findings.\n", ""), (exit, output.ReplaceLineEndings("\n"), errors));
    }

    [Fact]
    public void A_log_that_is_old_or_none_changes_nothing()
    {
        var file = Write("model.cs", "var a = Linear(4, 8);\n");
        string Log(string old) => JsonSerializer.Serialize(new
        {
            version = "2.1.0",
            runs = new[] { new { results = new[] { new { ruleId = "NN1004", message = new { text = "m" },
                locations = new[] { new { physicalLocation = new { artifactLocation = new { uri = new Uri(file).AbsoluteUri } } } },
                properties = new { customProperties = new Dictionary<string, string>
                { ["nn.fix.title"] = "t", ["nn.fix.edits"] = string.Join('\t', Uri.EscapeDataString(file), 8, old.Length,
                    "Linear(5%2C%208)", Uri.EscapeDataString(old)) } } } } } },
        });
        Write("build.sarif", Log("Linear(9, 9)"));
        var (exit, _, errors) = Nn("fix", "build.sarif");
        Assert.Equal(1, exit);
        Assert.Contains("left out: NN1004: model.cs has changed since the log was written", errors);
        Assert.Contains("0 fixes changed 0 files", errors);
        Assert.Equal("var a = Linear(4, 8);\n", File.ReadAllText(file));
        Write("build.sarif", Log("Linear(4, 8)"));
        Assert.Contains("1 fix changed 1 file", Nn("fix", "build.sarif").Errors);
        Assert.Equal("var a = Linear(5, 8);\n", File.ReadAllText(file));
        Write("none.sarif", "{ half");
        CannotRun("none.sarif: no SARIF 2.1 log", "fix", "none.sarif");
        CannotRun("gone.sarif: no such file", "fix", "gone.sarif");
    }

    [Fact]
    public void Sarif_has_places_and_fixes()
    {
        Write("model.cs", Flagged);
        Assert.Equal(1, Nn("check", ".", "--sarif", "out/nn.sarif").ExitCode);
        using var log = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "out", "nn.sarif")));
        Assert.Equal("2.1.0", log.RootElement.GetProperty("version").GetString());
        var results = log.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(2, results.Count);
        Assert.All(results, r =>
        {
            var place = r.GetProperty("locations")[0].GetProperty("physicalLocation");
            Assert.Equal("model.cs", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
            Assert.Equal(5, place.GetProperty("region").GetProperty("startLine").GetInt32());
            Assert.NotEmpty(r.GetProperty("fixes")[0].GetProperty("artifactChanges")[0].GetProperty("replacements").EnumerateArray());
        });
    }

    [Theory]
    [InlineData("\r\n", true)]
    [InlineData("\n", false)]
    public void Fixing_keeps_encoding_and_line_endings(string newLine, bool mark)
    {
        var path = Path.Combine(Folder, "model.cs");
        var text = ("// Größe, 大きさ\n" + Flagged).ReplaceLineEndings(newLine);
        File.WriteAllText(path, text, new UTF8Encoding(mark));
        Assert.Equal(0, Nn("fix", "model.cs").ExitCode);
        var bytes = File.ReadAllBytes(path);
        Assert.Equal(mark, bytes is [0xEF, 0xBB, 0xBF, ..]);
        Assert.Equal(text.Replace(", hasBias: false", "").Replace(", ReLU());", ");"), File.ReadAllText(path));
        Assert.Equal(0, Nn("check", "model.cs").ExitCode);
    }

    [Fact]
    public void A_dry_run_prints_a_diff_and_writes_nothing()
    {
        var path = Write("model.cs", Flagged);
        var (exit, output, _) = Nn("fix", ".", "--dry-run", "--rule", "nn1001");
        Assert.Equal(0, exit);
        Assert.Contains("-var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1, hasBias: false), ReLU());", output);
        Assert.Contains("+var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1, hasBias: false));", output);
        Assert.Equal(Flagged, File.ReadAllText(path));
    }

    [Fact]
    public void Half_written_code_is_read_as_far_as_it_goes()
    {
        for (var length = 0; length < Flagged.Length; length += 37)
        {
            Write($"part{length}/model.cs", Flagged[..length]);
        }
        var (exit, _, errors) = Nn("check", ".");
        Assert.InRange(exit, 0, 1);
        Assert.Equal("", errors);
    }

    [Fact]
    public void The_graph_can_be_printed()
    {
        Write("model.cs", Flagged);
        Assert.Contains("Linear of %2 (8, 1)", Nn("graph", "model.cs").Output);
        Assert.Contains("--> MSELoss", Nn("graph", "model.cs", "--mermaid").Output);
    }

    [Fact]
    public void How_much_is_known_can_be_counted()
    {
        Write("net.cs", """
            using TorchSharp; using TorchSharp.Modules; using static TorchSharp.torch; using static TorchSharp.torch.nn;
            class Net : Module<Tensor, Tensor>
            {
                private readonly Linear fc = Linear(4, 8);
                public Net() : base("n") => RegisterComponents();
                public override Tensor forward(Tensor x) => fc.forward(x.relu()).inverse();
            }
            """);
        var (exit, output, _) = Nn("graph", ".", "--stats");
        Assert.Equal(0, exit);
        Assert.Matches(@"modules +1\n", output);
        Assert.Contains("2 of 3 (66.7 %)", output);
        Assert.Contains("1 of 1 (100.0 %)", output);
        Assert.Matches(@"1 +inverse is opaque", output);
    }

    /// <summary>
    /// A folder whose project cannot be restored is read all the same, with what the project imports for all of its code.
    /// </summary>
    [Fact]
    public void Loose_code_is_read_without_its_project()
    {
        Write("app.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup><PackageReference Include="No.Such.Package.Anywhere" Version="1.0.0" /></ItemGroup>
              <ItemGroup>
                <Using Include="TorchSharp" /><Using Include="TorchSharp.torch" Static="true" />
                <Using Include="TorchSharp.torch.nn"><Static>True</Static></Using>
              </ItemGroup>
            </Project>
            """);
        Write("model.cs", "var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU()); "
            + "functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();");
        CannotRun("does not restore", "check", ".");
        var (exit, output, _) = Nn("check", ".", "--loose");
        Assert.Equal(1, exit);
        Assert.Contains("NN1001", output);
        Assert.Contains("Linear of %2", Nn("graph", ".", "--loose").Output);
    }

    [Fact]
    public void Rules_are_listed_and_explained()
    {
        var (exit, output, _) = Nn("rules");
        Assert.Equal(0, exit);
        foreach (var rule in RuleCatalog.All)
        {
            Assert.Contains(rule.Id, output);
            Assert.Contains("# " + rule.Id, Nn("explain", rule.Id.ToLowerInvariant()).Output);
        }
    }

    [Fact]
    public void Bad_input_gets_one_line()
    {
        Write("notes.txt", "hello");
        Directory.CreateDirectory(Path.Combine(Folder, "empty"));
        CannotRun("no such file or folder", "check", "nowhere");
        CannotRun("not C#", "check", "notes.txt");
        CannotRun("no C# code", "check", "empty");
        CannotRun("no such rule", "explain", "NN9999");
        CannotRun("no such rule", "fix", ".", "--rule", "NN9999");
        CannotRun("check has no option '--nonsense'", "check", "--nonsense", "x");
    }

    [Fact]
    public void A_project_that_does_not_restore_is_named()
    {
        Write("p/p.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../gone/gone.csproj" />
                <PackageReference Include="No.Such.Package.Anywhere.At.All" Version="[1.0.0]" />
              </ItemGroup>
            </Project>
            """);
        Write("p/nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>");
        CannotRun("does not restore", "check", "p");
        Write("q/q.csproj", "<Project Sdk=");
        CannotRun("q.csproj", "check", "q");
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_named()
    {
        Write("model.cs", Flagged);
        CannotRun("cannot be written", "check", "model.cs", "--sarif", Path.Combine(Folder, "model.cs", "x.sarif"));
    }
}
