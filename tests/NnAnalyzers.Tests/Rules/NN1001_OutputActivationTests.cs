namespace NnAnalyzers.Tests.Rules;

public class NN1001_OutputActivationTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8), fc2 = Linear(8, 1);";

    [Theory]
    [InlineData("functional.relu(fc1.forward(x))", "functional.relu(fc2.forward(x))", "fc2.forward(x)")]
    [InlineData("fc1.forward(x).relu()", "fc2.forward(x).relu()", "fc2.forward(x)")]
    [InlineData("fc1.call(x).relu()", "functional.relu(inplace: false, x: fc2.call(x))", "fc2.call(x)")]
    [InlineData("functional.relu(fc1.forward(x))", "functional.relu6(fc2.forward(x))", "fc2.forward(x)")]
    public Task A_function_is_removed(string hidden, string output, string after) => Verify.FixAsync(
        Code.Net(Layers, $"x = {hidden};\n        return {{|NN1001:{output}|}};"),
        Code.Net(Layers, $"x = {hidden};\n        return {after};"));

    [Fact]
    public Task A_module_is_removed_from_the_call() => Verify.FixAsync(
        Code.Net(Layers + "\n    private readonly ReLU act = ReLU();",
            "return {|NN1001:act.forward(fc2.forward(act.forward(fc1.forward(x))))|};"),
        Code.Net(Layers + "\n    private readonly ReLU act = ReLU();", "return fc2.forward(act.forward(fc1.forward(x)));"));

    [Fact]
    public Task A_reassigned_local_loses_its_statement() => Verify.FixAsync(
        Code.Net(Layers, """
            x = functional.relu(fc1.forward(x));
                    x = fc2.forward(x);
                    x = {|NN1001:functional.relu(x)|}; // keep it positive
                    return x;
            """),
        Code.Net(Layers, """
            x = functional.relu(fc1.forward(x));
                    x = fc2.forward(x);
                    return x;
            """));

    [Fact]
    public Task An_in_place_call_loses_its_statement() => Verify.FixAsync(
        Code.Net(Layers, "x = fc2.forward(functional.relu(fc1.forward(x)));\n        x = {|NN1001:x.relu_()|};\n        return x;"),
        Code.Net(Layers, "x = fc2.forward(functional.relu(fc1.forward(x)));\n        return x;"));

    [Theory]
    [InlineData("Sequential(Linear(4, 8), ReLU(), Linear(8, 1), {|NN1001:ReLU()|})", "Sequential(Linear(4, 8), ReLU(), Linear(8, 1))")]
    [InlineData("Sequential((\"a\", Linear(4, 8)), (\"b\", ReLU()), (\"c\", Linear(8, 1)), (\"d\", {|NN1001:ReLU()|}))",
        "Sequential((\"a\", Linear(4, 8)), (\"b\", ReLU()), (\"c\", Linear(8, 1)))")]
    [InlineData("Sequential(Linear(4, 8), ReLU(), Linear(8, 1)).append({|NN1001:ReLU()|})",
        "Sequential(Linear(4, 8), ReLU(), Linear(8, 1))")]
    [InlineData("Sequential(Linear(4, 8), ReLU(), Linear(8, 1)).append(\"out\", {|NN1001:ReLU()|})",
        "Sequential(Linear(4, 8), ReLU(), Linear(8, 1))")]
    [InlineData("Sequential(new Module<Tensor, Tensor>[] { Linear(4, 8), ReLU(), Linear(8, 1), {|NN1001:ReLU()|} })",
        "Sequential(new Module<Tensor, Tensor>[] { Linear(4, 8), ReLU(), Linear(8, 1) })")]
    [InlineData("Sequential(Linear(4, 8), ReLU(), Linear(8, 1), {|NN1001:ReLU()|}, Dropout(0.1), Flatten())",
        "Sequential(Linear(4, 8), ReLU(), Linear(8, 1), Dropout(0.1), Flatten())")]
    [InlineData("Sequential(Linear(4, 8), ReLU(), Sequential(Linear(8, 1), {|NN1001:ReLU()|}))",
        "Sequential(Linear(4, 8), ReLU(), Sequential(Linear(8, 1)))")]
    public Task An_element_of_a_Sequential_is_removed(string before, string after) =>
        Verify.FixAsync(Code.Sequential(before), Code.Sequential(after));

    [Fact]
    public Task A_comment_beside_the_element_stays() => Verify.FixAsync(
        Code.Sequential("""
            Sequential(
                        Linear(4, 8),
                        ReLU(),
                        Linear(8, 1), // the head
                        {|NN1001:ReLU()|})
            """),
        Code.Sequential("""
            Sequential(
                        Linear(4, 8),
                        ReLU(),
                        Linear(8, 1) // the head
                        )
            """));

    [Fact]
    public Task A_list_of_layers_is_read() => Verify.FixAsync(
        Code.Net("private readonly Sequential layers = Build();\n    static Sequential Build()\n    {\n        var list = "
            + "new List<Module<Tensor, Tensor>>();\n        list.Add(Linear(4, 8));\n        list.Add(ReLU());\n        list.Add(Linear(8, "
            + "1));\n        list.Add({|NN1001:ReLU()|});\n        return Sequential(list.ToArray());\n    }", "return layers.forward(x);"),
        Code.Net("private readonly Sequential layers = Build();\n    static Sequential Build()\n"
            + "    {\n        var list = new List<Module<Tensor, Tensor>>();\n        list.Add(Linear(4, 8));\n        list.Add(ReLU());\n"
            + "        list.Add(Linear(8, 1));\n        return Sequential(list.ToArray());\n    }", "return layers.forward(x);"));

    [Fact]
    public Task Windows_line_endings_and_tabs_stay() => Verify.FixAsync(
        Code.Net(Layers,
            "x = functional.relu(fc1.forward(x));\n\t\tx = fc2.forward(x);\n\t\tx = {|NN1001:functional.relu(x)|};\n\t\treturn x;")
            .ReplaceLineEndings("\r\n"),
        Code.Net(Layers, "x = functional.relu(fc1.forward(x));\n\t\tx = fc2.forward(x);\n\t\treturn x;").ReplaceLineEndings("\r\n"));

    [Theory]
    [InlineData("functional.cross_entropy(prediction, target.to(int64))")]
    [InlineData("functional.binary_cross_entropy_with_logits(prediction, target)")]
    [InlineData("CrossEntropyLoss().forward(prediction, target.to(int64))")]
    [InlineData("functional.smooth_l1_loss(target: target, input: prediction)")]
    [InlineData("MSELoss().call(prediction.squeeze(1).view(-1), target)")]
    public Task Every_loss_that_needs_both_signs(string loss) =>
        Verify.FiresAsync(Code.Net(Layers.Replace("8, 1", "8, 3"), "return {|NN1001:functional.relu(fc2.forward(x))|};", loss));

    /// <summary>Log-softmax and NLL are cross-entropy in two steps, sigmoid and BCE its binary form, wherever the first step is.</summary>
    [Theory]
    [InlineData("return functional.log_softmax({|NN1001:functional.relu(fc2.forward(x))|}, 1);",
        "functional.nll_loss(prediction, target.to(int64))")]
    [InlineData("return {|NN1001:functional.relu(fc2.forward(x))|};", "NLLLoss().call(LogSoftmax(1).call(prediction), target.to(int64))")]
    [InlineData("return {|NN1001:fc2.forward(x).relu()|}.sigmoid();", "functional.binary_cross_entropy(prediction, target)")]
    [InlineData("return {|NN1001:functional.relu(functional.log_softmax(fc2.forward(x), 1))|};",
        "functional.nll_loss(prediction, target.to(int64))")]
    public Task Before_the_half_of_a_loss(string forward, string loss) =>
        Verify.FiresAsync(Code.Net(Layers.Replace("8, 1", "8, 3"), forward, loss));

    [Fact]
    public Task Before_the_half_of_a_loss_it_is_removed() => Verify.FixAsync(
        Code.Net(Layers.Replace("8, 1", "8, 3"), "return functional.log_softmax({|NN1001:functional.relu(fc2.forward(x))|}, 1); // classes",
            "functional.nll_loss(prediction, target.to(int64))"),
        Code.Net(Layers.Replace("8, 1", "8, 3"), "return functional.log_softmax(fc2.forward(x), 1); // classes",
            "functional.nll_loss(prediction, target.to(int64))"));

    [Theory]
    [InlineData("return functional.log_softmax(fc2.forward(functional.relu(fc1.forward(x))), 1);",
        "functional.nll_loss(prediction, target.to(int64))")]
    [InlineData("return functional.log_softmax(functional.leaky_relu(fc2.forward(x)), 1);",
        "functional.nll_loss(prediction, target.to(int64))")]
    [InlineData("return fc2.forward(x).sigmoid();", "functional.binary_cross_entropy(prediction, target)")]
    public Task Silent_before_the_half_of_a_loss(string forward, string loss) =>
        Verify.SilentAsync(Code.Net(Layers.Replace("8, 1", "8, 3"), forward, loss));

    [Fact]
    public Task Known_targets_outside_the_range() =>
        Verify.FiresAsync(Code.Net(Layers, "return {|NN1001:fc2.forward(x).tanh()|};", target: "rand(8, 1) * 10"));

    [Fact]
    public Task Dropout_and_reshapes_are_looked_through() => Verify.FiresAsync(
        Code.Net(Layers + " private readonly Dropout drop = Dropout(0.1);",
            "return drop.forward({|NN1001:functional.relu(fc2.forward(x))|}).squeeze(1).view(-1);"));

    [Fact]
    public Task A_loss_in_another_file() => Verify.FiresAsync(
        "public class Net : Module<Tensor, Tensor> { private readonly Linear fc = Linear(4, 1); public Net() : "
            + "base(\"n\") => RegisterComponents(); public override Tensor forward(Tensor x) => {|NN1001:fc.forward(x).relu()|}; }",
        "class Trainer { private readonly Loss<Tensor, Tensor, Tensor> loss = MSELoss(); private readonly Net net = new(); "
            + "void Step(Tensor x, Tensor y) { loss.forward(net.forward(x), y).backward(); } }");

    [Fact]
    public Task A_loss_handed_to_the_loop() => Verify.FiresAsync("""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 1);
            public Net() : base("n") { RegisterComponents(); }
            public override Tensor forward(Tensor x)
            {
                var y = fc.forward(x);
                using var z = {|NN1001:functional.relu(y)|};
                return z.MoveToOuterDisposeScope();
            }
        }
        static class Program
        {
            static void Main() { var net = new Net(); Loop(net, MSELoss()); }
            static void Loop(Net net, Loss<Tensor, Tensor, Tensor> criterion)
            {
                foreach (var (x, y) in new List<(Tensor, Tensor)>()) { criterion.call(net.call(x), y).backward(); }
            }
        }
        """);

    [Fact]
    public Task Top_level_helper_in_a_nested_block() => Verify.FiresAsync(
        Code.Net("private readonly Block block = new();", "return block.forward(x);",
            more: "class Block : Module<Tensor, Tensor> { private readonly Linear fc = Linear(4, 1); public Block() : "
                + "base(\"b\") => RegisterComponents(); public override Tensor forward(Tensor x) => {|NN1001:fc.forward(x).relu()|}; }"));

    // ---- Silent.

    [Theory]
    [InlineData("functional.leaky_relu(fc2.forward(x), 0.01)")]
    [InlineData("functional.elu(fc2.forward(x), 1)")]
    [InlineData("functional.gelu(fc2.forward(x))")]
    [InlineData("functional.softplus(fc2.forward(x))")]
    [InlineData("fc2.forward(x).exp()")]
    [InlineData("fc2.forward(functional.relu(x))")]
    public Task Outputs_that_keep_a_way_open(string output) => Verify.SilentAsync(Code.Net(Layers, $"return {output};"));

    [Theory]
    [InlineData("functional.sigmoid(fc2.forward(x))", "rand(8, 1)")] // inside the range
    [InlineData("fc2.forward(x).tanh()", "rand(8, 1) * 2 - 1")]
    [InlineData("fc2.forward(x).tanh()", "torch.sin(randn(8, 1))")]
    [InlineData("functional.relu(fc2.forward(x))", "rand(8, 1)")]
    [InlineData("functional.relu(fc2.forward(x))", "randn(8, 1).abs()")]
    [InlineData("functional.sigmoid(fc2.forward(x))", "input")] // an autoencoder of pictures scaled to the same range
    [InlineData("functional.sigmoid(fc2.forward(x))", "Load()")] // not known, and a sigmoid is often meant
    public Task Targets_inside_the_range(string output, string target) =>
        Verify.SilentAsync(Code.Net(Layers, $"return {output};", target: target == "input" ? "torch.rand(8, 4)" : target,
            loss: target == "input" ? "functional.mse_loss(prediction, input)" : "functional.mse_loss(prediction, target)",
            more: "static partial class Data { }").Replace("Load()", "Tensor.Load(new BinaryReader(File.OpenRead(\"x\")))"));

    [Fact]
    public Task A_matching_pair() => Verify.SilentAsync(Code.Net(Layers, "return functional.sigmoid(fc2.forward(x));",
        "functional.binary_cross_entropy(prediction, target)", "rand(8, 1)"));

    [Fact]
    public Task A_block_without_a_loss() => Verify.SilentAsync(
        Code.Net("private readonly Block block = new(); private readonly Linear head = Linear(8, 1);",
            "return head.forward(block.forward(x));",
            more: "class Block : Module<Tensor, Tensor> { private readonly Linear fc = Linear(4, 8); public Block() : "
                + "base(\"b\") => RegisterComponents(); public override Tensor forward(Tensor x) => fc.forward(x).relu(); }"));

    [Fact]
    public Task A_prediction_only_branch() => Verify.SilentAsync(
        Code.Net(Layers, "x = fc2.forward(functional.relu(fc1.forward(x)));\n if (!training) return functional.relu(x);\n return x;"));

    [Fact]
    public Task A_prediction_only_choice() =>
        Verify.SilentAsync(Code.Net(Layers, "x = fc2.forward(x); return training ? x : functional.relu(x);"));

    [Fact]
    public Task A_generator_that_a_discriminator_judges() => Verify.SilentAsync("""
        class Generator : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 8);
            public Generator() : base("g") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.forward(x).tanh();
        }
        class Discriminator : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(8, 1);
            public Discriminator() : base("d") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        static class Program
        {
            static void Train()
            {
                var (g, d) = (new Generator(), new Discriminator());
                var loss = functional.binary_cross_entropy_with_logits(d.forward(g.forward(randn(8, 4))), ones(8, 1));
                loss.backward();
            }
        }
        """);

    [Fact]
    public Task A_policy_mean_scaled_outside() =>
        Verify.SilentAsync(Code.Net(Layers, "return fc2.forward(x).tanh();", "functional.mse_loss(prediction * 10, target)"));

    [Fact]
    public Task A_policy_and_value_head() => Verify.SilentAsync("""
        class Net : Module<Tensor, (Tensor, Tensor)>
        {
            private readonly Linear p = Linear(4, 8), v = Linear(4, 1);
            public Net() : base("n") => RegisterComponents();
            public override (Tensor, Tensor) forward(Tensor x) => (p.forward(x), v.forward(x).tanh());
        }
        static class Program
        {
            static void Train(Tensor x, Tensor z)
            {
                var net = new Net();
                var (p, v) = net.forward(x);
                functional.mse_loss(v, z).backward();
            }
        }
        """);

    [Fact]
    public Task A_class_of_the_users_called_ReLU() => Verify.SilentAsync(
        Code.Net("private readonly Linear fc = Linear(4, 1); private readonly ReLU act = new();", "return act.forward(fc.forward(x));",
            more: "class ReLU : Module<Tensor, Tensor> { public ReLU() : base(\"r\") { } "
                + "public override Tensor forward(Tensor x) => x * 2; }"));

    private static string Picked(string pick, string losses, string before = "{|NN1001:", string after = "|}") => $$"""
        class Cut : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> fc = Linear(4, 3);
            public Cut() : base("cut") => RegisterComponents();
            public override Tensor forward(Tensor x) => {{before}}functional.relu(fc.call(x)){{after}};
        }

        class Whole : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> fc = Linear(4, 3);
            public Whole() : base("whole") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.call(x);
        }

        static class Program
        {
            static void Train(string[] args, Tensor x, Tensor y)
            {
                {{pick}}
                {{losses}}
                model.train();
                var optimizer = optim.Adam(model.parameters());
                for (var step = 0; step < 10; step++)
                {
                    optimizer.zero_grad();
                    loss.call(functional.log_softmax(model.call(x), 1), y).backward();
                    optimizer.step();
                }
            }
        }
        """;

    private const string ByIf = "Module<Tensor, Tensor> model; if (args.Length > 0) model = new Cut(); else model = new Whole();",
        ByName = "Module<Tensor, Tensor> model = null; switch (args[0]) { case \"a\": model = new Whole(); break; "
            + "case \"b\": model = Sequential(Linear(4, 3)); break; case \"c\": model = new Cut(); break; }";

    /// <summary>Whichever network is picked, the loss is this one.</summary>
    [Theory]
    [InlineData(ByIf, "var loss = NLLLoss();")]
    [InlineData(ByName, "var loss = NLLLoss();")]
    [InlineData(ByName, "Loss<Tensor, Tensor, Tensor> loss = args.Length > 1 ? NLLLoss() : NLLLoss(reduction: Reduction.Sum);")]
    public Task One_of_several_networks(string pick, string losses) => Verify.FiresAsync(Picked(pick, losses));

    [Theory]
    [InlineData(ByIf)]
    [InlineData(ByName)]
    public Task Silent_where_another_setting_picks_the_loss(string pick) => Verify.SilentAsync(Picked(pick,
        "Loss<Tensor, Tensor, Tensor> loss = args.Length > 2 ? NLLLoss() : MSELoss();", "", ""));

    /// <summary>Whoever looks at predictions wants them as the targets are.</summary>
    [Fact]
    public Task It_is_removed_where_predictions_are_looked_at() => Verify.FixAsync(
        Used("{|NN1001:functional.relu(fc2.forward(x))|}", Look), Used("fc2.forward(x)", Look));

    /// <summary>Another network may need it, made without gradients or not.</summary>
    [Theory]
    [InlineData("Tensor y; using (no_grad()) y = net.forward(input); functional.mse_loss(Linear(1, 2).forward(y), target).backward();")]
    [InlineData("(net.forward(input) * target).sum().backward();")]
    public async Task It_stays_where_more_is_trained_on_it(string more) => Assert.DoesNotContain(
        await Verify.FindAsync(Used("functional.relu(fc2.forward(x))", more)), f => f.Properties.ContainsKey(FixProperties.Title));

    private const string Look =
        "using (no_grad()) { var off = (net.forward(input) - target).abs(); Console.WriteLine(off.mean().item<float>()); }";

    private static string Used(string output, string more) => $$"""
        class Net : Module<Tensor, Tensor>
        {
            {{Layers}}
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                x = functional.relu(fc1.forward(x));
                return {{output}};
            }
        }
        static class Program
        {
            static void Train(Tensor input, Tensor target)
            {
                var net = new Net();
                functional.mse_loss(net.forward(input), target).backward();
                {{more}}
            }
        }
        """;
}
