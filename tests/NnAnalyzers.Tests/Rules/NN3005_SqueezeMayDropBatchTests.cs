namespace NnAnalyzers.Tests.Rules;

public class NN3005_SqueezeMayDropBatchTests
{
    private const string Layers = "private readonly Conv2d conv = Conv2d(1, 4, 3); private readonly Linear fc = Linear(4, 1);";

    [Fact]
    public Task On_the_way_to_the_loss() => Verify.FixAsync(
        Code.Net(Layers, "x = functional.adaptive_avg_pool2d(conv.forward(x), 1).flatten(1);\n"
            + "        return {|NN3005:fc.forward(x).squeeze()|}; // one number", input: "randn(8, 1, 8, 8)", target: "randn(8)"),
        Code.Net(Layers,
            "x = functional.adaptive_avg_pool2d(conv.forward(x), 1).flatten(1);\n        return fc.forward(x).squeeze(1); // one number",
            input: "randn(8, 1, 8, 8)", target: "randn(8)"));

    [Fact]
    public Task On_the_way_to_a_layer() => Verify.FiresAsync("class Net : Module<Tensor, Tensor> { private readonly "
        + "Conv2d c = Conv2d(1, 4, 3); private readonly Linear f = Linear(4, 1); public Net() : base(\"n\") => RegisterComponents(); "
        + "public override Tensor forward(Tensor x) => f.forward({|NN3005:functional.adaptive_avg_pool2d(c.forward(x), 1).squeeze()|}); }");

    [Fact]
    public Task Of_the_first_axis() => Verify.FiresAsync(
        Code.Net(Layers, "x = functional.adaptive_avg_pool2d(conv.forward(x), 1).flatten(1);\n"
            + "        return fc.forward({|NN3005:x.squeeze(0)|});", input: "randn(8, 1, 8, 8)"));

    [Theory]
    [InlineData("return fc.forward(functional.adaptive_avg_pool2d(conv.forward(x), 1).flatten(1).unsqueeze(0).squeeze(0));")]
    [InlineData("return fc.forward(functional.adaptive_avg_pool2d(conv.forward(x), 1).flatten(1)).squeeze(1);")]
    [InlineData("return fc.forward(functional.adaptive_avg_pool2d(conv.forward(x), 1).flatten(1)).sum().squeeze();")]
    [InlineData("return conv.forward(x).squeeze();")]
    public Task Silent(string forward) => Verify.SilentAsync(Code.Net(Layers, forward, "prediction.mean()", input: "randn(8, 1, 8, 8)"));

    [Fact]
    public Task Silent_on_a_batch_of_a_size_that_is_written() =>
        Verify.SilentAsync(Code.Method("var p = randn(8, 1).squeeze(); functional.mse_loss(p, randn(8)).backward();"));
}
