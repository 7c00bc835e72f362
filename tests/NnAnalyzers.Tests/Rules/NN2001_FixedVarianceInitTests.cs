namespace NnAnalyzers.Tests.Rules;

public class NN2001_FixedVarianceInitTests
{
    private static string Net(string init, string fields = "private readonly Linear fc1 = Linear(64, 64), fc2 = Linear(64, 1);",
        string forward = "return fc2.forward(functional.relu(fc1.forward(x)));") =>
        Code.Net(fields, forward).Replace("public Net() : base(\"net\") => RegisterComponents();",
            $"public Net() : base(\"net\")\n    {{\n        RegisterComponents();\n        {init}\n    }}");

    [Theory]
    [InlineData("init.normal_(fc1.weight)",
        "init.kaiming_normal_(fc1.weight, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU)")]
    [InlineData("init.normal_(fc1.weight, 0, 1)",
        "init.kaiming_normal_(fc1.weight, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU)")]
    [InlineData("torch.nn.init.uniform_(fc1.weight, -1, 1)",
        "torch.nn.init.kaiming_normal_(fc1.weight, mode: torch.nn.init.FanInOut.FanIn, nonlinearity: torch.nn.init.NonlinearityType.ReLU)")]
    [InlineData("init.uniform_(high: 1.0, low: 0.0, tensor: fc1.weight)",
        "init.kaiming_normal_(fc1.weight, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU)")]
    [InlineData("init.trunc_normal_(fc1.weight, std: 0.001)",
        "init.kaiming_normal_(fc1.weight, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU)")]
    [InlineData("fc1.weight.normal_(0, 1)", "TorchSharp.torch.nn.init.kaiming_normal_(fc1.weight, mode: "
        + "TorchSharp.torch.nn.init.FanInOut.FanIn, nonlinearity: TorchSharp.torch.nn.init.NonlinearityType.ReLU)")]
    public Task The_scale_follows_the_fan_in(string before, string after) =>
        Verify.FixAsync(Net($"{{|NN2001:{before}|}};"), Net($"{after};"));

    [Fact]
    public Task The_gain_is_that_of_the_activation() => Verify.FixAsync(
        Net("{|NN2001:init.normal_(fc1.weight)|};", forward: "return fc2.forward(functional.tanh(fc1.forward(x)));"),
        Net("init.kaiming_normal_(fc1.weight, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.Tanh);",
            forward: "return fc2.forward(functional.tanh(fc1.forward(x)));"));

    [Fact]
    public Task Every_parameter_in_a_loop() => Verify.FixAsync(
        Net("foreach (var (name, p) in named_parameters())\n        {\n            {|NN2001:init.normal_(p, 0, 1)|};\n        }"),
        Net("foreach (var (name, p) in named_parameters())\n        {\n            if (p.dim() > 1) init.kaiming_normal_(p, mode: "
            + "init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU);\n            else init.zeros_(p);\n        }"));

    [Fact]
    public Task A_loop_and_a_branch_without_braces() => Verify.FixAsync(
        Net("foreach (var p in parameters())\n"
            + "            if (p.requires_grad) {|NN2001:init.normal_(p, 0, 1)|}; else Console.WriteLine();"),
        Net("foreach (var p in parameters())\n            if (p.requires_grad) if (p.dim() > 1) init.kaiming_normal_(p, "
            + "mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU);\n"
            + "            else init.zeros_(p); else Console.WriteLine();"));

    [Fact]
    public Task Every_Linear_found_by_its_type() =>
        Verify.FiresAsync(Net("foreach (var m in modules()) { if (m is Linear l) {|NN2001:init.normal_(l.weight)|}; }"));

    /// <summary>What modules() gives are the layers within the layers, too; children() gives what the module holds itself.</summary>
    [Theory]
    [InlineData("foreach (var m in modules()) if (m is Linear l) {|NN2001:init.normal_(l.weight)|};", true)]
    [InlineData("foreach (var (name, m) in named_modules()) if (m is Linear l) {|NN2001:init.normal_(l.weight)|};", true)]
    [InlineData("foreach (var m in modules()) if (m is Linear { weight: { } w }) {|NN2001:init.uniform_(w, -1, 1)|};", true)]
    [InlineData("foreach (var m in modules()) if (m is Conv2d c) init.normal_(c.weight);", false)]
    [InlineData("foreach (var m in children()) if (m is Linear l) init.normal_(l.weight);", false)]
    public Task Every_Linear_within_a_Sequential(string code, bool fires)
    {
        var source = Code.Net("private readonly Sequential net = Sequential(Linear(4, 64), ReLU(), Sequential(Linear(64, 1)));",
            "return net.forward(x);").Replace("=> RegisterComponents();", $"{{ RegisterComponents(); {code} }}");
        return fires ? Verify.FiresAsync(source) : Verify.SilentAsync(source);
    }

    [Fact]
    public Task Every_convolution_through_apply() => Verify.FiresAsync(
        Net("apply(m => { switch (m) { case Conv2d c: {|NN2001:init.normal_(c.weight, 0, 1)|}; break; "
            + "case BatchNorm2d b: init.normal_(b.weight, 1, 1); break; } });",
            "private readonly Conv2d fc1 = Conv2d(8, 64, 3); private readonly Linear fc2 = Linear(64, 1);"));

    private const string Kaiming = "init.kaiming_normal_({0}, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU)";

    /// <summary>A small start, however the weights are picked among all parameters.</summary>
    [Theory]
    [InlineData("foreach (var p in parameters()) if (p.dim() > 1) {|NN2001:init.normal_(p, 0, 0.001)|};", "p")]
    [InlineData("foreach (var p in parameters()) if (p.shape.Length >= 2) {|NN2001:init.normal_(p, 0, 0.001)|};", "p")]
    [InlineData("foreach (var p in parameters())\n        {\n            if (p.ndim == 1) continue;\n"
        + "            {|NN2001:init.normal_(p, 0, 0.001)|};\n        }", "p")]
    [InlineData("apply(m => { if (m is Linear l) {|NN2001:init.normal_(l.weight, 0, 0.001)|}; });", "l.weight")]
    [InlineData("apply(Init);\n        static void Init(nn.Module m)\n        {\n            if (m is not Linear l) return;\n"
        + "            {|NN2001:init.normal_(l.weight, 0, 0.001)|};\n            init.zeros_(l.bias);\n        }", "l.weight")]
    public Task A_small_start_of_picked_weights(string code, string weight)
    {
        var at = code.IndexOf("{|NN2001:", StringComparison.Ordinal);
        var after = code[..at] + string.Format(Kaiming, weight) + code[(code.IndexOf("|}", StringComparison.Ordinal) + 2)..];
        return Verify.FixAsync(Net(code, Hidden, Deep), Net(after, Hidden, Deep));
    }

    private const string Hidden = "private readonly Linear fc1 = Linear(64, 64), fc2 = Linear(64, 64), fc3 = Linear(64, 64);",
        Deep = "return fc3.forward(functional.relu(fc2.forward(functional.relu(fc1.forward(x)))));";

    [Fact]
    public Task A_helper_that_calls_itself_for_each_child() => Verify.FiresAsync(Net("InitAll(this);", Hidden, Deep).Replace(
        "    public override", "    private static void InitAll(nn.Module m)\n    {\n        if (m is Linear l) {|NN2001:init.normal_("
        + "l.weight, 0, 0.001)|};\n        foreach (var child in m.children()) InitAll(child);\n    }\n\n    public override"));

    [Fact]
    public Task A_name_picks_the_weights() => Verify.FixAsync(
        Net("foreach (var (name, p) in named_parameters())\n"
            + "            if (name.EndsWith(\"weight\")) {|NN2001:init.normal_(p, 0, 0.001)|};", Hidden, Deep),
        Net("foreach (var (name, p) in named_parameters())\n            if (name.EndsWith(\"weight\")) if (p.dim() > 1) "
            + string.Format(Kaiming, "p") + ";", Hidden, Deep));

    [Fact]
    public Task Picked_by_training_code() => Verify.FiresAsync(Net("", Hidden, Deep).Replace("var optimizer",
        "model.apply(m => { if (m is Linear l) {|NN2001:init.normal_(l.weight, 0, 0.001)|}; });\n        var optimizer"));

    [Theory]
    [InlineData("foreach (var (name, p) in named_parameters()) if (name.Contains(\"bias\")) init.normal_(p, 0, 1);")]
    [InlineData("foreach (var p in parameters()) if (p.dim() == 1) init.normal_(p, 0, 1);")]
    [InlineData("apply(m => { if (m is Conv2d c) init.normal_(c.weight, 0, 1); });")] // has none
    [InlineData("apply(m => { if (m is Linear l) init.normal_(l.weight, 0, 1 / Math.Sqrt(l.weight.shape[1])); });")]
    [InlineData("apply(m => { if (m is Linear l) init.normal_(l.weight, std: Math.Sqrt(2.0 / l.in_features)); });")]
    [InlineData("init.normal_(fc1.weight, 0, 1); init.kaiming_normal_(fc1.weight);")] // the last one counts
    [InlineData("init.normal_(fc1.weight, 0, 1); fc1.weight.requires_grad = false;")] // random features
    public Task Silent_on_others(string init) => Verify.SilentAsync(Net(init, Hidden, Deep));

    [Fact]
    public Task From_training_code() => Verify.FiresAsync(
        Code.Net("private readonly Linear fc = Linear(64, 1);", "return fc.forward(x);").Replace("var optimizer",
            "foreach (var p in model.parameters()) {|NN2001:init.uniform_(p, -1, 1)|};\n        var optimizer"));

    [Fact]
    public Task All_layers_at_once() => Verify.FixAsync(
        Net("{|NN2001:init.normal_(fc1.weight)|};\n        {|NN2001:init.normal_(fc2.weight)|};"),
        Net("init.kaiming_normal_(fc1.weight, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU);\n"
            + "        init.kaiming_normal_(fc2.weight, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU);"));

    [Fact]
    public Task A_parameter_used_as_a_weight() => Verify.FixAsync(
        Code.Net("private readonly Parameter w = Parameter({|NN2001:randn(128, 1)|});", "return x.matmul(w);"),
        Code.Net("private readonly Parameter w = Parameter(randn(128, 1) * 0.125);", "return x.matmul(w);"));

    [Theory]
    [InlineData("Parameter(randn(128, 1) * 0.1)", "x.matmul(w)")]
    [InlineData("Parameter(randn(4, 1))", "x.matmul(w)")]
    [InlineData("Parameter(randn(128, 1))", "x + w")] // a table
    [InlineData("Parameter(zeros(128, 1))", "x.matmul(w)")]
    public Task Silent_on_parameters_that_are_scaled_or_no_weights(string parameter, string forward) => Verify.SilentAsync(
        Code.Net($"private readonly Parameter w = {parameter};", $"return {forward};"));

    [Theory]
    [InlineData("init.normal_(fc1.bias, 0, 1);")]
    [InlineData("init.normal_(fc1.weight, 0, 0.02);")] // DCGAN, ViT, BERT
    [InlineData("init.trunc_normal_(fc1.weight, std: 0.02);")]
    [InlineData("init.normal_(fc1.weight, 0, 0.1);")]
    [InlineData("init.normal_(fc1.weight, 0, Math.Sqrt(2.0 / 64));")]
    [InlineData("init.uniform_(fc1.weight, -1 / Math.Sqrt(64), 1 / Math.Sqrt(64));")]
    [InlineData("var bound = 1 / Math.Sqrt(fc1.weight!.shape[1]); init.uniform_(fc1.weight, -bound, bound);")]
    [InlineData("init.kaiming_uniform_(fc1.weight, Math.Sqrt(5));")]
    [InlineData("init.xavier_normal_(fc1.weight);")]
    [InlineData("init.uniform_(fc2.weight, -0.003, 0.003);")] // a small last layer
    [InlineData("init.zeros_(fc2.weight);")]
    [InlineData("foreach (var p in parameters()) init.normal_(p, 0, 0.02);")]
    [InlineData("foreach (var m in modules()) if (m is BatchNorm2d b) init.normal_(b.weight, 1, 1);")]
    [InlineData("foreach (var m in modules()) if (m is Embedding e) init.normal_(e.weight, 0, 1);")]
    public Task Silent(string init) => Verify.SilentAsync(Net(init));

    [Fact]
    public Task Silent_on_embeddings_norms_and_tables() => Verify.SilentAsync(Net(
        "init.normal_(table.weight); init.normal_(norm.weight, 1, 1); init.normal_(positions, 0, 1);",
        "private readonly Embedding table = Embedding(10, 64); private readonly LayerNorm norm = LayerNorm(64); "
            + "private readonly Parameter positions = Parameter(zeros(5, 64)); private readonly Linear fc = Linear(64, 1);",
        "return fc.forward(norm.forward(table.forward(x)) + positions);"));

    [Fact]
    public Task Silent_where_nothing_trains() => Verify.SilentAsync(Net("init.normal_(fc1.weight);").Replace("loss.backward();", ""));

    [Fact]
    public Task Silent_when_weights_come_from_a_file() =>
        Verify.SilentAsync(Net("init.normal_(fc1.weight);").Replace("var optimizer", "model.load(\"w.dat\"); var optimizer"));

    /// <summary>What comes back after training, or in a second run of it, was trained from this start.</summary>
    [Theory]
    [InlineData("\"best.dat\"", "\"best.dat\"", true)]
    [InlineData("System.IO.Path.Combine(\"run\", \"w.dat\")", "System.IO.Path.Combine(\"run\", \"w.dat\")", true)]
    [InlineData("\"best.dat\"", "\"pretrained.dat\"", false)]
    public Task What_the_program_saved_itself_was_trained_from_this_start(string saved, string loaded, bool fires)
    {
        var code = Net("{|NN2001:init.normal_(fc1.weight)|};")
            .Replace("var optimizer", $"model.load({loaded}); model.save({saved}); var optimizer");
        return fires ? Verify.FiresAsync(code) : Verify.SilentAsync(code.Replace("{|NN2001:", "").Replace("|}", ""));
    }

    private static string Drawn(string constructor) => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc1 = Linear(64, 64), fc2 = Linear(64, 1);
            public Net(double scale = 0, long n = 64) : base("net") { RegisterComponents(); {{constructor}} }
            public override Tensor forward(Tensor x) => fc2.forward(functional.relu(fc1.forward(x)));
        }
        static class Program
        {
            static void Train(Net model) => functional.mse_loss(model.forward(rand(8, 64)), rand(8, 1)).backward();
        }
        """;

    [Theory]
    [InlineData("foreach (var p in parameters()) {|NN2001:p.copy_(randn_like(p))|};")]
    [InlineData("{|NN2001:fc1.weight!.copy_(randn(64, 64))|};")]
    [InlineData("fc1.weight = Parameter({|NN2001:randn(64, 64)|});")]
    [InlineData("fc1.weight = new Parameter({|NN2001:randn(64, 64)|} * 2);")]
    [InlineData("fc1.weight = Parameter({|NN2001:rand(64, 64)|}.to(float32));")]
    public Task Drawn_and_put_in_place(string constructor) => Verify.FiresAsync(Drawn(constructor));

    [Theory]
    [InlineData("fc1.weight = Parameter(randn(64, 64) * 0.15);")]
    [InlineData("fc1.weight = Parameter(randn(64, 64) / 8);")]
    [InlineData("fc1.weight = Parameter(randn(64, 64) * scale);")]
    [InlineData("fc1.bias = Parameter(randn(64));")]
    [InlineData("foreach (var p in parameters()) p.copy_(p + randn_like(p) * 0.01);")]
    [InlineData("foreach (var p in parameters()) p.add_(randn_like(p));")]
    public Task Silent_on_what_is_scaled_or_not_drawn(string constructor) => Verify.SilentAsync(Drawn(constructor));

    [Fact]
    public Task A_new_weight_is_scaled() => Verify.FixAsync(
        Drawn("fc1.weight = Parameter({|NN2001:randn(64, 64)|});"), Drawn("fc1.weight = Parameter(randn(64, 64) * 0.1768);"));

    [Fact]
    public Task What_is_copied_into_every_parameter_is_scaled() => Verify.FixAsync(
        Drawn("foreach (var p in parameters())\n            {|NN2001:p.copy_(randn_like(p))|};"),
        Drawn("foreach (var p in parameters())\n            if (p.dim() > 1) TorchSharp.torch.nn.init.kaiming_normal_(p, "
            + "mode: TorchSharp.torch.nn.init.FanInOut.FanIn, nonlinearity: TorchSharp.torch.nn.init.NonlinearityType.ReLU);\n"
            + "            else TorchSharp.torch.nn.init.zeros_(p);"));

    private static string Block(string weight, string forward = "functional.relu(x.matmul(w))") => $$"""
        class Inner : Module<Tensor, Tensor>
        {
            private readonly Parameter w;
            public Inner(int n) : base("inner") { w = Parameter({{weight}}); RegisterComponents(); }
            public override Tensor forward(Tensor x) => {{forward}};
        }
        class Outer : Module<Tensor, Tensor>
        {
            private readonly Inner inner = new(64);
            private readonly Linear o = Linear(64, 1);
            public Outer() : base("outer") => RegisterComponents();
            public override Tensor forward(Tensor x) => o.forward(inner.forward(x));
        }
        static class Program
        {
            static void Train(Outer model) => functional.mse_loss(model.forward(rand(8, 64)), rand(8, 1)).backward();
        }
        """;

    [Fact]
    public Task A_weight_of_a_block_sized_by_its_constructor() => Verify.FiresAsync(Block("{|NN2001:randn(n, n)|}"));

    [Theory]
    [InlineData("randn(n, n) / Math.Sqrt(n)", "functional.relu(x.matmul(w))")]
    [InlineData("zeros(n, n)", "functional.relu(x.matmul(w))")]
    [InlineData("randn(n)", "functional.relu(x + w)")]
    [InlineData("randn(1, n)", "functional.relu(x + w)")]
    public Task Silent_on_a_block(string weight, string forward) => Verify.SilentAsync(Block(weight, forward));
}
