namespace NnAnalyzers.Tool.Tests;

/// <summary>What people point at is read as the build reads it.</summary>
public sealed class InputsTests : InFolder
{
    private const string Usings = "using TorchSharp;\nusing static TorchSharp.torch;\nusing static TorchSharp.torch.nn;\n";

    /// <summary>NN1004 at its third line.</summary>
    private static string Loss(string type) => $$"""
        using static TorchSharp.torch;
        public static class {{type}} { public static Tensor Loss(Tensor x, Tensor y) { using var net = nn.Sequential(
            nn.Linear(4, 64, hasBias: false), nn.ReLU(), nn.Linear(64, 1)); return nn.functional.mse_loss(net.forward(x), y); } }
        """;

    private const string Model = Usings + """
        namespace Models;
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> a = Linear(4, 64), b = Linear(64, 1);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => functional.relu(b.forward(functional.relu(a.forward(x))));
        }
        internal static class Helper { }
        """;

    private const string Trainer = Usings + """
        using var model = new Models.Net();
        functional.mse_loss(model.forward(randn(64, 4)), randn(64, 1)).backward();
        """;

    private (int ExitCode, string Output, string Errors) Here(params string[] arguments) => Tests.Nn.RunHere(Folder, arguments);

    private void Finds(string[] places, params string[] arguments)
    {
        var (exit, output, errors) = Here(arguments);
        var found = output.ReplaceLineEndings("\n").Split('\n').Where(l => l.Contains(": NN", StringComparison.Ordinal)
            || l.Contains(" NN", StringComparison.Ordinal)).Select(l => string.Join(':', l.Split(':').Take(2)));
        Assert.True(places.SequenceEqual(found), output + errors);
        Assert.Equal(places.Length > 0 ? 1 : 0, exit);
    }

    [Fact]
    public void A_file_or_folder_of_a_project_is_read_with_it()
    {
        var project = WriteProject("Program", "<NoWarn>$(NoWarn);NN1007</NoWarn>", "<Compile Remove=\"out/**\" />", Loss("One"));
        Write("Program/part/two.cs", Loss("Two"));
        Write("Program/out/three.cs", Loss("Three"));
        Write("Program/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.NN1004.severity = error\n");
        Finds([$"{project}/code.cs(3,22): error NN1004"], "check", "Program/code.cs");
        Finds([$"{project}/part/two.cs(3,22): error NN1004"], "check", "Program/part");
        // What the project does not compile is read by itself, with the same settings; so is all with --loose.
        Finds([$"{project}/out/three.cs(3,22): error NN1004"], "check", "Program/out/three.cs");
        Finds([$"{project}/code.cs(3,22): error NN1004"], "check", "Program/code.cs", "--loose");
        Write("Program/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.NN1004.severity = none\n");
        Finds([], "check", "Program/code.cs");
        Finds([], "check", "Program", "--loose");
        Write("Program/part/.globalconfig", "is_global = true\nglobal_level = 9\ndotnet_diagnostic.NN1004.severity = warning\n");
        Write("Program/.editorconfig", "root = true\n");
        Finds([$"{project}/part/two.cs(3,22): warning NN1004"], "check", "Program/part/two.cs", "--loose");
        Assert.Equal(0, Here("fix", "Program/code.cs").ExitCode);
        Assert.DoesNotContain("hasBias", File.ReadAllText(Path.Combine(Folder, "Program/code.cs")));
        Assert.Contains("hasBias", File.ReadAllText(Path.Combine(Folder, "Program/part/two.cs")));
    }

    [Fact]
    public void A_model_of_one_project_is_read_with_its_training_in_another()
    {
        WriteProject("Models", "", "", Model);
        WriteProject("Trainer", "<OutputType>Exe</OutputType>", "<ProjectReference Include=\"../Models/Models.csproj\" />", Trainer);
        WriteProject("Checks", "", "<ProjectReference Include=\"../Models/Models.csproj\" />", Usings + "public static class Checks "
            + "{ public static long Run() { using var net = new Models.Net(); return net.forward(randn(3, 4)).shape[0]; } }");
        Write("Models/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.NN1001.severity = error\n");
        Write("All.slnx", "<Solution><Project Path=\"Models/Models.csproj\" /><Project Path=\"Trainer/Trainer.csproj\" />"
            + "<Project Path=\"Checks/Checks.csproj\" /></Solution>");
        Write("Part.slnf", """{ "solution": { "path": "All.slnx", "projects": [ "Models\\Models.csproj", "Checks\\Checks.csproj" ] } }""");
        // Once, with the severity of the project it is in.
        var found = "Models/code.cs(9,49): error NN1001";
        Finds([found], "check", "All.slnx");
        Finds([found], "check", "Trainer");
        Finds([], "check", "Models");
        Finds([], "check", "Part.slnf");
        Assert.Equal(1, Here("graph", "All.slnx").Output.Split("network Net").Length - 1 - 1);
        // What does not compile together is read one by one, and --verbose tells.
        File.AppendAllText(Path.Combine(Folder, "Trainer/code.cs"), "\nnamespace Models { internal static class Helper { } }\n");
        Finds([], "check", "Trainer");
        Assert.Contains("Trainer is read without the code of Models: ", Here("check", "Trainer", "--verbose").Errors);
        File.WriteAllText(Path.Combine(Folder, "Trainer/code.cs"), Trainer);
        Assert.Equal(0, Here("fix", "Trainer", "--rule", "NN1001").ExitCode);
        Assert.Contains("=> b.forward(functional.relu(a.forward(x)));", File.ReadAllText(Path.Combine(Folder, "Models/code.cs")));
    }

    [Fact]
    public void A_program_in_a_file_is_read_with_what_its_directives_bring()
    {
        WriteProject("Models", "", "", Model);
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        Write("app.cs", "#!/usr/bin/env dotnet\n#:package TorchSharp@0.107.0\n#:property NoWarn=NN4001\n#:include more.cs\n"
            + Usings + "functional.mse_loss(More.Make().forward(randn(8, 4)), randn(8, 1)).backward();\n");
        Write("more.cs", "#:package TorchVision@0.107.0\n" + Usings
            + "static class More { public static Module<Tensor, Tensor> Make() => Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU());"
            + " }\n");
        Write("train.cs", "#:project Models/Models.csproj\n" + Trainer);
        Finds(["more.cs(5,115): warning NN1001"], "check", "app.cs");
        Finds(["Models/code.cs(9,49): warning NN1001"], "check", "train.cs");
        Finds(["more.cs(5,115): warning NN1001", "Models/code.cs(9,49): warning NN1001"], "check", ".");
        // Without MSBuild what is included by its name is read, and the rest is said.
        Finds(["more.cs(5,115): warning NN1001"], "check", "app.cs", "--loose");
        var (exit, _, errors) = Here("check", "train.cs", "--loose");
        Assert.Equal(2, exit);
        Assert.Contains("train.cs: #:project Models/Models.csproj: read with MSBuild only", errors);
        Write("wrong.cs", "#:package No.Such.Package.At.All@1.0.0\nreturn 0;\n");
        CannotRun("No.Such.Package.At.All", "check", "wrong.cs");
        CannotRun("dotnet project convert", "verify", "app.cs");
    }
}
