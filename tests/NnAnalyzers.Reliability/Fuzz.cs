using System.Security.Cryptography;
using System.Text;
using CsCheck;

namespace NnAnalyzers.Reliability;

/// <summary>Programs made from a grammar, for as long as one likes; those that failed once are kept and tried first.</summary>
internal sealed class Fuzz : IArea
{
    /// <summary>How many smaller programs are tried once one has failed.</summary>
    private const int Smaller = 60;

    private const string NoCode = "does not compile";

    private static readonly string Corpus = Path.Combine(Rows.Root, "tests/NnAnalyzers.Reliability/corpus");
    private static readonly string[] Kept = Directory.Exists(Corpus)
        ? Directory.GetFiles(Corpus, "*.cs").Order(StringComparer.Ordinal).ToArray() : [];

    public string Name => "fuzz";

    public string Promise => "Programs made from a grammar (layers, sizes, loops, branches, helpers, lists, training), after those that "
        + "failed once: the analyzer "
        + "does not fail, finds the same again with its lines moved and its variables renamed, and no fix adds an error.";

    public int? Usual => null;

    public int First => -Kept.Length;

    public string KindOf(int number, int seed) => number < 0 ? $"kept, {Path.GetFileName(Kept[-number - 1])}" : "generated";

    public async Task<string?> TryAsync(int number, int seed, CancellationToken cancellation)
    {
        if (number < 0) return await WrongAsync(await File.ReadAllTextAsync(Kept[-number - 1], cancellation), cancellation);
        var random = new PCG(unchecked((uint)seed), unchecked((ulong)number));
        var code = Grammar.Program.Generate(random, null, out var size);
        if (await WrongAsync(code, cancellation) is not { } wrong) return null;
        // What does not compile is a fault of the grammar.
        if (wrong.StartsWith(NoCode, StringComparison.Ordinal)) return wrong;
        // Others that are smaller and fail as well say more.
        for (var i = 0; i < Smaller; i++)
            if (Grammar.Program.Generate(random, size, out var less) is { } other && Size.IsLessThan(less, size)
                && await WrongAsync(other, cancellation) is { } also)
                (code, size, wrong) = (other, less, also);
        return $"{wrong} (kept as {Keep(code)})";
    }

    public void Lost(int number, int seed)
    {
        if (number >= 0) Keep(Grammar.Program.Generate(new PCG(unchecked((uint)seed), unchecked((ulong)number)), null, out _));
    }

    private static string Keep(string code)
    {
        Directory.CreateDirectory(Corpus);
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)))[..12] + ".cs";
        File.WriteAllText(Path.Combine(Corpus, name), code);
        return name;
    }

    private static async Task<string?> WrongAsync(string code, CancellationToken cancellation)
    {
        var reading = await Readings.ReadAsync([new("Fuzz.cs", code)], cancellation);
        if (reading.Failed is { } failed) return failed;
        if (!reading.Compiles) return $"{NoCode}: "
            + (await Tool.Sources.Analysis.ErrorsAsync(reading.Project, cancellation))[0].ToString();
        if (await Readings.BrokenByAsync(reading, cancellation) is { } broken) return broken;
        // Places move, names of variables change; what is found does not.
        var other = await Readings.ReadAsync([new("Fuzz.cs", Grammar.Disguise(code))], cancellation);
        if (!other.Compiles) return $"{NoCode} with other names";
        if (other.Failed is { } alsoFailed) return $"disguised: {alsoFailed}";
        var (found, again) = (Ids(reading), Ids(other));
        return found == again ? null : $"finds {found}; with other names and empty lines {again}";
    }

    private static string Ids(Reading reading) => string.Join(", ", reading.Found.Select(d => d.Id).Order(StringComparer.Ordinal)
        .GroupBy(i => i).Select(g => $"{g.Count()} {g.Key}").DefaultIfEmpty("nothing"));
}
