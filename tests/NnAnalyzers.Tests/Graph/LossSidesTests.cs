namespace NnAnalyzers.Tests.Graph;

/// <summary>A loss whose two sides cannot be compared.</summary>
public class LossSidesTests
{
    private static string Compared(string prediction, string loss) =>
        Code.Method($"using var y = zeros(8, int64); var p = {prediction}; {loss}.backward();");

    [Theory]
    [InlineData("randn(8, 20, 50)", "functional.cross_entropy(p, zeros(8, 20, int64))")]
    [InlineData("randn(8, 20, 50)", "CrossEntropyLoss().call(p, zeros(8, 20, int64))")]
    [InlineData("randn(8, 50)", "functional.cross_entropy(p, zeros(8, 1, int64))")]
    [InlineData("randn(8, 50)", "functional.cross_entropy(p, y.unsqueeze(1))")]
    [InlineData("randn(8, 50)", "functional.nll_loss(p, zeros(9, int64))")]
    [InlineData("randn(8, 50)", "functional.nll_loss(p, zeros(8, 50))")]
    [InlineData("randn(8, 50, 4, 4)", "functional.cross_entropy(p, zeros(8, 4, 5, int64))")]
    [InlineData("randn(8, 50, 4, 4)", "functional.cross_entropy(p, zeros(8, 1, 4, 4, int64))")]
    [InlineData("randn(8, 50)", "functional.binary_cross_entropy_with_logits(p, zeros(8))")]
    [InlineData("randn(8, 1)", "BCEWithLogitsLoss().call(p, zeros(8))")]
    [InlineData("rand(8, 1)", "functional.binary_cross_entropy(p, zeros(8))")]
    [InlineData("randn(8, 50)", "functional.mse_loss(p, zeros(8, 49))")]
    [InlineData("randn(8, 50)", "functional.smooth_l1_loss(p, zeros(8))")]
    [InlineData("randn(8, 50)", "functional.kl_div(p, rand(8, 49))")]
    public Task Sides_that_do_not_fit(string prediction, string loss) =>
        Verify.Sizes.FiresAsync(Compared(prediction, $"{{|NN3003:{loss}|}}"));

    [Theory]
    [InlineData("randn(8, 50, 20)", "functional.cross_entropy(p, zeros(8, 20, int64))")]
    [InlineData("randn(8, 50)", "functional.cross_entropy(p, y)")]
    [InlineData("randn(8, 50)", "functional.cross_entropy(p, rand(8, 50))")]
    [InlineData("randn(50)", "functional.cross_entropy(p, zeros(1, int64))")]
    [InlineData("randn(8, 20, 20)", "functional.cross_entropy(p, zeros(8, 20, int64))")]
    [InlineData("randn(8, 20, 50)", "functional.cross_entropy(p.transpose(1, 2), zeros(8, 20, int64))")]
    [InlineData("randn(8, 20, 50)", "functional.cross_entropy(p.view(-1, 50), zeros(8, 20, int64).view(-1))")]
    [InlineData("randn(8, 50)", "functional.cross_entropy(p, y, weight: ones(50))")]
    [InlineData("randn(8, 50)", "functional.cross_entropy(p, Data.Classes(path), ones(50))")]
    [InlineData("randn(8, 1)", "functional.binary_cross_entropy_with_logits(p, zeros(8, 1), pos_weights: tensor(new[] { 3f }))")]
    [InlineData("randn(8, 50)", "functional.kl_div(p, zeros(50))")]
    [InlineData("randn(8, 50)", "functional.mse_loss(p, tensor(0f))")]
    [InlineData("randn(int.Parse(path), 50)", "functional.cross_entropy(p, y)")]
    public Task Silent(string prediction, string loss)
    {
        var code = Compared(prediction, loss);
        return Verify.Sizes.SilentAsync(code, "static class Data { public static Tensor Classes(string path) => torch.load(path); }");
    }

    [Theory]
    [InlineData("randn(8, 20, 50)", "functional.cross_entropy(p, zeros(8, 20, int64))",
        "CrossEntropyLoss of (8, 20, 50) expects targets of shape (8, 50), classes being the second axis; they have shape (8, 20)")]
    [InlineData("randn(8, 50)", "functional.cross_entropy(p, zeros(8, 1, int64))",
        "CrossEntropyLoss of (8, 50) expects targets of shape (8); they have shape (8, 1)")]
    public async Task The_message_says_what_is_wanted(string prediction, string loss, string message) =>
        Assert.Equal(message, Assert.Single(await Verify.FindAsync(Compared(prediction, loss))).GetMessage());
}
