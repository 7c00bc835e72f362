namespace NnAnalyzers.Reliability;

/// <summary>
/// Projects of six files: networks whose members are spread over them, helpers that build layers, training code and savers.
/// </summary>
internal static class GeneratedProject
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Linq; using TorchSharp; "
        + "using TorchSharp.Modules; using static TorchSharp.torch; using static TorchSharp.torch.nn;\n";

    public static string[] Make(int seed)
    {
        var random = new Random(seed);
        var files = Enumerable.Range(0, 6).Select(_ => Usings).ToArray();
        T Pick<T>(params T[] of) => of[random.Next(of.Length)];
        void Put(string code) => files[random.Next(files.Length)] += code + "\n";

        Put($$"""
            static class Build
            {
                public static Module<Tensor, Tensor> Dense(int from, int to, bool last = false) =>
                    {{Pick("last ? Linear(from, to) : Sequential(Linear(from, to), ReLU())", "Sequential(Linear(from, to), ReLU())")}};
                public static Module<Tensor, Tensor> Head(int from) => {{Pick(
                    "Linear(from, 3)", "Sequential(Linear(from, 3), Softmax(1))", "Linear(from + 1, 3)")}};
            }
            """);
        var networks = random.Next(1, 4);
        for (var n = 0; n < networks; n++)
        {
            var (width, inputs) = (Pick(8, 16, 32), Pick(4, 6));
            Put($"partial class Net{n} : Module<Tensor, Tensor> {{ public Net{n}() : base(\"n\") {{ "
                + $"{Pick("", "init.normal_(a.weight);", "Spread();")} RegisterComponents(); }} }}");
            Put($"partial class Net{n} {{ private readonly Linear a = Linear({inputs}, {width}); }}");
            Put($"partial class Net{n} {{ private readonly Module<Tensor, Tensor> b = "
                + $"{Pick($"Build.Dense({width}, 8)", $"Build.Dense({width}, 8, true)", $"Linear({width}, 8)")}; }}");
            Put($"partial class Net{n} {{ private readonly Module<Tensor, Tensor> head = "
                + $"{Pick("Build.Head(8)", "Linear(8, 1)", "Build.Dense(8, 1)", "Linear(9, 1)")}; }}");
            Put($"partial class Net{n} {{ private void Spread() {{ foreach (var p in parameters()) init.{Pick("normal_(p)", "uniform_(p, "
                + "-1, 1)", "zeros_(p)")}; }} }}");
            Put($"partial class Net{n} {{ public override Tensor forward(Tensor x) => "
                + $"{Pick("Last(Middle(x))", "functional.relu(Last(Middle(x)))", "Last(Middle(x)).squeeze()")}; }}");
            Put($"partial class Net{n} {{ private Tensor Middle(Tensor x) => b.forward(functional.relu(a.forward(x))); }}");
            Put($"partial class Net{n} {{ private Tensor Last(Tensor x) => head.forward(x); }}");
            Put($$"""
                static partial class Training{{n}}
                {
                    public static void Run(Device device)
                    {
                        var model = new Net{{n}}();
                        {{Pick("", $"Action save = () => model.save(\"m{n}\");")}}
                        {{Pick("", "Action keep = () => model.save(\"k\");")}}
                        var optimizer = optim.{{Pick("Adam(model.parameters())", "SGD(model.parameters(), 0.1)")}};
                        {{Pick("", "model.to(device);")}}
                        for (var epoch = 0; epoch < {{Pick("3", "epochs")}}; epoch++)
                        {
                            Step(model, optimizer);
                            {{Pick("", "model.save(\"e\");", "Keep.It(model);")}}
                        }
                    }
                    private static readonly int epochs = 4;
                }
                """);
            Put($$"""
                static partial class Training{{n}}
                {
                    private static void Step(Net{{n}} model, optim.Optimizer optimizer)
                    {
                        var y = {{Pick("model.forward", "model.call")}}(randn(16, {{Pick(inputs, inputs, 5)}}));
                        var loss = {{Pick("functional.mse_loss(y, randn(16))", "functional.mse_loss(y, randn(16, 1))",
                            "functional.cross_entropy(y, zeros(16, int64))", "(y - randn(16)).pow(2).mean()")}};
                        optimizer.zero_grad(); loss.backward(); optimizer.step();
                    }
                }
                """);
        }
        Put("static class Keep { public static void It(Module model) => model.save(\"kept\"); }");
        return files;
    }
}
