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

    private const string Layers = "private readonly Linear fc1 = Linear(4, 8), fc2 = Linear(8, 1);";
    private const string Forward = "return fc2.forward(functional.relu(fc1.forward(x)));";

    [Theory]
    [InlineData("({|NN3009:prediction - target|}).pow(2).mean()")]
    [InlineData("({|NN3009:target - prediction|}).square().sum()")]
    [InlineData("torch.mean(torch.abs({|NN3009:prediction - target|}))")]
    [InlineData("({|NN3009:prediction.sub(target)|}).pow(2).mean().sqrt() * 0.5")]
    [InlineData("Square({|NN3009:prediction - target|}).mean() + prediction.abs().mean() * 0.01")]
    public Task Sides_that_broadcast(string loss) => Verify.Sizes.FiresAsync(
        Code.Net(Layers, Forward, loss, "randn(8)")
            .Replace("static void Train()", "static Tensor Square(Tensor t) => t * t; static void Train()"));

    [Theory]
    [InlineData("(prediction - target).pow(2).mean()", "randn(8, 1)")]
    [InlineData("(prediction.squeeze(1) - target).pow(2).mean()", "randn(8)")]
    [InlineData("(prediction - target.mean()).pow(2).mean()", "randn(8)")]
    [InlineData("(prediction - prediction.squeeze(1)).pow(2).mean()", "randn(8)")]
    [InlineData("(-(prediction - target).pow(2)).exp().mean()", "randn(8)")]
    [InlineData("(prediction.detach() - target).pow(2).mean() + prediction.mean()", "randn(8)")]
    [InlineData("(prediction * target).mean()", "randn(8)")]
    public Task Silent_on_sides_that_fit(string loss, string target) => Verify.Sizes.SilentAsync(Code.Net(Layers, Forward, loss, target));

    /// <summary>What nobody learns from is no loss.</summary>
    [Fact]
    public Task Silent_on_a_measure() => Verify.Sizes.SilentAsync(Code.Net(Layers, Forward, "functional.mse_loss(prediction, target); "
        + "var error = (prediction - randn(8)).pow(2).mean().item<float>()"));

    [Fact]
    public Task A_rectified_output_meets_it() => Verify.FiresAsync(
        Code.Net(Layers, "return {|NN1001:functional.relu(fc2.forward(fc1.forward(x)))|};", "(prediction - target).pow(2).mean()"));

    /// <summary>The two sides of one output: a smoothness, not targets.</summary>
    [Fact]
    public Task Silent_on_what_an_output_has_in_common_with_itself() => Verify.SilentAsync(Code.Net(Layers,
        "return functional.relu(fc2.forward(fc1.forward(x)));", "(prediction.narrow(0, 1, 7) - prediction.narrow(0, 0, 7)).pow(2).mean()"));
}
