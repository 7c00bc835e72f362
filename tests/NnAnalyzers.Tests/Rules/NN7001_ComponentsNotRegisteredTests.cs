namespace NnAnalyzers.Tests.Rules;

public class NN7001_ComponentsNotRegisteredTests
{
    private static string Program(string net, string made = "new Net()", string more = "") => $$"""
        {{net}}

        static class Program
        {
            static void Train(Tensor x, Tensor y)
            {
                var model = {{made}};
                var optimizer = optim.Adam(model.parameters());
                for (var i = 0; i < 100; i++)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(model.forward(x), y).backward();
                    optimizer.step();
                }
            }
        }
        {{more}}
        """;

    private const string Block = """
        class Block : Module<Tensor, Tensor>
        {
            private readonly Linear fc;
            public {|NN7001:Block|}() : base("block")
            {
                fc = Linear(4, 4); // square
            }
            public override Tensor forward(Tensor x) => fc.forward(x);
        }

        """;

    [Fact]
    public Task A_network() => Verify.FixAsync(Program("""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc;

            public {|NN7001:Net|}() : base("net")
            {
                // one layer
                fc = Linear(4, 1); // the head
            }

            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        """), Program("""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc;

            public Net() : base("net")
            {
                // one layer
                fc = Linear(4, 1); // the head
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        """));

    [Theory]
    [InlineData("public {|NN7001:Net|}() : base(\"net\") { }", "public Net() : base(\"net\") { RegisterComponents(); }")]
    [InlineData("public {|NN7001:Net|}() : base(\"net\") { var size = 2; }",
        "public Net() : base(\"net\") { var size = 2; RegisterComponents(); }")]
    [InlineData("public {|NN7001:Net|}() : base(\"net\") => Console.WriteLine(\"made\");",
        "public Net() : base(\"net\") { Console.WriteLine(\"made\"); RegisterComponents(); }")]
    [InlineData("public {|NN7001:Net|}() : base(\"net\")\n    {\n        // nothing to do\n    }",
        "public Net() : base(\"net\")\n    {\n        // nothing to do\n        RegisterComponents();\n    }")]
    public Task Constructors_of_other_forms(string before, string after)
    {
        string Net(string constructor) => Program($$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 1);
            {{constructor}}
            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        """);
        return Verify.FixAsync(Net(before), Net(after));
    }

    [Fact]
    public Task An_element_of_a_Sequential() => Verify.FiresAsync(Block + Program("""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Sequential layers = Sequential(new Block(), ReLU(), new Block(), Linear(4, 1));
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        """));

    [Fact]
    public Task An_element_of_a_Sequential_of_training_code() =>
        Verify.FiresAsync(Program(Block, "Sequential(new Block(), ReLU(), Linear(4, 1))"));

    [Theory]
    [InlineData("public {|NN7001:Net|}(int size) : this() { } public Net() : base(\"net\") { }")]
    [InlineData("public {|NN7001:Net|}() : base(\"net\") { if (DateTime.Now.Year > 2000) return; }")]
    public Task Without_a_fix_or_with_two(string constructor) => Verify.FiresAsync(Program($$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly ModuleList<Linear> layers = new(Linear(4, 1));
            {{constructor.Replace("(int size) : this() { } public Net() : base", "() : base")}}
            public override Tensor forward(Tensor x) => layers[0].forward(x);
        }
        """));

    [Fact]
    public Task A_primary_constructor() => Verify.FiresAsync(Program("""
        class {|NN7001:Net|}(int size) : Module<Tensor, Tensor>("net")
        {
            private readonly Linear fc = Linear(4, size);
            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        """, "new Net(1)"));

    private static string Quiet(string block) => block.Replace("{|NN7001:", "").Replace("|}", "");

    [Theory]
    [InlineData("private readonly Block block = new(); public Net() : base(\"net\") => RegisterComponents();", "block.forward(x)")]
    [InlineData("private readonly ModuleList<Block> blocks = new(new Block()); public Net() : base(\"net\") => RegisterComponents();",
        "blocks[0].forward(x)")]
    [InlineData("private readonly Block block = new(); public Net() : base(\"net\") => register_module(\"block\", block);",
        "block.forward(x)")]
    [InlineData("private readonly Linear fc; public Net() : base(\"net\") { fc = Linear(4, 1); Finish(); } "
        + "private void Finish() => RegisterComponents();", "fc.forward(x)")]
    [InlineData("private readonly Linear fc = Linear(4, 1); private bool ready; public Net() : base(\"net\") { } "
        + "public override void train(bool on) { if (!ready) RegisterComponents(); ready = true; base.train(on); }", "fc.forward(x)")]
    [InlineData("private readonly Linear fc = Linear(4, 1); public Net() : base(\"net\") { } "
        + "public override IEnumerable<Parameter> parameters(bool recurse = true) => fc.parameters();", "fc.forward(x)")]
    public Task Silent(string members, string forward) => Verify.SilentAsync(Quiet(Block) + Program($$"""
        class Net : Module<Tensor, Tensor>
        {
            {{members}}
            public override Tensor forward(Tensor x) => {{forward}};
        }
        """));

    [Fact]
    public Task Silent_for_what_has_nothing_to_learn() => Verify.SilentAsync(Program("""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> act = Tanh();
            public Net() : base("net") { }
            public override Tensor forward(Tensor x) => act.forward(x) * 2;
        }
        """, "Sequential(Linear(4, 8), new Net(), Linear(8, 1))"));

    [Fact]
    public Task Silent_for_partial_classes_and_base_constructors() => Verify.SilentAsync(Program("""
        abstract class Base : Module<Tensor, Tensor>
        {
            protected Base() : base("net") => RegisterComponents();
        }

        partial class Net : Base
        {
            private readonly Linear fc = Linear(4, 1);
            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        """), "partial class Net { public Net() { } }");

    [Fact]
    public Task Silent_where_a_parent_registers_the_network_that_is_trained() => Verify.SilentAsync(Quiet(Block) + """
        class Holder : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> inner;
            public Holder(Module<Tensor, Tensor> inner) : base("holder")
            {
                this.inner = inner;
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => inner.forward(x);
        }

        static class Program
        {
            static void Train(IEnumerable<Tensor> batches)
            {
                var block = new Block();
                var holder = new Holder(block);
                var optimizer = optim.Adam(block.parameters());
                foreach (var x in batches)
                {
                    holder.forward(x).pow(2).mean().backward();
                    optimizer.step();
                    optimizer.zero_grad();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_for_a_target_network_and_an_averaged_teacher() => Verify.SilentAsync("""
        class Values : Module<Tensor, Tensor>
        {
            private readonly Linear hidden = Linear(4, 16), head = Linear(16, 2);
            public Values() : base("values") => RegisterComponents();
            public override Tensor forward(Tensor x) => head.forward(functional.relu(hidden.forward(x)));
        }

        static class Program
        {
            static void Train(Tensor states, Tensor actions, Tensor rewards)
            {
                var (policy, target) = (new Values(), new Values());
                target.load_state_dict(policy.state_dict());
                target.eval();
                var optimizer = optim.Adam(policy.parameters());
                for (var i = 0; i < 100; i++)
                {
                    Tensor wanted;
                    using (no_grad()) wanted = rewards + 0.9 * target.forward(states).amax(new long[] { 1 });
                    var loss = functional.smooth_l1_loss(policy.forward(states).gather(1, actions).squeeze(1), wanted);
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                    if (i % 10 == 0) target.load_state_dict(policy.state_dict());
                }
            }
        }
        """);
}
