using System.Threading.Channels;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Tool.Formats;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn check --watch: checks again whenever a file is saved, and says what came and what went.</summary>
internal static class CheckWatch
{
    /// <summary>An editor writes a file in several steps, and a checkout many files.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    public static async Task<int> RunAsync(CheckCommand.Asked asked, Format format, CancellationToken cancellation)
    {
        var root = Directory.GetCurrentDirectory();
        var folder = Directory.Exists(asked.Path) ? Path.GetFullPath(asked.Path)
            : Path.GetDirectoryName(Path.GetFullPath(asked.Path)) is { } above && Directory.Exists(above) ? above
            : throw new ToolException($"{asked.Path}: no such file or folder");
        var saved = Channel.CreateUnbounded<string>();
        using var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
        foreach (var filter in new[] { "*.cs", "*.csproj", "*.props", "*.targets", ".editorconfig", "*.globalconfig",
            "*.ipynb", "*.dib", "*.csx" })
            watcher.Filters.Add(filter);
        void Saved(object _, FileSystemEventArgs change)
        {
            if (!IsOutput(Path.GetRelativePath(folder, change.FullPath))) saved.Writer.TryWrite(change.FullPath);
        }
        watcher.Changed += Saved;
        watcher.Created += Saved;
        watcher.Deleted += Saved;
        watcher.Renamed += Saved;
        watcher.EnableRaisingEvents = true;

        SourceSet? sources = null;
        try
        {
            Solution? solution = null;
            IReadOnlyList<Entry>? before = null;
            while (true)
            {
                try
                {
                    if (solution is null || sources is null)
                    {
                        sources?.Dispose();
                        sources = await asked.OpenAsync(cancellation);
                        sources.SaySkipped();
                        solution = sources.Solution;
                    }
                    var (found, _) = await CheckCommand.FindAsync(sources, asked.Preset, cancellation, solution);
                    before = Say(before, found.Select(Entry.Of).ToList(), format, root);
                }
                catch (ToolException error)
                {
                    // What does not load now may load once it is saved again.
                    Console.Error.WriteLine($"nn: {error.Message}");
                }
                Console.WriteLine($"Watching {Path.GetRelativePath(root, folder)} (Ctrl+C ends it).");
                var changed = new HashSet<string> { await saved.Reader.ReadAsync(cancellation) };
                await Task.Delay(Quiet, cancellation);
                while (saved.Reader.TryRead(out var more)) changed.Add(more);
                solution = solution is null ? null : WithTexts(solution, changed);
            }
        }
        finally
        {
            sources?.Dispose();
        }
    }

    /// <summary>With the texts that were saved; null where another file is new, gone or no code, which may be about everything.</summary>
    private static Solution? WithTexts(Solution solution, IEnumerable<string> saved)
    {
        foreach (var path in saved)
        {
            var documents = solution.GetDocumentIdsWithFilePath(path).Where(id => solution.GetDocument(id) is not null).ToList();
            if (documents.Count == 0 || InputFile.Trouble(path, InputFile.MostOfSource) is not null) return null;
            foreach (var id in documents) solution = solution.WithDocumentText(id, InputFile.ReadSource(path));
        }
        return solution;
    }

    /// <summary>Hidden folders are not read either: git and editors write into theirs all the time.</summary>
    private static bool IsOutput(string path) =>
        OutputFolder.Holds(path) || path.Split('/', '\\').SkipLast(1).Any(p => p.StartsWith('.') && p != "..");

    private static IReadOnlyList<Entry> Say(IReadOnlyList<Entry>? before, IReadOnlyList<Entry> now, Format format, string root)
    {
        var (then, told) = (Told(before ?? []), Told(now));
        var gone = then.Where(e => !told.ContainsKey(e.Key)).Select(e => e.Value).ToList();
        var fresh = told.Where(e => !then.ContainsKey(e.Key)).Select(e => e.Value).ToList();
        foreach (var entry in gone) Console.WriteLine($"gone: {entry.Line}");
        format.Write(fresh, root, Console.Out);
        Console.WriteLine(now.Count == 0 ? "No findings." : $"{CheckCommand.Findings(now.Count)}"
            + (before is null ? "." : $", {fresh.Count} new, {gone.Count} gone."));
        return now;
    }

    /// <summary>Not its line, which moves: of several that say the same in a file, the first, the second ..</summary>
    private static Dictionary<(string, string, string, int), Entry> Told(IEnumerable<Entry> entries) =>
        entries.GroupBy(e => (e.Rule, e.Span.Path, e.Message))
            .SelectMany(g => g.Select((e, i) => ((g.Key.Rule, g.Key.Path, g.Key.Message, i), e))).ToDictionary();
}
