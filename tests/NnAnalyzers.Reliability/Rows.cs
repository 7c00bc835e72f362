using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NnAnalyzers.Reliability;

/// <summary>Faults of one kind, made on purpose and numbered: the same number and seed always make the same fault.</summary>
internal interface IArea
{
    /// <summary>What the command line and the table call it.</summary>
    string Name { get; }

    /// <summary>What is done and what must hold, for the table.</summary>
    string Promise { get; }

    /// <summary>How many are tried unless a number is given; null for as many as the time allows.</summary>
    int? Usual { get; }

    /// <summary>How many there are, however many are asked for.</summary>
    int Most => int.MaxValue;

    /// <summary>The number of the first one; those below zero are tried in addition to the usual ones.</summary>
    int First => 0;

    /// <summary>Whether the faults are tried in a process of their own, since one may end it or never come back.</summary>
    bool IsApart => true;

    /// <summary>The kind of a fault, in a few words.</summary>
    string KindOf(int number, int seed);

    /// <summary>What does not hold, in one line; null if all does.</summary>
    Task<string?> TryAsync(int number, int seed, CancellationToken cancellation);

    /// <summary>The process ended, or had to be ended, while this fault was tried.</summary>
    void Lost(int number, int seed) { }
}

/// <summary>A fault that was not taken as promised.</summary>
internal sealed record Failure(int Number, int Seed, string Kind, string Wrong)
{
    public override string ToString() => $"seed {Seed}, number {Number}, {Kind}: {Wrong}";
}

/// <summary>What one run of an area showed; a line of the table.</summary>
internal sealed record Row(string Area, string Promise, int Tried, int Held, string Command, int Seed, IReadOnlyList<Failure> Failures);

/// <summary>The rows as files, one an area, and the page made of them.</summary>
internal static class Rows
{
    public const string Folder = "docs/evidence/reliability";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = Path.GetFullPath(typeof(Rows).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!);

    public static void Save(string path, Row row)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, JsonSerializer.Serialize(row, Json) + "\n");
    }

    /// <summary>All rows, by the names of their areas.</summary>
    public static IReadOnlyList<Row> Load(string folder) => Directory.EnumerateFiles(folder, "*.json")
        .Select(f => JsonSerializer.Deserialize<Row>(File.ReadAllText(f), Json)!).OrderBy(r => r.Area, StringComparer.Ordinal).ToList();

    public static string Page(IReadOnlyList<Row> rows)
    {
        var page = new StringBuilder("""
            # Reliability

            Faults made on purpose, and how many of them were taken as promised. Each row is one run of its command; the same command makes
            the same faults. The figures are in [docs/evidence/reliability](evidence/reliability), with what did not hold.

            | area | what must hold | tried | held | seed |
            |---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var row in rows)
            page.Append(CultureInfo.InvariantCulture, $"| {row.Area} | {row.Promise} | {row.Tried:N0} | {row.Held:N0} | {row.Seed} |\n");
        page.Append("""

            ## What is not promised

            A trained program is in no sandbox: what it may do, and what each command runs, reads and writes, says
            [security.md](security.md). A process that makes a session of its own outlives its job. All of this was tried on Linux; on
            Windows and macOS nothing was, and there pipes and hard links are not told apart everywhere. A full disk was tried as a device,
            as an error and as a disk of 4 MB.

            """.ReplaceLineEndings("\n"));
        page.Append("\n## Commands\n\n");
        foreach (var row in rows) page.Append(CultureInfo.InvariantCulture, $"    {row.Command}\n");
        foreach (var row in rows.Where(r => r.Failures.Count > 0))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## What did not hold: {row.Area}\n\n");
            foreach (var failure in row.Failures) page.Append(CultureInfo.InvariantCulture, $"- {failure}\n");
        }
        return page.ToString();
    }
}
