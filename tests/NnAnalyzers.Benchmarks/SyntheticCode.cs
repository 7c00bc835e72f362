using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace NnAnalyzers.Benchmarks;

/// <summary>
/// Projects of any size in the manner of real TorchSharp code: a file holds one network with a block of its own, and what loads its data
/// and trains it. Kinds differ from file to file; the same number always gives the same code.
/// </summary>
internal static class SyntheticCode
{
    public static readonly IReadOnlyList<MetadataReference> Framework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(p => Path.GetDirectoryName(p) == Path.GetDirectoryName(typeof(object).Assembly.Location))
        .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p)).ToList();

    public static readonly MetadataReference TorchSharp =
        MetadataReference.CreateFromFile(typeof(global::TorchSharp.torch).Assembly.Location);

    /// <summary>A project of <paramref name="models"/> networks, one a file.</summary>
    public static CSharpCompilation Project(int models) =>
        Compile(Enumerable.Range(0, models).Select(i => Tree(i)), Framework.Append(TorchSharp));

    /// <summary>As much ordinary code that does not know TorchSharp.</summary>
    public static CSharpCompilation Other(int classes) =>
        Compile(Enumerable.Range(0, classes).Select(i => Parse($$"""
            using System; using System.Collections.Generic; using System.Linq;
            namespace Other{{i}};
            public class Ledger { private readonly Dictionary<string, decimal> entries = new();
              public void Add(string name, decimal amount) { entries.TryGetValue(name, out var old); entries[name] = old + amount; }
              public decimal Total(Func<string, bool> filter) => entries.Where(e => filter(e.Key))
                .Select(e => Math.Round(e.Value * {{i + 1}}, 2)).DefaultIfEmpty().Sum();
              public IEnumerable<string> Report() { foreach (var e in entries.OrderByDescending(e => e.Value).Take(10))
                yield return $"{e.Key}: {e.Value:0.00}"; } }
            """, $"Other{i}.cs")), Framework);

    public static CSharpCompilation Compile(IEnumerable<SyntaxTree> trees, IEnumerable<MetadataReference> references) =>
        CSharpCompilation.Create("Synthetic", trees, references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable, concurrentBuild: false));

    public static SyntaxTree Parse(string code, string path) =>
        CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.Latest), path);

    /// <summary>One file; <paramref name="edit"/> changes a number in it, as typing does.</summary>
    public static SyntaxTree Tree(int number, int edit = 0)
    {
        var (width, depth) = (16 << number % 4, 2 + number % 3);
        var code = new StringBuilder($$"""
            using System;
            using System.Collections.Generic;
            using System.IO;
            using System.Linq;
            using TorchSharp;
            using TorchSharp.Modules;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;

            namespace Synthetic{{number}};

            public sealed class Block{{number}} : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv1, conv2;
                private readonly BatchNorm2d norm1, norm2;

                public Block{{number}}(long channels) : base("block")
                {
                    conv1 = Conv2d(channels, channels, 3, padding: 1, bias: false);
                    norm1 = BatchNorm2d(channels);
                    conv2 = Conv2d(channels, channels, 3, padding: 1, bias: false);
                    norm2 = BatchNorm2d(channels);
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x)
                {
                    using var scope = NewDisposeScope();
                    var y = functional.relu(norm1.forward(conv1.forward(x)));
                    y = norm2.forward(conv2.forward(y));
                    return functional.relu(x + y).MoveToOuterDisposeScope();
                }
            }

            public sealed class Model{{number}} : Module<Tensor, Tensor>
            {
                private readonly Conv2d stem;
                private readonly ModuleList<Block{{number}}> blocks = new();
                private readonly Sequential head;
                private readonly Dropout dropout = Dropout(0.{{1 + number % 4}});

                public Model{{number}}(int classes = 10) : base("model{{number}}")
                {
                    stem = Conv2d(3, {{width}}, 3, stride: 2, padding: 1);
                    for (var i = 0; i < {{depth}}; i++) blocks.Add(new Block{{number}}({{width}}));
                    head = Sequential(("fc1", Linear({{width}}, {{width * 2}})), ("act", ReLU()), ("fc2", Linear({{width * 2}}, classes)));
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x)
                {
                    x = functional.relu(stem.forward(x));
                    foreach (var block in blocks) x = block.forward(x);
                    x = functional.adaptive_avg_pool2d(x, 1).flatten(1);
                    return head.forward(dropout.forward(x));
                }
            }

            public sealed class Trainer{{number}}
            {
                private readonly Model{{number}} model;
                private readonly Device device;
                private readonly List<double> history = new();

                public Trainer{{number}}(Device device)
                {
                    this.device = device;
                    model = new Model{{number}}({{3 + number % 7}});
                    model.to(device);
                }

                public void Train(IEnumerable<(Tensor pictures, Tensor labels)> batches, int epochs)
                {
                    var loss = CrossEntropyLoss();
                    var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
                    for (var epoch = 0; epoch < epochs; epoch++)
                    {
                        model.train();
                        var (total, count) = (0.0, {{edit}});
                        foreach (var (pictures, labels) in batches)
                        {
                            using var scope = NewDisposeScope();
                            var logits = model.forward(pictures.to(device));
                            var error = loss.forward(logits, labels.to(device));
                            optimizer.zero_grad();
                            error.backward();
                            optimizer.step();
                            total += error.item<float>();
                            count++;
                        }
                        history.Add(total / Math.Max(1, count));
                        Console.WriteLine($"epoch {epoch}: {history[^1]:0.0000}");
                    }
                }

                public double Evaluate(IEnumerable<(Tensor pictures, Tensor labels)> batches)
                {
                    model.eval();
                    using var guard = no_grad();
                    var (right, seen) = (0L, 0L);
                    foreach (var (pictures, labels) in batches)
                    {
                        using var scope = NewDisposeScope();
                        var guess = model.forward(pictures.to(device)).argmax(1);
                        right += guess.eq(labels.to(device)).sum().item<long>();
                        seen += labels.shape[0];
                    }
                    return seen == 0 ? 0 : (double)right / seen;
                }
            }

            public static class Data{{number}}
            {
                public static IReadOnlyList<(float[] Pixels, long Label)> Read(string folder)
                {
                    var items = new List<(float[], long)>();
                    foreach (var file in Directory.EnumerateFiles(folder, "*.csv").OrderBy(f => f, StringComparer.Ordinal))
                    {
                        foreach (var line in File.ReadLines(file).Skip(1))
                        {
                            var parts = line.Split(',');
                            if (parts.Length < 2) continue;
                            var pixels = parts.Skip(1).Select(p => float.Parse(p) / 255f).ToArray();
                            items.Add((pixels, long.Parse(parts[0])));
                        }
                    }
                    return items;
                }

                public static string Describe(IReadOnlyList<(float[] Pixels, long Label)> items)
                {
                    var counts = items.GroupBy(i => i.Label).OrderBy(g => g.Key).Select(g => $"{g.Key}: {g.Count()}");
                    var mean = items.SelectMany(i => i.Pixels).DefaultIfEmpty().Average();
                    return $"{items.Count} pictures ({string.Join(", ", counts)}), mean {mean:0.000}";
                }
            }
            """);
        return Parse(code.ToString(), $"Model{number}.cs");
    }
}
