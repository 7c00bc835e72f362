namespace NnAnalyzers.Tests.Rules;

public class NN4009_LossTooCleverTests
{
    private const string Layers = "Sequential(Linear(4, 16), ReLU(), Linear(16, 8))";

    private const string Four = "{|NN4009:(prediction - target).pow(2).mean() + 0.5 * (prediction - target).abs().mean() "
        + "+ (prediction[.., 1..] - prediction[.., ..^1] - target[.., 1..] + target[.., ..^1]).abs().mean() * 0.1 "
        + "+ (prediction.exp() - target.exp()).abs().mean()|}";

    private static string Trained(string loss, string more = "", string layers = Layers) =>
        Code.Sequential(layers, loss, "randn(8, 8)").Replace("static void Train()", more + "\n    static void Train()");

    private static string Unmarked(string code) => code.Replace("{|NN4009:", "").Replace("|}", "");

    [Theory]
    [InlineData(Four)]
    [InlineData("{|NN4009:functional.mse_loss(prediction, target) + functional.l1_loss(prediction, target) "
        + "+ functional.smooth_l1_loss(prediction, target) / 2 + (prediction.mean() - target.mean()).abs()|}")]
    [InlineData("{|NN4009:((prediction - target).square() + (prediction - target).abs() + prediction.diff().abs() "
        + "+ prediction.relu()).mean()|}")]
    [InlineData("{|NN4009:torch.add(functional.mse_loss(prediction, target) + Slope(prediction, target), "
        + "Log(prediction, target) + prediction.abs().mean() * 1e-3)|}")]
    [InlineData("Total(prediction, target)", "{|NN4009:", "|}")]
    [InlineData("{|NN4009:(functional.mse_loss(prediction, target) + Slope(prediction, target) + Log(prediction, target) "
        + "+ (prediction * target).mean().neg()) / 4|}")]
    public Task Four_terms(string loss, string from = "", string to = "") => Verify.FiresAsync(Trained(loss, $$"""
        static Tensor Slope(Tensor a, Tensor b) => (a.diff() - b.diff()).abs().mean();
            static Tensor Log(Tensor a, Tensor b) => (a.abs().log1p() - b.abs().log1p()).pow(2).mean();
            static Tensor Total(Tensor a, Tensor b) =>
                {{from}}functional.mse_loss(a, b) + Slope(a, b) + Log(a, b) + functional.l1_loss(a, b){{to}};
        """));

    [Fact]
    public Task Added_one_by_one() => Verify.FiresAsync(Trained("functional.mse_loss(prediction, target);\n            loss += "
        + "functional.l1_loss(prediction, target);\n            loss = loss + prediction.diff().abs().mean();\n            "
        + "{|NN4009:loss += (prediction.std() - target.std()).abs()|}"));

    [Fact]
    public Task With_tabs_and_comments() => Verify.FiresAsync(Trained(Four.Replace(" + ", " // and\n\t\t\t\t+ ")));

    private static string LossClass(string result) => $$"""
        class Sum : Module<Tensor, Tensor, Tensor>
        {
            private readonly MSELoss mse = MSELoss();
            public Sum() : base("sum") => RegisterComponents();
            public override Tensor forward(Tensor input, Tensor target) => {{result}};
        }
        """ + Code.Sequential(Layers, "new Sum().forward(prediction, target)", "randn(8, 8)");

    [Fact]
    public Task In_a_class() => Verify.FiresAsync(LossClass("{|NN4009:mse.forward(input, target) + functional.l1_loss(input, target) + "
        + "input.diff().abs().mean() + (input.std() - target.std()).abs()|}"));

    [Theory]
    [InlineData("mse.forward(input, target) + functional.l1_loss(input, target) + input.diff().abs().mean()")]
    [InlineData("mse.forward(input, target) + functional.l1_loss(input, target) + (input - input.mean()).abs().mean() * (input - target)"
        + ".mean()")]
    public Task Silent_on_a_class_of_fewer(string result) => Verify.SilentAsync(LossClass(result));

    [Theory]
    [InlineData("functional.mse_loss(prediction, target) + functional.l1_loss(prediction, target) + prediction.diff().abs().mean()")]
    [InlineData("functional.mse_loss(prediction, target)")]
    // Of the weights alone.
    [InlineData("functional.mse_loss(prediction, target) + functional.l1_loss(prediction, target) + 1e-4 * Size(model.parameters()) "
        + "+ 1e-4 * ((Linear)model[0]).weight!.abs().sum() + prediction.diff().abs().mean()")]
    // Classes and chances.
    [InlineData("functional.cross_entropy(prediction, target.argmax(1)) + functional.mse_loss(prediction, target) "
        + "+ functional.l1_loss(prediction, target) + prediction.diff().abs().mean()")]
    [InlineData("functional.mse_loss(prediction.sigmoid(), target) + functional.l1_loss(prediction, target) "
        + "+ prediction.diff().abs().mean() + prediction.abs().mean()")]
    // One line for each scale.
    [InlineData("Scales(prediction, target)")]
    // Nothing to compare with.
    [InlineData("prediction.abs().mean() + prediction.pow(2).mean() + prediction.diff().abs().mean() + prediction.std()")]
    // Not read.
    [InlineData("functional.mse_loss(prediction, target) + functional.l1_loss(prediction, target) + prediction.diff().abs().mean() "
        + "+ torch.fft.rfft(prediction).abs().mean()")]
    [InlineData("functional.mse_loss(prediction, target) + functional.l1_loss(prediction, target) + prediction.diff().abs().mean() "
        + "+ Elsewhere(prediction)")]
    // By its gradient.
    [InlineData("functional.mse_loss(prediction, target) + functional.l1_loss(prediction, target) + prediction.diff().abs().mean() "
        + "+ autograd.grad([prediction.sum()], [target])[0].pow(2).mean()")]
    // Two applications: what comes out must agree.
    [InlineData("functional.mse_loss(prediction, target) + functional.l1_loss(prediction, target) + prediction.diff().abs().mean() "
        + "+ (prediction - model.forward(randn(8, 4))).abs().mean()")]
    // Of parts, one each.
    [InlineData("functional.mse_loss(prediction[.., 0], target[.., 0]) + functional.mse_loss(prediction[.., 1], target[.., 1]) "
        + "+ functional.l1_loss(prediction[.., 2], target[.., 2]) + functional.l1_loss(prediction[.., 3..], target[.., 3..])")]
    public Task Silent(string loss) => Verify.SilentAsync(Trained(loss, """
        static Tensor Size(IEnumerable<Tensor> weights) => weights.Select(w => w.pow(2).sum()).Aggregate((a, b) => a + b);
            static Func<Tensor, Tensor> Elsewhere = x => x;
            static Tensor Scales(Tensor a, Tensor b)
            {
                var sum = zeros(1);
                foreach (var scale in new[] { 1, 2, 4, 8 }) sum = sum + (a.narrow(1, 0, scale) - b.narrow(1, 0, scale)).abs().mean();
                return sum;
            }
        """));

    [Theory]
    [InlineData("DiceLoss")]
    [InlineData("gradientIoU")]
    [InlineData("ssim_weight")]
    [InlineData("PerceptualDistance")]
    [InlineData("klDivergence")]
    [InlineData("rewards")]
    [InlineData("discriminator")]
    public Task Silent_where_it_has_a_name(string name) =>
        Verify.SilentAsync(Unmarked(Trained(Four, $"private static readonly double {name} = 1;")));

    [Theory]
    [InlineData("indices")]
    [InlineData("previous")]
    [InlineData("program")]
    public Task Other_words_are_no_names(string name) =>
        Verify.FiresAsync(Trained(Four, $"private static readonly double {name} = 1;"));

    [Fact]
    public Task Silent_on_two_networks() => Verify.SilentAsync(Unmarked(Trained(Four.Replace("target.exp()", "other.forward(target)"),
        "private static readonly Sequential other = Sequential(Linear(8, 8), ReLU(), Linear(8, 8));")));

    [Fact]
    public Task Silent_on_heads_with_a_term_each() => Verify.SilentAsync("""
        class Net : Module<Tensor, (Tensor, Tensor)>
        {
            private readonly Linear a = Linear(4, 8), b = Linear(4, 8);
            public Net() : base("net") => RegisterComponents();
            public override (Tensor, Tensor) forward(Tensor x) => (a.forward(x), b.forward(x));
        }
        static class Program
        {
            static void Train(Net net, Tensor x, Tensor y)
            {
                var (left, right) = net.forward(x);
                var loss = functional.mse_loss(left, y) + functional.l1_loss(left, y) + functional.mse_loss(right, y)
                    + functional.l1_loss(right, y);
                loss.backward();
            }
        }
        """);

    [Fact]
    public Task Silent_where_a_setting_adds_terms() => Verify.SilentAsync(Trained("functional.mse_loss(prediction, target);\n            "
        + "if (smooth) loss = loss + prediction.diff().abs().mean();\n            if (sharp) loss = loss + "
        + "(prediction.std() - target.std()).abs();\n            loss = loss + functional.l1_loss(prediction, target)",
        "private static bool smooth = Environment.ProcessorCount > 2, sharp = !smooth;"));

    [Fact]
    public Task Silent_where_nothing_goes_backward() =>
        Verify.SilentAsync(Unmarked(Trained(Four)).Replace("loss.backward();", "Console.WriteLine(loss.item<float>());"));
}
