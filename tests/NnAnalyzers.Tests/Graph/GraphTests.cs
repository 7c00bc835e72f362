using NnAnalyzers.Graph;
using NnAnalyzers.Torch;
using NnAnalyzers.Projects;

namespace NnAnalyzers.Tests.Graph;

/// <summary>Printed graphs of small networks, one for each way real code is written.</summary>
public class GraphTests
{
    private static string Print(string code, string? name = null)
    {
        var compilation = Verify.Compile(code);
        Assert.DoesNotContain(compilation.GetDiagnostics(), d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
        var project = new ProjectGraph(compilation, TorchSymbols.TryCreate(compilation)!, default);
        return GraphPrinter.Text(project.Networks.First(n => name is null || n.Name == name));
    }

    private static string Net(string members, string forward) => $$"""
        class Net : Module<Tensor, Tensor>
        {
            {{members}}
            public override Tensor forward(Tensor x) { {{forward}} }
        }
        """;

    /// <summary>The steps without their shapes: names joined by arrows.</summary>
    private static void Reads(string expected, string members, string forward)
    {
        var lines = Print(Net(members, forward)).Split('\n')
            .Where(l => l.StartsWith("  %", StringComparison.Ordinal) && !l.Contains("= input"));
        Assert.Equal(expected, string.Join(" → ", lines.Select(l => l.Split(" = ")[1].Split(" of ")[0])));
    }

    private const string Ctor = "public Net() : base(\"n\") => RegisterComponents();";

    [Fact]
    public void A_whole_network() => Assert.Equal("""
        network Net
          layer conv: Conv2d(1 → 8)
          layer fc: Linear(128 → 10)
          %0 = input x (N, 1, 8, 8)
          %1 = conv (Conv2d) of %0 (N, 8, 8, 8)
          %2 = ReLU of %1 (N, 8, 8, 8)
          %3 = MaxPool2d of %2 (N, 8, 4, 4)
          %4 = Flatten of %3 (N, 128)
          %5 = fc (Linear) of %4 (N, 10)
          output %5
          loss CrossEntropyLoss

        """.ReplaceLineEndings("\n"),
        Print(Code.Net("private readonly Conv2d conv = Conv2d(1, 8, 3, padding: 1); private readonly Linear fc = Linear(128, 10);",
        "x = functional.relu(conv.forward(x)); x = functional.max_pool2d(x, 2); return fc.forward(x.flatten(1));",
        "CrossEntropyLoss().call(prediction, target)", "randint(10, new long[] { 8 })", "randn(8, 1, 8, 8)")));

    [Fact] public void Layers_assigned_in_the_constructor() =>
        Reads("a (Linear) → ReLU → b (Linear)", "private readonly Linear a; private readonly Linear b; public Net() : base(\"n\") { "
            + "a = Linear(4, 8); b = Linear(8, 1); RegisterComponents(); }", "return b.forward(a.forward(x).relu());");
    [Fact] public void Either_branch_of_the_constructor() => Reads("a (Linear) → ReLU → a (Linear) → Tanh → either",
        "private readonly Module<Tensor, Tensor> a; public Net(bool deep) : base(\"n\") { if (deep) a = Sequential((\"a\", Linear(4, 8)), "
            + "(\"ReLU\", ReLU())); else a = Sequential((\"a\", Linear(4, 8)), (\"Tanh\", Tanh())); RegisterComponents(); }",
        "return a.forward(x);");
    [Fact] public void A_choice_in_an_expression() => Reads("act (ReLU) → act (Tanh) → either",
        "private readonly Module<Tensor, Tensor> act; public Net(bool r) : base(\"n\") { act = r ? ReLU() : Tanh(); }",
        "return act.forward(x);");
    [Fact] public void A_switch_expression() =>
        Reads("act (ReLU) → act (Tanh) → either", "private readonly Module<Tensor, Tensor> act; public Net(string r) : base(\"n\") { "
            + "act = r switch { \"relu\" => ReLU(), \"tanh\" => Tanh(), _ => throw new Exception() }; }", "return act.forward(x);");
    [Fact] public void A_default_activation() => Reads("act (SiLU)",
        "private readonly Module<Tensor, Tensor> act; public Net(Module<Tensor, Tensor>? a = null) : base(\"n\") { act = a ?? SiLU(); }",
        "return act.forward(x);");
    [Fact] public void A_delegate_that_makes_layers() => Reads("f (Linear)", "private readonly Module<Tensor, Tensor> f; public Net() : "
        + "base(\"n\") { Func<long, Module<Tensor, Tensor>> make = n => Linear(4, n); f = make(8); }", "return f.forward(x);");
    [Fact] public void A_helper_that_makes_layers() => Reads("f (Linear)", "private readonly Module<Tensor, Tensor> f = Make(4, 8); "
        + "static Module<Tensor, Tensor> Make(long i, long o) { var l = Linear(i, o); return l; } " + Ctor, "return f.forward(x);");
    [Fact] public void A_list_variable() => Reads("Linear → ReLU → Linear → ReLU",
        "private readonly Sequential s; public Net() : base(\"n\") { var l = new List<Module<Tensor, Tensor>>(); "
            + "for (var i = 0; i < 2; i++) { l.Add(Linear(4, 4)); l.Add(ReLU()); } s = Sequential(l); }", "return s.forward(x);");
    [Fact] public void A_named_list() => Reads("l0 (Linear) → r0 (ReLU)",
        "private readonly Sequential s; public Net() : base(\"n\") { var l = new List<(string, Module<Tensor, Tensor>)>(); "
            + "l.Add((\"l0\", Linear(4, 4))); l.Add((\"r0\", ReLU())); s = Sequential(l.ToArray()); }", "return s.forward(x);");
    [Fact] public void A_chain_of_append() => Reads("Linear → ReLU",
        "private readonly Sequential s = Sequential().append(Linear(4, 4)).append(ReLU()); " + Ctor, "return s.forward(x);");
    [Fact] public void A_ModuleList_in_a_loop() =>
        Reads("Linear → Tanh → Linear → Tanh", "private readonly ModuleList<Linear> list = ModuleList(Linear(4, 8), Linear(8, 4)); "
            + Ctor,
            "foreach (var l in list) x = torch.tanh(l.forward(x)); return x;");
    [Fact] public void Nested_calls() => Reads("c (Conv2d) → b (BatchNorm2d) → a (ReLU)",
        "private readonly Conv2d c = Conv2d(3, 8, 3); private readonly BatchNorm2d b = BatchNorm2d(8); private readonly ReLU a = ReLU(); "
            + Ctor, "return a.call(b.call(c.call(x)));");
    [Fact] public void Using_and_dispose_scopes() => Reads("a (Linear) → ReLU → Identity", "private readonly Linear a = Linear(4, 8); "
        + Ctor, "using var scope = NewDisposeScope(); using var y = a.forward(x); return functional.relu(y).MoveToOuterDisposeScope();");
    [Fact] public void A_cast_layer() =>
        Reads("a (Linear)", "private readonly Module<Tensor, Tensor> a = Linear(4, 8); " + Ctor, "return ((Linear)a).forward(x);");
    [Fact] public void A_helper_on_tensors() =>
        Reads("a (Linear) → ReLU", "private readonly Linear a = Linear(4, 8); private Tensor Act(Tensor t) => functional.relu(t); "
            + Ctor,
            "return Act(a.forward(x));");
    [Fact] public void A_local_function() => Reads("a (Linear) → ReLU", "private readonly Linear a = Linear(4, 8); " + Ctor,
        "return Act(a.forward(x)); Tensor Act(Tensor t) => functional.relu(t);");
    [Fact] public void A_residual() =>
        Reads("a (Linear) → add → ReLU", "private readonly Linear a = Linear(4, 4); " + Ctor,
            "return functional.relu(a.forward(x) + x);");
    [Fact] public void A_tuple_is_taken_apart() => Reads("a (Linear) → b (Linear) → add",
        "private readonly Linear a = Linear(4, 4), b = Linear(4, 4); " + Ctor, "var (l, r) = (a.forward(x), b.forward(x)); return l + r;");
    [Fact] public void What_is_not_known_says_why() => Assert.Contains(
        "unknown (inverse is opaque: linear algebra that networks do not train through) of %0", Print(Net(Ctor, "return x.inverse();")));
    [Fact] public void A_method_without_a_body_is_not_followed() =>
        Assert.Contains("unknown (fft_ (followed too deep or without a body) is not read)",
            Print(Net(Ctor, "return Other.fft_(x);") + " static class Other { public static extern Tensor fft_(Tensor x); }"));
    [Fact] public void A_base_class_of_the_users() => Assert.Contains("own (Linear)",
        Print("abstract class Base : Module<Tensor, Tensor> { protected readonly Linear own = Linear(4, 4); protected Base() : "
            + "base(\"b\") { } } class Net : Base { public override Tensor forward(Tensor x) => own.forward(x); }", "Net"));
    [Fact] public void Partial_classes() => Assert.Contains("own (Linear)",
        Print("partial class Net : Module<Tensor, Tensor> { public Net() : base(\"b\") { } } partial class Net { "
            + "private readonly Linear own = Linear(4, 4); public override Tensor forward(Tensor x) => own.forward(x); }", "Net"));
}
