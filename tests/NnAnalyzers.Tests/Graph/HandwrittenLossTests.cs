namespace NnAnalyzers.Tests.Graph;

/// <summary>A loss that is written out is a loss.</summary>
public class HandwrittenLossTests
{
    private static string Net(string body) => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear a = Linear(4, 8), b = Linear(8, 1);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => b.forward(functional.relu(a.forward(x)));
        }
        static class Program { static void Train(Net net) { {{body}} } }
        """;

    [Theory]
    [InlineData("({|NN3009:net.forward(rand(8, 4)) - rand(8)|}).pow(2).mean().backward();")]
    [InlineData("var d = {|NN3009:rand(8) - net.forward(rand(8, 4))|}; (d * d).mean().backward();")]
    [InlineData("var loss = ({|NN3009:net.forward(rand(8, 4)) - rand(8)|}).abs().sum(); (0.5 * loss).backward();")]
    [InlineData("var loss = ({|NN3009:net.forward(rand(8, 4)).sub(rand(8))|}).square().mean(); loss.backward();")]
    public Task Broadcasts(string body) => Verify.Sizes.FiresAsync(Net(body));

    [Theory]
    [InlineData("(net.forward(rand(8, 4)) - rand(8, 1)).pow(2).mean().backward();")]
    [InlineData("(net.forward(rand(8, 4)).squeeze(1) - rand(8)).pow(2).mean().backward();")]
    [InlineData("(net.forward(rand(8, 4)) - rand(8).unsqueeze(0)).pow(2).mean().backward();")] // every pair, on purpose
    [InlineData("(net.forward(rand(8, 4)) - rand(8)).pow(2).sum(1).mean().backward();")] // a distance each
    [InlineData("Console.WriteLine((net.forward(rand(8, 4)) - rand(8)).pow(2).mean().item<float>());")]
    [InlineData("(rand(8, 1).requires_grad_() - rand(8)).pow(2).mean().backward();")]
    public Task Silent(string body) => Verify.Sizes.SilentAsync(Net(body));

    [Fact]
    public Task Fix() => Verify.Sizes.FixAsync(Net("({|NN3009:rand(8) - net.forward(rand(8, 4))|}).pow(2).mean().backward();"),
        Net("(rand(8) - net.forward(rand(8, 4)).squeeze(1)).pow(2).mean().backward();"));

    /// <summary>A layer that is replaced from outside is the one that runs.</summary>
    [Fact]
    public Task Replaced_from_outside() => Verify.Sizes.FiresAsync("""
        class Net : Module<Tensor, Tensor>
        {
            public Linear fc = Linear(4, 8);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        static class Program
        {
            static void Train()
            {
                var net = new Net();
                net.fc = Linear(4, 1);
                {|NN3009:functional.mse_loss(net.forward(rand(8, 4)), rand(8))|}.backward();
            }
        }
        """);
}
