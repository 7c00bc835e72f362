namespace NnAnalyzers.Tests.Rules;

public class NN3002_ReshapeAbsorbsBatchTests
{
    private static string Net(string flatten, string head, string input) => Code.Net(
        $"private readonly Conv2d conv = Conv2d(1, 8, 3, padding: 1); private readonly Linear fc = {head};",
        $"x = functional.max_pool2d(functional.relu(conv.forward(x)), 2);\n        return fc.forward({flatten});", input: input);

    [Theory]
    [InlineData("x.view(-1, 512)", "Linear(512, 1)", "Linear(128, 1)")]
    [InlineData("x.reshape(-1, 8 * 8 * 8)", "Linear(8 * 8 * 8, 1)", "Linear(128, 1)")]
    [InlineData("x.view(new long[] { -1, 64 })", "Linear(outputSize: 1, inputSize: 64)", "Linear(outputSize: 1, inputSize: 128)")]
    public Task A_known_wrong_size(string flatten, string head, string right) => Verify.FixAsync(
        Net($"{{|NN3002:{flatten}|}}", head, "randn(16, 1, 8, 8)"), Net("x.flatten(1)", right, "randn(16, 1, 8, 8)"));

    [Fact]
    public Task A_size_that_depends_on_the_picture() => Verify.FixAsync(
        Net("{|NN3002:x.view(-1, 128)|}", "Linear(128, 1)", "Tensor.Load(new BinaryReader(Stream.Null))"), Net("x.flatten(1)",
            "Linear(128, 1)", "Tensor.Load(new BinaryReader(Stream.Null))"));

    [Fact]
    public Task Through_dropout_and_a_local() => Verify.FiresAsync(Code.Net(
        "private readonly Conv2d conv = Conv2d(1, 8, 3); private readonly Linear fc = Linear(320, 1);",
        "var features = conv.forward(x); var flat = {|NN3002:features.view(-1, 320)|}; "
            + "flat = functional.dropout(flat, training: training); "
            + "return fc.forward(functional.relu(flat));", input: "randn(8, 1, 8, 8)"));

    [Theory]
    [InlineData("x.view(-1, 128)")] // what a sample holds
    [InlineData("x.flatten(1)")]
    [InlineData("x.view(x.shape[0], -1)")]
    [InlineData("x.view(x.shape[0], 128)")]
    [InlineData("x.reshape(-1, 4)")] // the last axis: folding, boxes
    public Task Silent(string flatten) => Verify.SilentAsync(Net(flatten, "Linear(128, 1)", "randn(16, 1, 8, 8)"));

    [Fact]
    public Task Silent_when_folded_before_a_loss() => Verify.SilentAsync(Code.Net(
        "private readonly Linear fc = Linear(4, 10);", "return fc.forward(x);",
        "functional.cross_entropy(prediction.view(-1, 10), target.view(-1))", "randint(10, new long[] { 8, 5 })", "randn(8, 5, 4)"));

    [Fact]
    public Task Silent_on_a_recurrent_output() => Verify.SilentAsync(Code.Net(
        "private readonly LSTM lstm = LSTM(4, 16, batchFirst: true); private readonly Linear fc = Linear(16, 1);",
        "var (o, _, _) = lstm.forward(x); return fc.forward(o.reshape(-1, 16));", input: "randn(8, 5, 4)"));

    [Fact]
    public Task Silent_when_the_pooling_fixes_the_size() => Verify.SilentAsync(Code.Net(
        "private readonly Conv2d conv = Conv2d(1, 8, 3); private readonly Module<Tensor, Tensor> pool = AdaptiveAvgPool2d(new long[] { "
            + "2, 2 }); private readonly Linear fc = Linear(32, 1);",
        "return fc.forward(pool.forward(conv.forward(x)).view(-1, 32));", input: "Tensor.Load(new BinaryReader(Stream.Null))"));

    /// <summary>As many values as there are channels: each pixel is to be judged.</summary>
    [Fact]
    public Task A_row_for_each_pixel() => Verify.FixAsync(
        Code.Net("private readonly Conv2d conv = Conv2d(1, 16, 3, padding: 1); private readonly Linear decide = Linear(16, 3);",
            "return decide.forward({|NN3002:functional.relu(conv.forward(x)).view(-1, 16)|});",
            "functional.cross_entropy(prediction, target)", "randint(0, 3, new long[] { 800 })", "rand(8, 1, 10, 10)"),
        Code.Net("private readonly Conv2d conv = Conv2d(1, 16, 3, padding: 1); private readonly Linear decide = Linear(16, 3);",
            "return decide.forward(functional.relu(conv.forward(x)).permute(0, 2, 3, 1).reshape(-1, 16));",
            "functional.cross_entropy(prediction, target)", "randint(0, 3, new long[] { 800 })", "rand(8, 1, 10, 10)"));
}
