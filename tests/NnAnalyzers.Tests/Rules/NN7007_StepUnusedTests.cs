namespace NnAnalyzers.Tests.Rules;

public class NN7007_StepUnusedTests
{
    private const string Fields = "private readonly Linear first = Linear(4, 16), second = Linear(16, 1); "
        + "private readonly Dropout drop = Dropout(0.1); private readonly LSTM memory = LSTM(4, 16);";

    private static string Net(string forward, string more = "") => Code.Net(Fields + more, forward);

    [Theory]
    [InlineData("var hidden = first.forward(x); var active = {|NN7007:functional.relu(hidden)|}; return second.forward(hidden);")]
    [InlineData("var hidden = first.forward(x).relu(); var dropped = {|NN7007:drop.forward(hidden)|}; return second.forward(hidden);")]
    [InlineData("var hidden = {|NN7007:first.forward(x)|}; hidden = first.forward(x); return second.forward(hidden.relu());")]
    [InlineData("var hidden = first.forward(x); x = {|NN7007:hidden.relu()|}; return second.forward(hidden);")]
    public Task Fires(string forward) => Verify.FiresAsync(Net(forward));

    [Theory]
    [InlineData("var hidden = first.forward(x).relu(); return second.forward(hidden);")]
    [InlineData("x = first.forward(x); x = x.relu(); return second.forward(x);")]
    [InlineData("var hidden = first.forward(x); hidden.relu_(); return second.forward(hidden);")]
    [InlineData("var hidden = first.forward(x); _ = drop.forward(hidden); return second.forward(hidden);")]
    [InlineData("var hidden = first.forward(x); drop.forward(hidden); return second.forward(hidden);")]
    [InlineData("var hidden = first.forward(x); var seen = hidden.relu(); Console.WriteLine(seen); return second.forward(hidden);")]
    [InlineData("var hidden = first.forward(x); var seen = hidden.relu(); seen.print(); return second.forward(hidden);")]
    [InlineData("var hidden = first.forward(x); var flat = hidden.view(-1, 8); if (flat.shape[0] > 2) return x; "
        + "return second.forward(hidden);")]
    [InlineData("var (hidden, _, cell) = memory.forward(x); return second.forward(hidden);")]
    [InlineData("var hidden = first.forward(x); var active = hidden.relu(); Keep(active); return second.forward(hidden);")]
    [InlineData("var hidden = first.forward(x); last = hidden.relu(); return second.forward(hidden);")]
    [InlineData("Tensor skip = first.forward(x); for (var i = 0; i < 2; i++) { x = second.forward(skip); skip = first.forward(x); } "
        + "return x;")]
    [InlineData("var hidden = first.forward(x); var mean = hidden.mean(); return second.forward(hidden);")]
    [InlineData("var all = new List<Tensor>(); var hidden = first.forward(x); var active = hidden.relu(); all.Add(active); "
        + "return second.forward(hidden);")]
    public Task Silent(string forward) => Verify.SilentAsync(Net(forward,
        " private Tensor? last; private void Keep(Tensor x) => last = x;"));

    [Fact]
    public Task Silent_in_whole_programs() => Verify.SilentAsync("""
        class Sequence : Module<Tensor, Tensor>
        {
            private readonly GRUCell cell = GRUCell(4, 8);
            private readonly Linear head = Linear(8, 1);
            public Sequence() : base("s") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                var state = zeros(x.shape[0], 8);
                for (var t = 0; t < x.shape[1]; t++) state = cell.forward(x.select(1, t), state);
                return head.forward(state);
            }
        }
        """, """
        class TwoHeads : Module<Tensor, (Tensor, Tensor)>
        {
            private readonly Linear body = Linear(4, 8), policy = Linear(8, 2), value = Linear(8, 1);
            public TwoHeads() : base("t") => RegisterComponents();
            public override (Tensor, Tensor) forward(Tensor x)
            {
                var seen = functional.tanh(body.forward(x));
                var logits = policy.forward(seen);
                var worth = value.forward(seen);
                return (logits, worth);
            }
        }
        """);
}
