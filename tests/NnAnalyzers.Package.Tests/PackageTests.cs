using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;

namespace NnAnalyzers.Package.Tests;

/// <summary>What is shipped, tried from the packed files in a project that knows nothing of this repository.</summary>
[Collection(nameof(Packed))]
public sealed class PackageTests(Packed packed)
{
    private static readonly string[] Findings = ["NN1001 Forecaster.cs(17,16)", "NN1002 Grader.cs(12,27)", "NN1004 Forecaster.cs(8,68)"];

    private static IEnumerable<string> All(string severity) => Findings.Select(f => $"{severity} {f}");

    private (int ExitCode, IReadOnlyList<string> Said, string Output) Build(params string[] settings) =>
        Packed.Build(packed.Consumer, settings);

    [Fact]
    public void The_package_has_the_two_assemblies_the_presets_and_nothing_else()
    {
        Assert.Equal(
        [
            "LICENSE", "NnAnalyzers.nuspec", "README.md", "analyzers/dotnet/cs/NnAnalyzers.CodeFixes.dll",
            "analyzers/dotnet/cs/NnAnalyzers.dll", "build/NnAnalyzers.targets",
            .. new[] { "All", "Article", "Default", "None", "Strict" }.SelectMany(mode => new[] { ".0.1", "" }
                .Select(release => $"build/config/NnAnalyzers.{mode}{release}.globalconfig")), "icon.png",
        ], packed.Entries("NnAnalyzers"));
        var nuspec = System.Text.Encoding.UTF8.GetString(packed.Read("NnAnalyzers", "NnAnalyzers.nuspec"));
        Assert.Contains("<developmentDependency>true</developmentDependency>", nuspec);
        Assert.Contains("<license type=\"expression\">MIT</license>", nuspec);
        Assert.Contains("<icon>icon.png</icon>", nuspec);
        Assert.Contains("<readme>README.md</readme>", nuspec);
        Assert.DoesNotContain("<dependency ", nuspec);
    }

    [Fact]
    public void The_other_packages_have_what_they_need()
    {
        Assert.Equal(["LICENSE", "NnAnalyzers.Companion.nuspec", "README.md", "icon.png", "lib/net8.0/NnAnalyzers.Companion.dll",
            "lib/net8.0/NnAnalyzers.Companion.xml"], packed.Entries("NnAnalyzers.Companion"));
        var tool = packed.Entries("NnAnalyzers.Tool");
        foreach (var file in new[] { "DotnetToolSettings.xml", "NnAnalyzers.Tool.dll", "NnAnalyzers.Runner.dll",
            "companion/NnAnalyzers.Companion.dll", "refs/TorchSharp.dll" }) Assert.Contains("tools/net10.0/any/" + file, tool);
        Assert.Single(tool, e => e.EndsWith("/TorchSharp.dll", StringComparison.Ordinal));
        Assert.InRange(new FileInfo(Path.Combine(packed.Feed, $"NnAnalyzers.Tool.{Packed.Version}.nupkg")).Length, 1, 20 << 20);
    }

    /// <summary>Roslyn 4.8 brings System.Collections.Immutable 7; a later reference would not load in the oldest SDK.</summary>
    [Theory]
    [InlineData("NnAnalyzers.dll")]
    [InlineData("NnAnalyzers.CodeFixes.dll")]
    public void Nothing_is_referenced_that_the_oldest_host_lacks(string assembly)
    {
        using var file = new PEReader(new MemoryStream(packed.Read("NnAnalyzers", "analyzers/dotnet/cs/" + assembly)));
        var metadata = file.GetMetadataReader();
        foreach (var reference in metadata.AssemblyReferences.Select(metadata.GetAssemblyReference))
        {
            var name = metadata.GetString(reference.Name);
            var newest = name switch
            {
                "netstandard" => new Version(2, 0, 0, 0),
                "System.Collections.Immutable" => new Version(7, 0, 0, 0),
                _ when name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) => new Version(4, 8, 0, 0),
                "NnAnalyzers" => new Version(0, 1, 0, 0),
                _ => null,
            };
            Assert.True(newest is not null && reference.Version <= newest, $"{assembly} refers to {name} {reference.Version}");
        }
        // Symbols are inside, and the same source gives the same file.
        Assert.Contains(file.ReadDebugDirectory(), d => d.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        Assert.Contains(file.ReadDebugDirectory(), d => d.Type == DebugDirectoryEntryType.Reproducible);
    }

    [Fact]
    public void A_build_warns_and_generated_or_excused_code_is_left_alone()
    {
        var (exit, said, output) = Build();
        Assert.True(exit == 0, output);
        Assert.Equal(All("warning"), said);
    }

    [Fact]
    public void A_build_can_be_made_to_fail()
    {
        var (exit, said, _) = Build("-warnaserror:NN1001");
        Assert.NotEqual(0, exit);
        Assert.Equal(["error NN1001 Forecaster.cs(17,16)", "warning NN1002 Grader.cs(12,27)", "warning NN1004 Forecaster.cs(8,68)"], said);
        // In any case of letters.
        (exit, said, _) = Build("-p:NnAnalysisMode=strict");
        Assert.NotEqual(0, exit);
        Assert.Equal(All("error"), said);
    }

    [Fact]
    public void Modes_choose_severities()
    {
        Assert.Empty(Build("-p:NnAnalysisMode=None").Said);
        Assert.Equal(All("warning"), Build("-p:NnAnalysisMode=Article").Said);
        Assert.Equal(All("warning"), Build("-p:NnAnalysisMode=All").Said);
        var (exit, _, output) = Build("-p:NnAnalysisMode=Stirct");
        Assert.NotEqual(0, exit);
        Assert.Contains("NnAnalysisMode 'Stirct' is none of Default, Article, Strict, All and None", output);
        // As of a release: with the first one nothing came later.
        Assert.Equal(All("error"), Build("-p:NnAnalysisMode=Strict", "-p:NnAnalysisLevel=0.1").Said);
        Assert.Equal(All("warning"), Build("-p:NnAnalysisLevel=latest").Said);
        (exit, _, output) = Build("-p:NnAnalysisLevel=0.7");
        Assert.NotEqual(0, exit);
        Assert.Contains("NnAnalysisLevel '0.7' is none of 0.1 and latest", output);
        // NoWarn and warnaserror of single rules count in every mode.
        Assert.Equal(["error NN1002 Grader.cs(12,27)", "error NN1004 Forecaster.cs(8,68)"],
            Build("-p:NnAnalysisMode=Strict", "-p:NoWarn=NN1001").Said);
        Assert.Equal(["error NN1001 Forecaster.cs(17,16)", "warning NN1002 Grader.cs(12,27)", "warning NN1004 Forecaster.cs(8,68)"],
            Build("-p:NnAnalysisMode=Article", "-warnaserror:NN1001").Said);
    }

    [Fact]
    public void The_users_editorconfig_wins()
    {
        var folder = packed.CopyConsumer("configured");
        File.WriteAllText(Path.Combine(folder, ".editorconfig"),
            "[*.cs]\ndotnet_diagnostic.NN1001.severity = none\ndotnet_diagnostic.NN1004.severity = warning\n");
        Assert.Equal(["error NN1002 Grader.cs(12,27)", "warning NN1004 Forecaster.cs(8,68)"],
            Packed.Build(folder, "-p:NnAnalysisMode=Strict").Said);
        // A whole category.
        File.WriteAllText(Path.Combine(folder, ".editorconfig"),
            "[*.cs]\ndotnet_analyzer_diagnostic.category-Architecture.severity = error\n");
        Assert.Equal(All("error"), Packed.Build(folder).Said);
        // A global configuration of the user's is above the presets too.
        File.Delete(Path.Combine(folder, ".editorconfig"));
        File.WriteAllText(Path.Combine(folder, ".globalconfig"), "is_global = true\ndotnet_diagnostic.NN1002.severity = none\n");
        Assert.Equal(["error NN1001 Forecaster.cs(17,16)", "error NN1004 Forecaster.cs(8,68)"],
            Packed.Build(folder, "-p:NnAnalysisMode=Strict").Said);
    }

    [Fact]
    public void The_compilers_log_has_every_finding_with_its_place_and_fix()
    {
        var folder = packed.CopyConsumer("logged");
        Packed.Build(folder, "-p:ErrorLog=build.sarif%2Cversion=2.1");
        using (var log = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "build.sarif"))))
        {
            var results = log.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
                .Where(r => r.GetProperty("ruleId").GetString()!.StartsWith("NN", StringComparison.Ordinal)).ToList();
            Assert.Equal(5, results.Count); // the two excused ones are in it, marked as such
            Assert.Equal(2, results.Count(r => r.TryGetProperty("suppressions", out _)));
            Assert.All(results, r =>
            {
                var place = r.GetProperty("locations")[0].GetProperty("physicalLocation");
                Assert.EndsWith(".cs", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
                Assert.True(place.GetProperty("region").GetProperty("startLine").GetInt32() > 1);
                Assert.True(r.GetProperty("properties").GetProperty("customProperties").TryGetProperty("nn.fix.edits", out _));
            });
        }
        // The log is enough to fix the code.
        var tool = Path.Combine(packed.Folder, "tool");
        Packed.Must(Packed.DotNet(packed.Folder, "tool", "install", "NnAnalyzers.Tool", "--version", Packed.Version, "--tool-path", tool,
            "--add-source", packed.Feed));
        var start = new System.Diagnostics.ProcessStartInfo(Path.Combine(tool, "nn"))
            { WorkingDirectory = folder, RedirectStandardError = true };
        foreach (var argument in new[] { "fix", "build.sarif" }) start.ArgumentList.Add(argument);
        using var nn = System.Diagnostics.Process.Start(start)!;
        Assert.Contains("3 fixes changed 2 files", nn.StandardError.ReadToEnd());
        Assert.Empty(Packed.Build(folder).Said);
    }

    [Fact]
    public void Dotnet_format_applies_every_fix_and_the_code_still_runs()
    {
        var folder = packed.CopyConsumer("formatted");
        for (var round = 0; round < 3 && Packed.Build(folder).Said.Count > 0; round++)
            Packed.Must(Packed.DotNet(folder, "format", "analyzers", "--no-restore", "--severity", "info"));
        Assert.Empty(Packed.Build(folder).Said);
        var forecaster = File.ReadAllText(Path.Combine(folder, "Forecaster.cs"));
        Assert.Contains("hidden = Linear(4, 32); // four readings", forecaster);
        Assert.Contains("return output.call(x); // one number", forecaster);
        Packed.Must(Packed.DotNet(folder, "run", "--no-build"));
        Assert.DoesNotContain("Softmax", File.ReadAllText(Path.Combine(folder, "Grader.cs")));
        Assert.Equal(File.ReadAllText(Path.Combine(packed.Consumer, "Generated.g.cs")),
            File.ReadAllText(Path.Combine(folder, "Generated.g.cs")));
        Assert.Equal(File.ReadAllText(Path.Combine(packed.Consumer, "Excused.cs")), File.ReadAllText(Path.Combine(folder, "Excused.cs")));
    }

    [Fact]
    public void A_project_without_TorchSharp_builds_as_before()
    {
        var folder = Directory.CreateDirectory(Path.Combine(packed.Folder, "plain")).FullName;
        File.WriteAllText(Path.Combine(folder, "plain.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>netstandard2.0</TargetFramework></PropertyGroup>
              <ItemGroup><PackageReference Include="NnAnalyzers" Version="{Packed.Version}" PrivateAssets="all" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Plain.cs"), "public class Plain { public static float ReLU(float x) => x > 0 ? x : 0; }");
        Packed.Must(Packed.DotNet(folder, "restore"));
        var (exit, said, output) = Packed.Build(folder, "-warnaserror", "-p:NnAnalysisMode=All");
        Assert.True(exit == 0, output);
        Assert.Empty(said);
    }

    /// <summary>docs/getting-started.md, line by line, in an empty folder.</summary>
    [Fact]
    public void The_first_five_minutes_go_as_told()
    {
        var page = File.ReadAllText(Path.Combine(Packed.Root, "docs", "getting-started.md")).ReplaceLineEndings("\n");
        string Block(string name) => page.Split($"```{name}\n")[1].Split("```")[0];
        var folder = Directory.CreateDirectory(Path.Combine(packed.Folder, "first")).FullName;
        string Run(string block)
        {
            var output = "";
            foreach (var line in Block(block).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                if (line.StartsWith("cd ", StringComparison.Ordinal)) folder = Path.Combine(folder, line[3..]);
                else output += Packed.Must(Packed.DotNet(folder,
                    line.Replace("package NnAnalyzers", $"package NnAnalyzers --version {Packed.Version}")
                        .Replace("package TorchSharp-cpu", "package TorchSharp-cpu --version 0.107.0").Split(' ')[1..]));
            return output;
        }
        Run("sh create");
        File.WriteAllText(Path.Combine(folder, "Program.cs"), Block("csharp Program.cs"));
        var said = Run("sh build");
        foreach (var line in Block("text said").Split('\n', StringSplitOptions.RemoveEmptyEntries)) Assert.Contains(line, said);
        said = Run("sh fix");
        Assert.DoesNotContain("warning NN", said);
        var fixedCode = File.ReadAllText(Path.Combine(folder, "Program.cs"));
        Assert.Contains("Linear(4, 64))", fixedCode);
        Assert.DoesNotContain("positive", fixedCode);
    }

    /// <summary>
    /// What the SDK's own analyzers say of modules that TorchSharp disposes is taken back; what they say of others stands.
    /// </summary>
    [Fact]
    public void Rules_about_disposal_know_registered_modules()
    {
        var folder = Directory.CreateDirectory(Path.Combine(packed.Folder, "disposed")).FullName;
        File.WriteAllText(Path.Combine(folder, "disposed.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup>
                <PackageReference Include="TorchSharp" Version="0.107.0" />
                <PackageReference Include="NnAnalyzers" Version="{Packed.Version}" PrivateAssets="all" Condition="'$(Without)' == ''" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, ".editorconfig"), "[*.cs]\ndotnet_diagnostic.CA2000.severity = warning\n"
            + "dotnet_diagnostic.CA1001.severity = warning\ndotnet_diagnostic.CA2213.severity = warning\n");
        File.WriteAllText(Path.Combine(folder, "Code.cs"), """
            using TorchSharp;
            using TorchSharp.Modules;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;

            public class Block : Module<Tensor, Tensor>
            {
                private readonly Linear fc = Linear(4, 4);
                public Block() : base("block") => RegisterComponents();
                public override Tensor forward(Tensor x) => fc.forward(x);
            }
            public class Net : Module<Tensor, Tensor>
            {
                private readonly Sequential all;
                private readonly ModuleList<Block> list = new();
                private readonly Parameter scale = Parameter(zeros(3));
                private readonly Tensor table = zeros(3);
                private readonly FileStream log = new("log", FileMode.Create); // kept: no module
                public Net(int count) : base("net")
                {
                    all = Sequential(("first", new Block()), ("act", ReLU()));
                    for (var i = 0; i < count; i++) { var block = new Block(); list.Add(block); }
                    register_module("extra", new Block());
                    var named = new Block();
                    register_module("named", named);
                    var lost = new Block(); // kept: belongs to nobody
                    Console.WriteLine(lost.GetName());
                    RegisterComponents();
                }
                public override Tensor forward(Tensor x) => all.forward(x);
            }
            public class Later : Block
            {
                private readonly Linear more = Linear(4, 4); // there before the base registers
                public override Tensor forward(Tensor x) => more.forward(x);
            }
            public class Forgotten : Module<Tensor, Tensor>
            {
                private readonly Linear fc = Linear(4, 4); // kept: never registered
                public Forgotten() : base("forgotten") { }
                public override Tensor forward(Tensor x) => fc.forward(x);
            }
            public class CutOff : Module<Tensor, Tensor>
            {
                private readonly Linear fc = Linear(4, 4); // kept: its Dispose never reaches the base
                public CutOff() : base("cut off") => RegisterComponents();
                public override Tensor forward(Tensor x) => fc.forward(x);
                protected override void Dispose(bool disposing) => Console.WriteLine("gone");
            }
            public class Part
            {
                private readonly Block block = new();
                public Part(Net net) => net.register_module("part", block);
                public Tensor Act(Tensor x) => block.forward(x);
            }
            public class Agent // kept: owns its block
            {
                private readonly Block block = new();
                public Tensor Act(Tensor x) => block.forward(x);
            }
            """);
        IReadOnlyList<string> Said(params string[] settings)
        {
            Packed.Must(Packed.DotNet(folder, ["restore", .. settings]));
            var output = Packed.Must(Packed.DotNet(folder,
                ["build", "--no-restore", "-t:Rebuild", "-clp:NoSummary", "-p:UseSharedCompilation=false", .. settings]));
            return System.Text.RegularExpressions.Regex.Matches(output, @"Code\.cs\((\d+),\d+\): warning (CA\d+)")
                .Select(m => $"{int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture):00} {m.Groups[2]}")
                .Distinct().Order(StringComparer.Ordinal).ToList();
        }
        Assert.Equal(["08 CA2213", "14 CA2213", "15 CA2213", "16 CA2213", "17 CA2213", "18 CA2213", "23 CA2000", "24 CA2000", "26 CA2000",
            "34 CA2213", "39 CA2213", "45 CA2213", "50 CA1001", "56 CA1001"], Said("-p:Without=true"));
        Assert.Equal(["18 CA2213", "26 CA2000", "39 CA2213", "45 CA2213", "56 CA1001"], Said());
    }
}
