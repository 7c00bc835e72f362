using System.Text;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Reliability;

/// <summary>Files of the repository with one to three changes that no rule of C# guides.</summary>
internal sealed class Mutated : IArea
{
    /// <summary>What a mutant may take: so many times what its file takes, and the pause a busy machine makes.</summary>
    private const int MostTimes = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>How many changes to syntax are drawn before one is taken that does not compile.</summary>
    private const int Draws = 12;

    private static readonly (string Name, Func<string, Random, Source> Change)[] Kinds =
    [
        .. TextMutants.All.Select(k => (k.Name, (Func<string, Random, Source>)((code, r) => new(File, k.Change(code, r))))),
        .. SyntaxMutants.All.Select(k => (k.Name, (Func<string, Random, Source>)((code, r) => new(File, k.Change(code, r))))),
        ("bytes that are no UTF-8", (code, r) => new(File, NoUtf8(code, r))),
    ];

    private const string File = "Mutant.cs";
    private static readonly Lazy<(string Name, string Code)[]> Files = new(() => Read().ToArray());

    public string Name => "mutated";

    public string Promise => "Files of the repository with changes to their text or syntax: the analyzer does not fail, takes at most "
        + "ten times "
        + "as long as for the file as it was, and no fix adds an error to one that compiles.";

    public int? Usual => 2000;

    public string KindOf(int number, int seed) => Make(number, seed).First() is var (kind, file, _) ? $"{kind}, {file}" : "";

    public async Task<string?> TryAsync(int number, int seed, CancellationToken cancellation)
    {
        var (file, reading) = await ReadAsync(number, seed, cancellation);
        if (reading.Failed is { } failed) return failed;
        // What takes no time needs no comparison.
        if (reading.Took > Pause)
        {
            var code = Files.Value.First(f => f.Name == file).Code;
            var usual = (await Readings.ReadAsync([new(File, code)], cancellation)).Took;
            // A slow moment of the machine is no fault.
            var again = await Readings.ReadAsync(reading.Project, cancellation);
            if (again.Took > MostTimes * usual + Pause)
                return $"took {again.Took.TotalSeconds:0.0} s, the file as it was {usual.TotalSeconds:0.0} s";
        }
        return await Readings.BrokenByAsync(reading, cancellation);
    }

    /// <summary>Reads a mutant; of changes to syntax the first of some that compiles, so that there are fixes to try.</summary>
    internal static async Task<(string File, Reading Reading)> ReadAsync(int number, int seed, CancellationToken cancellation)
    {
        var all = Make(number, seed).Take(IsSyntax(number) ? Draws : 1).ToList();
        foreach (var (_, file, source) in all.SkipLast(1))
            if (Readings.Make([source]) is var project && (await Analysis.ErrorsAsync(project, cancellation)).Count == 0)
                return (file, await Readings.ReadAsync(project, cancellation));
        return (all[^1].File, await Readings.ReadAsync([all[^1].Source], cancellation));
    }

    private static bool IsSyntax(int number) => number % Kinds.Length - TextMutants.All.Length is >= 0 and var at
        && at < SyntaxMutants.All.Length;

    /// <summary>
    /// Mutants of one file, which begin with one kind of change; the kinds take turns. Text is changed up to three times, syntax once.
    /// </summary>
    internal static IEnumerable<(string Kind, string File, Source Source)> Make(int number, int seed)
    {
        var random = new Random(unchecked(seed * 1_000_003 + number));
        var (name, code) = Files.Value[random.Next(Files.Value.Length)];
        while (true)
        {
            var kinds = new List<string>();
            var source = new Source(File, code);
            for (var changes = IsSyntax(number) ? 1 : random.Next(1, 4); changes > 0; changes--)
            {
                var (kind, change) = Kinds[kinds.Count == 0 ? number % Kinds.Length : random.Next(Kinds.Length)];
                source = change(source.Text.ToString(), random);
                kinds.Add(kind);
            }
            yield return (string.Join(" + ", kinds), name, source);
        }
    }

    internal static int KindCount => Kinds.Length;

    private static IEnumerable<(string Name, string Code)> Read()
    {
        foreach (var folder in new[] { "samples/Training", "samples/Clean", "tests/NnAnalyzers.Tests/Graph/Golden",
            "tests/NnAnalyzers.Tests/Programs", "tests/NnAnalyzers.Tests/Cases", "tests/NnAnalyzers.Tests/Reports" })
            foreach (var path in Directory.EnumerateFiles(Path.Combine(Rows.Root, folder), "*.cs", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal))
            {
                var code = System.IO.File.ReadAllText(path);
                yield return (Path.GetRelativePath(Rows.Root, path).Replace('\\', '/'),
                    code.Contains("using TorchSharp", StringComparison.Ordinal) ? code : Readings.Usings + code);
            }
    }

    /// <summary>Bytes as a file may hold them, read as the tool reads files.</summary>
    private static SourceText NoUtf8(string code, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(code).ToList();
        for (var i = random.Next(1, 20); i > 0; i--)
            bytes.Insert(random.Next(bytes.Count + 1), (byte)random.Next(0x80, 0x100));
        using var stream = new MemoryStream([.. bytes]);
        return SourceText.From(stream);
    }
}
