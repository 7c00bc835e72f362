namespace NnAnalyzers.Tests.Rules;

public class NN1002_ActivationRepeatedByLossTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8), fc2 = Linear(8, 3);";
    private const string CrossEntropy = "CrossEntropyLoss().call(prediction, target)", Classes = "randint(3, new long[] { 8 })";

    [Theory]
    [InlineData("functional.softmax(x, 1)", CrossEntropy)]
    [InlineData("functional.log_softmax(x, dim: 1)", CrossEntropy)]
    [InlineData("x.softmax(-1)", "functional.cross_entropy(prediction, target)")]
    [InlineData("x.sigmoid()", CrossEntropy)]
    [InlineData("torch.sigmoid(x)", "functional.binary_cross_entropy_with_logits(prediction, target)")]
    [InlineData("softmax(x, 1)", "BCEWithLogitsLoss().call(prediction, target)")]
    public Task A_function_is_removed(string activation, string loss) => Verify.FixAsync(
        Code.Net(Layers, $"x = fc2.forward(functional.relu(fc1.forward(x)));\n        return {{|NN1002:{activation}|}};", loss, Classes),
        Code.Net(Layers, "x = fc2.forward(functional.relu(fc1.forward(x)));\n        return x;", loss, Classes));

    [Fact]
    public Task An_element_of_a_Sequential_is_removed() => Verify.FixAsync(
        Code.Sequential("Sequential(Linear(4, 8), ReLU(), Linear(8, 3), /* probabilities */ {|NN1002:Softmax(1)|})", CrossEntropy, Classes),
        Code.Sequential("Sequential(Linear(4, 8), ReLU(), Linear(8, 3) /* probabilities */ )", CrossEntropy, Classes));

    [Fact]
    public Task The_logarithm_is_added_for_negative_log_likelihood() => Verify.FixAsync(
        Code.Net(Layers, "return {|NN1002:functional.softmax(fc2.forward(fc1.forward(x)), 1)|}; // classes",
            "functional.nll_loss(prediction, target)", Classes),
        Code.Net(Layers, "return functional.log_softmax(fc2.forward(fc1.forward(x)), 1); // classes",
            "functional.nll_loss(prediction, target)", Classes));

    [Fact]
    public Task The_logarithm_is_added_for_KL_divergence_where_a_student_meets_its_teacher() => Verify.FixAsync(
        Code.Net(Layers, "return fc2.forward(x);",
            "functional.kl_div({|NN1002:functional.softmax(prediction, 1)|}, functional.softmax(target / 2, 1))", "randn(8, 3)"),
        Code.Net(Layers, "return fc2.forward(x);",
            "functional.kl_div(functional.log_softmax(prediction, 1), functional.softmax(target / 2, 1))", "randn(8, 3)"));

    [Theory]
    [InlineData("return {|NN1002:functional.softmax(fc2.forward(x), 1)|};", "return fc2.forward(x);")]
    [InlineData("return {|NN1002:fc2.forward(x).sigmoid()|};", "return fc2.forward(x);")]
    public Task A_network_before_the_log_softmax_of_training_code(string before, string after) => Verify.FixAsync(
        Code.Net(Layers, before, "NLLLoss().call(LogSoftmax(1).call(prediction), target)", Classes), Code.Net(Layers, after,
            "NLLLoss().call(LogSoftmax(1).call(prediction), target)", Classes));

    [Fact]
    public Task Silent_on_a_second_softmax_that_only_predicts() =>
        Verify.SilentAsync(Code.Net(Layers, "return fc2.forward(x).softmax(1);",
        "functional.nll_loss((prediction + 1e-8).log(), target)", Classes,
        more: "static class Use { static Tensor Predict(Net net, Tensor x) { using var _ = no_grad(); "
            + "return net.forward(x).softmax(1); } }"));

    [Fact]
    public Task A_second_softmax_on_one_side_of_a_branch_of_the_network_itself() => Verify.FiresAsync("""
        class Policy : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 3);
            public Policy() : base("p") => RegisterComponents();
            public override Tensor forward(Tensor x) => {|NN1002:functional.softmax(fc.forward(x), 1)|};
            public Tensor LogProbability(Tensor x, bool discrete)
            {
                var y = forward(x);
                if (discrete) y = functional.log_softmax(y, 1);
                return y;
            }
        }
        """);

    [Fact]
    public Task Silent_on_a_second_softmax_that_only_some_networks_get() =>
        Verify.SilentAsync(Code.Net(Layers, "return fc2.forward(x).softmax(1);",
        "functional.nll_loss((prediction + 1e-8).log(), target)", Classes,
        more: "static class Use { static Tensor Predict(Net net, Tensor x, bool logits) { var y = net.forward(x); "
            + "if (logits) y = y.softmax(1); return y; } }"));

    [Fact]
    public Task In_the_training_code_itself() => Verify.FixAsync(
        Code.Net(Layers, "return fc2.forward(fc1.forward(x));",
            "CrossEntropyLoss().call({|NN1002:prediction.softmax(1)|}, target)", Classes),
        Code.Net(Layers, "return fc2.forward(fc1.forward(x));", "CrossEntropyLoss().call(prediction, target)", Classes));

    [Fact]
    public Task A_loss_computed_in_forward() => Verify.FiresAsync("""
        class Net : Module<Tensor, Tensor, (Tensor logits, Tensor loss)>
        {
            private readonly Linear fc = Linear(4, 3);
            public Net() : base("n") => RegisterComponents();
            public override (Tensor logits, Tensor loss) forward(Tensor x, Tensor y)
            {
                var p = {|NN1002:functional.softmax(fc.forward(x), 1)|};
                return (p, functional.cross_entropy(p, y));
            }
        }
        """);

    [Fact]
    public Task The_loss_is_in_another_file_behind_a_field_and_a_helper() => Verify.FiresAsync(
        "public class Net : Module<Tensor, Tensor> { private readonly Linear fc = Linear(4, 3); public Net() : base(\"n\") => "
            + "RegisterComponents(); public override Tensor forward(Tensor x) => {|NN1002:functional.softmax(fc.forward(x), 1)|}; }",
        "public class Agent { private readonly Module<Tensor, Tensor> net; private readonly Loss<Tensor, Tensor, Tensor> loss "
            + "= CrossEntropyLoss(); public Agent() { net = Factory.Make(); } "
            + "public void Step(Tensor x, Tensor y) => Error(net.forward(x), "
            + "y).backward(); private Tensor Error(Tensor p, Tensor y) => loss.forward(p, y); }",
        "static class Factory { public static Module<Tensor, Tensor> Make() => new Net(); }");

    [Fact]
    public Task A_loss_class_of_the_users() => Verify.FiresAsync(
        Code.Net(Layers, "return {|NN1002:fc2.forward(fc1.forward(x)).softmax(1)|};", "new Weighted().forward(prediction, target)", Classes,
            more: "class Weighted : Module<Tensor, Tensor, Tensor> { public Weighted() : base(\"w\") { } "
                + "public override Tensor forward(Tensor p, Tensor y) => functional.cross_entropy(p, y) * 2; }"));

    [Fact]
    public Task A_softmax_of_a_softmax_of_one_head() => Verify.FiresAsync("""
        class Policy : Module<Tensor, Tensor>
        {
            private readonly ModuleList<Linear> heads = new();
            public Policy(int[] actions) : base("p") { foreach (var n in actions) heads.Add(Linear(8, n)); RegisterComponents(); }
            private Tensor Heads(Tensor x)
            {
                var outputs = new List<Tensor>();
                foreach (var head in heads) outputs.Add({|NN1002:functional.softmax(head.forward(x), 1)|});
                return stack(outputs.ToArray(), dim: 1);
            }
            public override Tensor forward(Tensor x) => Heads(x);
            public Tensor LogProbability(Tensor x, int count)
            {
                var logits = forward(x);
                var all = new List<Tensor>();
                for (var i = 0; i < count; i++) all.Add(functional.log_softmax(logits.select(1, i), dim: 1));
                return cat(all, 1);
            }
        }
        """);

    [Theory]
    [InlineData("return functional.log_softmax(fc2.forward(x), 1);", "functional.nll_loss(prediction, target)")]
    [InlineData("return fc2.forward(x).sigmoid();", "functional.binary_cross_entropy(prediction, rand(8, 3))")]
    [InlineData("return (fc2.forward(x).softmax(1) + 1e-8).log();", "KLDivLoss(log_target: false).call(prediction, rand(8, 3))")]
    [InlineData("if (!training) return fc2.forward(x).softmax(1); return fc2.forward(x);", CrossEntropy)]
    [InlineData("return training ? fc2.forward(x) : fc2.forward(x).softmax(1);", CrossEntropy)]
    [InlineData("var gate = functional.softmax(fc1.forward(x), 1); return fc2.forward(gate * fc1.forward(x));", CrossEntropy)]
    [InlineData("return fc2.forward(x).detach().softmax(1) * x.sum();", CrossEntropy)]
    public Task Silent(string forward, string loss) => Verify.SilentAsync(Code.Net(Layers, forward, loss, Classes));

    [Fact]
    public Task Silent_on_distillation_and_prediction() => Verify.SilentAsync(
        Code.Net(Layers, "return fc2.forward(x);",
            "functional.cross_entropy(prediction / 2, functional.softmax(target / 2, 1))", "randn(8, 3)"),
        "static class Predict { static long Class(Net net, Tensor x) { using var _ = no_grad(); "
            + "return functional.softmax(net.forward(x), 1).argmax(1).item<long>(); } }");

    [Fact]
    public Task Windows_line_endings_and_tabs_stay() => Verify.FixAsync(
        Code.Net(Layers, "x = fc2.forward(x);\n\t\tx = {|NN1002:functional.softmax(x, 1)|};\n\t\treturn x;", CrossEntropy, Classes)
            .ReplaceLineEndings("\r\n"),
        Code.Net(Layers, "x = fc2.forward(x);\n\t\treturn x;", CrossEntropy, Classes).ReplaceLineEndings("\r\n"));

    /// <summary>Whichever network is picked, training code takes the second one.</summary>
    [Fact]
    public Task A_softmax_of_one_of_several_networks() => Verify.FiresAsync(
        "class Shares : Module<Tensor, Tensor> { private readonly Linear fc = Linear(4, 3); public Shares() : base(\"s\") => "
            + "RegisterComponents(); public override Tensor forward(Tensor x) => {|NN1002:functional.softmax(fc.call(x), 1)|}; }",
        "static class Program { static void Train(string name, Tensor x, Tensor y) { Module<Tensor, Tensor> model = name switch "
            + "{ \"a\" => Linear(4, 3), \"b\" => new Shares(), _ => Sequential(Linear(4, 3)) }; "
            + "functional.nll_loss(functional.log_softmax(model.call(x), 1), y).backward(); } }");

    /// <summary>The network is applied on that side of the branch alone: all that it gives gets the second one.</summary>
    [Fact]
    public Task A_network_before_the_log_softmax_in_a_branch_of_training_code() => Verify.FiresAsync(
        "class Shares : Module<Tensor, Tensor> { private readonly Linear fc = Linear(4, 3); public Shares() : base(\"s\") => "
            + "RegisterComponents(); public override Tensor forward(Tensor x) => {|NN1002:functional.softmax(fc.call(x), 1)|}; }",
        "static class Program { static void Train(string command, Tensor x, Tensor y) { if (command == \"train\") { "
            + "var p = new Shares().call(x); functional.nll_loss(functional.log_softmax(p, 1), y).backward(); } } }");

    /// <summary>What is taken out of a stack on one side of a branch, on the other out of what a softmax makes of the stack.</summary>
    [Fact]
    public Task A_softmax_of_one_head_or_of_all() => Verify.FiresAsync("""
        class Policy : Module<Tensor, Tensor>
        {
            private readonly Linear a = Linear(8, 4), b = Linear(8, 4);
            public Policy() : base("p") => RegisterComponents();
            public override Tensor forward(Tensor x) => stack([{|NN1002:functional.softmax(a.call(x), 1)|},
                {|NN1002:functional.softmax(b.call(x), 1)|}], dim: 1);
            public Tensor LogProbability(Tensor x, bool sharp)
            {
                var all = sharp ? {|NN1002:functional.softmax(forward(x), 2)|} : forward(x);
                return functional.log_softmax(all.select(1, 0), dim: 1) + functional.log_softmax(all.select(1, 1), dim: 1);
            }
        }
        """);

    /// <summary>The variable's type goes with the layer, where nobody else sees it.</summary>
    [Theory]
    [InlineData("private readonly Softmax shares = Softmax(1);", "", "private readonly LogSoftmax shares = LogSoftmax(1);", "")]
    [InlineData("private TorchSharp.Modules.Softmax shares = Softmax(1);", "",
        "private TorchSharp.Modules.LogSoftmax shares = LogSoftmax(1);", "")]
    [InlineData("private readonly Softmax shares;", "shares = Softmax(1);", "private readonly LogSoftmax shares;",
        "shares = LogSoftmax(1);")]
    [InlineData("private readonly Softmax shares;", "this.shares = Softmax(1);", "private readonly LogSoftmax shares;",
        "this.shares = LogSoftmax(1);")]
    [InlineData("private readonly Module<Tensor, Tensor> shares;", "shares = Softmax(1);",
        "private readonly Module<Tensor, Tensor> shares;", "shares = LogSoftmax(1);")]
    public Task A_field_of_the_layers_own_type(string field, string made, string fieldAfter, string madeAfter) => Verify.FixAsync(
        Own(field, made, "{|NN1002:shares.forward(fc.forward(x))|}"), Own(fieldAfter, madeAfter, "shares.forward(fc.forward(x))"));

    [Theory]
    [InlineData("public readonly Softmax shares = Softmax(1);", "")]
    [InlineData("private readonly Softmax shares = Softmax(1), other = Softmax(0);", "")]
    [InlineData("private readonly Softmax shares = Softmax(1); Softmax Shares => shares;", "")]
    [InlineData("private Softmax shares { get; } = Softmax(1); public Softmax Out() { return shares; }", "")]
    public async Task No_fix_where_the_type_is_seen(string field, string made) => Assert.DoesNotContain(
        await Verify.FindAsync(Own(field, made, "shares.forward(fc.forward(x))")), f => f.Properties.ContainsKey(FixProperties.Title));

    private static string Own(string field, string made, string forward) => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 3);
            {{field}}
            public Net() : base("n") { {{made}} RegisterComponents(); }
            public override Tensor forward(Tensor x) => {{forward}};
        }
        static class Program { static void Train(Tensor x, Tensor y) => functional.nll_loss(new Net().call(x), y).backward(); }
        """;

    /// <summary>Actions are drawn from the probabilities of the first softmax.</summary>
    [Theory]
    [InlineData("var action = multinomial(chances, 1);", false)]
    [InlineData("var action = chances.argmax(1, keepdim: true);", true)]
    public async Task The_first_of_two_is_removed_where_nobody_needs_it(string act, bool isFixed)
    {
        var finding = Assert.Single(await Verify.FindAsync($$"""
            class Policy : Module<Tensor, Tensor>
            {
                private readonly Linear fc = Linear(4, 3);
                public Policy() : base("p") => RegisterComponents();
                public override Tensor forward(Tensor x) => functional.softmax(fc.forward(x), -1);
            }
            static class Program
            {
                static void Train(Tensor x, Tensor reward)
                {
                    var policy = new Policy();
                    var chances = policy.forward(x);
                    {{act}}
                    var log = functional.log_softmax(chances, 1).gather(1, action);
                    (-(log * reward).mean()).backward();
                }
            }
            """));
        Assert.Equal("NN1002", finding.Id);
        Assert.Equal(isFixed, finding.Properties.ContainsKey(FixProperties.Title));
    }
}
