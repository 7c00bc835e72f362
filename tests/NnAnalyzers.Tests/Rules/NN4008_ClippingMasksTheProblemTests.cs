namespace NnAnalyzers.Tests.Rules;

public class NN4008_ClippingMasksTheProblemTests
{
    private const string Layers = "Sequential(Linear(4, 16), ReLU(), Linear(16, 3))", Classes = "randint(0, 3, 8, dtype: int64)";

    [Theory]
    [InlineData("{|NN4008:functional.cross_entropy(prediction, target).clamp(0, 10)|}")]
    [InlineData("{|NN4008:functional.cross_entropy(prediction, target).clamp_max(5)|}")]
    [InlineData("{|NN4008:torch.nan_to_num(functional.cross_entropy(prediction, target))|}")]
    [InlineData("{|NN4008:torch.clamp(functional.cross_entropy(prediction, target), max: 100)|} * 2")]
    public Task A_loss(string loss) => Verify.FiresAsync(Code.Sequential(Layers, loss, Classes));

    [Theory]
    [InlineData("{|NN4008:prediction.clamp(-10, 10)|}")]
    [InlineData("{|NN4008:prediction.nan_to_num()|}")]
    public Task Logits(string logits) => Verify.FiresAsync(Code.Sequential(Layers, $"functional.cross_entropy({logits}, target)", Classes));

    [Fact]
    public Task Logits_in_forward() => Verify.FiresAsync(Code.Net("private readonly Linear fc = Linear(4, 1);",
        "return {|NN4008:fc.forward(x).clamp(-20, 20)|};", "functional.binary_cross_entropy_with_logits(prediction, target)",
        "rand(8, 1)"));

    [Fact]
    public Task Gradients_by_value_over_weights_that_start_too_large() => Verify.FiresAsync(Code.Sequential(
        "Sequential(Linear(64, 64), ReLU(), Linear(64, 1)); foreach (var p in model.parameters()) {|NN2001:init.normal_(p)|}",
        input: "randn(8, 64)").Replace("optimizer.step();",
            "{|NN4008:nn.utils.clip_grad_value_(model.parameters(), 1)|}; optimizer.step();"));

    [Theory]
    [InlineData("functional.cross_entropy(prediction, target)")]
    [InlineData("functional.cross_entropy(prediction, target).clamp(min: 0.1)")] // free bits
    [InlineData("functional.nll_loss(prediction.softmax(1).clamp(1e-7, 1).log(), target)")] // a floor of probabilities
    [InlineData("functional.mse_loss(prediction, target.clamp(0, 1))", "randn(8, 3)")] // targets
    [InlineData("functional.mse_loss(prediction.clamp(0, 1), target)", "rand(8, 3)")] // pixels
    [InlineData("(prediction.clamp(0.8, 1.2) * target).mean()", "randn(8, 3)")] // ratios
    public Task Silent(string loss, string target = Classes) => Verify.SilentAsync(Code.Sequential(Layers, loss, target));

    [Fact]
    public Task Silent_on_norms_of_gradients() => Verify.SilentAsync(Code.Sequential(Layers, "functional.cross_entropy(prediction, target)",
        Classes).Replace("optimizer.step();", "nn.utils.clip_grad_norm_(model.parameters(), 1); optimizer.step();"));

    [Fact]
    public Task Silent_on_values_of_gradients_over_weights_that_start_well() => Verify.SilentAsync(
        Code.Sequential(Layers, "functional.cross_entropy(prediction, target)", Classes)
        .Replace("optimizer.step();", "nn.utils.clip_grad_value_(model.parameters(), 1); optimizer.step();"));
}
