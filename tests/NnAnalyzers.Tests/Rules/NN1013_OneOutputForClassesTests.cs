namespace NnAnalyzers.Tests.Rules;

public class NN1013_OneOutputForClassesTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8), fc2 = Linear(8, 1);";

    [Theory]
    [InlineData("functional.cross_entropy(prediction, target)",
        "functional.binary_cross_entropy_with_logits(prediction, target.to_type(prediction.dtype).view_as(prediction))")]
    [InlineData("CrossEntropyLoss().call(prediction, target)",
        "BCEWithLogitsLoss().call(prediction, target.to_type(prediction.dtype).view_as(prediction))")]
    public Task The_binary_loss_takes_its_place(string loss, string better) => Verify.FixAsync(
        Code.Net(Layers, "return fc2.forward(functional.relu(fc1.forward(x)));", $"{{|NN1013:{loss}|}}", "randint(2, new long[] { 8 })"),
        Code.Net(Layers, "return fc2.forward(functional.relu(fc1.forward(x)));", better, "randint(2, new long[] { 8 })"));

    [Fact]
    public Task Whatever_activation_comes_before() => Verify.FiresAsync(
        Code.Net(Layers, "return fc2.forward(fc1.forward(x)).sigmoid();", "{|NN1013:functional.cross_entropy(prediction, target)|}"));

    [Theory]
    [InlineData("return fc1.forward(x);", "functional.cross_entropy(prediction, target)")]
    [InlineData("return fc2.forward(fc1.forward(x));", "functional.binary_cross_entropy_with_logits(prediction, target)")]
    [InlineData("return fc2.forward(fc1.forward(x)).squeeze(1).unsqueeze(0);", "functional.cross_entropy(prediction, target)")]
    public Task Silent(string forward, string loss) => Verify.SilentAsync(Code.Net(Layers, forward, loss));

    [Fact]
    public Task Silent_where_the_number_of_axes_is_not_known() => Verify.SilentAsync(
        "class Net : Module<Tensor, Tensor> { private readonly Linear fc = Linear(8, 1); "
            + "public Net() : base(\"n\") => RegisterComponents(); public override Tensor forward(Tensor x) => fc.forward(x); }",
        "static class P { static void Train(Net net, Tensor x, Tensor y) => functional.cross_entropy(net.forward(x), y).backward(); }");
}
