namespace NnAnalyzers.Tests.Rules;

public class NN1007_MissingNonlinearityTests
{
    private const string Fields =
        "private readonly Linear fc1 = Linear(32, 64), fc2 = Linear(64, 32), fc3 = Linear(32, 1); "
            + "private readonly Dropout drop = Dropout(0.1);";

    private static string Net(string forward, string fields = Fields) => Code.Net(fields, $"return {forward};", input: "randn(8, 32)");

    [Theory]
    [InlineData("fc3.forward(functional.relu(fc2.forward({|NN1007:fc1.forward(x)|})))",
        "fc3.forward(functional.relu(fc2.forward(functional.relu(fc1.forward(x)))))")]
    [InlineData("fc3.forward(functional.relu(fc2.forward(drop.forward({|NN1007:fc1.forward(x)|}))))",
        "fc3.forward(functional.relu(fc2.forward(drop.forward(functional.relu(fc1.forward(x))))))")]
    [InlineData("fc3.forward({|NN1007:fc2.forward(functional.relu(fc1.forward(x)))|})",
        "fc3.forward(functional.relu(fc2.forward(functional.relu(fc1.forward(x)))))")]
    public Task Called_in_forward(string before, string after) => Verify.Links.FixAsync(Net(before), Net(after));

    [Fact]
    public Task Statements_with_comments() => Verify.Links.FixAsync(
        Code.Net(Fields, "x = {|NN1007:fc1.forward(x)|}; // hidden\n        x = functional.relu(fc2.forward(x));\n"
            + "        return fc3.forward(x);", input: "randn(8, 32)"),
        Code.Net(Fields, "x = functional.relu(fc1.forward(x)); // hidden\n        x = functional.relu(fc2.forward(x));\n"
            + "        return fc3.forward(x);", input: "randn(8, 32)"));

    [Fact]
    public Task Elements_of_a_Sequential() => Verify.Links.FixAsync(
        Net("net.forward(x)", "private readonly Sequential net = Sequential({|NN1007:Linear(32, 64)|}, Dropout(0.1), /* then */ "
            + "{|NN1007:Linear(64, 64)|}, Linear(64, 1));"),
        Net("net.forward(x)", "private readonly Sequential net = Sequential(Linear(32, 64), ReLU(), Dropout(0.1), /* then */ "
            + "Linear(64, 64), ReLU(), Linear(64, 1));"));

    [Fact]
    public Task A_Sequential_of_training_code() => Verify.Links.FixAsync(
        Code.Loop("optimizer.zero_grad(); functional.mse_loss(model.forward(x), y).backward(); optimizer.step();")
            .Replace("Linear(4, 16), ReLU()", "{|NN1007:Linear(4, 16)|}"),
        Code.Loop("optimizer.zero_grad(); functional.mse_loss(model.forward(x), y).backward(); optimizer.step();"));

    [Fact]
    public Task Kernels_of_one() => Verify.Links.FiresAsync(Code.Net(
        "private readonly Conv2d a = Conv2d(3, 16, 1), b = Conv2d(16, 1, 1);", "return b.forward({|NN1007:a.forward(x)|});",
        input: "randn(8, 3, 8, 8)", target: "randn(8, 1, 8, 8)"));

    [Fact]
    public Task No_fix_in_a_loop() => Verify.Links.FiresAsync("""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Sequential net = Sequential();
            public Net() : base("net")
            {
                for (var i = 0; i < 3; i++) net.append({|NN1007:Linear(16, 16)|});
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => net.forward(x);
        }
        static class Program
        {
            static void Train(Net model, Tensor x, Tensor y) => functional.mse_loss(model.forward(x), y).backward();
        }
        """);

    [Theory]
    [InlineData("fc3.forward(functional.relu(fc2.forward(functional.gelu(fc1.forward(x)))))", Fields)]
    [InlineData("b.forward(a.forward(x))", "private readonly Linear a = Linear(32, 4, false), b = Linear(4, 32);")] // low rank
    [InlineData("b.forward(norm.forward(a.forward(x)))",
        "private readonly Linear a = Linear(32, 64), b = Linear(64, 1); private readonly LayerNorm norm = LayerNorm(64);")]
    [InlineData("b.forward(norm.forward(a.forward(x)))",
        "private readonly Linear a = Linear(32, 64), b = Linear(64, 1); private readonly BatchNorm1d norm = BatchNorm1d(64);")]
    [InlineData("b.forward(a.forward(x)) + c.forward(a.forward(x))",
        "private readonly Linear a = Linear(32, 64), b = Linear(64, 1), c = Linear(64, 1);")]
    [InlineData("b.forward(x + a.forward(x))", "private readonly Linear a = Linear(32, 32), b = Linear(32, 1);")]
    [InlineData("b.forward(a.forward(x).view(-1, 8).transpose(0, 1))", "private readonly Linear a = Linear(32, 8), b = Linear(8, 1);")]
    [InlineData("o.forward(functional.scaled_dot_product_attention(q.forward(x), k.forward(x), v.forward(x)))",
        "private readonly Linear q = Linear(32, 32), k = Linear(32, 32), v = Linear(32, 32), o = Linear(32, 32);")]
    [InlineData("head.forward(down.forward(table.forward(x)))",
        "private readonly Embedding table = Embedding(9, 64); private readonly Linear down = Linear(64, 16), head = Linear(16, 64);")]
    [InlineData("b.forward(torch.pow(a.forward(x), 2))", "private readonly Linear a = Linear(32, 64), b = Linear(64, 1);")]
    public Task Silent(string forward, string fields) => Verify.Links.SilentAsync(Net(forward, fields));

    [Fact]
    public Task Silent_where_sizes_are_not_known() => Verify.Links.SilentAsync("""
        class Pair : Module<Tensor, Tensor>
        {
            private readonly Linear a, b;
            public Pair(long n, long inner) : base("pair")
            {
                (a, b) = (Linear(n, inner), Linear(inner, n));
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => b.forward(a.forward(x));
        }
        static class Program
        {
            static void Train(Pair model, Tensor x, Tensor y) => functional.mse_loss(model.forward(x), y).backward();
        }
        """);

    [Fact]
    public Task Silent_on_a_variational_autoencoder() => Verify.Links.SilentAsync(Code.Net(
        "private readonly Linear enc = Linear(32, 64), mean = Linear(64, 8), spread = Linear(64, 8), dec = Linear(8, 64), "
            + "last = Linear(64, 32);",
        "var h = functional.relu(enc.forward(x)); var z = mean.forward(h) + spread.forward(h).exp() * randn(8, 8);"
            + " return last.forward(functional.relu(dec.forward(z)));", input: "randn(8, 32)", target: "randn(8, 32)"));

    /// <summary>Actor and critic share a trunk; a recurrent state is carried on.</summary>
    [Fact]
    public Task Silent_on_an_actor_and_critic() => Verify.Links.SilentAsync("""
        class Agent : Module<Tensor, Tensor, (Tensor, Tensor, Tensor)>
        {
            private readonly Linear see = Linear(8, 64), actor = Linear(64, 4), critic = Linear(64, 1);
            private readonly GRUCell cell = GRUCell(64, 64);
            public Agent() : base("agent") => RegisterComponents();
            public override (Tensor, Tensor, Tensor) forward(Tensor x, Tensor h)
            {
                h = cell.forward(see.forward(x), h);
                return (actor.forward(h), critic.forward(h), h);
            }
        }
        static class Program
        {
            static void Train(Tensor x, Tensor action, Tensor gain, Tensor old)
            {
                var agent = new Agent();
                var optimizer = optim.Adam(agent.parameters());
                for (var i = 0; i < 100; i++)
                {
                    using var scope = NewDisposeScope();
                    var (logits, value, _) = agent.forward(x, zeros(32, 64));
                    var log = functional.log_softmax(logits, 1).gather(1, action.unsqueeze(1)).squeeze(1);
                    var ratio = exp(log - old);
                    var better = gain - value.squeeze(1).detach();
                    var loss = -minimum(ratio * better, ratio.clamp(0.8, 1.2) * better).mean()
                        + functional.mse_loss(value.squeeze(1), gain);
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """);
}
