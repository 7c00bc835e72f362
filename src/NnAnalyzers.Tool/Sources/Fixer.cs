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
        var (applied, before) = (0, solution);
        var leftOut = new List<Diagnostic>();
        foreach (var (id, first) in await Reading.AllAsync(solution, projects, cancellation))
        {
            async Task<bool> CompilesAsWellAsync(Solution other)
            {
                foreach (var changed in other.GetChanges(solution).GetProjectChanges().Select(c => c.ProjectId).Append(id).Distinct())
                    if ((await Analysis.ErrorsAsync(other.GetProject(changed)!, cancellation)).Count
                        > (await Analysis.ErrorsAsync(solution.GetProject(changed)!, cancellation)).Count) return false;
                return true;
            }

            async Task<Solution> ApplyAsync(IEnumerable<Diagnostic> findings) =>
                await InAllAsync(solution, await EditApplier.ApplyAsync(solution, findings, cancellation), cancellation);

            for (var round = 0; round < MaxRounds; round++)
            {
                var reading = solution == before ? first : (await Reading.OfAsync(solution.GetProject(id)!, cancellation))!;
                var fixable = (await Analysis.FindAsync(reading, cancellation)).Where(d => wanted(d)
                    && d.Properties.ContainsKey(FixProperties.Title) && Script.Fits(d) && !leftOut.Any(l => Same(l, d))).ToList();
                // All at once; if that breaks the code, one after the other, leaving out those that do.
                var next = await ApplyAsync(fixable);
                if (next == solution) break;
                if (!await CompilesAsWellAsync(next))
                {
                    next = await ApplyAsync(fixable.Take(1));
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

    /// <summary>A file of several projects, or of a project for several target frameworks, is one file.</summary>
    private static async Task<Solution> InAllAsync(Solution before, Solution after, CancellationToken cancellation)
    {
        foreach (var (path, _, text) in await ChangesAsync(before, after, cancellation))
            foreach (var id in after.GetDocumentIdsWithFilePath(path))
                if (!(await after.GetDocument(id)!.GetTextAsync(cancellation)).ContentEquals(text)) after = after.WithDocumentText(id,
                    text);
        return after;
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

    /// <summary>The files that differ: a notebook for the program that was made of it.</summary>
    public static async Task<IReadOnlyList<(string Path, SourceText Old, SourceText New)>> FilesAsync(Solution before, Solution after,
        CancellationToken cancellation) => (await ChangesAsync(before, after, cancellation))
            .SelectMany(c => Script.Of(c.Path)?.Changes(c.New) ?? [c]).ToList();

    public static string Diff(IEnumerable<(string Path, SourceText Old, SourceText New)> changes, string relativeTo) =>
        string.Concat(changes.Select(c => UnifiedDiff.Of(
            Path.GetRelativePath(relativeTo, c.Path).Replace(Path.DirectorySeparatorChar, '/'), c.Old, c.New)));

    /// <summary>Writes a file whole or not at all, in the encoding it had; or only looks whether that can be done.</summary>
    /// <returns>Why it was left as it is; null if it was not.</returns>
    public static string? Trouble(string path, SourceText old, SourceText fresh, bool isWritten)
    {
        if (InputFile.Trouble(path, InputFile.MostOfSource) is { } trouble) return trouble;
        var encoding = old.Encoding ?? new System.Text.UTF8Encoding(false);
        byte[] Bytes(SourceText text) => [.. encoding.GetPreamble(), .. encoding.GetBytes(text.ToString())];
        try
        {
            var there = File.ReadAllBytes(path);
            var now = SourceText.From(new MemoryStream(there), old.Encoding, old.ChecksumAlgorithm);
            if (!now.GetChecksum().SequenceEqual(old.GetChecksum())) return "it has been changed since it was read";
            if (!Bytes(old).AsSpan().SequenceEqual(there))
                return $"it is not in {encoding.WebName}, as which it was read, and would be damaged: save it as UTF-8 first";
            if (encoding.GetString(encoding.GetBytes(fresh.ToString())) != fresh.ToString())
                return $"the fix does not fit its encoding, {encoding.WebName}: save it as UTF-8 first";
            if (isWritten) AtomicFile.Write(path, Bytes(fresh), expected: there);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }
}
