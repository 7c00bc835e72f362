namespace NnAnalyzers.Tests.Training;

/// <summary>A class that is made in several ways is asked once for each.</summary>
public class WaysTests
{
    private static string Code(string first, string second, string open = "", string close = "") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc1, fc2;
            public Net(int inputs, int classes) : base("net")
            {
                fc1 = Linear(inputs, 32);
                fc2 = Linear(32, classes);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => fc2.forward(functional.relu(fc1.forward(x)));
        }
        static class P
        {
            static void Letters(Tensor x, Tensor y)
            {
                var net = new Net({{first}});
                functional.cross_entropy(net.forward(x), y).backward();
            }
            static void Spam(Tensor y)
            {
                var net = new Net({{second}});
                {{open}}functional.cross_entropy(net.forward(randn(8, 16)), y){{close}}.backward();
            }
        }
        """;

    [Fact]
    public Task Each_way_has_its_sizes() => Verify.FiresAsync(Code("4, 26", "16, 1", "{|NN1013:", "|}"));

    [Fact]
    public Task Silent_where_no_way_is_wrong() => Verify.SilentAsync(Code("4, 26", "16, 2"));

    [Fact]
    public Task What_is_given_is_held_against_the_way_it_is_made() =>
        Verify.Sizes.FiresAsync(Code("4, 26", "8, 2").Replace("fc2.forward(functional.relu(fc1.forward(x)))",
            "fc2.forward(functional.relu({|NN3003:fc1.forward(x)|}))"));
}
