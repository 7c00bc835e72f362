using System.CommandLine;
using System.Xml.Linq;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Tool.Sources;
using Spectre.Console;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn init: puts the package, settings and a step of CI into a project. It shows what it would write, and asks.</summary>
internal static class InitCommand
{
    private const string Settings = """

        [*.cs]
        # NnAnalyzers: nn rules lists the rules, nn explain NN1001 says what one means. none switches one off.
        dotnet_diagnostic.NN1001.severity = warning
        dotnet_diagnostic.NN4005.severity = warning

        """;

    private const string GitHub = """
        name: networks
        on: [push, pull_request]
        permissions: { contents: read }
        jobs:
          check:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - uses: actions/setup-dotnet@v4
                with: { dotnet-version: 10.0.x }
              - run: dotnet tool install --global NnAnalyzers.Tool --version {version}
              - run: nn check . --format github

        """;

    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "A .csproj, or a folder with one", DefaultValueFactory = _ => "." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Write without asking" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show the changes as a diff and write nothing" };
        var ci = new Option<string>("--ci") { Description = "Whose step to add: github or none; auto: GitHub's where there is a .github",
            DefaultValueFactory = _ => "auto" };
        ci.AcceptOnlyFromAmong("auto", "github", "none");
        var command = new Command("init", "Adds the package to a project, a section to its .editorconfig, and a step of CI. "
            + "Shows the changes before it writes them. Exit code 0: done, 1: not written, 2: cannot run.") { path, ci, dryRun, yes };
        command.SetAction(parsed => Run(parsed.GetValue(path)!, parsed.GetValue(ci)!, parsed.GetValue(dryRun), parsed.GetValue(yes)));
        return command.WithExamples("nn init", "nn init src/Trainer --ci github --dry-run");
    }

    private static int Run(string path, string ci, bool dryRun, bool yes)
    {
        var project = ProjectAt(path);
        var version = typeof(InitCommand).Assembly.GetName().Version!.ToString(3);
        var repository = Above(project, d => Directory.Exists(Path.Combine(d, ".git"))) ?? Path.GetDirectoryName(project)!;
        var changes = Package(project, version).Append(Configured(project, repository));
        var workflow = Path.Combine(repository, ".github", "workflows", "networks.yml");
        if (ci == "github" || ci == "auto" && Directory.Exists(Path.Combine(repository, ".github")))
            changes = changes.Append(File.Exists(workflow) ? null : (workflow, null, GitHub.Replace("{version}", version)));
        var all = changes.OfType<(string Path, string? Old, string New)>().Select(c =>
        {
            var old = c.Old is null ? null : InputFile.ReadSource(c.Path);
            return (c.Path, Old: old, New: SourceText.From(c.New, old?.Encoding));
        }).ToList();
        if (all.Count == 0)
        {
            Console.WriteLine("Nothing to do: the package, its settings and the step are there.");
            return ExitCode.Clean;
        }
        var root = Directory.GetCurrentDirectory();
        Console.Write(Fixer.Diff(all.Select(c => (c.Path, c.Old ?? SourceText.From(""), c.New)), root));
        if (dryRun) return ExitCode.Clean;
        if (!yes && (Console.IsInputRedirected || Console.IsOutputRedirected))
            throw new ToolException("nothing is written: there is nobody to ask; say --yes, or --dry-run to only look");
        if (!yes && !AnsiConsole.Confirm($"Write {all.Count} file{(all.Count == 1 ? "" : "s")}?")) return ExitCode.Findings;
        foreach (var (file, old, text) in all) Write(file, old, text);
        Console.WriteLine($"{all.Count} file{(all.Count == 1 ? "" : "s")} written. Next: dotnet build, or nn check {path}");
        return ExitCode.Clean;
    }

    private static string ProjectAt(string path)
    {
        var full = Path.GetFullPath(path);
        if (File.Exists(full) && Path.GetExtension(full).Equals(".csproj", StringComparison.OrdinalIgnoreCase)) return full;
        if (!Directory.Exists(full)) throw new ToolException($"{path}: no .csproj, and no folder with one");
        return Directory.GetFiles(full, "*.csproj") switch
        {
            [var only] => only,
            [] => throw new ToolException($"{path}: no .csproj in this folder: name the project"),
            var several => throw new ToolException($"{path}: {several.Length} projects in this folder: name one, such as "
                + Path.GetFileName(several.Order(StringComparer.Ordinal).First())),
        };
    }

    /// <summary>The reference in the project; with versions in one place, the version there.</summary>
    private static IEnumerable<(string, string?, string)?> Package(string project, string version)
    {
        var text = Read(project);
        if (Xml(project, text).Descendants().Any(e => e.Name.LocalName == "PackageReference"
            && string.Equals((string?)e.Attribute("Include"), "NnAnalyzers", StringComparison.OrdinalIgnoreCase))) yield break;
        var central = Above(project, d => File.Exists(Path.Combine(d, "Directory.Packages.props"))) is { } folder
            ? Path.Combine(folder, "Directory.Packages.props") : null;
        var versions = central is null ? null : Read(central);
        var isCentral = versions is not null && Xml(central!, versions).Descendants().Any(e =>
            e.Name.LocalName == "ManagePackageVersionsCentrally" && e.Value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase));
        yield return (project, text, With(project, text, "PackageReference",
            $"<PackageReference Include=\"NnAnalyzers\"{(isCentral ? "" : $" Version=\"{version}\"")} PrivateAssets=\"all\" />"));
        if (isCentral && !versions!.Contains("\"NnAnalyzers\"", StringComparison.OrdinalIgnoreCase))
            yield return (central!, versions, With(central!, versions, "PackageVersion",
                $"<PackageVersion Include=\"NnAnalyzers\" Version=\"{version}\" />"));
    }

    /// <summary>A line after the last of its kind, indented as that is; in a group of its own where there is none.</summary>
    private static string With(string path, string text, string kind, string line)
    {
        var end = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var lines = text.Split('\n');
        if (Xml(path, text).Descendants().LastOrDefault(e => e.Name.LocalName == kind) is System.Xml.IXmlLineInfo last)
        {
            var row = lines[last.LineNumber - 1];
            var at = lines.Take(last.LineNumber - 1).Sum(l => l.Length + 1);
            return text.Insert(at, row[..(row.Length - row.TrimStart().Length)] + line + end);
        }
        var close = text.LastIndexOf("</Project>", StringComparison.Ordinal);
        if (close < 0) throw new ToolException($"{path}: no <Project> that ends");
        return text.Insert(close, $"  <ItemGroup>{end}    {line}{end}  </ItemGroup>{end}");
    }

    /// <summary>The section in the nearest .editorconfig, or in a new one beside the project.</summary>
    private static (string, string?, string)? Configured(string project, string repository)
    {
        var folder = Above(project, d => File.Exists(Path.Combine(d, ".editorconfig")));
        // One above the repository is not the repository's.
        var isOwn = folder is not null && !Path.GetRelativePath(repository, folder).StartsWith("..", StringComparison.Ordinal);
        var path = Path.Combine(isOwn ? folder! : Path.GetDirectoryName(project)!, ".editorconfig");
        if (!File.Exists(path)) return (path, null, Settings.TrimStart());
        var text = Read(path);
        var end = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        return text.Contains("dotnet_diagnostic.NN", StringComparison.Ordinal) ? null
            : (path, text, text + (text.EndsWith('\n') || text.Length == 0 ? "" : end) + Settings.ReplaceLineEndings(end));
    }

    private static string? Above(string file, Func<string, bool> has)
    {
        for (var folder = Path.GetDirectoryName(file); folder is not null; folder = Path.GetDirectoryName(folder))
            if (has(folder)) return folder;
        return null;
    }

    private static XDocument Xml(string path, string text)
    {
        try
        {
            return XDocument.Parse(text, LoadOptions.SetLineInfo | LoadOptions.PreserveWhitespace);
        }
        catch (System.Xml.XmlException error)
        {
            throw new ToolException($"{path}: no project file: {error.Message}", error);
        }
    }

    private static string Read(string path) => InputFile.ReadSource(path).ToString();

    /// <summary>As fixes are written: only over what was read, in the encoding it had.</summary>
    private static void Write(string path, SourceText? old, SourceText text)
    {
        if (old is not null)
        {
            if (Fixer.Trouble(path, old, text, isWritten: true) is { } trouble)
                throw new ToolException($"{path}: left as it is: {trouble}");
            return;
        }
        if (Path.GetDirectoryName(path) is { } folder) Directory.CreateDirectory(folder);
        OutputFile.Write(path, text.ToString());
    }
}
