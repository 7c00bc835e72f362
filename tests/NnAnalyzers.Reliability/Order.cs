namespace NnAnalyzers.Reliability;

/// <summary>Programs of several files, told in any order.</summary>
internal sealed class Order : IArea
{
    private const int Shuffles = 100, Programs = 16;

    private static readonly string[] Folders = ["samples/Clean", "samples/CaseStudy", "samples/Experiments",
        "tests/NnAnalyzers.Tests/Programs/15_TrainerClass", "tests/NnAnalyzers.Tests/Programs/18_GenericTrainer",
        "tests/NnAnalyzers.Tests/Programs/19_SeveralFiles"];

    private readonly Dictionary<int, Reading> _expected = [];

    public string Name => "order";

    public string Promise => $"{Programs} programs of several files, each in {Shuffles} orders of its files: the same findings, "
        + $"messages and fixes.";

    public int? Usual => Programs * Shuffles;

    public string KindOf(int number, int seed) => NameOf(number / Shuffles % Programs, seed);

    private static string NameOf(int program, int seed) => program < Folders.Length ? Folders[program] : $"generated from {seed + program}";

    private static Source[] Sources(int program, int seed) => program < Folders.Length
        ? Directory.EnumerateFiles(Path.Combine(Rows.Root, Folders[program]), "*.cs", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Select(f => new Source(Path.GetFileName(f), WithUsings(File.ReadAllText(f)))).ToArray()
        : GeneratedProject.Make(seed + program).Select((code, i) => new Source($"File{i}.cs", code)).ToArray();

    private static string WithUsings(string code) =>
        code.Contains("using TorchSharp", StringComparison.Ordinal) ? code : Readings.Usings + code;

    public async Task<string?> TryAsync(int number, int seed, CancellationToken cancellation)
    {
        var program = number / Shuffles % Programs;
        var sources = Sources(program, seed);
        if (!_expected.TryGetValue(program, out var expected))
        {
            _expected[program] = expected = await Readings.ReadAsync(sources, cancellation);
            if (!expected.Compiles) return "does not compile";
        }
        new Random(unchecked(seed * 1_000_003 + number)).Shuffle(sources);
        var reading = await Readings.ReadAsync(sources, cancellation);
        if (reading.Failed is { } failed) return failed;
        return reading.Texts.SequenceEqual(expected.Texts) ? null
            : $"- {string.Join("; ", expected.Texts.Except(reading.Texts))} + {string.Join("; ", reading.Texts.Except(expected.Texts))}";
    }
}
