namespace NnAnalyzers.Tests.Graph;

/// <summary>Networks with several inputs: each has the shape that all training code gives it.</summary>
public class InputTests
{
    private static string Pair(string forward, params string[] calls) => $$"""
        class Pair : Module<Tensor, Tensor, Tensor>
        {
            private readonly Linear fc = Linear(8, 1);
            public Pair() : base("pair") => RegisterComponents();
            public override Tensor forward(Tensor x, Tensor y) { {{forward}} }
        }
        static class Program
        {
            static void Train(Pair model)
            {
                {{string.Concat(calls.Select(c => $"model.{c}.mean().backward();"))}}
            }
        }
        """;

    [Theory]
    [InlineData("return {|NN3003:fc.forward(cat(new[] { x, y }, 1))|};", "forward(randn(8, 4), randn(8, 5))")]
    [InlineData("return {|NN3003:fc.forward(cat(new[] { x, y }, 1))|};", "call(randn(8, 4), randn(8, 5))",
        "call(randn(2, 4), randn(2, 5))")]
    [InlineData("return fc.forward({|NN3003:x + y|});", "call(randn(8, 8), randn(8, 7))")]
    public Task Inputs_that_do_not_fit(string forward, params string[] calls) => Verify.Sizes.FiresAsync(Pair(forward, calls));

    [Theory]
    [InlineData("return fc.forward(cat(new[] { x, y }, 1));", "forward(randn(8, 4), randn(8, 4))")]
    [InlineData("return fc.forward(cat(new[] { x, y }, 1));", "forward(randn(8, 4), randn(8, 5))", "forward(randn(8, 5), randn(8, 3))")]
    [InlineData("return fc.forward(x.view(y.shape[0], 8));", "forward(randn(8, 2, 4), randn(8, 5))")]
    [InlineData("return fc.forward(cat(new[] { x, y }, 1));", "forward(randn(8, 4), Data.Second())")]
    [InlineData("return fc.forward(y);", "forward(randn(8, 4), randn(8, 8))")]
    public Task Silent(string forward, params string[] calls) => Verify.Sizes.SilentAsync(Pair(forward, calls),
        "static class Data { public static Tensor Second() => throw new NotImplementedException(); }");

    /// <summary>An input that is left out is not the one that comes first.</summary>
    [Fact]
    public Task Silent_on_an_optional_input() => Verify.Sizes.SilentAsync("""
        class Masked : Module<Tensor, Tensor?, Tensor, Tensor>
        {
            private readonly Linear fc = Linear(8, 1);
            public Masked() : base("masked") => RegisterComponents();
            public override Tensor forward(Tensor x, Tensor? mask, Tensor y) => fc.forward(mask is null ? y : y * mask);
        }
        static class Program
        {
            static void Train(Masked model)
            {
                functional.mse_loss(model.forward(randn(8, 4), null, randn(8, 8)), randn(8, 1)).backward();
                functional.mse_loss(model.forward(randn(8, 4), rand(8, 8), randn(8, 8)), randn(8, 1)).backward();
            }
        }
        """);
}
