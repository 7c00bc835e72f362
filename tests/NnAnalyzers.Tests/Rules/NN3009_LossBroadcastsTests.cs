namespace NnAnalyzers.Tests.Rules;

public class NN3009_LossBroadcastsTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8), fc2 = Linear(8, 1);";
    private const string Forward = "return fc2.forward(functional.relu(fc1.forward(x)));";

    [Theory]
    [InlineData("functional.mse_loss(prediction, target)", "functional.mse_loss(prediction.squeeze(1), target)")]
    [InlineData("MSELoss().call(prediction, target)", "MSELoss().call(prediction.squeeze(1), target)")]
    [InlineData("functional.l1_loss(prediction, target, reduction: Reduction.Sum)",
        "functional.l1_loss(prediction.squeeze(1), target, reduction: Reduction.Sum)")]
    public Task One_column_against_a_row(string loss, string better) => Verify.Sizes.FixAsync(
        Code.Net(Layers, Forward, $"{{|NN3009:{loss}|}}", "randn(8)"), Code.Net(Layers, Forward, better, "randn(8)"));

    [Fact]
    public Task The_other_way_round() => Verify.Sizes.FixAsync(
        Code.Net(Layers, "return fc2.forward(fc1.forward(x)).squeeze(1);",
            "{|NN3009:functional.huber_loss(prediction, target)|}", "randn(8, 1)"),
        Code.Net(Layers, "return fc2.forward(fc1.forward(x)).squeeze(1);",
            "functional.huber_loss(prediction, target.squeeze(1))", "randn(8, 1)"));

    [Fact]
    public Task A_batch_of_unknown_size() => Verify.Sizes.FiresAsync(
        "class Net : Module<Tensor, Tensor> { private readonly Linear fc = Linear(64, 1); "
            + "private readonly Conv2d c = Conv2d(1, 4, 3); public Net() : base(\"n\") => RegisterComponents(); "
            + "public override Tensor forward(Tensor x) => fc.forward(functional.adaptive_avg_pool2d(c.forward(x), 4).flatten(1)); }",
        "static class P { static void Train(Tensor x, Tensor y) { var net = new Net(); "
            + "var loss = {|NN3009:functional.mse_loss(net.forward(x), y.view(x.shape[0]))|}; loss.backward(); } }");

    [Theory]
    [InlineData("functional.mse_loss(prediction, target)", "randn(8, 1)")]
    [InlineData("functional.mse_loss(prediction.squeeze(1), target)", "randn(8)")]
    [InlineData("functional.mse_loss(prediction.mean(), target)", "randn(8)")]
    [InlineData("functional.mse_loss(prediction, target)", "Load()")]
    [InlineData("functional.cross_entropy(prediction.repeat(1, 3), target)", "randint(3, new long[] { 8 })")]
    public Task Silent(string loss, string target) => Verify.Sizes.SilentAsync(Code.Net(Layers, Forward, loss, target)
        .Replace("static void Train()", "static Tensor Load() => throw new Exception(); static void Train()"));

    /// <summary>However a batch is cut from the data, it has as many rows on both sides.</summary>
    [Theory]
    [InlineData("var rows = randint(0, 512, new long[] { 64 });", "index_select(0, rows)")]
    [InlineData("foreach (var rows in randperm(512).split(64))", "index_select(0, rows)")]
    [InlineData("var order = randperm(512); for (var at = 0L; at < 512; at += 48)",
        "index_select(0, order.narrow(0, at, Math.Min(48, 512 - at)))")]
    [InlineData("for (var at = 0; at < 512; at += 48)", "narrow(0, at, Math.Min(48, 512 - at))")]
    public Task A_batch_that_was_cut(string each, string cut)
    {
        string Train(string squeezed, string open, string close) => $$"""
            static class Program
            {
                static void Train(int seed)
                {
                    var (x, y) = (randn(512, 4), randn(512, 1));
                    var net = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));
                    var optimizer = optim.Adam(net.parameters());
                    {{(each.Contains('{') ? each : each + "\n        {")}}
                        var (input, target) = (x.{{cut}}, y.{{cut}}.squeeze(1));
                        optimizer.zero_grad();
                        {{open}}functional.mse_loss(net.forward(input){{squeezed}}, target){{close}}.backward();
                        optimizer.step();
                    {{(each.Contains('{') ? "" : "}")}}
                }
            }
            """;
        return Verify.Sizes.FixAsync(Train("", "{|NN3009:", "|}"), Train(".squeeze(1)", "", ""));
    }
}
