namespace NnAnalyzers.Tests.Graph;

/// <summary>Networks that return several tensors: each has its shape and its losses.</summary>
public class OutputTests
{
    private static string Two(string body, string returns = "(Tensor mean, Tensor classes)",
        string result = "(mean.forward(x), classes.forward(x))",
        string takes = "Module<Tensor, (Tensor mean, Tensor classes)>") => $$"""
        class Two : {{takes}}
        {
            private readonly Linear mean = Linear(4, 1), classes = Linear(4, 3);
            public Two() : base("two") => RegisterComponents();
            public override {{returns}} forward(Tensor x) => {{result}};
        }
        static class Program { static void Train(Two model) { {{body}} } }
        """;

    [Theory]
    [InlineData("var (m, c) = model.forward(randn(8, 4)); {|NN3009:functional.mse_loss(m, randn(8))|}.backward();")]
    [InlineData("var r = model.call(randn(8, 4)); {|NN3009:functional.mse_loss(r.Item1, randn(8))|}.backward();")]
    [InlineData("var r = model.call(randn(8, 4)); {|NN3009:functional.mse_loss(r.mean, randn(8))|}.backward();")]
    [InlineData("var (_, c) = model.forward(randn(8, 4)); functional.mse_loss(c, {|NN3003:randn(8, 3) + randn(8, 4)|}).backward();")]
    [InlineData("var (m, c) = model.forward(randn(8, 4)); functional.mse_loss({|NN3003:cat(new[] { m, c }, 0)|}, randn(8, 4)).backward();")]
    [InlineData("var (m, c) = model.forward(randn(8, 4)); ({|NN3009:functional.mse_loss(m, randn(8))|} + functional.cross_entropy(c, "
        + "zeros(8, int64))).backward();")]
    public Task A_part_has_its_shape(string body) => Verify.Sizes.FiresAsync(Two(body));

    [Theory]
    [InlineData("var (m, c) = model.forward(randn(8, 4)); functional.mse_loss(m, randn(8, 1)).backward();")]
    [InlineData("var (m, c) = model.forward(randn(8, 4)); functional.mse_loss(cat(new[] { m, c }, 1), randn(8, 4)).backward();")]
    [InlineData("var (m, c) = model.forward(randn(8, 4)); functional.mse_loss(c, randn(8, 3)).backward();")]
    public Task Silent(string body) => Verify.Sizes.SilentAsync(Two(body));

    /// <summary>An array that is returned is not told by its elements, but never mixed up.</summary>
    [Fact]
    public Task Silent_on_a_list() => Verify.Sizes.SilentAsync(Two(
        "var r = model.forward(randn(8, 4)); functional.mse_loss(r[1], randn(8, 3)).backward();", "Tensor[]",
        "new[] { mean.forward(x), classes.forward(x) }", "Module<Tensor, Tensor[]>"));
}
