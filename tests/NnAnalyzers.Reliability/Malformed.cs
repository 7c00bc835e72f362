namespace NnAnalyzers.Reliability;

/// <summary>Programs that are malformed on purpose, or well formed as nobody writes them.</summary>
internal sealed class Malformed : IArea
{
    /// <summary>What reading may take: so many times what the compiler takes, and the pause a busy machine makes.</summary>
    private const int MostTimes = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly Strange[] All = [.. StrangeTypes.All, .. StrangeText.All, .. StrangeDepths.All, .. StrangeWords.All,
        .. StrangeSizes.All];

    public string Name => "malformed";

    public string Promise => "Programs malformed on purpose (types, text, depth, words of the language, sizes): the analyzer does not "
        + "fail, takes at "
        + "most twenty times what the compiler takes, and no fix adds an error to one that compiles.";

    public int? Usual => All.Length;

    public int Most => All.Length;

    /// <summary>Numbers of those that take no time, for the tests of every build.</summary>
    internal static IEnumerable<int> Quick => Enumerable.Range(0, All.Length).Where(i => !All[i].IsLarge);

    public string KindOf(int number, int seed) => $"{All[number].Kind}: {All[number].Name}";

    public async Task<string?> TryAsync(int number, int seed, CancellationToken cancellation)
    {
        var sources = All[number].Files().Select((code, i) => new Source($"Strange{i}.cs", code)).ToList();
        var reading = await Readings.ReadAsync(sources, cancellation);
        if (reading.Failed is { } failed) return failed;
        if (reading.Took > MostTimes * reading.Compiled + Pause)
        {
            // A slow moment of the machine is no fault.
            reading = await Readings.ReadAsync(sources, cancellation);
            if (reading.Took > MostTimes * reading.Compiled + Pause)
                return $"took {reading.Took.TotalSeconds:0.0} s, the compiler {reading.Compiled.TotalSeconds:0.0} s";
        }
        return await Readings.BrokenByAsync(reading, cancellation);
    }
}

/// <summary>One malformed program.</summary>
/// <param name="IsLarge">Whether it is large, so that the compiler alone takes a while.</param>
internal sealed record Strange(string Kind, string Name, Func<string[]> Files, bool IsLarge = false)
{
    public const string Fc = "private readonly Linear fc = Linear(4, 4);";

    /// <summary>A network with this body of forward, and code that trains it.</summary>
    public static string Net(string forward, string fields = Fc, string more = "", string head = "class Net : Module<Tensor, Tensor>") =>
        Readings.Usings + $$"""
        {{head}}
        {
            {{fields}}
            public Net() : base("net") { RegisterComponents(); }
            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }
        static class Training
        {
            static void Train()
            {
                var model = new Net();
                var optimizer = optim.Adam(model.parameters());
                for (var step = 0; step < 10; step++)
                {
                    var loss = functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1));
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        {{more}}
        """;

    /// <summary>A method that trains something after these statements.</summary>
    public static string Train(string body, string more = "", string modifiers = "static", string returns = "void") =>
        Readings.Usings + $$"""
        static partial class Training
        {
            {{modifiers}} {{returns}} Train(string[] args)
            {
                {{body}}
                var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU());
                functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();
            }
        }
        {{more}}
        """;

    public static string Join(int n, string between, Func<int, string> one) => string.Join(between, Enumerable.Range(0, n).Select(one));

    public static string Repeat(int n, string code) => string.Concat(Enumerable.Repeat(code, n));

    public static string Nest(int n, string before, string inner, string after) => Repeat(n, before) + inner + Repeat(n, after);

    public static string Nest(int n, Func<int, string> before, string inner, string after) => Join(n, "", before) + inner + Repeat(n,
        after);
}
