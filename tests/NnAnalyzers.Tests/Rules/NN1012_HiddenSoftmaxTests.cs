namespace NnAnalyzers.Tests.Rules;

public class NN1012_HiddenSoftmaxTests
{
    private const string Fields = "private readonly Linear fc1 = Linear(32, 64), fc2 = Linear(64, 64), fc3 = Linear(64, 1);";

    private static string Net(string forward, string fields = Fields) => Code.Net(fields, $"return {forward};", input: "randn(8, 32)");

    [Theory]
    [InlineData("fc3.forward(functional.relu(fc2.forward({|NN1012:functional.softmax(fc1.forward(x), 1)|})))",
        "fc3.forward(functional.relu(fc2.forward(functional.relu(fc1.forward(x)))))")]
    [InlineData("fc3.forward({|NN1012:fc2.forward(functional.relu(fc1.forward(x))).softmax(-1)|})",
        "fc3.forward(fc2.forward(functional.relu(fc1.forward(x))).relu())")]
    public Task Called_in_forward(string before, string after) => Verify.FixAsync(Net(before), Net(after));

    [Fact]
    public Task Elements_of_a_Sequential() => Verify.FixAsync(
        Net("net.forward(x)", "private readonly Sequential net = Sequential(Linear(32, 64), {|NN1012:Softmax(1)|}, Dropout(0.1), "
            + "Linear(64, 64), /* then */ {|NN1012:Softmax(1)|}, Linear(64, 1));"),
        Net("net.forward(x)", "private readonly Sequential net = Sequential(Linear(32, 64), ReLU(), Dropout(0.1), "
            + "Linear(64, 64), /* then */ ReLU(), Linear(64, 1));"));

    [Theory]
    [InlineData("fc3.forward(functional.relu(fc2.forward(functional.relu(fc1.forward(x)))))", Fields)]
    [InlineData("fc3.forward(fc2.forward(functional.relu(fc1.forward(x))) * functional.softmax(fc2.forward(fc1.forward(x).relu()), 1))",
        Fields)] // a gate
    [InlineData("norm.forward(v.forward(functional.softmax(q.forward(x), 1)))", "private readonly LayerNorm norm = LayerNorm(16); "
        + "private readonly Linear q = Linear(32, 64), v = Linear(64, 16, hasBias: false);")] // a look-up
    [InlineData("o.forward(torch.matmul(functional.softmax(q.forward(x), 1), v))",
        "private readonly Linear q = Linear(32, 64), o = Linear(16, 1); private readonly Parameter v = Parameter(randn(64, 16) * 0.1);")]
    [InlineData("functional.softmax(fc1.forward(x), 1).amax(new long[] { 1 }, true)", Fields)]
    [InlineData("fc3.forward(functional.softmax(x, 1).matmul(fc2.weight!.t()) + fc2.forward(fc1.forward(x).relu()))",
        "private readonly Linear fc1 = Linear(64, 64), fc2 = Linear(64, 64), fc3 = Linear(64, 1);")]
    public Task Silent(string forward, string fields) => Verify.SilentAsync(Net(forward, fields));

    /// <summary>Experts are weighed by what a router gives.</summary>
    [Fact]
    public Task Silent_on_a_mixture() => Verify.SilentAsync(Code.Net(
        "private readonly Linear router = Linear(32, 2), one = Linear(32, 64), two = Linear(32, 64), last = Linear(64, 1);",
        "var w = functional.softmax(router.forward(x), 1); var h = w[.., ..1] * one.forward(x) + w[.., 1..] * two.forward(x);"
            + " return last.forward(functional.relu(h));", input: "randn(8, 32)"));

    [Fact]
    public Task Silent_where_the_probabilities_are_used_too() => Verify.SilentAsync("""
        class Net : Module<Tensor, (Tensor, Tensor)>
        {
            private readonly Linear kinds = Linear(32, 10), refine = Linear(10, 10);
            public Net() : base("net") => RegisterComponents();
            public override (Tensor, Tensor) forward(Tensor x)
            {
                var p = functional.softmax(kinds.forward(x), 1);
                return (p, refine.forward(p));
            }
        }
        static class Program
        {
            static void Train(Net model, Tensor x, Tensor y) => functional.cross_entropy(model.forward(x).Item2, y).backward();
        }
        """);
}
