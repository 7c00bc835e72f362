using System.Text.RegularExpressions;
using CsCheck;

namespace NnAnalyzers.Reliability;

/// <summary>TorchSharp programs as generators: a network of several blocks, helpers and lists, and code that trains it.</summary>
internal static partial class Grammar
{
    private static Gen<string> OneOf(params string[] of) => Gen.OneOfConst(of);

    private static readonly Gen<int> Width = Gen.OneOfConst(1, 2, 3, 4, 8, 16, 64);

    /// <summary>A size: a number, a constant of the class, or worked out.</summary>
    private static readonly Gen<string> Size = Gen.OneOf(Width.Select(w => $"{w}"), OneOf("width", "Wide", "2 * width", "Wide / 2",
        "width + 1"));

    private static readonly Gen<string> Number = Gen.OneOf(Width.Select(w => $"{w}"), OneOf("0", "1", "-1", "2"));

    private static readonly Gen<string> Activation = OneOf("ReLU()", "Tanh()", "Sigmoid()", "Softmax(1)", "GELU()", "LeakyReLU(0.1)",
        "LogSoftmax(1)", "Dropout(0.1)",
        "Identity()", "Flatten()");

    private static readonly Gen<string> Simple = Gen.OneOf(
        Gen.Select(Size, Size, Gen.Bool, (a, b, bias) => $"Linear({a}, {b}{(bias ? "" : ", hasBias: false")})"), Activation,
        Size.Select(s => $"BatchNorm1d({s})"), Gen.Select(Size, Size, Number, (a, b, k) => $"Conv2d({a}, {b}, {k}, padding: 1, bias: "
            + $"false)"),
        Size.Select(s => $"LayerNorm({s})"), Gen.Select(Size, Size, (a, b) => $"Block({a}, {b})"), Gen.Select(Size, (s) => $"new "
            + $"Part({s})"));

    /// <summary>A layer, up to two Sequentials deep.</summary>
    private static readonly Gen<string> Layer = Gen.Frequency((3, Simple), (1, Simple.Array[1,
        4].Select(l => $"Sequential({string.Join(", ", l)})")),
        (1, Gen.Select(Simple, Simple, Simple, (a, b, c) => $"Sequential({a}, Sequential({b}, {c}))")));

    /// <summary>An expression of a tensor <c>x</c>.</summary>
    private static readonly Gen<string> Value = Gen.OneOf(
        OneOf("x", "x.relu()", "functional.relu(x)", "functional.softmax(x, 1)", "x.tanh()", "sigmoid(x)", "x + x", "x * 2",
            "x.detach()", "-x", "x.t()", "x.mean()",
            "Helper(x)", "Helper(Helper(x), 2)", "Through(x, t => t.relu())", "first.forward(x)", "second.call(x)", "all.forward(x)",
                "list[0].forward(x)",
            "list[list.Count - 1].forward(x)", "forward(x)", "x.squeeze()", "x / x.norm()", "Twice(first, x)", "(x + "
                + "first.forward(x)).relu()", "new Net().forward(x)"),
        Gen.Select(Number, Number, (a, b) => $"x.reshape({a}, {b})"), Gen.Select(Number, Number, (a, b) => $"x.view(x.shape[0], {a}, {b})"),
        Gen.Select(Number, Number, (a, b) => $"x.permute({a}, {b})"), Number.Select(a => $"x.flatten({a})"),
            Number.Select(a => $"x.unsqueeze({a})"),
        Number.Select(a => $"x.sum({a})"), Number.Select(a => $"cat(new[] {{ x, x }}, {a})"), Number.Select(a => $"stack(new[] {{ x, "
            + $"x }}, {a})"),
        Gen.Select(Number, Number, (a, b) => $"x.transpose({a}, {b})"), Size.Select(s => $"x.reshape(-1, {s})"), Gen.Select(Number,
            Size, (a, s) => $"x.narrow({a}, 0, {s})"));

    private static readonly Gen<string> Condition = OneOf("training", "x.shape[0] > 1", "flag", "x.shape.Length == 2", "width > 4",
        "true", "list.Count > 1", "!flag && training");

    private static Gen<string> Statement(int depth)
    {
        var assign = Value.Select(v => $"x = {v};");
        if (depth == 0) return assign;
        var inner = Statement(depth - 1).Array[0, 3].Select(s => string.Join(" ", s));
        return Gen.Frequency((6, assign), (1, Gen.Select(Condition, inner, (c, s) => $"if ({c}) {{ {s} }}")),
            (1, Gen.Select(Condition, inner, inner, (c, s, t) => $"if ({c}) {{ {s} }} else {{ {t} }}")),
            (1, Gen.Select(Number, inner, (n, s) => $"for (var i{depth} = 0; i{depth} < {n}; i{depth}++) {{ {s} }}")),
            (1, inner.Select(s => $"foreach (var layer{depth} in list) {{ x = layer{depth}.forward(x); {s} }}")),
            (1, Gen.Select(Condition, inner, (c, s) => $"while ({c}) {{ {s} break; }}")),
            (1, Gen.Select(Condition, Value, Value, (c, a, b) => $"x = {c} ? {a} : {b};")),
            (1, Gen.Select(Condition, Value, (c, v) => $"if ({c}) return {v};")),
            (1, inner.Select(s => $"try {{ {s} }} finally {{ x = x.relu(); }}")), (1, inner.Select(s => $"using (no_grad()) {{ {s} }}")),
            (1, Gen.Select(Value, Value, (a, b) => $"x = x.shape[0] switch {{ 1 => {a}, 2 => {b}, _ => x }};")),
            (1, Gen.Select(Value, (v) => $"{{ Func<Tensor, Tensor> apply = t => (x = t) is var kept ? {v} : kept; x = apply(x); }}")),
            (1, Gen.Select(inner, (s) => $"{{ void Local{depth}() {{ {s} }} Local{depth}(); }}".Replace("return ", "x = ",
                StringComparison.Ordinal))));
    }

    private static readonly Gen<string> Body = Statement(2).Array[1, 8].Select(s => string.Join("\n        ", s));

    private static readonly Gen<string> Loss = OneOf("functional.mse_loss(y, target)", "functional.cross_entropy(y, labels)",
        "functional.binary_cross_entropy(y, target)",
        "MSELoss().forward(y, target)", "(y - target).pow(2).mean()", "functional.nll_loss(y, labels)",
            "functional.l1_loss(y.squeeze(), target)",
        "functional.binary_cross_entropy_with_logits(y, target) + 0.1 * y.abs().mean()", "CrossEntropyLoss().forward(y, labels)");

    private static readonly Gen<string> Optimizer = OneOf("optim.Adam(model.parameters())", "optim.SGD(model.parameters(), 0.1)",
        "optim.SGD(model.parameters(), 10, momentum: 0.9)",
        "optim.AdamW(model.parameters(), 1e-3)", "optim.RMSProp(model.parameters())");

    private static readonly Gen<string> Before = OneOf("", "model.to(CUDA);", "model.train();", "model.eval();", "model.load(\"m\");",
        "init.normal_(model.first.weight);",
        "Action save = () => model.save(\"m\");", "foreach (var p in model.parameters()) init.zeros_(p);");

    private static readonly Gen<string> After = OneOf("", "model.save(\"m\");", "schedule.step();",
        "torch.nn.utils.clip_grad_norm_(model.parameters(), 1);", "if (step > 5) break;",
        "model.eval();", "Console.WriteLine(loss.item<float>());");

    private static readonly Gen<string> Training = Gen.Select(Gen.Select(Optimizer, Loss, Before, After),
        Gen.Select(Before, Width, Width), (a, b) => $$"""
            var model = new Net();
            {{a.Item3}}
            var optimizer = {{a.Item1}};
            var schedule = optim.lr_scheduler.StepLR(optimizer, 2, 0.1);
            {{(a.Item3 == b.Item1 ? "" : b.Item1)}}
            for (var step = 0; step < 10; step++)
            {
                var (target, labels) = (randn(8, {{b.Item2}}), zeros(8, int64));
                var y = model.forward(randn(8, {{b.Item3}}));
                var loss = {{a.Item2}};
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                {{a.Item4}}
            }
    """);

    /// <summary>One program of one file.</summary>
    public static readonly Gen<string> Program = Gen.Select(Gen.Select(Layer, Layer, Layer.Array[1, 5], Width), Gen.Select(Body, Value,
        Layer, Layer), Gen.Select(Training, Training),
        (layers, code, training) => Readings.Usings + $$"""
        class Net : Module<Tensor, Tensor>
        {
            private const int Wide = {{layers.Item4}};
            private readonly int width = 4;
            private readonly bool flag = Environment.TickCount > 0;
            public readonly Linear first = Linear(4, Wide);
            private readonly Module<Tensor, Tensor> second, all;
            private readonly ModuleList<Module<Tensor, Tensor>> list = new();
            public Net() : base("net")
            {
                second = {{layers.Item1}};
                all = {{layers.Item2}};
                foreach (var layer in new Module<Tensor, Tensor>[] { {{string.Join(", ", layers.Item3)}} }) list.Add(layer);
                RegisterComponents();
            }
            private static Module<Tensor, Tensor> Block(int from, int to) => Sequential(Linear(from, to), ReLU(), {{Closed(code.Item3)}});
            private Tensor Helper(Tensor x, int times = 1)
            {
                for (var i = 0; i < times; i++) x = {{code.Item2}};
                return x;
            }
            private static Tensor Through(Tensor x, Func<Tensor, Tensor> f) => f(f(x));
            private static Tensor Twice(Module<Tensor, Tensor> m, Tensor x) => m.forward(m.forward(x));
            public override Tensor forward(Tensor x)
            {
                {{code.Item1}}
                return x;
            }
        }
        class Part : Module<Tensor, Tensor>
        {
            private const int Wide = 8;
            private readonly Module<Tensor, Tensor> inner;
            public Part(int width) : base("part") { inner = {{Closed(code.Item4)}}; RegisterComponents(); }
            public override Tensor forward(Tensor x) => inner.forward(x);
        }
        static class First { static void Train() {
        {{training.Item1}}
        } }
        static class Second { static void Train() {
        {{training.Item2}}
        } }

        """.ReplaceLineEndings("\n"));

    /// <summary>A layer that is made where the network's own names are not known.</summary>
    private static string Closed(string layer) => layer.Replace("width", "4", StringComparison.Ordinal).Replace("Block(", "Linear(",
        StringComparison.Ordinal);

    /// <summary>The same program with other names for its variables and another look.</summary>
    public static string Disguise(string code) => Variables().Replace(code, "other_$0").Replace(";", ";\n", StringComparison.Ordinal)
        .Replace("{", "{ // here\n", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<!\.)\b(model|optimizer|schedule|step|layer\d?|i\d|second|list|apply|kept|times)\b")]
    private static partial Regex Variables();
}
