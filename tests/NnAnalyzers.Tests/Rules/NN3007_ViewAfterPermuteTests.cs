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
}
