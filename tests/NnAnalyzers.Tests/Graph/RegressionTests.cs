using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Tests.Graph;

/// <summary>What was once read wrongly in real code.</summary>
public class RegressionTests
{
    [Fact]
    public Task Concatenate_calls_its_axis_axis() => Verify.Sizes.SilentAsync(
        Code.Method("var a = randn(4, 2); var b = randn(4, 1); var c = torch.concatenate(new[] { a, b }, axis: -1).reshape(2, 2, 3);"));

    [Fact]
    public Task An_inherited_method_that_does_not_fit_the_derived_class_is_not_called() => Verify.Sizes.SilentAsync("""
        class Assigner : Module<Tensor, Tensor> { public Assigner() : base("a") { } public override Tensor forward(Tensor x) => x; }
        class Rotated : Assigner { public override Tensor forward(Tensor x) => x[.., 0..2] + x[.., 4..4]; }
        class Loss : Module<Tensor, Tensor>
        {
            protected Assigner assigner = new();
            public Loss() : base("l") { }
            public override Tensor forward(Tensor x) => x;
            public Tensor Assign(Tensor x) => assigner.forward(x.view(-1, 4));
        }
        class RotatedLoss : Loss { public RotatedLoss() { assigner = new Rotated(); } }
        """);

    [Fact]
    public Task What_one_alternative_wants_says_nothing_about_the_input() => Verify.Sizes.SilentAsync("""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> cell;
            public Net(int kind) : base("n")
            {
                cell = kind switch { 0 => Linear(128, 8), 1 => Linear(192, 8), _ => throw new Exception() };
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => cell.forward(x);
        }
        """);

    [Fact]
    public Task Two_methods_of_like_blocks_are_told_apart() =>
        Verify.Sizes.SilentAsync(Code.Net("private readonly Block a = new(8), b = new(8); private readonly Linear last = Linear(2, 1);",
            "var y = a.forward(x).sum(1, true); return last.forward(b.Forward(x)) + y;", "prediction.sum()", input: "randn(8, 8)",
        more: "class Block : Module<Tensor, Tensor> { private readonly Linear wide, thin; "
            + "public Block(int n) : base(\"b\") { wide = Linear(n, 4); thin = Linear(n, 2); RegisterComponents(); } "
            + "public override Tensor forward(Tensor x) => wide.forward(x); public Tensor Forward(Tensor x) => thin.forward(x); }"));

    private const string Head = "class Head : Module<Tensor, Tensor> { private readonly Dropout drop = Dropout(0.1); "
        + "public Head(int n) : base(\"h\") { RegisterComponents(); } public override Tensor forward(Tensor x) => drop.forward(x); }";

    private static string Rectified(string net, string open = "{|NN1001:", string close = "|}") => $$"""
        class {{net}} : Module<Tensor, Tensor>
        {
            private readonly Linear fc{{net}} = Linear(4, 3); private readonly Head head = new(3);
            public {{net}}() : base("n") => RegisterComponents();
            public override Tensor forward(Tensor x) => head.forward({{open}}functional.relu(fc{{net}}.forward(x)){{close}});
            public static void Train()
            {
                var model = new {{net}}();
                var optimizer = torch.optim.Adam(model.parameters());
                for (var i = 0; i < 9; i++)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(model.forward(randn(8, 4)), randn(8, 3)).backward();
                    optimizer.step();
                }
            }
        }
        """;

    /// <summary>The block is read once; what goes into it is found in each network.</summary>
    [Fact]
    public Task Like_blocks_of_two_networks_lead_to_their_own_inputs() => Verify.FiresAsync(Head, Rectified("A"), Rectified("B"));

    [Fact]
    public async Task A_message_names_the_layers_of_its_own_network() =>
        Assert.Collection((await Verify.FindAsync(Head, Rectified("A", "", ""), Rectified("B", "", "")))
            .OrderBy(d => d.Location.SourceTree!.FilePath, StringComparer.Ordinal).Select(d => d.GetMessage()),
            m => Assert.Contains("fcA", m), m => Assert.Contains("fcB", m));

    /// <summary>What is not known of two blocks is read alike and still need not be the same.</summary>
    [Fact]
    public Task Like_blocks_of_unknown_sizes_are_not_the_same_size() => Verify.Sizes.SilentAsync("""
        class Block : Module<Tensor, Tensor>
        {
            private readonly Linear fc;
            public Block(int n, string code) : base("b") { var half = code.Length * 2; fc = Linear(n, half); RegisterComponents(); }
            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        class Net : Module<Tensor, Tensor>
        {
            private readonly Block a, b;
            public Net(string one, string two) : base("n") { a = new(8, one); b = new(8, two); RegisterComponents(); }
            public override Tensor forward(Tensor x)
            {
                var (p, q) = (a.forward(x.view(16, 8)), b.forward(x.view(16, 8)));
                return cat(new[] { p, q }, 1).view(16, 4, p.shape[1]);
            }
        }
        """);

    /// <summary>What comes first and is not read is still what the layer works on.</summary>
    [Fact]
    public Task The_state_of_a_recurrent_layer_is_not_its_input() => Verify.Sizes.SilentAsync(Code.Method("""
        var rnn = LSTM(10, 20); var (h, c) = (randn(1, 3, 20), randn(1, 3, 20));
        var packed = torch.nn.utils.rnn.pack_padded_sequence(randn(5, 3, 10), tensor(new long[] { 5, 5, 5 }));
        var (o, n, m) = rnn.call(packed, (h, c));
        """));

    /// <summary>A params array of a call that does not compile is all of its arguments.</summary>
    [Fact]
    public async Task Code_that_does_not_compile_is_read_with_all_its_arguments() =>
        Assert.DoesNotContain(await Verify.FindAsync(
            Code.Method("var x = randn(3, 4, 5); var y = cat(new[] { x, x }, 0).reshape(6, Missing.Height, Missing.Width);")),
            d => d.Id.StartsWith("NN", StringComparison.Ordinal));

    /// <summary>A size is no element type: where nothing compiles for one unknown type, sizes are still read as sizes.</summary>
    [Fact]
    public async Task Code_that_does_not_compile_is_read_as_what_its_arguments_fit() =>
        Assert.DoesNotContain(await Verify.FindAsync(Code.Method("var model = Linear(5, 1); Missing run = null!; "
            + "functional.mse_loss(model.forward(randn(768, 5, device: run.Device)), zeros(768, 1)).backward();")),
            d => d.Id.StartsWith("NN", StringComparison.Ordinal));

    [Fact]
    public Task A_module_that_may_be_one_of_several_unknown_things_is_called() => Verify.Sizes.SilentAsync(Code.Net(
        "private readonly Linear fc = Linear(4, 1);", """
        var f = Environment.GetCommandLineArgs();
        object layer = f[0] == "" ? f[1] == "" ? Environment.Version : AppContext.BaseDirectory : fc;
        ((Module)layer).train();
        return ((Module<Tensor, Tensor>)layer).forward(x);
        """));

    [Fact]
    public void What_follows_both_sides_of_a_branch_is_not_conditional()
    {
        var compilation = Verify.Compile(Code.Net("private readonly Linear fc = Linear(4, 8);", """
            var f = Environment.GetCommandLineArgs();
            if (f[0] == "") x = x.relu(); else x = x.tanh();
            if (f[1] == "a") x = x + 1;
            else if (f[1] == "b") x = x + 2;
            else throw new ArgumentException(f[1]);
            return fc.forward(x);
            """));
        var project = new ProjectGraph(compilation, TorchSymbols.TryCreate(compilation)!);
        Assert.False(project.Networks.Single().Steps.Single(s => s.Name == "fc").Conditional);
    }

    [Fact]
    public Task A_softmax_on_both_sides_of_a_branch_is_always_there() => Verify.FiresAsync("""
        abstract class Actor : Module<Tensor, Tensor>
        {
            protected Actor() : base("a") { }
            public abstract Tensor forward(nn.utils.rnn.PackedSequence x);
            public Tensor LogProbability<T>(T states, int actions)
            {
                Tensor logits;
                switch (states)
                {
                    case Tensor state: logits = forward(state); break;
                    case nn.utils.rnn.PackedSequence state: logits = forward(state); break;
                    default: throw new ArgumentException("?");
                }
                var all = new List<Tensor>();
                for (var i = 0; i < actions; i++)
                    using (var one = logits.select(1, i)) all.Add(functional.log_softmax(one, dim: 1));
                return cat(all.ToArray(), dim: 1);
            }
        }
        class Net : Actor
        {
            private readonly Linear fc = Linear(4, 8);
            public Net() => RegisterComponents();
            public override Tensor forward(Tensor x) => Heads(fc.forward(x));
            public override Tensor forward(nn.utils.rnn.PackedSequence x) => Heads(fc.forward(x.data));
            private static Tensor Heads(Tensor x) => stack(new[] { {|NN1002:functional.softmax(x, 1)|} }, dim: 1);
        }
        """);

    private static string Finetuned(string body, string forward = "fc.forward(functional.relu(body.forward(x)))") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear body = Linear(4, 8);
            public Module<Tensor, Tensor> fc = Linear(8, 1000);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => {{forward}};
        }
        static class Program { static void Main() { var model = new Net(); {{body}} } }
        """;

    private const string Train = "functional.mse_loss(model.forward(rand(8, 4)), rand(8, 2)).backward();";

    /// <summary>A layer that is replaced from outside its class is what the network applies then.</summary>
    [Theory]
    [InlineData("model.fc = Linear(9, 2); " + Train, "{|NN3003:fc.forward(functional.relu(body.forward(x)))|}")]
    [InlineData("model.fc = Sequential(Linear(8, 2), {|NN1001:ReLU()|}); "
        + "functional.mse_loss(model.forward(rand(8, 4)), randn(8, 2)).backward();")]
    [InlineData("model.fc = Linear(8, 3); {|NN3003:" + "functional.mse_loss(model.forward(rand(8, 4)), rand(8, 2))|}.backward();")]
    public Task A_layer_that_is_replaced(string body, string forward = "fc.forward(functional.relu(body.forward(x)))") =>
        Verify.Sizes.FiresAsync(Finetuned(body, forward));

    [Theory]
    [InlineData("model.fc = Linear(8, 2); " + Train)]
    [InlineData("model.fc = Linear(8, 2); " + Train + " var other = new Net { fc = Linear(8, 3) }; "
        + "functional.mse_loss(other.forward(rand(8, 4)), rand(8, 3)).backward();")]
    [InlineData("if (model.training) model.fc = Linear(8, 2); " + Train)]
    public Task Silent_on_a_layer_that_is_replaced(string body) => Verify.Sizes.SilentAsync(Finetuned(body));
}
