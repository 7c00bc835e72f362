namespace NnAnalyzers.Tests.Rules;

public class NN3004_FlattenMergesBatchTests
{
    private const string Layers =
        "private readonly Conv2d conv = Conv2d(1, 4, 3, padding: 1); private readonly Linear fc = Linear(256, 1);";

    [Fact]
    public Task A_batch_of_known_shape() => Verify.FixAsync(
        Code.Net(Layers, "x = functional.relu(conv.forward(x));\n        return fc.forward({|NN3004:x.flatten()|}); // head",
            input: "randn(8, 1, 8, 8)"),
        Code.Net(Layers, "x = functional.relu(conv.forward(x));\n        return fc.forward(x.flatten(1)); // head",
            input: "randn(8, 1, 8, 8)"));

    [Theory]
    [InlineData("reshape(-1)")]
    [InlineData("view(-1)")]
    public Task A_row_by_another_name(string row) => Verify.FixAsync(
        Code.Net(Layers, $"x = functional.relu(conv.forward(x));\n        return fc.forward({{|NN3004:x.{row}|}});",
            input: "randn(8, 1, 8, 8)"),
        Code.Net(Layers, "x = functional.relu(conv.forward(x));\n        return fc.forward(x.flatten(1));", input: "randn(8, 1, 8, 8)"));

    [Fact]
    public Task The_function_after_a_batch_normalization() => Verify.FiresAsync(
        Code.Net(Layers + " private readonly BatchNorm2d norm = BatchNorm2d(4);",
            "x = norm.forward(conv.forward(x)); return fc.forward({|NN3004:torch.flatten(x)|});", input: "Data()", more: "")
            .Replace("static void Train()", "static Tensor Data() => throw new Exception(); static void Train()"));

    [Theory]
    [InlineData("return fc.forward(conv.forward(x).flatten(1));", "randn(8, 1, 8, 8)")]
    [InlineData("return fc.forward(conv.forward(x).flatten());", "randn(1, 8, 8)")]
    [InlineData("return conv.forward(x).flatten();", "randn(8, 1, 8, 8)")]
    [InlineData("return fc.forward(conv.forward(x).reshape(-1));", "randn(1, 8, 8)")]
    [InlineData("return conv.forward(x).view(-1);", "randn(8, 1, 8, 8)")]
    public Task Silent(string forward, string input) =>
        Verify.SilentAsync(Code.Net(Layers, forward, input: input, target: "randn(8, 4, 8, 8).flatten()", loss: "prediction.sum()"));

    [Fact]
    public Task Silent_where_no_batch_is_sure() => Verify.SilentAsync("class Net : Module<Tensor, Tensor> { private readonly "
        + "Conv2d c = Conv2d(1, 4, 3); private readonly Linear f = Linear(256, 1); public Net() : base(\"n\") => RegisterComponents(); "
        + "public override Tensor forward(Tensor x) => f.forward(c.forward(x).flatten()); }");
}
