namespace NnAnalyzers.Tests.Rules;

public class NN3008_ReshapeHidesMismatchTests
{
    private const string Layers = "private readonly Conv2d conv = Conv2d(3, 3, 3, padding: 1);";

    [Theory]
    [InlineData("functional.mse_loss({|NN3008:prediction.view_as(target)|}, target)", "randn(8, 16, 16, 3)")]
    [InlineData("functional.l1_loss({|NN3008:prediction.reshape(target.shape)|}, target)", "randn(16, 48, 8)")]
    public Task Axes_that_mean_something_else(string loss, string target) =>
        Verify.FiresAsync(Code.Net(Layers, "return conv.forward(x);", loss, target, "randn(8, 3, 16, 16)"));

    [Theory]
    [InlineData("functional.mse_loss(prediction.view_as(target), target)", "randn(8, 3, 16, 16)")]
    [InlineData("functional.mse_loss(prediction.select(1, 0).view_as(target), target)", "randn(8, 16, 16, 1)")]
    [InlineData("functional.mse_loss(prediction.view_as(target), target)", "randn(8, 48, 16)")]
    [InlineData("functional.mse_loss(prediction.view_as(target), target)", "randn(new long[] { 8, 3, 4, 4, 16 })")]
    [InlineData("functional.mse_loss(prediction.view(target.shape), target)", "randn(24, 16, 16)")]
    [InlineData("functional.mse_loss(prediction.view_as(target), target)", "Load()")]
    public Task Silent(string loss, string target) => Verify.SilentAsync(Code.Net(Layers, "return conv.forward(x);", loss, target,
        "randn(8, 3, 16, 16)").Replace("static void Train()", "static Tensor Load() => throw new Exception(); static void Train()"));
}
