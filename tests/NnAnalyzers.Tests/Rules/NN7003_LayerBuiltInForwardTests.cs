namespace NnAnalyzers.Tests.Rules;

public class NN7003_LayerBuiltInForwardTests
{
    private static string Net(string forward, string fields = "private readonly Linear fc = Linear(4, 1);", string more = "") =>
        Code.Net(fields, forward.Replace("\n", "\n        "), more: more);

    [Theory]
    [InlineData("x = {|NN7003:Dropout(0.5)|}.forward(x); // drops\nreturn fc.forward(x);",
        "x = dropout.forward(x); // drops\nreturn fc.forward(x);", "private readonly Dropout dropout = Dropout(0.5);")]
    [InlineData("var drop = {|NN7003:nn.Dropout(0.5)|};\nreturn fc.forward(drop.forward(x));", "return fc.forward(drop.forward(x));",
        "private readonly Dropout drop = nn.Dropout(0.5);")]
    [InlineData("using var extra = {|NN7003:Linear(4, 4, hasBias: false)|};\nreturn fc.forward(extra.forward(x));",
        "return fc.forward(extra.forward(x));", "private readonly Linear extra = Linear(4, 4, hasBias: false);")]
    [InlineData("x = {|NN7003:Sequential(Linear(4, 4), ReLU())|}.forward(x);\nreturn fc.forward(x);",
        "x = sequential.forward(x);\nreturn fc.forward(x);", "private readonly Sequential sequential = Sequential(Linear(4, 4), ReLU());")]
    public Task Made_once(string forward, string after, string field) =>
        Verify.FixAsync(Net(forward), Net(after, "private readonly Linear fc = Linear(4, 1);\n    " + field));

    [Fact]
    public Task Two_at_once() => Verify.FiresAsync(
        Net("x = {|NN7003:Dropout(0.5)|}.forward(x);\nx = {|NN7003:BatchNorm1d(4)|}.forward(x);\nreturn fc.forward(x);"));

    [Theory]
    [InlineData("return {|NN7003:Linear(x.shape[1], 1)|}.forward(x);")] // not known before
    [InlineData("var size = 4;\nreturn fc.forward({|NN7003:Linear(size, 4)|}.forward(x));")]
    [InlineData("return fc.forward(Mixed(x));", "private Tensor Mixed(Tensor x) => {|NN7003:Linear(4, 4)|}.forward(x);")]
    public Task Found(string forward, string method = "") =>
        Verify.FiresAsync(Net(forward, "private readonly Linear fc = Linear(4, 1);\n    " + method));

    [Theory]
    [InlineData("x = ReLU().forward(x);\nreturn fc.forward(Flatten().forward(x));")]
    [InlineData("x = functional.dropout(x, 0.5, training);\nreturn fc.forward(x);")]
    [InlineData("if (training) x = Dropout(0.5).forward(x);\nreturn fc.forward(x);")]
    [InlineData("var drop = Dropout(0.5);\nif (!training) drop.eval();\nreturn fc.forward(drop.forward(x));")]
    [InlineData("if (!parts.TryGetValue(4, out var part)) parts[4] = part = Linear(4, 4);\nreturn fc.forward(part.forward(x));",
        "private readonly Dictionary<int, Linear> parts = new();")]
    [InlineData("using (no_grad()) x = Linear(4, 4).forward(x);\nreturn fc.forward(x);")] // a fixed random projection
    [InlineData("var blur = Linear(4, 4);\nblur.weight = Parameter(ones(4, 4) / 4);\nreturn fc.forward(blur.forward(x));")]
    public Task Silent(string forward, string field = "") =>
        Verify.SilentAsync(Net(forward, "private readonly Linear fc = Linear(4, 1); " + field));

    [Fact]
    public Task A_comment_behind_the_last_field_stays_there() => Verify.FixAsync(
        Net("return fc.forward({|NN7003:Dropout(0.5)|}.forward(x));", "private readonly Linear fc = Linear(4, 1); // the head"),
        Net("return fc.forward(dropout.forward(x));",
            "private readonly Linear fc = Linear(4, 1); // the head\n    private readonly Dropout dropout = Dropout(0.5);"));

    [Fact]
    public Task Silent_for_a_field_that_is_filled_when_the_size_is_known() => Verify.SilentAsync(
        Net("head ??= Linear(x.shape[1], 1);\nreturn head.forward(x);", "private Linear? head;"),
        Net("if (head is null) { head = Linear(x.shape[1], 1); register_module(\"head\", head); }\nreturn head.forward(x);",
            "private Linear? head;").Replace("class Net", "class Lazy").Replace("Net()", "Lazy()").Replace("class Program", "class Other"));
}
