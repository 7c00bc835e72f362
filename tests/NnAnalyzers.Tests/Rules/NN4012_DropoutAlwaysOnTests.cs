namespace NnAnalyzers.Tests.Rules;

public class NN4012_DropoutAlwaysOnTests
{
    private const string Fields = "private readonly Linear first = Linear(4, 16), second = Linear(16, 1);";

    private static string Net(string forward, string fields = Fields) => Code.Net(fields, forward);

    private static string Hidden(string call) => Net($"x = functional.relu(first.forward(x)); x = {call}; return second.forward(x);");

    [Theory]
    [InlineData("functional.dropout(x, 0.2)", "functional.dropout(x, 0.2, training: training)")]
    [InlineData("functional.dropout(x)", "functional.dropout(x, training: training)")]
    [InlineData("functional.dropout(x, p: 0.2, inplace: true)", "functional.dropout(x, p: 0.2, inplace: true, training: training)")]
    [InlineData("functional.alpha_dropout(x, 0.1 /* a few */)", "functional.alpha_dropout(x, 0.1 /* a few */, training: training)")]
    [InlineData("functional.feature_alpha_dropout(x, 0.1)", "functional.feature_alpha_dropout(x, 0.1, training: training)")]
    public Task It_is_told_the_mode(string call, string told) => Verify.FixAsync(Hidden($"{{|NN4012:{call}|}}"), Hidden(told));

    [Fact]
    public Task Twice_and_of_whole_channels() => Verify.FixAsync(
        Net("x = {|NN4012:functional.dropout2d(conv.forward(x))|};\n        return second.forward({|NN4012:functional.dropout("
            + "x.flatten(1), 0.1)|});", "private readonly Conv2d conv = Conv2d(1, 4, 3); private readonly Linear second = Linear(16, 1);"),
        Net("x = functional.dropout2d(conv.forward(x), training: training);\n        return second.forward(functional.dropout("
            + "x.flatten(1), 0.1, training: training));",
            "private readonly Conv2d conv = Conv2d(1, 4, 3); private readonly Linear second = Linear(16, 1);"));

    [Theory]
    [InlineData("private static Tensor Drop(Tensor x) => {|NN4012:functional.dropout(x, 0.1)|};")]
    [InlineData("private Tensor Drop(Tensor x) { var training = x.shape[0] > 1; return {|NN4012:functional.dropout(x, 0.1)|}; }")]
    public Task Without_a_fix_where_the_mode_has_no_name(string helper) => Verify.FixAsync(
        Net("return second.forward(Drop(first.forward(x)));", Fields + " " + helper),
        Net("return second.forward(Drop(first.forward(x)));", Fields + " " + helper));

    [Theory]
    [InlineData("functional.dropout(x, 0.2, training)")]
    [InlineData("functional.dropout(x, 0.2, training: training)")]
    [InlineData("functional.dropout(x, 0.2, true)")] // said
    [InlineData("functional.dropout(x, training: this.training)")]
    [InlineData("functional.dropout(x, 0)")]
    [InlineData("training ? functional.dropout(x, 0.2) : x")]
    public Task Silent(string call) => Verify.SilentAsync(Hidden(call));

    [Theory]
    [InlineData("if (training) x = functional.dropout(x, 0.2); return second.forward(first.forward(x));")]
    [InlineData("if (!training) return second.forward(first.forward(x)); x = functional.dropout(x); "
        + "return second.forward(first.forward(x));")]
    public Task Silent_in_training_only(string forward) => Verify.SilentAsync(Net(forward));

    [Fact]
    public Task Silent_in_whole_programs() => Verify.SilentAsync("""
        class MonteCarloRegressor : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(4, 32), second = Linear(32, 1);
            public MonteCarloRegressor() : base("r") => RegisterComponents();
            public override Tensor forward(Tensor x) => second.forward(functional.dropout(functional.relu(first.forward(x)), 0.1));
            public (Tensor Mean, Tensor Spread) Ask(Tensor x)
            {
                using var quiet = no_grad();
                var all = stack(Enumerable.Range(0, 50).Select(_ => forward(x)).ToArray());
                return (all.mean(new long[] { 0 }), all.std(0));
            }
        }
        """, """
        class Critic : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(4, 32), second = Linear(32, 1);
            public Critic() : base("c") => RegisterComponents();
            /// <summary>Its uncertainty is what explores.</summary>
            public Tensor Uncertainty(Tensor x) => stack(new[] { forward(x), forward(x) }).std(0);
            public override Tensor forward(Tensor x) => second.forward(functional.dropout(functional.relu(first.forward(x)), 0.1));
        }
        """);
}
