using System.Diagnostics;
using System.Reflection;

namespace NnAnalyzers.Tool.Tests;

/// <summary>Runs the built tool the way a user does.</summary>
internal static class Nn
{
    public static readonly string Root = Path.GetFullPath(Metadata("RepositoryRoot")), Tool = Path.GetFullPath(Metadata("Tool"));
    public static readonly string Samples = Path.Combine(Root, "samples", "Training");

    private static string Metadata(string key) =>
        typeof(Nn).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    public static (int ExitCode, string Output, string Errors) Run(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(4)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(string.Join(' ', arguments));
        }
        return (process.ExitCode, output.Result, errors.Result);
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

    protected (int ExitCode, string Output, string Errors) Nn(params string[] arguments) => Tests.Nn.Run(Folder, arguments);

    /// <summary>It ends with exit code 2, says this on one line, and shows no stack trace.</summary>
    protected void CannotRun(string said, params string[] arguments)
    {
        var (exit, output, errors) = Nn(arguments);
        Assert.True(exit == 2, $"exit code {exit}: {output}{errors}");
        Assert.Contains(said, errors);
        Assert.DoesNotContain("   at ", errors);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
