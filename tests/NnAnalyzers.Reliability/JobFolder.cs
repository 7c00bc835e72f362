using System.Text;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Reliability;

/// <summary>A project of training programs, compiled once into a job folder, of which each fault gets a folder with its own plan.</summary>
internal sealed class JobFolder(string name, Func<IEnumerable<(string Class, string Body)>> programs, string helpers = "")
{
    private string? _prepared;

    /// <summary>Where the programs lie, compiled.</summary>
    private string Prepared
    {
        get
        {
            if (_prepared is not null) return _prepared;
            var folder = Directory.CreateTempSubdirectory($"nn-{name}-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
            var version = typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3);
            File.WriteAllText(Path.Combine(folder, "Programs.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="TorchSharp-cpu" Version="{version}" />
                    <Reference Include="{Path.Combine(AppContext.BaseDirectory, "NnAnalyzers.Companion.dll")}" />
                  </ItemGroup>
                </Project>
                """);
            var code = new StringBuilder("using System.Diagnostics; using NnAnalyzers.Companion; using TorchSharp;\n").AppendLine(helpers);
            foreach (var (type, body) in programs())
                code.AppendLine($"static class {type} {{ [TrainingProgram(LossBelow = 0.5, Claim = \"{type}\")] "
                    + $"public static void Train(TrainingRun run) {{ {body} }} }}");
            File.WriteAllText(Path.Combine(folder, "Programs.cs"), code.ToString());
            var end = ToolRun.Run(folder, "verify", "Programs.csproj", "--prepare", "jobs", "--yes", "--seeds", "1");
            if (end.ExitCode != 0) throw new InvalidOperationException($"the programs cannot be prepared: {end.Errors} {end.Output}");
            return _prepared = Path.Combine(folder, "jobs");
        }
    }

    /// <summary>A folder to run one program from.</summary>
    public void Give(FaultFolder folder, string program, int seeds, double timeLimit, long memoryLimit = 2048)
    {
        var plan = Plan.Load(Prepared);
        Directory.CreateDirectory(folder.At("jobs"));
        foreach (var part in new[] { Plan.AppFolder, "programs" })
            Directory.CreateSymbolicLink(folder.At($"jobs/{part}"), Path.Combine(Prepared, part));
        (plan with { Seeds = seeds, TimeLimitSeconds = timeLimit, MemoryLimitMiB = memoryLimit,
            Programs = plan.Programs.Where(p => p.Claim == program).ToList() }).Save(folder.At("jobs"));
    }
}

/// <summary>What is left of processes that should be gone.</summary>
internal static class Leftovers
{
    /// <summary>Processes whose command line or environment holds a text, after they had time to go; null if there are none.</summary>
    public static string? Of(string text)
    {
        List<string> left = [];
        for (var i = 0; i < 30; i++)
        {
            left = Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out var id)
                && id != Environment.ProcessId)
                .Select(d => Read(d, "cmdline") is { Length: > 0 } line && (line.Contains(text, StringComparison.Ordinal)
                    || Read(d, "environ").Contains(text, StringComparison.Ordinal)) ? line : null).OfType<string>().ToList();
            if (left.Count == 0) return null;
            Thread.Sleep(100);
        }
        return $"{left.Count} processes are left: {left[0]}";
    }

    /// <summary>Scratch folders of processes that are gone.</summary>
    public static string? Folders() => Directory.EnumerateDirectories(Path.GetTempPath(), "nn-scratch-*")
        .FirstOrDefault(d => int.TryParse(Path.GetFileName(d).Split('-')[2], out var owner) && !Processes.IsAlive(owner)) is { } left
            ? $"{left} is left" : null;

    private static string Read(string process, string file)
    {
        try { return File.ReadAllText(Path.Combine(process, file)).Replace('\0', ' '); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { return ""; }
    }
}
