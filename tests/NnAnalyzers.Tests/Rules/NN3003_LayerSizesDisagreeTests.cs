namespace NnAnalyzers.Tests.Rules;

public class NN3003_LayerSizesDisagreeTests
{
    private static string Net(string members, string forward) => $$"""
        class Net : Module<Tensor, Tensor>
        {
            {{members}}
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }
        """;

    [Fact]
    public Task A_number_at_the_layer_is_corrected() => Verify.Sizes.FixAsync(
        Net("private readonly Linear fc1 = Linear(4, 8), fc2 = Linear(16, 1); // head", "return {|NN3003:fc2.forward(fc1.forward(x))|};"),
        Net("private readonly Linear fc1 = Linear(4, 8), fc2 = Linear(8, 1); // head", "return fc2.forward(fc1.forward(x));"));

    [Fact]
    public Task Across_the_elements_of_a_Sequential() => Verify.Sizes.FixAsync(
        Net("private readonly Sequential net = Sequential(Conv2d(3, 16, 3), ReLU(), {|NN3003:Conv2d(8, 4, 3)|}, ReLU());",
            "return net.forward(x);"),
        Net("private readonly Sequential net = Sequential(Conv2d(3, 16, 3), ReLU(), Conv2d(16, 4, 3), ReLU());", "return net.forward(x);"));

    [Theory]
    [InlineData("private readonly Conv2d c = Conv2d(1, 8, 3); private readonly BatchNorm2d n = BatchNorm2d(16);",
        "return {|NN3003:n.forward(c.forward(x))|};")]
    [InlineData("private readonly Linear a = Linear(4, 8); private readonly LayerNorm n = LayerNorm(6);",
        "return {|NN3003:n.forward(a.forward(x))|};")]
    [InlineData("private readonly Embedding e = Embedding(100, 32); private readonly LSTM r = LSTM(64, 8);",
        "return {|NN3003:r.forward(e.forward(x))|}.Item1;")]
    [InlineData("private readonly Linear a = Linear(4, 8), b = Linear(4, 6);", "return {|NN3003:a.forward(x) + b.forward(x)|};")]
    [InlineData("private readonly AdaptiveAvgPool2d p = AdaptiveAvgPool2d(1); private readonly Conv2d c = Conv2d(3, 64, 3); "
        + "private readonly Linear f = Linear(64, 10);", "return {|NN3003:f.forward(p.forward(c.forward(x)))|};")]
    [InlineData("private readonly AdaptiveAvgPool2d p = AdaptiveAvgPool2d(4); private readonly Conv2d c = Conv2d(3, 8, 5);",
        "return {|NN3003:c.forward(p.forward(c.forward(x)))|};")]
    [InlineData(
        "private readonly AdaptiveAvgPool2d p = AdaptiveAvgPool2d(2); private readonly Conv2d c = Conv2d(3, 8, 3), d = Conv2d(8, 8, 3);",
        "return {|NN3003:d.forward(p.forward(c.forward(x)))|};")]
    [InlineData("private readonly Conv2d c = Conv2d(3, 8, 3); private readonly Linear f = Linear(100, 1);",
        "return {|NN3003:f.forward(c.forward(x).flatten(1))|};")]
    [InlineData("private readonly Conv2d c = Conv2d(3, 257, 3); private readonly AdaptiveAvgPool2d p = AdaptiveAvgPool2d(2);",
        "x = p.forward(c.forward(x)); return {|NN3003:x.view(x.shape[0], 256 * 2 * 2)|};")]
    public Task Contradictions(string members, string forward) => Verify.Sizes.FiresAsync(Net(members, forward));

    [Fact]
    public Task Flattened_picture_of_known_size() => Verify.Sizes.FixAsync(
        Code.Net("private readonly Conv2d c = Conv2d(1, 64, 3, padding: 1); private readonly Linear f = Linear(64 * 12 * 12, 10);",
            "x = functional.max_pool2d(c.forward(x), 2);\n        return {|NN3003:f.forward(x.flatten(1))|};", "prediction.sum()",
            input: "randn(8, 1, 22, 22)"),
        Code.Net("private readonly Conv2d c = Conv2d(1, 64, 3, padding: 1); private readonly Linear f = Linear(7744, 10);",
            "x = functional.max_pool2d(c.forward(x), 2);\n        return f.forward(x.flatten(1));", "prediction.sum()",
            input: "randn(8, 1, 22, 22)"));

    [Fact]
    public async Task The_message_states_both_sides()
    {
        var finding = Assert.Single(await Verify.FindAsync(Code.Net("private readonly Conv2d c = Conv2d(1, 64, 3, padding: 1); private "
            + "readonly Linear f = Linear(9216, 10);", "x = functional.max_pool2d(c.forward(x), 2); return f.forward(x.flatten(1));",
            "prediction.sum()", input: "randn(8, 1, 22, 22)")));
        Assert.Equal("f (Linear) expects 9216 features; flatten(1) of (N, 64, 11, 11) gives 7744", finding.GetMessage());
    }

    [Fact]
    public Task Across_the_border_of_a_block() => Verify.Sizes.FiresAsync("""
        class Block : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv;
            public Block(long channels) : base("b") { conv = Conv2d(channels, channels, 3, padding: 1); RegisterComponents(); }
            public override Tensor forward(Tensor x) => functional.relu(conv.forward(x));
        }
        class Net : Module<Tensor, Tensor>
        {
            private readonly Conv2d stem = Conv2d(3, 16, 3);
            private readonly Block block = new Block(32);
            public Net() : base("n") => RegisterComponents();
            public override Tensor forward(Tensor x) => {|NN3003:block.forward(stem.forward(x))|};
        }
        """);

    [Fact]
    public Task Joined_along_the_wrong_axis() =>
        Verify.Sizes.FiresAsync(Code.Method("var a = randn(4, 8); var b = randn(4, 6); var c = {|NN3003:cat(new[] { a, b }, 0)|};"));

    /// <summary>The picture's size is not known, but 64·h·w is never 9217.</summary>
    [Fact]
    public async Task A_number_that_no_picture_gives() =>
        Assert.Equal("f (Linear) expects 9217 features; flatten(1) of (N, 64, x[2]-2, x[3]-2) gives a multiple of 64",
        Assert.Single(await Verify.FindAsync(Net("private readonly Conv2d c = Conv2d(1, 64, 3); "
            + "private readonly Linear f = Linear(9217, 10);", "return f.forward(c.forward(x).flatten(1));"))).GetMessage());

    [Fact]
    public Task A_layer_that_training_code_applies_by_itself() => Verify.Sizes.FixAsync(
        Code.Method("var key = Linear(33, 16); var k = {|NN3003:key.call(randn(4, 8, 32))|};"),
        Code.Method("var key = Linear(32, 16); var k = key.call(randn(4, 8, 32));"));

    [Theory]
    [InlineData("private readonly Linear a = Linear(4, 8), b = Linear(8, 4);", "return b.forward(a.forward(x));")]
    [InlineData("private readonly Linear a = Linear(4, 8), b = Linear(1, 8);", "return a.forward(x) + b.forward(x.sum(1, true));")]
    [InlineData("private readonly Conv2d c = Conv2d(3, 8, 3); private readonly Linear f = Linear(104, 1);",
        "return f.forward(c.forward(x).flatten(1));")]
    [InlineData("private readonly Linear a = Linear(4, 8), b = Linear(6, 1);",
        "if (x.shape[0] > 3) x = a.forward(x); return b.forward(x);")]
    public Task Silent(string members, string forward) => Verify.Sizes.SilentAsync(Net(members, forward));

    [Fact]
    public Task Silent_on_a_shortcut_that_is_only_taken_where_it_fits() => Verify.Sizes.SilentAsync("""
        class Block : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv; private readonly bool add;
            public Block(int c1, int c2, bool shortcut = true) : base("b")
            {
                conv = Conv2d(c1, c2, 3, padding: 1);
                add = shortcut && c1 == c2;
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => add ? x + conv.forward(x) : conv.forward(x);
        }
        class Net : Module<Tensor, Tensor>
        {
            private readonly Sequential net = Sequential(new Block(3, 16), new Block(16, 16), new Block(16, 8));
            public Net() : base("n") => RegisterComponents();
            public override Tensor forward(Tensor x) => net.forward(x);
        }
        """);

    [Theory]
    [InlineData("(8, 20, 50)", "8, 20", "transpose(1, 2)")]
    [InlineData("(8, 12, 14, 5)", "8, 12, 14", "permute(0, 3, 1, 2)")]
    public Task Classes_come_to_the_second_axis(string prediction, string target, string moved)
    {
        string Train(string loss) => $$"""
            static class Program
            {
                static void Train(Module<Tensor, Tensor> model)
                {
                    var output = model.call(randn(8, 4)).reshape{{prediction}};
                    var loss = {{loss}};
                    loss.backward();
                }
            }
            """;
        return Verify.Sizes.FixAsync(
            Train($"{{|NN3003:functional.cross_entropy(output, randint(0, 5, new long[] {{ {target} }}))|}}"),
            Train($"functional.cross_entropy(output.{moved}, randint(0, 5, new long[] {{ {target} }}))"));
    }

    /// <summary>An axis below the smallest number that can be made positive is none.</summary>
    [Theory]
    [InlineData("transpose(long.MinValue, -1)")]
    [InlineData("transpose(-1, long.MinValue)")]
    [InlineData("transpose(-2, -1)")]
    public Task Axes_beyond_all_that_are_known(string call) => Verify.Sizes.SilentAsync(
        Net("private readonly Linear a = Linear(4, 8), b = Linear(3, 8);", $"return b.forward(a.forward(x).{call});"));
}
