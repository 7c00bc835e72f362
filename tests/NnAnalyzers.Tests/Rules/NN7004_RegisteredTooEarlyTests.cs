namespace NnAnalyzers.Tests.Rules;

public class NN7004_RegisteredTooEarlyTests
{
    private static string Net(string fields, string constructor, string forward = "return fc.forward(x);") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            {{fields}}

            public Net(int size) : base("net")
            {
                {{constructor.Replace("\n", "\n        ")}}
            }

            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }
        """;

    [Fact]
    public Task Assigned_afterwards() => Verify.FixAsync(
        Net("private readonly Linear fc;", "{|NN7004:RegisterComponents()|};\nfc = Linear(size, 1); // the head"),
        Net("private readonly Linear fc;", "fc = Linear(size, 1); // the head\nRegisterComponents();"));

    [Theory]
    [InlineData("private readonly ModuleList<Linear> all = new();", "{|NN7004:RegisterComponents()|};\nall.Add(Linear(size, 1));",
        "all.Add(Linear(size, 1));\nRegisterComponents();", "return all[0].forward(x);")]
    [InlineData("private readonly ModuleList<Linear> all = new();",
        "{|NN7004:RegisterComponents()|};\nfor (var i = 0; i < 2; i++)\n{\n    all.append(Linear(size, size));\n}",
        "for (var i = 0; i < 2; i++)\n{\n    all.append(Linear(size, size));\n}\nRegisterComponents();", "return all[0].forward(x);")]
    [InlineData("private readonly Linear fc = Linear(4, 4);\n    private readonly Dropout drop;",
        "// register\n{|NN7004:RegisterComponents()|};\ndrop = Dropout(0.1);", "// register\ndrop = Dropout(0.1);\nRegisterComponents();",
        "return drop.forward(fc.forward(x));")]
    [InlineData("private Linear fc;", "{|NN7004:RegisterComponents()|};\nBuild(size);", "Build(size);\nRegisterComponents();",
        "return fc.forward(x); } private void Build(int size) { fc = Linear(size, 1);")]
    public Task Moved_to_the_end(string fields, string before, string after, string forward) =>
        Verify.FixAsync(Net(fields, before, forward), Net(fields, after, forward));

    private static string Derived(string constructor) => $$"""
        abstract class Base : Module<Tensor, Tensor>
        {
            protected readonly Linear first = Linear(4, 8);
            protected Base() : base("base") => RegisterComponents();
        }

        class Net : Base
        {
            private readonly Linear second = Linear(8, 8), third;
            public Net() {{constructor}}
            public override Tensor forward(Tensor x) => third.forward(second.forward(first.forward(x)));
        }
        """;

    [Theory]
    [InlineData("=> third = {|NN7004:Linear(8, 1)|};", "{ third = Linear(8, 1); register_module(nameof(third), third); }")]
    [InlineData("\n    {\n        third = {|NN7004:Linear(8, 1)|};\n        RegisterComponents();\n    }",
        "\n    {\n        third = Linear(8, 1);\n        RegisterComponents();\n        register_module(nameof(third), third);\n    }")]
    public Task The_base_registers(string before, string after) => Verify.FixAsync(Derived(before), Derived(after));

    [Theory]
    [InlineData("private readonly Linear fc;", "fc = Linear(size, 1); RegisterComponents();", "return fc.forward(x);")]
    [InlineData("private readonly Linear fc;", "RegisterComponents(); fc = Linear(size, 1); register_module(\"fc\", fc);",
        "return fc.forward(x);")]
    [InlineData("private readonly Linear fc = Linear(4, 4); private readonly Module<Tensor, Tensor> act;",
        "RegisterComponents(); act = ReLU();", "return act.forward(fc.forward(x));")]
    [InlineData("private readonly Sequential all = Sequential();", "RegisterComponents(); all.append(Linear(size, 1));",
        "return all.forward(x);")] // asks its elements each time
    [InlineData("private readonly Linear fc = Linear(4, 4); private Linear alias;", "RegisterComponents(); alias = fc;",
        "return alias.forward(x);")]
    public Task Silent(string fields, string constructor, string forward) => Verify.SilentAsync(Net(fields, constructor, forward));

    [Fact]
    public Task Silent_for_the_parent_or_a_module_from_outside() => Verify.SilentAsync("""
        class Part : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 4);
            private readonly Module<Tensor, Tensor> owner;
            public Part(Module<Tensor, Tensor> owner) : base("part")
            {
                RegisterComponents();
                this.owner = owner;
            }
            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        """);
}
