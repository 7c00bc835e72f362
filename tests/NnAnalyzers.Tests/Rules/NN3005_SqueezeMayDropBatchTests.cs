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

    private static string Fed(string forward, string input) => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear a = Linear(4, 8), b = Linear(8, 3);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => {{forward}};
        }
        static class Program
        {
            static void Train(Net model, Tensor x, Tensor y)
            {
                for (var i = 0L; i < x.shape[0]; i += 16)
                {
                    var end = Math.Min(i + 16, x.shape[0]);
                    functional.mse_loss(model.forward({{input}}), y).backward();
                }
            }
        }
        """;

    [Theory]
    [InlineData("x.narrow(0, i, end - i)")]
    [InlineData("x[TensorIndex.Slice(i, end)]")]
    [InlineData("x.slice(0, i, end, 1).to(float32) / 255")]
    public Task The_first_axis_where_the_last_part_of_the_data_may_hold_one_sample(string input) =>
        Verify.FiresAsync(Fed("b.forward({|NN3005:functional.relu(a.forward(x)).squeeze(0)|})", input));

    [Theory]
    [InlineData("b.forward(functional.relu(a.forward(x)).squeeze(0))", "x.unsqueeze(0)")]
    [InlineData("b.forward(functional.relu(a.forward(x)).squeeze(0))", "x")]
    [InlineData("b.forward(functional.relu(a.forward(x)).squeeze(0))", "x.narrow(0, i, 16)")]
    [InlineData("b.forward(functional.relu(a.forward(x)).squeeze(0))", "x.narrow(1, i, end - i)")]
    [InlineData("b.forward(functional.relu(a.forward(x)).unsqueeze(0).squeeze(0))", "x.narrow(0, i, end - i)")]
    [InlineData("b.forward(a.forward(x).transpose(0, 1).squeeze(0))", "x.narrow(0, i, end - i)")]
    [InlineData("b.forward(functional.relu(a.forward(x)).squeeze(1))", "x.narrow(0, i, end - i)")]
    public Task Silent_on_a_first_axis_that_is_no_part(string forward, string input) => Verify.SilentAsync(Fed(forward, input));
}
