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

    [Fact]
    public Task In_the_network() => Verify.FixAsync(Program(Read, "x", "return fc.forward({|NN6008:x / 255.0|});"),
        Program(Read, "x", "return fc.forward(x);"));

    [Theory]
    [InlineData("var x = tensor(File.ReadAllBytes(path)).to(float32).view(-1, 64);", "x / 255")]
    [InlineData(Read, "x * 2 - 1")]
    [InlineData(Read, "(x - 0.5) / 0.25")]
    [InlineData("var x = randn(8, 64);", "x / 255")]
    [InlineData(Read, "x * 255 / 255")]
    public Task Silent(string before, string given) => Verify.SilentAsync(Program(before, given));
}
