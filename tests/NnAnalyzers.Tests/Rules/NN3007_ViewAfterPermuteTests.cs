namespace NnAnalyzers.Tests.Rules;

public class NN3007_ViewAfterPermuteTests
{
    private static string Net(string forward) => $$"""
        class Net : Module<Tensor, Tensor>
        {
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }
        """;

    [Theory]
    [InlineData("var (b, h, t, d) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);\n        return {|NN3007:x.permute(0, 2, "
        + "1, 3).view(b, t, h * d)|}; // merge heads", "var (b, h, t, d) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);\n"
            + "        return x.permute(0, 2, 1, 3).reshape(b, t, h * d); // merge heads")]
    [InlineData("x = x.permute(0, 2, 3, 1);\n        return {|NN3007:x.view(x.shape[0], -1)|};",
        "x = x.permute(0, 2, 3, 1);\n        return x.reshape(x.shape[0], -1);")]
    public Task Merging_axes_that_are_apart(string forward, string better) => Verify.FixAsync(Net(forward), Net(better));

    [Fact]
    public Task In_training_code() =>
        Verify.FiresAsync(Code.Method("var x = randn(4, 3, 8); var y = {|NN3007:x.transpose(1, 2).view(4, 24)|};"));

    [Theory]
    [InlineData("return x.permute(0, 2, 1, 3).contiguous().view(x.shape[0], -1);")]
    [InlineData("return x.permute(0, 2, 1, 3).reshape(x.shape[0], -1);")]
    [InlineData("x = x.permute(0, 2, 1); return x.view(x.shape[0], x.shape[1], 2, -1);")]
    [InlineData("x = x.permute(2, 0, 1); return x.view(x.shape[0], -1);")]
    [InlineData("x = x.transpose(1, 2); return x.view(x.shape[0], -1);")]
    public Task Silent(string forward) => Verify.SilentAsync(Net(forward));

    /// <summary>As torch works out strides: the first ones throw, the last ones do not.</summary>
    [Theory]
    [InlineData("{|NN3007:x.permute(0, 2, 3, 1).view(x.shape[0], -1, 4)|}",
        "x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, 4)")] // boxes of two anchors
    [InlineData("{|NN3007:x.view(8, 8, 2, 3, 2, 3).permute(0, 1, 2, 4, 3, 5).view(8, 8, 4, 9)|}",
        "x.view(8, 8, 2, 3, 2, 3).permute(0, 1, 2, 4, 3, 5).reshape(8, 8, 4, 9)")] // patches
    [InlineData("x.permute(0, 2, 3, 1).view(8, 36, 2, 4)", null)]
    [InlineData("x.permute(0, 2, 3, 1).view(8, 3, 12, 8)", null)]
    [InlineData("x.permute(0, 2, 3, 1).view(2, 4, 6, 6, 8)", null)]
    [InlineData("x.permute(1, 0, 2, 3).view(8, 8, 36)", null)]
    [InlineData("x.transpose(1, 2).transpose(1, 2).view(8, -1)", null)]
    public Task Sizes_that_are_known(string view, string? reshape)
    {
        string Net(string forward) => Code.Net("private readonly Conv2d conv = Conv2d(1, 8, 3, padding: 1);",
            $"x = conv.forward(x);\n        return {forward};", "prediction.mean()", input: "randn(8, 1, 6, 6)");
        return reshape is null ? Verify.Sizes.SilentAsync(Net(view)) : Verify.Sizes.FixAsync(Net(view), Net(reshape));
    }
}
