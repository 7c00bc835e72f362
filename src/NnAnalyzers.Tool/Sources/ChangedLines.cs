using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Tool.Sources;

/// <summary>The lines that were changed since a revision of git, in files that git knows and in those it does not know yet.</summary>
internal sealed partial class ChangedLines
{
    /// <summary>Each file with the ranges of its lines, from 0; null for a whole file.</summary>
    private readonly Dictionary<string, List<(int From, int To)>?> _files = new(StringComparer.Ordinal);

    /// <exception cref="ToolException">There is no git, no repository, or no such revision.</exception>
    public static async Task<ChangedLines> SinceAsync(string revision, string folder, CancellationToken cancellation)
    {
        var root = (await GitAsync(folder, cancellation, "rev-parse", "--show-toplevel")).Trim();
        await GitAsync(folder, cancellation, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}");
        var changed = new ChangedLines();
        var diff = await GitAsync(root, cancellation, "-c", "core.quotePath=false", "diff", "--unified=0", "--no-color", "--no-ext-diff",
            "--no-renames", "--src-prefix=a/", "--dst-prefix=b/", revision, "--");
        List<(int, int)>? ranges = null;
        foreach (var line in diff.Split('\n'))
            if (FileHeader().Match(line) is { Success: true } file)
                changed._files[Full(root, file.Groups[1].Value)] = ranges = [];
            else if (line.StartsWith("+++ ", StringComparison.Ordinal)) ranges = null;
            else if (Hunk().Match(line) is { Success: true } hunk && ranges is not null)
            {
                var count = hunk.Groups[2].Success ? int.Parse(hunk.Groups[2].Value, CultureInfo.InvariantCulture) : 1;
                var from = int.Parse(hunk.Groups[1].Value, CultureInfo.InvariantCulture) - 1;
                if (count > 0) ranges.Add((from, from + count - 1));
            }
        var unknown = await GitAsync(root, cancellation, "ls-files", "--others", "--exclude-standard", "-z");
        foreach (var file in unknown.Split('\0', StringSplitOptions.RemoveEmptyEntries)) changed._files[Full(root, file)] = null;
        return changed;
    }

    /// <summary>Whether a place, or a part of it, was changed.</summary>
    public bool Has(Location place)
    {
        var span = place.GetLineSpan();
        return _files.TryGetValue(Real(span.Path), out var ranges) && (ranges is null
            || ranges.Any(r => r.From <= span.EndLinePosition.Line && span.StartLinePosition.Line <= r.To));
    }

    private static string Full(string root, string file) => Real(Path.Combine(root, file));

    /// <summary>Git names files by where they really are; a folder on the way may be a link.</summary>
    private static string Real(string path)
    {
        var full = Path.GetFullPath(path);
        for (var folder = Path.GetDirectoryName(full); folder is not null; folder = Path.GetDirectoryName(folder))
            if (Directory.ResolveLinkTarget(folder, returnFinalTarget: true) is { } target)
                full = Path.Combine(target.FullName, Path.GetRelativePath(folder, full));
        return full;
    }

    private static async Task<string> GitAsync(string folder, CancellationToken cancellation, params string[] arguments)
    {
        try
        {
            var (exit, output, errors) = await Shell.GitAsync(arguments, folder, cancellation);
            if (exit == 0) return output;
            var said = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()?.Trim();
            throw new ToolException("--since: " + (said is { Length: > 0 } ? said
                : $"git knows no revision '{arguments[^1].Split('^')[0]}'"));
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new ToolException("--since needs git, which cannot be started", error);
        }
    }

    // A name with odd characters is quoted: such a file is left out of the lines, and shows none of its findings.
    [GeneratedRegex(@"^\+\+\+ b/(.*?)\t?$")]
    private static partial Regex FileHeader();

    [GeneratedRegex(@"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")]
    private static partial Regex Hunk();
}
