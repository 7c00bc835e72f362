namespace NnAnalyzers.Tests.Rules;

public class NN4024_StateCarriedOverTests
{
    private const string Net = """
        class Net : Module<Tensor, Tensor, (Tensor, Tensor)>
        {
            private readonly GRU memory = GRU(1, 32, batchFirst: true);
            private readonly Linear read = Linear(32, 1);
            public Net() : base("net") => RegisterComponents();
            public override (Tensor, Tensor) forward(Tensor x, Tensor state)
            {
                var (steps, last) = memory.forward(x, state);
                return (read.forward(steps), last);
            }
        }
        """;

    private static string Train(string turn, string start = "Tensor state = zeros(1, 8, 32);", string back = "loss.backward();",
        string loop = "for (var i = 0; i < 100; i++)") => $$"""
        static class Program
        {
            static void Main()
            {
                var net = new Net();
                var optimizer = optim.Adam(net.parameters());
                {{start}}
                {{loop}}
                {
                    {{turn}}
                    var loss = functional.mse_loss(prediction, randn(8, 10, 1));
                    optimizer.zero_grad();
                    {{back}}
                    optimizer.step();
                }
            }
        }
        """ + Net;

    [Theory]
    [InlineData("var (prediction, next) = net.forward(randn(8, 10, 1), state); {|NN4024:state = next|}; // on",
        "var (prediction, next) = net.forward(randn(8, 10, 1), state); state = next.detach(); // on")]
    [InlineData("Tensor prediction;\n            {|NN4024:(prediction, state) = net.forward(randn(8, 10, 1), state)|};",
        "Tensor prediction;\n            (prediction, state) = net.forward(randn(8, 10, 1), state);\n            state = state.detach();")]
    // Detached first: what comes of it inside the scope would go with it.
    [InlineData("using var scope = NewDisposeScope();\n            var (prediction, next) = net.forward(randn(8, 10, 1), state); "
        + "{|NN4024:state = next.MoveToOuterDisposeScope()|};",
        "using var scope = NewDisposeScope();\n            var (prediction, next) = net.forward(randn(8, 10, 1), state); "
        + "state = next.detach().MoveToOuterDisposeScope();")]
    public Task Detached(string turn, string after) => Verify.FixAsync(Train(turn), Train(after));

    [Fact]
    public Task Null_in_the_first_turn() => Verify.FiresAsync(Train(
        "var (prediction, next) = net.forward(randn(8, 10, 1), state); {|NN4024:state = next|};", "Tensor? state = null;"));

    [Fact]
    public async Task No_fix_where_something_else_is_moved_out_of_the_scope() =>
        Assert.False(Assert.Single(await Verify.FindAsync(Train(
        "using var scope = NewDisposeScope(); var (prediction, next) = net.forward(randn(8, 10, 1), state); "
        + "next.MoveToOuterDisposeScope(); state = next;"))).Properties.ContainsKey(FixProperties.Title));

    [Fact]
    public Task A_layer_by_itself() => Verify.FiresAsync("""
        static class Program
        {
            static void Main()
            {
                var (memory, read) = (GRU(1, 32, batchFirst: true), Linear(32, 1));
                var optimizer = optim.Adam(memory.parameters().Concat(read.parameters()));
                var state = zeros(1, 8, 32);
                for (var i = 0; i < 100; i++)
                {
                    var (steps, last) = memory.forward(randn(8, 10, 1), state);
                    {|NN4024:state = last|};
                    optimizer.zero_grad();
                    functional.mse_loss(read.forward(steps), randn(8, 10, 1)).backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Theory]
    [InlineData("var (prediction, next) = net.forward(randn(8, 10, 1), state); state = next.detach();")]
    [InlineData("var (prediction, next) = net.forward(randn(8, 10, 1), state); using (no_grad()) state = next * 1;")]
    [InlineData("state = zeros(1, 8, 32); var (prediction, next) = net.forward(randn(8, 10, 1), state); state = next;")]
    [InlineData("var (prediction, next) = net.forward(randn(8, 10, 1), state.detach()); state = next;")]
    [InlineData("var (prediction, next) = net.forward(randn(8, 10, 1), state); last = next;")]
    public Task Silent(string turn) => Verify.SilentAsync(Train(turn, "var state = zeros(1, 8, 32); var last = state;"));

    [Fact]
    public Task Silent_where_the_graph_is_kept() => Verify.SilentAsync(Train(
        "var (prediction, next) = net.forward(randn(8, 10, 1), state); state = next;", back: "loss.backward(retain_graph: true);"));

    // Goes backward once for several steps in time, and starts anew.
    [Fact]
    public Task Silent_through_time() => Verify.SilentAsync(Train("""
        var state = zeros(1, 8, 32);
                    var prediction = zeros(8, 10, 1);
                    for (var t = 0; t < 5; t++) (prediction, state) = net.forward(randn(8, 10, 1), state);
        """, ""));
}
