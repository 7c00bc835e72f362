namespace NnAnalyzers.Tests.Rules;

public class NN2005_ParameterNeverFilledTests
{
    private static string Net(string made, string forward = "functional.relu(x.matmul(w))", string constructor = "", string more = "",
        string before = "") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Parameter w;
            public Net(long n = 64) : base("net")
            {
                w = {{made}};
                RegisterComponents();
                {{constructor}}
            }
            public override Tensor forward(Tensor x) => {{forward}};
            {{more}}
        }
        static class Program
        {
            static void Train()
            {
                var model = new Net();
                {{before}}
                functional.mse_loss(model.forward(rand(8, 64)), rand(8, 64)).backward();
            }
        }
        """;

    [Theory]
    [InlineData("Parameter({0})", "empty(64, 64)")]
    [InlineData("new Parameter({0})", "torch.empty(64, 64)")]
    [InlineData("new Parameter({0}.to(float32), true)", "torch.empty(n, n)")]
    [InlineData("Parameter({0}) /* a map */", "empty(new long[] { n, n })")]
    public Task A_matrix_is_drawn(string parameter, string memory) => Verify.FixAsync(
        Net(parameter.Replace("{0}", $"{{|NN2005:{memory}|}}")),
        Net(parameter.Replace("{0}", $"init.kaiming_uniform_({memory}, a: System.Math.Sqrt(5))")));

    [Fact]
    public Task A_vector_is_filled_with_zeros() => Verify.FixAsync(
        Net("Parameter({|NN2005:empty(64)|})", "functional.relu(x + w)"),
        Net("Parameter(init.zeros_(empty(64)))", "functional.relu(x + w)"));

    [Fact]
    public Task In_a_field() => Verify.FixAsync(
        Code.Net("private readonly Parameter a = Parameter({|NN2005:empty(4, 1)|}), b = Parameter({|NN2005:empty(1)|}); // learned",
            "return x.matmul(a) + b;"),
        Code.Net("private readonly Parameter a = Parameter(init.kaiming_uniform_(empty(4, 1), a: System.Math.Sqrt(5))), "
            + "b = Parameter(init.zeros_(empty(1))); // learned", "return x.matmul(a) + b;"));

    [Theory]
    [InlineData("Parameter(zeros(64, 64))", "")]
    [InlineData("Parameter(randn(64, 64) * 0.15)", "")]
    [InlineData("Parameter(empty(64, 64))", "init.kaiming_uniform_(w, a: Math.Sqrt(5));")]
    [InlineData("Parameter(empty(64, 64))", "using (no_grad()) w.uniform_(-0.1, 0.1);")]
    [InlineData("Parameter(empty(64, 64))", "using (no_grad()) w.copy_(eye(64));")]
    [InlineData("Parameter(empty(64, 64))", "w.detach().fill_(1);")]
    [InlineData("Parameter(empty(64, 64))", "Reset();")]
    [InlineData("Parameter(empty(64, 64))", "foreach (var p in parameters()) init.normal_(p, 0, 0.02);")]
    [InlineData("Parameter(empty(64, 64))", "foreach (var (name, p) in named_parameters()) if (p.dim() > 1) init.xavier_uniform_(p);")]
    [InlineData("Parameter(empty(64, 64))", "load(\"net.dat\");")]
    [InlineData("Parameter(empty(64, 64)); w = Parameter(zeros(64, 64))", "")]
    [InlineData("Parameter(empty(64, 64))", "Filler.Fill(w);")]
    [InlineData("Parameter(init.zeros_(empty(64, 64)))", "")]
    public Task Silent_where_it_is_filled(string made, string constructor) => Verify.SilentAsync(
        Net(made, constructor: constructor, more: "private void Reset() => init.kaiming_uniform_(w, a: Math.Sqrt(5));")
        + "static class Filler { public static void Fill(Tensor t) { using (no_grad()) t.normal_(0, 0.1); } }");

    [Theory]
    [InlineData("model.load(\"net.dat\");")]
    [InlineData("foreach (var p in model.parameters()) init.normal_(p, 0, 0.15);")]
    [InlineData("foreach (var p in model.parameters()) { using var off = no_grad(); p.uniform_(-0.2, 0.2); }")]
    public Task Silent_where_training_code_fills_it(string before) =>
        Verify.SilentAsync(Net("Parameter(empty(64, 64))", before: before));

    [Fact]
    public Task Silent_where_forward_does_not_use_it() =>
        Verify.SilentAsync(Net("Parameter(empty(64, 64))", "functional.relu(x * x.mean())"));

    [Fact]
    public Task Silent_where_nothing_trains() =>
        Verify.SilentAsync(Net("Parameter(empty(64, 64))").Replace(".backward()", ""));

    [Fact]
    public Task Silent_where_another_class_fills_it() => Verify.SilentAsync("""
        class Gate : Module<Tensor, Tensor>
        {
            public readonly Parameter scale = Parameter(empty(8));
            public Gate() : base("gate") => RegisterComponents();
            public override Tensor forward(Tensor x) => x * scale;
        }
        class Net : Module<Tensor, Tensor>
        {
            private readonly Gate gate = new();
            private readonly Linear last = Linear(8, 1);
            public Net() : base("net")
            {
                RegisterComponents();
                init.ones_(gate.scale);
            }
            public override Tensor forward(Tensor x) => last.forward(gate.forward(x));
        }
        static class Program
        {
            static void Train(Net model, Tensor x, Tensor y) => functional.mse_loss(model.forward(x), y).backward();
        }
        """);
}
