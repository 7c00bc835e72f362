namespace NnAnalyzers.Tests.Rules;

public class NN2002_ConstantWeightsTests
{
    private static string Net(string init, string forward = "fc3.forward(functional.relu(fc2.forward(functional.relu(fc1.forward(x)))))",
        string fields = "private readonly Linear fc1 = Linear(64, 64), fc2 = Linear(64, 64), fc3 = Linear(64, 1);", string before = "",
        string more = "") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            {{fields}}
            public Net(bool zero) : base("net")
            {
                RegisterComponents();
                {{init}}
            }
            public override Tensor forward(Tensor x) => {{forward}};
            {{more}}
        }
        static class Program
        {
            static void Train(bool zero)
            {
                var model = new Net(zero);
                {{before}}
                functional.mse_loss(model.forward(rand(8, 64)), rand(8, 1)).backward();
            }
        }
        """;

    private static string Kaiming(string weight, string init = "init.", string gain = "ReLU") =>
        $"{init}kaiming_normal_({weight}, mode: {init}FanInOut.FanIn, nonlinearity: {init}NonlinearityType.{gain})";

    private const string Whole = "TorchSharp.torch.nn.init.";

    [Theory]
    [InlineData("init.constant_(fc1.weight, 0.1)", "init.")]
    [InlineData("init.zeros_(fc2.weight)", "init.")]
    [InlineData("init.ones_(fc1.weight)", "init.")]
    [InlineData("fc2.weight!.fill_(0.01)", Whole)]
    [InlineData("fc1.weight!.zero_()", Whole)]
    [InlineData("fc1.weight!.copy_(zeros_like(fc1.weight))", Whole)]
    public Task Each_way_to_set_a_constant(string before, string init)
    {
        var weight = before.Contains("fc1") ? "fc1.weight" : "fc2.weight";
        return Verify.FixAsync(Net($"{{|NN2002:{before}|}}; // a start"),
            Net($"{Kaiming(before.Contains('!') ? weight + "!" : weight, init)}; // a start"));
    }

    [Fact]
    public Task The_gain_is_that_of_the_activation() => Verify.FixAsync(
        Net("{|NN2002:init.zeros_(fc1.weight)|};", "fc2.forward(functional.tanh(fc1.forward(x)))"),
        Net(Kaiming("fc1.weight", gain: "Tanh") + ";", "fc2.forward(functional.tanh(fc1.forward(x)))"));

    [Fact]
    public Task Put_in_place() => Verify.FixAsync(Net("fc1.weight = Parameter({|NN2002:zeros(64, 64)|});"),
        Net("fc1.weight = Parameter(randn(64, 64) * 0.1768);"));

    [Fact]
    public Task Put_in_place_with_a_factor() => Verify.FiresAsync(Net("fc1.weight = new Parameter({|NN2002:ones(64, 64)|} * 0.01);"));

    [Fact]
    public Task Through_apply() => Verify.FixAsync(
        Net("apply(m => { if (m is Linear l) {|NN2002:init.constant_(l.weight, 0.1)|}; });"),
        Net($"apply(m => {{ if (m is Linear l) {Kaiming("l.weight")}; }});"));

    [Fact]
    public Task Every_parameter() => Verify.FixAsync(
        Net("foreach (var p in parameters())\n            {|NN2002:init.constant_(p, 0.1)|};"),
        Net($"foreach (var p in parameters())\n            if (p.dim() > 1) {Kaiming("p")};\n            else init.zeros_(p);"));

    [Fact]
    public Task From_training_code() => Verify.FiresAsync(Net("",
        before: "using (no_grad()) foreach (var (name, p) in model.named_parameters()) if (name.EndsWith(\"weight\")) "
            + "{|NN2002:p.fill_(0.05)|};"));

    [Fact]
    public Task Two_layers_at_once() => Verify.FixAsync(
        Net("{|NN2002:init.zeros_(fc1.weight)|};\n        {|NN2002:init.zeros_(fc2.weight)|};"),
        Net($"{Kaiming("fc1.weight")};\n        {Kaiming("fc2.weight")};"));

    [Theory]
    [InlineData("init.zeros_(fc1.bias);")]
    [InlineData("init.zeros_(fc3.weight);")] // the output starts at zero
    [InlineData("init.constant_(fc3.weight, 0.01);")]
    [InlineData("if (zero) init.zeros_(fc1.weight);")]
    [InlineData("init.zeros_(fc1.weight); init.kaiming_normal_(fc1.weight);")] // the last one counts
    [InlineData("foreach (var p in parameters()) if (p.dim() == 1) init.zeros_(p);")]
    [InlineData("foreach (var (name, p) in named_parameters()) if (name.Contains(\"bias\")) init.constant_(p, 0.1);")]
    [InlineData("init.constant_(fc1.weight, 1.0 / 64); fc1.weight!.requires_grad = false;")] // an average, not learned
    [InlineData("init.eye_(fc1.weight);")]
    [InlineData("apply(m => { if (m is BatchNorm2d b) { init.ones_(b.weight); init.zeros_(b.bias); } });")]
    [InlineData("init.constant_(fc1.weight, 0.1); load(\"net.dat\");")]
    public Task Silent(string init) => Verify.SilentAsync(Net(init));

    [Fact]
    public Task Silent_on_norms_and_embeddings() => Verify.SilentAsync(Net(
        "init.ones_(norm.weight); init.zeros_(norm.bias); init.zeros_(table.weight);",
        "fc.forward(functional.relu(norm.forward(table.forward(x))))",
        "private readonly LayerNorm norm = LayerNorm(64); private readonly Embedding table = Embedding(9, 64); "
            + "private readonly Linear fc = Linear(64, 1);"));

    /// <summary>A branch that starts as nothing, a gate that starts open or closed, the second of a pair whose first is drawn.</summary>
    [Theory]
    [InlineData("init.zeros_(fc2.weight);", "fc3.forward(x + fc2.forward(functional.relu(fc1.forward(x))))")]
    [InlineData("init.zeros_(fc2.weight);", "fc3.forward(x * torch.sigmoid(fc2.forward(x)))")]
    [InlineData("init.zeros_(fc2.weight);", "fc3.forward(torch.cat(new[] { fc2.forward(x), fc1.forward(x) }, 1)[.., ..64])")]
    public Task Silent_on_branches(string init, string forward) => Verify.SilentAsync(Net(init, forward));

    [Fact]
    public Task Silent_on_the_second_of_a_pair() => Verify.SilentAsync(Net("init.zeros_(up.weight);",
        "head.forward(functional.relu(up.forward(down.forward(x))))",
        "private readonly Linear down = Linear(64, 4), up = Linear(4, 64), head = Linear(64, 1);"));

    /// <summary>LoRA, in a frozen backbone.</summary>
    [Fact]
    public Task Silent_on_adapters() => Verify.SilentAsync(Net("init.normal_(down.weight, std: 0.25); init.zeros_(up.weight);",
        "head.forward(functional.relu(own.forward(x) + up.forward(down.forward(x)) * 2))",
        "private readonly Linear own = Linear(64, 64), down = Linear(64, 4, false), up = Linear(4, 64, false), head = Linear(64, 1);",
        before: "foreach (var (name, p) in model.named_parameters()) if (name.StartsWith(\"own\")) p.requires_grad = false;"));

    /// <summary>The target network of a DQN is filled from the other one.</summary>
    [Fact]
    public Task Silent_on_target_networks() => Verify.SilentAsync("""
        class Q : Module<Tensor, Tensor>
        {
            private readonly Linear a = Linear(4, 64), b = Linear(64, 2);
            public Q() : base("q") => RegisterComponents();
            public override Tensor forward(Tensor x) => b.forward(functional.relu(a.forward(x)));
        }
        static class Program
        {
            static void Train(Tensor s, Tensor next, Tensor action, Tensor reward)
            {
                var (q, target) = (new Q(), new Q());
                using (no_grad()) foreach (var p in target.parameters()) p.zero_();
                target.load_state_dict(q.state_dict());
                var optimizer = optim.Adam(q.parameters());
                for (var i = 0; i < 100; i++)
                {
                    using var scope = NewDisposeScope();
                    Tensor best;
                    using (no_grad()) best = reward + 0.99 * target.forward(next).amax(new long[] { 1 });
                    var chosen = q.forward(s).gather(1, action.unsqueeze(1)).squeeze(1);
                    optimizer.zero_grad();
                    functional.smooth_l1_loss(chosen, best).backward();
                    optimizer.step();
                }
            }
        }
        """);
}
