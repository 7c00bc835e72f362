using System.Diagnostics;
using System.Reflection;
using Spectre.Console;

namespace NnAnalyzers.Tool.Tests;

/// <summary>Runs the tool the way a user does.</summary>
internal static class Nn
{
    public static readonly string Root = Path.GetFullPath(Metadata("RepositoryRoot")), Tool = Path.GetFullPath(Metadata("Tool"));
    public static readonly string Samples = Path.Combine(Root, "samples", "Training");

    /// <summary>
    /// A project of two that train in a second: to plan the trainings of a program, all of its project is read, and of all samples that
    /// takes a minute.
    /// </summary>
    public static string FewSamples => Few.Value;

    private static readonly Lazy<string> Few = new(() =>
    {
        var folder = Path.Combine(Root, "artifacts", "few-samples");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(Root, "samples", "Directory.Build.props"), Path.Combine(folder, "Directory.Build.props"));
        File.WriteAllText(Path.Combine(folder, "Few.csproj"), File.ReadAllText(Directory.GetFiles(Samples, "*.csproj").Single())
            .Replace(@"..\..\src", Path.Combine(Root, "src"), StringComparison.Ordinal)
            // What lies among outputs is no code of itself.
            .Replace("<ItemGroup>", "<ItemGroup><Compile Include=\"*.cs\" />", StringComparison.Ordinal));
        foreach (var file in new[] { "OutputActivation.cs", "ViewAfterPermute.cs" })
            File.Copy(Path.Combine(Samples, file), Path.Combine(folder, file));
        return folder;
    });

    private static string Metadata(string key) =>
        typeof(Nn).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    private static readonly object Gate = new();

    /// <summary>
    /// The tool in this process, one call at a time: half of a short run is the runtime compiling the compiler. The folder and the console
    /// belong to the process, so nothing else here may ask for either.
    /// </summary>
    public static (int ExitCode, string Output, string Errors) RunHere(string folder, params string[] arguments)
    {
        lock (Gate)
        {
            var (before, output, errors) = (Environment.CurrentDirectory, Console.Out, Console.Error);
            var (writtenOutput, writtenErrors) = (new StringWriter(), new StringWriter());
            try
            {
                Environment.CurrentDirectory = folder;
                Console.SetOut(writtenOutput);
                Console.SetError(writtenErrors);
                AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writtenOutput) });
                var exit = (int)typeof(ExitCode).Assembly.EntryPoint!.Invoke(null, [arguments])!;
                return (exit, writtenOutput.ToString(), writtenErrors.ToString());
            }
            finally
            {
                Environment.CurrentDirectory = before;
                Console.SetOut(output);
                Console.SetError(errors);
            }
        }
    }

    /// <summary>git in a folder of a test's own; no repository around it has a say.</summary>
    public static void Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-c", "user.name=n", "-c", "user.email=n@n", "-c", "init.defaultBranch=main" }.Concat(arguments))
            start.ArgumentList.Add(argument);
        start.Environment["GIT_CEILING_DIRECTORIES"] = Path.GetDirectoryName(folder);
        using var git = Process.Start(start)!;
        var errors = git.StandardError.ReadToEndAsync();
        git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, errors.Result);
    }

    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
            { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments.Prepend(Tool)) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}

/// <summary>A folder of its own for each test.</summary>
public abstract class InFolder : IDisposable
{
    /// <summary>Parts of the names of one program each.</summary>
    protected const string OneSample = "NN1001.OutputActivation.Program", AnotherSample = "NN3007.ViewAfterPermute.Program";

    protected string Folder { get; } = Directory.CreateTempSubdirectory("nn-test-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A project that knows nothing of this repository's settings.</summary>
    protected string WriteProject(string name, string properties, string items, string code)
    {
        Write(name + "/Directory.Build.props", "<Project />");
        Write(name + "/Directory.Packages.props",
            "<Project><PropertyGroup><ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally></PropertyGroup></Project>");
        Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings>{properties}</PropertyGroup>
              <ItemGroup><PackageReference Include="TorchSharp-cpu" Version="0.107.0" />{items}</ItemGroup>
            </Project>
            """);
        Write(name + "/code.cs", code);
        return name;
    }

    protected (int ExitCode, string Output, string Errors) Nn(params string[] arguments) => Tests.Nn.RunHere(Folder, arguments);

    /// <summary>It ends with exit code 2, says this on one line, and shows no stack trace.</summary>
    protected void CannotRun(string said, params string[] arguments)
    {
        var (exit, output, errors) = Tests.Nn.RunHere(Folder, arguments);
        Assert.True(exit == 2, $"exit code {exit}: {output}{errors}");
        Assert.Contains(said, errors);
        Assert.DoesNotContain("   at ", errors);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
