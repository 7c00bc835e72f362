using System.Text.Json;

namespace NnAnalyzers.Tool.Tests;

public sealed class NotebookTests : InFolder
{
    private const string References = "#r \"nuget: TorchSharp-cpu, 0.107.0\"\nusing TorchSharp;\nusing static TorchSharp.torch;\n"
        + "using static TorchSharp.torch.nn;";

    private (int ExitCode, string Output, string Errors) Here(params string[] arguments) => Tests.Nn.RunHere(Folder, arguments);

    private string Found(params string[] arguments) => string.Join('\n', Here(arguments).Output.Split('\n').Where(l => l.Contains(": NN",
        StringComparison.Ordinal) || l.Contains(" NN", StringComparison.Ordinal)).Select(l => string.Join(':', l.Split(':').Take(2))));

    /// <summary>A notebook as editors write it: a list of lines for each cell, outputs, escapes that need not be.</summary>
    private const string Lines = """
        {
         "cells": [
          { "cell_type": "markdown", "metadata": {}, "source": [ "# caf\u00e9 hasBias: false" ] },
          {
           "cell_type": "code",
           "execution_count": 1,
           "metadata": { "polyglot_notebook": { "kernelName": "csharp" } },
           "outputs": [ { "output_type": "stream", "name": "stdout", "text": [ "hasBias: false\n", "\/é" ] } ],
           "source": [
            "#r \"nuget: TorchSharp-cpu, 0.107.0\"\n",
            "using TorchSharp;\n",
            "using static TorchSharp.torch;\n",
            "using static TorchSharp.torch.nn;"
           ]
          },
          {
           "cell_type": "code",
           "metadata": {},
           "source": [
            "// caf\u00e9 \ud83d\ude00 <\/b>\n",
            "var (x, y) = (randn(8, 4), randn(8, 1));\r\n",
            "var model = Sequential(\n",
            "\tLinear(4, 64, hasBias: false), /* \u00e9 */ ReLU(),\n",
            "    Linear(64, 1), ReLU());"
           ]
          },
          { "cell_type": "code", "metadata": { "dotnet_interactive": { "language": "fsharp" } }, "source": "let x = 1" },
          { "cell_type": "code", "metadata": {},
            "source": "#!time\nvar loss = functional.mse_loss(model.forward(x), y);\nloss.backward();\nloss" }
         ],
         "metadata": { "kernelspec": { "display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp" } },
         "nbformat": 4, "nbformat_minor": 5
        }
        """;

    [Theory]
    [InlineData("\n", "")]
    [InlineData("\r\n", "\r\n")]
    public void A_fix_changes_the_cell_and_nothing_else(string newLine, string end)
    {
        var text = Lines.ReplaceLineEndings(newLine) + end;
        Write("a.ipynb", text);
        Assert.Equal("a.ipynb cell 3(4,16): warning NN1004\na.ipynb cell 3(5,20): warning NN1001", Found("check", "a.ipynb", "--loose"));
        Assert.Contains("backward from MSELoss", Here("graph", "a.ipynb", "--loose").Output);
        Assert.Equal(0, Here("fix", "a.ipynb", "--loose").ExitCode);
        Assert.Equal(text.Replace("Linear(4, 64, hasBias: false), /*", "Linear(4, 64), /*")
            .Replace("Linear(64, 1), ReLU());", "Linear(64, 1));"), File.ReadAllText(Path.Combine(Folder, "a.ipynb")));
    }

    [Fact]
    public void Logs_and_baselines_know_the_file_itself()
    {
        Write("a.ipynb", Lines);
        Here("check", "a.ipynb", "--loose", "--sarif", "a.sarif");
        using var log = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "a.sarif")));
        var place = log.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("locations")[0]
            .GetProperty("physicalLocation");
        Assert.Equal("a.ipynb", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        var region = place.GetProperty("region");
        var line = Lines.ReplaceLineEndings("\n").Split('\n')[region.GetProperty("startLine").GetInt32() - 1];
        Assert.Equal("hasBias: false",
            line[(region.GetProperty("startColumn").GetInt32() - 1)..(region.GetProperty("endColumn").GetInt32() - 1)]);
        Assert.Equal(0, Here("check", "a.ipynb", "--loose", "--write-baseline", "known.json").ExitCode);
        Assert.Contains("\"a.ipynb\"", File.ReadAllText(Path.Combine(Folder, "known.json")));
        Assert.Equal(0, Here("check", "a.ipynb", "--loose", "--baseline", "known.json").ExitCode);
    }

    /// <summary>Lines that come, go and are joined, in lists of lines and in one string.</summary>
    [Theory]
    [InlineData("[\n    \"var model = Sequential(Linear(4, 64), ReLU(), Linear(64, 1));\\n\",\n"
        + "    \"var optimizer = optim.Adam(model.parameters());\\n\",\n    \"for (var i = 0; i < 9; i++)\\n\",\n"
        + "    \"{\\n\",\n    \"    functional.mse_loss(model.forward(x), y).backward();\\n\",\n"
        + "    \"    optimizer.step();\\n\",\n    \"}\"\n   ]", "    \"{\\n\",\n    \"    optimizer.zero_grad();\\n\",\n")]
    [InlineData("\"var model = Sequential(Linear(4, 64), ReLU(), Linear(64, 1));\\nvar optimizer = optim.Adam(model.parameters());\\n"
        + "for (var i = 0; i < 9; i++)\\n{\\n    functional.mse_loss(model.forward(x), y).backward();\\n    optimizer.step();\\n}\"",
        "\\n{\\n    optimizer.zero_grad();\\n    functional")]
    public void New_lines_are_written_as_the_others_are(string source, string expected)
    {
        Write("a.ipynb", $$"""
            { "metadata": { "language_info": { "name": "C#" } }, "nbformat": 4, "cells": [
              { "cell_type": "code", "source": {{JsonSerializer.Serialize(References + "\nvar (x, y) = (randn(8, 4), randn(8, 1));")}} },
              { "cell_type": "code", "source": {{source}} } ] }
            """);
        Assert.Equal(0, Here("fix", "a.ipynb", "--loose", "--rule", "NN4005").ExitCode);
        var text = File.ReadAllText(Path.Combine(Folder, "a.ipynb"));
        Assert.Contains(expected, text);
        JsonDocument.Parse(text).Dispose();
    }

    [Fact]
    public void Cells_are_one_program_whose_names_may_be_declared_again()
    {
        const string Net = """
            class Net : Module<Tensor, Tensor>
            {
                private readonly Module<Tensor, Tensor> a = Linear(4, 64), b = Linear(64, 1);
                public Net() : base("net") => RegisterComponents();
                public override Tensor forward(Tensor x) => OUTPUT;
            }
            """;
        Write("a.dib", $$"""
            #!meta

            { "kernelInfo": { "defaultKernelName": "csharp" } }

            #!csharp

            {{References}}

            #!markdown

            # Text

            #!csharp

            {{Net.Replace("OUTPUT", "b.forward(a.forward(x).relu())")}}
            Tensor Loss(Tensor output, Tensor target)
            {
                return functional.mse_loss(output, target);
            }

            #!fsharp

            let model = 1

            #!csharp

            var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU());
            var x = randn(64, 4);
            Loss(model.forward(x), randn(64, 1)).backward();
            model.forward(x).shape

            #!csharp

            #!time
            var model = new Net();
            static Tensor Mean(this Tensor all) => all.mean();
            #pragma warning disable NN1002
            Mean(Loss(model.forward(x).sigmoid(), randn(64, 1))).backward();

            """);
        Assert.Contains("a.dib cell 5(1,60): warning NN1001", Found("check", "a.dib", "--loose"));
        var again = Net.Replace("OUTPUT", "b.forward(a.forward(x).relu()).relu()");
        Write("a.dib", File.ReadAllText(Path.Combine(Folder, "a.dib"))
            .Replace("\n#!csharp\n\n#!time", $"\n#!csharp\n\n{again}\n\n#!csharp\n\n#!time").Replace(".sigmoid()", ""));
        Assert.Contains("a.dib cell 6(5,49): warning NN1001", Found("check", "a.dib", "--loose"));
    }

    [Fact]
    public void A_script_is_read_with_what_it_loads()
    {
        Write("parts/model.csx", References
            + "\nModule<Tensor, Tensor> Make() => Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU());\n");
        Write("main.csx", "#!/usr/bin/env dotnet-script\n#load \"parts/model.csx\"\nvar model = Make();\n"
            + "functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();\n");
        Assert.Equal("parts/model.csx(5,81): warning NN1001", Found("check", "main.csx", "--loose"));
        Assert.Equal("parts/model.csx(5,81): warning NN1001", Found("check", ".", "--loose"));
        Assert.Equal(0, Here("fix", "main.csx", "--loose").ExitCode);
        Assert.Contains("Linear(8, 1));\n", File.ReadAllText(Path.Combine(Folder, "parts/model.csx")));
    }

    [Fact]
    public void Packages_are_those_the_notebook_asks_for()
    {
        string Notebook(string package) => $$"""
            #!csharp

            #r "nuget: {{package}}"
            {{References[(References.IndexOf('\n') + 1)..]}}
            var data = torchvision.datasets.MNIST("here", true);
            Console.WriteLine(data.Count);
            var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU());
            functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();

            """;
        Write("a.dib", Notebook("TorchVision, 0.107.0"));
        var (exit, output, errors) = Here("check", "a.dib");
        Assert.Equal((1, ""), (exit, errors));
        Assert.Contains("a.dib cell 1(7,", output);
        Write("b.dib", Notebook("No.Such.Package.At.All, 1.0.0"));
        (exit, output, errors) = Here("check", "b.dib");
        Assert.Equal(2, exit);
        Assert.Contains("No.Such.Package.At.All) are not found: NU1101", errors);
        Assert.Contains("b.dib cell 1(7,", output);
    }

    [Fact]
    public void The_example_has_one_finding()
    {
        File.Copy(Path.Combine(Tests.Nn.Root, "samples", "Notebooks", "Probe.ipynb"), Path.Combine(Folder, "Probe.ipynb"));
        Assert.Equal("Probe.ipynb cell 5(7,20): warning NN1001", Found("check", "Probe.ipynb", "--loose"));
    }

    [Fact]
    public void What_is_no_notebook_in_CSharp_is_told_or_left_alone()
    {
        Write("python.ipynb", """
            { "nbformat": 4, "metadata": { "kernelspec": { "language": "python" } },
              "cells": [ { "cell_type": "code", "source": "import torch" } ] }
            """);
        var (exit, output, _) = Here("check", "python.ipynb");
        Assert.Equal((0, "No findings.\n"), (exit, output.ReplaceLineEndings("\n")));
        Write("broken.ipynb", "{ \"cells\": [");
        CannotRun("broken.ipynb: no notebook of format 4", "check", "broken.ipynb");
        CannotRun("a notebook is checked and fixed, but not run", "verify", "python.ipynb");
        Assert.Equal(2, Here("check", ".").ExitCode);
    }
}
