using DiffPlex.Renderer;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Sources;

/// <summary>Applies fixes until none is left.</summary>
internal static class Fixer
{
    private const int MaxRounds = 100;

    /// <summary>Fixes what can be fixed; a fix that would break the code is left out and returned.</summary>
    public static async Task<(Solution Fixed, int Applied, IReadOnlyList<Diagnostic> LeftOut)> FixAllAsync(Solution solution,
        IReadOnlyList<ProjectId> projects, Func<Diagnostic, bool> wanted, CancellationToken cancellation)
    {
        var applied = 0;
        var leftOut = new List<Diagnostic>();
        foreach (var id in projects)
        {
            async Task<bool> CompilesAsWellAsync(Solution other) =>
                (await Analysis.ErrorsAsync(other.GetProject(id)!, cancellation)).Count
                    <= (await Analysis.ErrorsAsync(solution.GetProject(id)!, cancellation)).Count;

            for (var round = 0; round < MaxRounds; round++)
            {
                var fixable = (await Analysis.FindAsync(solution.GetProject(id)!, cancellation))
                    .Where(d => wanted(d) && d.Properties.ContainsKey(FixProperties.Title) && !leftOut.Any(l => Same(l, d))).ToList();
                // All at once; if that breaks the code, one after the other, leaving out those that do.
                var next = await EditApplier.ApplyAsync(solution, fixable, cancellation);
                if (next == solution) break;
                if (!await CompilesAsWellAsync(next))
                {
                    next = await EditApplier.ApplyAsync(solution, fixable.Take(1), cancellation);
                    if (!await CompilesAsWellAsync(next))
                    {
                        leftOut.Add(fixable[0]);
                        continue;
                    }
                    fixable.RemoveRange(1, fixable.Count - 1);
                }
                applied += fixable.Count;
                solution = next;
            }
        }
        return (solution, applied, leftOut);
    }

    private static bool Same(Diagnostic a, Diagnostic b) =>
        a.Id == b.Id && a.Location.GetLineSpan().Path == b.Location.GetLineSpan().Path && a.GetMessage() == b.GetMessage();

    /// <summary>The documents that differ, with their old and new text.</summary>
    public static async Task<IReadOnlyList<(string Path, SourceText Old, SourceText New)>> ChangesAsync(Solution before, Solution after,
        CancellationToken cancellation)
    {
        var changes = new List<(string, SourceText, SourceText)>();
        foreach (var project in after.GetChanges(before).GetProjectChanges())
            foreach (var id in project.GetChangedDocuments())
                changes.Add((after.GetDocument(id)!.FilePath!, await before.GetDocument(id)!.GetTextAsync(cancellation),
                    await after.GetDocument(id)!.GetTextAsync(cancellation)));
        return changes.DistinctBy(c => c.Item1).OrderBy(c => c.Item1, StringComparer.Ordinal).ToList();
    }

    public static string Diff(IEnumerable<(string Path, SourceText Old, SourceText New)> changes, string relativeTo) =>
        string.Concat(changes.Select(c => Path.GetRelativePath(relativeTo, c.Path).Replace('\\', '/') is var name
            ? UnidiffRenderer.GenerateUnidiff(c.Old.ToString(), c.New.ToString(), "a/" + name, "b/" + name) : ""));

    /// <summary>Writes a file whole or not at all, in the encoding it had.</summary>
    public static void Write(string path, SourceText text)
    {
        var encoding = text.Encoding ?? new System.Text.UTF8Encoding(false);
        try
        {
            AtomicFile.Write(path, [.. encoding.GetPreamble(), .. encoding.GetBytes(text.ToString())]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: cannot be written: {error.Message}", error);
        }
    }
}
