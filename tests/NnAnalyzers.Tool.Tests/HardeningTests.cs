using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Tests;

/// <summary>Nothing is called clean that was not read, no project is read that nobody knows of, and nobody gets in another's way.</summary>
public class HardeningTests : InFolder
{
    private const string Flagged = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        static class Net
        {
            public static void Train(Tensor x, Tensor y)
            {
                var model = Sequential(Linear(4, 64), ReLU(), Linear(64, 1), ReLU());
                functional.mse_loss(model.forward(x), y).backward();
            }
        }
        """;

    private static readonly string Companion =
        Path.Combine(Path.GetDirectoryName(Tests.Nn.Tool)!, "companion", "NnAnalyzers.Companion.dll");

    [Fact]
    public void Each_target_framework_is_read_and_fixed()
    {
        WriteProject("p", "", "", Flagged);
        // The finding is under a condition that only the second framework meets.
        Write("p/p.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFrameworks>net8.0;net10.0</TargetFrameworks><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup><PackageReference Include="TorchSharp" Version="0.107.0" /></ItemGroup>
            </Project>
            """);
        Write("p/code.cs", "#if NET10_0\n" + Flagged + "\n#endif\n");
        var (exit, output, errors) = Nn("check", "p");
        Assert.True(exit == 1, output + errors);
        Assert.Contains("NN1001", output);
        Assert.Equal(0, Nn("fix", "p").ExitCode);
        Assert.DoesNotContain("ReLU());", File.ReadAllText(Path.Combine(Folder, "p", "code.cs")));
    }

    [Fact]
    public void Code_beside_projects_is_read()
    {
        WriteProject("p", "", "", "class Nothing;");
        Write("scripts/train.cs", Flagged);
        var (exit, output, errors) = Nn("check", ".");
        Assert.True(exit == 1, output + errors);
        Assert.Contains("scripts/train.cs(9", output);
    }

    [Fact]
    public void Loose_reading_runs_nothing_and_finds_restored_packages()
    {
        WriteProject("p", "", "", Flagged);
        var mark = Path.Combine(Folder, "ran");
        Write("p/Directory.Build.targets", $"""
            <Project><Target Name="Ran" BeforeTargets="Restore;CollectPackageReferences;ResolveReferences;CoreCompile">
              <WriteLinesToFile File="{mark}" Lines="ran" /></Target></Project>
            """);
        foreach (var command in new[] { "check", "graph", "fix" })
            Assert.InRange(Nn(command, "p", "--loose").ExitCode, 0, 1);
        Assert.False(File.Exists(mark));
        Assert.DoesNotContain("ReLU());", File.ReadAllText(Path.Combine(Folder, "p", "code.cs")));
        Assert.False(Directory.Exists(Path.Combine(Folder, "p", "obj")));
    }

    [Fact]
    public void A_second_command_in_a_report_folder_says_so()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "jobs"));
        new Plan { Seeds = 1, Programs = [] }.Save(Path.Combine(Folder, "jobs"));
        using (new FolderLock(Path.Combine(Folder, "jobs"), Shard.Whole))
        {
            CannotRun("another nn works in this folder", "verify", "--run", "jobs");
            CannotRun("another nn works in this folder", "verify", "--run", "jobs", "--shard", "1/2");
        }
        // Shares of one plan work side by side; the same share twice does not.
        using (new FolderLock(Path.Combine(Folder, "jobs"), new Shard(1, 2)))
        {
            Assert.Equal(0, Tests.Nn.RunHere(Folder, "verify", "--run", "jobs", "--shard", "2/2").ExitCode);
            CannotRun("share 1/2", "verify", "--run", "jobs", "--shard", "1/2");
            CannotRun("another nn works in this folder", "verify", "--run", "jobs");
        }
    }

    [Fact]
    public void A_file_that_changes_meanwhile_is_left_alone()
    {
        var file = Write("a.txt", "new");
        var error = Assert.Throws<IOException>(() => AtomicFile.Write(file, "mine"u8.ToArray(), expected: "old"u8.ToArray()));
        Assert.Contains("changed since it was read", error.Message);
        Assert.Equal("new", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(Folder));
    }

    [Fact]
    public void What_a_killed_writer_left_is_swept()
    {
        var file = Write("a.txt", "old");
        Write(".a.txt.2147483000-0123.nn-tmp", "half");
        Write(".b.txt.2147483000-0123.nn-tmp", "half of another file");
        AtomicFile.Write(file, "new");
        Assert.Equal("new", File.ReadAllText(file));
        Assert.False(File.Exists(Path.Combine(Folder, ".a.txt.2147483000-0123.nn-tmp")));
        Assert.True(File.Exists(Path.Combine(Folder, ".b.txt.2147483000-0123.nn-tmp")));
    }

    [Fact]
    public void Programs_of_one_name_are_told_apart()
    {
        const string Program = """
            using NnAnalyzers.Companion;
            static class Program
            {
                [TrainingProgram(LossBelow = 1, Claim = "it runs")] public static void Train(TrainingRun run) => run.Log(1, 0);
                [TrainingProgram(LossBelow = 1, Claim = "it runs")] public static void Again(TrainingRun run) => run.Log(1, 0);
            }
            """;
        var companion = $"""<Reference Include="{Companion}" />""";
        WriteProject("one", "", companion, Program);
        WriteProject("two", "", companion, Program);
        var (exit, output, errors) = Nn("verify", ".", "--prepare", "jobs", "--seeds", "1");
        Assert.True(exit == 0, output + errors);
        Assert.Equal(["claim.one.Program.Again", "claim.one.Program.Train", "claim.two.Program.Again", "claim.two.Program.Train"],
            Plan.Load(Path.Combine(Folder, "jobs")).Programs.Select(p => p.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_generic_program_is_no_program()
    {
        WriteProject("p", "", $"""<Reference Include="{Companion}" />""", """
            using NnAnalyzers.Companion;
            static class Program { [TrainingProgram(LossBelow = 1)] public static void Train<T>(TrainingRun run) { } }
            """);
        CannotRun("may be generic", "verify", "p", "--prepare", "jobs");
    }
}
