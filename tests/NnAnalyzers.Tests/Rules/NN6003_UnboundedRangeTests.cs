namespace NnAnalyzers.Tests.Rules;

public class NN6003_UnboundedRangeTests
{
    private static string Train(string x, string input = "x", string y = "randn(64, 1)", string target = "y",
        string model = "Sequential(Linear(4, 16), ReLU(), Linear(16, 1))", string after = "",
        string loss = "functional.mse_loss(model.forward(INPUT), TARGET)") => Code.Method($$"""
        var random = new Random(1);
                var model = {{model}};
                var optimizer = optim.Adam(model.parameters());
                var x = {{x}};
                var y = {{y}};
                for (var epoch = 0; epoch < 100; epoch++)
                {
                    var loss = {{loss.Replace("INPUT", input).Replace("TARGET", target)}};
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
                {{after}}
        """);

    [Theory]
    [InlineData("rand(64, 4) * 1.4e8", "140000000")]
    [InlineData("rand(64, 4).mul_(2e5f) - 1e5f", "100000")]
    [InlineData("randint(0, 65536, new long[] { 64, 4 }).to(float32)", "65535")]
    [InlineData("torch.tensor(new[] { 1f, 200f, 30000f, 4e6f }).view(1, 4)", "4000000")]
    [InlineData("torch.tensor(Enumerable.Range(0, 256).Select(_ => (float)(random.NextDouble() * 1e7)).ToArray()).view(64, 4)", "10000000")]
    [InlineData("torch.tensor(Enumerable.Range(0, 256).Select(_ => (float)random.Next(1, 50000)).ToArray()).view(64, 4)", "49999")]
    [InlineData("torch.tensor(Enumerable.Range(0, 256).Select(_ => (float)Math.Pow(10, 8 * random.NextDouble())).ToArray()).view(64, 4)",
        "100000000")]
    [InlineData("randn(64, 4).clamp(0, 70000)", "70000")]
    [InlineData("torch.pow(10, rand(64, 4) * 6)", "1000000")]
    [InlineData("(rand(64, 4) * 12).exp()", "162755")] // e^12
    [InlineData("cat(new[] { rand(64, 3), rand(64, 1) * 1e6 }, 1)", "1000000")]
    public Task Inputs_are_bounded(string x, string bound)
    {
        var c = double.Parse(double.Parse(bound, System.Globalization.CultureInfo.InvariantCulture)
            .ToString("0.#e0", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
        var text = c < 1e6 ? c.ToString("0") : c.ToString("0.#e0", System.Globalization.CultureInfo.InvariantCulture);
        return Verify.FixAsync(Train(x, "{|NN6003:x|}"), Train(x, $"(x / {text}).tanh()"));
    }

    [Fact]
    public Task What_the_network_is_asked_later_too() => Verify.FixAsync(
        Train("rand(64, 4) * 1e8 /* counts */", "{|NN6003:x[..16]|}", "randn(16, 1)",
            after: "using (no_grad()) model.forward(torch.tensor(new[] { 1f, 2f, 3f, 4f }));"),
        Train("rand(64, 4) * 1e8 /* counts */", "(x[..16] / 1e8).tanh()", "randn(16, 1)",
            after: "using (no_grad()) model.forward((torch.tensor(new[] { 1f, 2f, 3f, 4f }) / 1e8).tanh());"));

    [Theory]
    [InlineData("rand(64, 1) * 3e5", "y", "y / 300000")]
    [InlineData("randint(0, 100000, new long[] { 64, 1 }).to(float32)", "y.view(-1, 1)", "y.view(-1, 1) / 100000")]
    public Task Targets_are_scaled(string y, string target, string scaled) => Verify.FixAsync(
        Train("randn(64, 4)", y: y, target: $"{{|NN6003:{target}|}}"), Train("randn(64, 4)", y: y, target: scaled));

    /// <summary>Who asks would get what is scaled.</summary>
    [Fact]
    public async Task Targets_stay_where_the_network_is_asked()
    {
        var code = Train("randn(64, 4)", y: "rand(64, 1) * 3e5", target: "{|NN6003:y|}",
            after: "Console.WriteLine(model.forward(x[..1]));");
        await Verify.FiresAsync(code);
        var found = await Verify.FindAsync(code.Replace("{|NN6003:", "").Replace("|}", ""));
        Assert.DoesNotContain(found, d => d.Id == "NN6003" && d.Properties.ContainsKey(FixProperties.Title));
    }

    /// <summary>Another method of the class, which nothing calls.</summary>
    [Fact]
    public Task What_another_method_gives_the_network() => Verify.FixAsync(
        Asked("{|NN6003:x|}", "y"), Asked("(x / 1e8).tanh()", "(y / 1e8).tanh()"));

    private static string Asked(string trained, string asked) => $$"""
        class Program
        {
            private readonly Sequential net = Sequential(Linear(4, 16), ReLU(), Linear(16, 1));
            void Train(Tensor target)
            {
                var x = rand(64, 4) * 1e8;
                functional.mse_loss(net.forward({{trained}}), target).backward();
            }
            Tensor Ask(Tensor y) => net.forward({{asked}});
        }
        """;

    [Theory]
    [InlineData("rand(64, 4) * 255")]
    [InlineData("rand(64, 4) * 1e8 / 1e8")]
    [InlineData("torch.tanh(rand(64, 4) * 1e8 / 3e7)")]
    [InlineData("(rand(64, 4) * 1e8 + 1).log()")]
    [InlineData("(rand(64, 4) * 1e8 - 5e7) / 2.9e7")]
    [InlineData("randn(64, 4) * 1e8")] // no bounds
    [InlineData("torch.tensor(new[] { 1f, 200f, 30000f, path.Length }).view(1, 4)")]
    public Task Silent(string x) => Verify.SilentAsync(Train(x));

    [Theory]
    [InlineData("Sequential(BatchNorm1d(4), Linear(4, 1))")]
    [InlineData("Sequential(Tanh(), Linear(4, 1))")]
    public Task Silent_where_the_network_bounds_them(string model) => Verify.SilentAsync(Train("rand(64, 4) * 1e8", model: model));

    [Fact]
    public Task Silent_on_words() => Verify.SilentAsync(Train("randint(0, 50000, new long[] { 64, 4 })",
        model: "Sequential(Embedding(50000, 4), Flatten(), Linear(16, 1))"));

    [Theory]
    [InlineData("randint(0, 50000, new long[] { 64 })",
        "functional.cross_entropy(model.forward(INPUT), TARGET)", "Sequential(Linear(4, 50000))")]
    [InlineData("rand(64, 1) * 1e6", "functional.mse_loss(model.forward(INPUT) * 1e6, TARGET)")]
    [InlineData("rand(64, 1) * 1e6", "functional.mse_loss(model.forward(INPUT).exp(), TARGET)")]
    public Task Silent_on_targets(string y, string loss, string model = "Sequential(Linear(4, 1))") =>
        Verify.SilentAsync(Train("randn(64, 4)", y: y, loss: loss, model: model));
}
