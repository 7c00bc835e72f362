namespace NnAnalyzers.Tests.Rules;

public class NN1005_RedundantBiasTests
{
    private static string Net(string convolution, string norm = "BatchNorm2d(16)", string type = "BatchNorm2d",
        string forward = "last.forward(functional.relu(norm.forward(conv.forward(x))))") => Code.Net(
        $"private readonly Conv2d conv = {convolution}, last = Conv2d(16, 1, 3); private readonly {type} norm = {norm};",
        $"return {forward};", input: "randn(8, 3, 16, 16)", target: "randn(8, 1, 12, 12)");

    [Theory]
    [InlineData("Conv2d(3, 16, 3)", "Conv2d(3, 16, 3, bias: false)")]
    [InlineData("Conv2d(3, 16, 3, bias: true)", "Conv2d(3, 16, 3, bias: false)")]
    [InlineData("nn.Conv2d(3, 16, 3, /* same */ padding: 1)", "nn.Conv2d(3, 16, 3, /* same */ padding: 1, bias: false)")]
    public Task Before_a_batch_norm(string before, string after) => Verify.Untrained.FixAsync(Net($"{{|NN1005:{before}|}}"), Net(after));

    [Fact]
    public Task Before_an_instance_norm() => Verify.Untrained.FiresAsync(
        Net("{|NN1005:Conv2d(3, 16, 3)|}", "InstanceNorm2d(16)", "InstanceNorm2d"));

    [Fact]
    public Task A_linear_layer() => Verify.Untrained.FixAsync(
        Code.Net("private readonly Sequential net = Sequential({|NN1005:Linear(4, 16)|}, BatchNorm1d(16), ReLU(), Linear(16, 1));",
            "return net.forward(x);"),
        Code.Net("private readonly Sequential net = Sequential(Linear(4, 16, hasBias: false), BatchNorm1d(16), ReLU(), Linear(16, 1));",
            "return net.forward(x);"));

    [Theory]
    [InlineData("Conv2d(3, 16, 3, bias: false)", "BatchNorm2d(16)", "BatchNorm2d", null)]
    [InlineData("Conv2d(3, 16, 3)", "GroupNorm(4, 16, affine: false)", "GroupNorm", null)]
    [InlineData("Conv2d(3, 16, 3)", "LayerNorm(new long[] { 16, 14, 14 })", "LayerNorm", null)]
    [InlineData("Conv2d(3, 16, 3)", "BatchNorm2d(16)", "BatchNorm2d", "last.forward(norm.forward(functional.relu(conv.forward(x))))")]
    [InlineData("Conv2d(3, 16, 3, padding: 1)", "BatchNorm2d(16)", "BatchNorm2d",
        "last.forward(norm.forward(conv.forward(x)) + conv.forward(x))")]
    public Task Silent(string convolution, string norm, string type, string? forward) => Verify.Untrained.SilentAsync(forward is null
        ? Net(convolution, norm, type) : Net(convolution, norm, type, forward));

    [Fact]
    public Task Silent_where_weights_come_from_a_file() =>
        Verify.Untrained.SilentAsync(Net("Conv2d(3, 16, 3)").Replace("var optimizer", "model.load(\"net.dat\"); var optimizer"));

    /// <summary>Samples of a sequence have their channels elsewhere.</summary>
    [Fact]
    public Task Silent_on_sequences() => Verify.Untrained.SilentAsync(Code.Net(
        "private readonly Linear a = Linear(4, 16), b = Linear(16, 1); private readonly BatchNorm1d norm = BatchNorm1d(7);",
        "return b.forward(functional.relu(norm.forward(a.forward(x))));", input: "randn(8, 7, 4)", target: "randn(8, 7, 1)"));
}
