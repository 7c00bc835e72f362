namespace NnAnalyzers.Tests.Rules;

public class NN6008_NormalizedTwiceTests
{
    private static string Program(string before, string given, string forward = "return fc.forward(x.flatten(1));",
        string more = "") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(64, 1);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) { {{forward}} }
        }

        static class Program
        {
            static void Train(string path, Tensor y)
            {
                var model = new Net();
                var optimizer = optim.Adam(model.parameters());
                {{before}}
                for (var i = 0; i < 100; i++)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(model.forward({{given}}), y).backward();
                    optimizer.step();
                }
            }
        }
        {{more}}
        """;

    private const string Read = "var bytes = File.ReadAllBytes(path); var x = tensor(bytes.Select(b => b / 255f).ToArray()).view(-1, 64);";

    [Theory]
    [InlineData(Read, "{|NN6008:x / 255|}", "x")]
    [InlineData(Read, "{|NN6008:x.div(255)|}", "x")]
    public Task Left_out(string before, string given, string after) => Verify.FixAsync(Program(before, given), Program(before, after));

    private const string Statistics = "var (mean, deviation) = (y.mean(new[] { 0L }), y.std(new[] { 0L }));";

    [Theory]
    [InlineData("var x = y.to(float32).div(255f);", "{|NN6008:x.narrow(0, i, 8) / 255|}", "x.narrow(0, i, 8)")]
    [InlineData("var x = y / 32768f; x = x.view(-1, 64);", "{|NN6008:x / 32768f|}", "x")]
    [InlineData("var x = y / 5000;", "{|NN6008:x / 5000|}", "x")]
    [InlineData("var x = y * (1 / 255.0);", "{|NN6008:x * (1 / 255.0)|}", "x")]
    [InlineData(Statistics + " var x = (y - mean) / deviation;", "{|NN6008:(x.narrow(0, i, 8) - mean) / deviation|}", "x.narrow(0, i, 8)")]
    [InlineData(Statistics + " var x = (y - mean) / (deviation + 1e-6);", "{|NN6008:x.sub(mean).div(deviation + 1e-6)|}", "x")]
    [InlineData("var x = (y / 255 - 0.45) / 0.22;", "{|NN6008:(x / 255 - 0.45) / 0.22|}", "x")]
    public Task Done_again(string before, string given, string after) => Verify.FixAsync(Program(before, given), Program(before, after));

    [Fact]
    public Task The_statement_goes_with_it() => Verify.FixAsync(Program("""
        var x = y / 32768f;
                // As loud as it was.
                x = {|NN6008:x / 32768f|};
                y = y.abs();
        """, "x"), Program("""
        var x = y / 32768f;
                // As loud as it was.
                y = y.abs();
        """, "x"));

    [Fact]
    public Task A_method_called_twice_has_no_fix() => Verify.FiresAsync(Program("var x = Scale(Scale(y));", "x")
        .Replace("static void Train", "static Tensor Scale(Tensor x) => {|NN6008:x / 255f|};\n    static void Train"));

    [Fact]
    public Task Half_in_the_network() => Verify.FixAsync(
        Program("var x = y / 255;", "x", "return fc.forward({|NN6008:x / 255.0|});"),
        Program("var x = y / 255;", "x", "return fc.forward(x);"));

    [Fact]
    public Task In_the_network() => Verify.FixAsync(Program(Read, "x", "return fc.forward({|NN6008:x / 255.0|});"),
        Program(Read, "x", "return fc.forward(x);"));

    [Theory]
    [InlineData("var x = tensor(File.ReadAllBytes(path)).to(float32).view(-1, 64);", "x / 255")]
    [InlineData(Read, "x * 2 - 1")]
    [InlineData(Read, "(x - 0.5) / 0.25")]
    [InlineData("var x = randn(8, 64);", "x / 255")]
    [InlineData(Read, "x * 255 / 255")]
    [InlineData("var x = y / 1000;", "x / 1000")] // square metres
    [InlineData("", "y / 5000 / 5000")]
    [InlineData("var x = y / 2;", "x / 2")]
    [InlineData("var x = y / 255;", "x * 255 / 255")]
    [InlineData("var x = y / 255; if (path.Length > 3) x = x / 255;", "x")]
    [InlineData(Statistics + " var x = (y - mean) / deviation;", "(x - x.mean(new[] { 0L })) / x.std(new[] { 0L })")]
    [InlineData(Statistics + " var x = (y - mean) / deviation;", "x * deviation + mean")]
    [InlineData("var x = (y - y[0]) / y[1];", "(x - y[2]) / y[3]")]
    [InlineData("var x = (y - path.Length) / path.Length;", "(x - path.IndexOf('a')) / path.IndexOf('b')")]
    public Task Silent(string before, string given) => Verify.SilentAsync(Program(before, given));
}
