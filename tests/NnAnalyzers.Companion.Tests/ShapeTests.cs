using System.Reflection;
using System.Text;
using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;
using NnAnalyzers.Reading;
using NnAnalyzers.Shapes;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion.Tests;

/// <summary>
/// The shapes the graph works out are those the real operations give. Random code is compiled once; each piece is read by the graph, with
/// its sizes as numbers and again as symbols, and run by TorchSharp.
/// </summary>
public class ShapeTests(ITestOutputHelper output)
{
    private const int Cases = 600;

    /// <summary>
    /// One expression over a tensor x of random sizes. Some are wrong on purpose: the real operation throws, and nothing is claimed.
    /// </summary>
    private sealed record Case(long[] Sizes, string Code);

    private static readonly Gen<Case> AnyCase = Gen.Int[0, int.MaxValue - 1].Select(seed => Make(new Random(seed)));

    private static Case Make(Random r)
    {
        int Size(int low = 1, int high = 6) => r.Next(low, high + 1);
        bool Flip() => r.Next(2) == 0;
        string Bool() => Flip() ? "true" : "false";
        T Pick<T>(params T[] from) => from[r.Next(from.Length)];
        long[] Shape(int rank, int low = 1, int high = 6) => Enumerable.Range(0, rank).Select(_ => (long)Size(low, high)).ToArray();
        string List(IEnumerable<long> sizes) => "new long[] { " + string.Join(", ", sizes) + " }";
        int Axis(int rank) => r.Next(-rank, rank);

        switch (r.Next(30))
        {
            case 0:
            {
                var d = Size(1, 3);
                long[] x = [Size(1, 3), Size(1, 4), .. Shape(d, 5, 9)];
                var padding = r.Next(4) == 0 ? $"padding: Padding.{Pick("Same", "Valid")}" : $"stride: {Size(1, 2)}, padding: {r.Next(3)}L";
                return new(x, $"Conv{d}d({x[1]}, {Size()}, {Size(1, 3)}, {padding}, dilation: {Size(1, 2)}, bias: {Bool()}).forward(x)");
            }
            case 1:
            {
                long[] x = [Size(1, 3), 4, .. Shape(2, 5, 9)];
                return new(x, $"Conv2d(4, {2 * Size(1, 3)}, ({Size(1, 3)}, {Size(1, 3)}), stride: ({Size(1, 2)}, {Size(1, 3)}), padding: "
                    + $"({r.Next(2)}, {r.Next(3)}), groups: {Pick(1, 2)}).forward(x)");
            }
            case 2:
            {
                var d = Size(1, 3);
                long[] x = [Size(1, 3), Size(1, 4), .. Shape(d, 2, 5)];
                var stride = Size(1, 3);
                return new(x, $"ConvTranspose{d}d({x[1]}, {Size()}, {Size(1, 3)}, stride: {stride}, padding: {r.Next(2)}, "
                    + $"output_padding: {r.Next(stride)}).forward(x)");
            }
            case 3:
            {
                var d = Size(1, 3);
                long[] x = [.. Shape(Pick(1, 2), 1, 3), .. Shape(d, 4, 9)];
                return Flip() ? new(x, $"MaxPool{d}d({Size(1, 3)}, stride: {Pick("null", "1", "2", "3")}, "
                    + $"padding: {r.Next(2)}, ceil_mode: {Bool()}).forward(x)")
                    : new(x, $"AvgPool{d}d({Size(1, 3)}, stride: {Pick("null", "1", "2")}, ceil_mode: {Bool()}).forward(x)");
            }
            case 4:
            {
                long[] x = [Size(), Size(), .. Shape(2, 4, 9)];
                return new(x, Pick($"functional.max_pool2d(x, {Size(1, 3)})",
                    $"functional.avg_pool2d(x, {Size(1, 3)}, stride: {Size(1, 2)})", $"functional.adaptive_avg_pool2d(x, {Size()})",
                    $"AdaptiveMaxPool2d({List(Shape(2))}).forward(x)", $"functional.max_pool2d(x, ({Size(1, 3)}, {Size(1, 2)}))"));
            }
            case 5:
            {
                var x = Shape(Size(1, 4));
                return new(x, $"Linear({x[^1]}, {Size()}).forward(x)");
            }
            case 6:
            {
                long[] x = [Size(2, 4), 4, Size(2, 4), Size(2, 4)];
                return new(x, Pick("BatchNorm2d(4).forward(x)", "GroupNorm(2, 4).forward(x)", $"LayerNorm({List(x[2..])}).forward(x)",
                    "Dropout(0.1).forward(x)", "functional.relu(x)", "x.softmax(1)", "functional.gelu(x)", "x.cumsum(1)",
                    "functional.normalize(x)", "x.tril()"));
            }
            case 7:
            {
                var x = Shape(Size(1, 3));
                return new(x, $"Embedding(10, {Size()}).forward(x.abs().clamp(0, 1).to(int64))");
            }
            case 8:
            {
                long[] x = [Size(), Size(), Size()];
                return new(x, Pick($"LSTM({x[2]}, {Size()}, bidirectional: {Bool()}, batchFirst: {Bool()}).forward(x).Item1",
                    $"GRU({x[2]}, {Size()}, numLayers: {Size(1, 2)}).forward(x).Item1",
                    "MultiheadAttention(" + x[2] + ", 1).forward(x, x, x, null, false, null).Item1"));
            }
            case 9:
            {
                var x = Shape(Size(1, 5), 1, 4);
                var (a, b) = (Axis(x.Length), Axis(x.Length));
                return new(x,
                    Pick($"x.flatten({a}, {b})", "x.flatten()", $"Flatten({a}, {b}).forward(x)", "x.ravel()", $"torch.flatten(x, {a})"));
            }
            case 10:
            {
                var x = Shape(Size(2, 4), 1, 4);
                var all = x.Aggregate(1L, (p, n) => p * n);
                var keep = r.Next(x.Length);
                return new(x,
                    Pick($"x.view({string.Join(", ", x.Take(keep).Append(-1))})", $"x.reshape(-1, {x[^1]})", $"x.reshape({all / x[0]}, -1)",
                        $"x.view(x.shape[0], -1)", $"x.reshape({List(x.Reverse())})", $"x.view(x.size(0), -1, x.shape[{x.Length - 1}])"));
            }
            case 11:
            {
                var x = Shape(Size(2, 4));
                var order = Enumerable.Range(0, x.Length).OrderBy(_ => r.Next()).Select(i => (long)(Flip() ? i : i - x.Length)).ToList();
                return new(x, Pick($"x.permute({string.Join(", ", order)})", $"x.transpose({Axis(x.Length)}, {Axis(x.Length)})",
                    $"x.swapaxes({Axis(x.Length)}, {Axis(x.Length)})", $"x.mT", $"torch.movedim(x, {Axis(x.Length)}, {Axis(x.Length)})"));
            }
            case 12:
            {
                var x = Shape(Size(1, 4), 1, 3);
                return new(x, Pick($"x.squeeze({Axis(x.Length)})", "x.squeeze()", $"x.unsqueeze({r.Next(-x.Length - 1, x.Length + 1)})",
                    $"torch.squeeze(x, {Axis(x.Length)})"));
            }
            case 13:
            {
                long[] x = [Size(1, 3), 2 * Size(1, 3), Size(1, 3)];
                return new(x, Pick($"x.unflatten(1, {List([2, -1])})", $"Unflatten(1, {List([x[1] / 2, 2])}).forward(x)",
                    $"x.repeat({Size(1, 3)}, {Size(1, 3)}, 1)", $"x.repeat(2, {Size(1, 2)}, 1, 3)",
                    $"x.unsqueeze(0).expand({Size(1, 3)}, -1, -1, {x[2]})", "x.expand_as(zeros_like(x))"));
            }
            case 14:
            {
                var x = Shape(Size(1, 4));
                return new(x,
                    Pick($"cat(new[] {{ x, x, x }}, {Axis(x.Length)})", $"stack(new[] {{ x, x }}, {r.Next(-x.Length - 1, x.Length + 1)})",
                        $"cat(new List<Tensor> {{ x, x }}, dim: {Axis(x.Length)})"));
            }
            case 15:
            {
                var x = Shape(Size(1, 3), 4, 8);
                var axis = Axis(x.Length);
                var size = x[axis < 0 ? axis + x.Length : axis];
                return new(x, Pick($"x.chunk(2, {axis})[0]", $"x.split({Size(1, 3)}, {axis})[0]", $"x.tensor_split(3, {axis})[0]",
                    $"x.split({List([1, size - 1])}, {axis})[1]", $"x.unbind({axis})[1]", $"torch.chunk(x, {size}, {axis})[0]"));
            }
            case 16:
            {
                var x = Shape(Size(1, 4), 3, 6);
                var axis = Axis(x.Length);
                return new(x,
                    Pick($"x.select({axis}, 1)", $"x.narrow({axis}, 1, 2)", $"x.slice({axis}, {r.Next(3)}, {r.Next(2, 5)}, {Size(1, 2)})",
                        $"x.index_select({axis}, arange(2))", $"x.topk(2, {axis}).values", $"x.sort({axis}).Values"));
            }
            case 17:
            {
                var x = Shape(3, 4, 6);
                return new(x, Pick("x[0]", "x[1..]", "x[..^1]", "x[.., 0]", "x[.., 1..3]", "x[0, 1]", "x[TensorIndex.Ellipsis, 0]",
                    "x[TensorIndex.Colon, TensorIndex.Slice(1, 3)]", "x[TensorIndex.Ellipsis, TensorIndex.Slice(null, -1)]",
                    "x[TensorIndex.Null]", "x[1..3, .., 2]", "x[TensorIndex.Colon, TensorIndex.Null, 0]", "x[TensorIndex.Slice(0, 4, 2)]"));
            }
            case 18:
            {
                var x = Shape(Size(2, 4));
                return new(x, Pick("matmul(x, x.transpose(-1, -2))", $"x.matmul(randn({x[^1]}, {Size()}))", $"x.matmul(randn({x[^1]}))",
                    $"torch.matmul(randn({x[^2]}), x)"));
            }
            case 19:
            {
                var x = Shape(Size(1, 4));
                return new(x, Pick("x + x.sum(-1, true)", "x * 2",
                    $"x - randn({x[^1]})", "1 / x", "x.pow(2)", "x.gt(0)", "where(x.gt(0), x, zeros_like(x))", "torch.maximum(x, x.mean())",
                    $"x.unsqueeze(0) + randn({Size()}, {string.Join(", ", x.Select(_ => 1))}).sum(0, true)", "x / x.norm()"));
            }
            case 20:
            {
                var x = Shape(Size(1, 4));
                var axis = Axis(x.Length);
                return new(x, Pick($"x.sum({axis})", $"x.mean({List([axis])}, {Bool()})", $"x.max({axis}).values",
                    $"x.argmax({axis}, {Bool()})", "x.mean()", "x.max()", $"x.std({axis}, keepdim: {Bool()})", $"x.logsumexp({axis})",
                    $"x.prod({axis}, {Bool()})", $"x.any({axis})", $"x.amax({List([axis])}, {Bool()})", $"x.norm({axis})"));
            }
            case 21:
            {
                var x = Shape(4, 2, 4);
                return new(x,
                    Pick($"x.sum({List([0, -1])}, {Bool()})", $"x.mean({List([2, 3])})", $"x.var({List([1, 2])})", "x.sum(0, 1)"));
            }
            case 22:
            {
                long[] x = [Size(1, 3), 4, Size(2, 4), Size(2, 4)];
                return new(x, Pick("PixelShuffle(2).forward(x)", $"Upsample(scale_factor: new double[] {{ 2, 3 }}).forward(x)",
                    $"functional.interpolate(x, size: {List([Size(), Size()])})",
                    $"functional.interpolate(x, scale_factor: new double[] {{ 2, 2 }})", "ZeroPad2d(1).forward(x)",
                    "ZeroPad2d((0, 1, 2, 3)).forward(x)", $"functional.pad(x, {List([1, 2])})", $"functional.pad(x, {List([1, 2, 0, 1])})",
                    "ReflectionPad2d(1).forward(x)"));
            }
            case 23:
            {
                long[] x = [Size(), 2 * Size(1, 3)];
                return new(x, Pick("GLU().forward(x)", "functional.glu(x, -1)", "functional.one_hot(x.abs().clamp(0, 1).to(int64), 5)",
                    "x.gather(1, zeros_like(x).to(int64))", "x.t()", "x.T", "x.cumsum(0).view_as(x)"));
            }
            case 24:
            {
                long[] x = [Size(), Size(), 4];
                return new(x, Pick("TransformerEncoderLayer(4, 2).forward(x)", "functional.scaled_dot_product_attention(x, x, x)",
                    "LSTMCell(4, 3).forward(x.select(1, 0), null).Item1", "GRUCell(4, 3).forward(x.select(1, 0), null)"));
            }
            case 25:
            {
                long[] x = [Size(1, 4), 3, Size(8, 12), Size(8, 12)];
                return new(x,
                    ($"Sequential(Conv2d(3, {Size()}, 3, padding: 1), ReLU(), MaxPool2d(2), "
                        + $"Conv2d({1}, 4, 3), AdaptiveAvgPool2d(2), Flatten()).forward(x)").Replace("Conv2d(3, ", "Conv2d(3, 1 + 0 * "));
            }
            case 26:
            {
                long[] x = [Size(1, 4), 3, 2 * Size(4, 6), 2 * Size(4, 6)];
                return new(x, Pick("functional.max_pool2d(Conv2d(3, 5, 3, padding: 1).forward(x), 2).flatten(1)",
                    "functional.max_pool2d(functional.max_pool2d(x, 2), 2)",
                    "Conv2d(3, 4, 3, stride: 2, padding: 1).forward(x).view(x.shape[0], 4, -1).transpose(1, 2)",
                    "x.view(x.shape[0], x.shape[1], -1).permute(2, 0, 1)", "x.flatten(2).mean(new long[] { 2 })",
                    "cat(new[] { x, functional.relu(x) }, 1).chunk(2, 1)[1]"));
            }
            case 27:
                return new(Shape(2), Pick("zeros(3, 4)", "randn(new long[] { 2, x.shape[0] })", "eye(4)", "arange(5)", "ones(x.shape)",
                    "randint(0, 3, new long[] { 4, 2 })", "full(new long[] { 2, 2 }, 1)", "torch.linspace(0, 1, 7)",
                    "tensor(new float[] { 1, 2, 3 })", "zeros_like(x)", "rand(x.shape[0], 3)"));
            case 28:
            {
                var x = Shape(3, 1, 4);
                return new(x,
                    Pick("x.flip(0)", "x.roll(1, 0)", "x.clone().detach()", "x.to(float64)", "x.contiguous()", "x.masked_fill(x.gt(0), 0)",
                        "x.clamp(-1, 1)", "x.repeat_interleave(2, 1)", "Bilinear(1, 1, 3).forward(x.narrow(2, 0, 1), x.narrow(2, 0, 1))"));
            }
            default:
            {
                var x = Shape(3, 2, 5);
                return new(x, Pick($"x.view({x[0] * x[1]}, x.size(2)).view(x.size(0), x.size(1), x.size(2))",
                    "x.reshape(x.shape[0] * x.shape[1], -1)", "x.permute(1, 0, 2).reshape(x.shape[1], -1)",
                    "x.unsqueeze(1).repeat(1, x.shape[1], 1, 1)", "x.view(x.shape[0], -1).unsqueeze(-1)", "stack(x.unbind(0), 0)"));
            }
        }
    }

    private static string Program(IReadOnlyList<Case> cases)
    {
        var code = new StringBuilder("using System; using System.Collections.Generic; using System.Linq; using TorchSharp; "
            + "using TorchSharp.Modules; using static TorchSharp.torch; using static TorchSharp.torch.nn;\npublic static class Cases {\n");
        for (var i = 0; i < cases.Count; i++) code.Append($"  public static Tensor M{i}(Tensor x) => {cases[i].Code};\n");
        return code.Append('}').ToString();
    }

    [Fact]
    public void Shapes_are_those_of_the_real_operations()
    {
        var cases = AnyCase.Array[Cases].Single(_ => true, "0N0XIzNsQ0O2").DistinctBy(c => (c.Code, string.Join(",", c.Sizes))).ToList();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(p => MetadataReference.CreateFromFile(p));
        var tree = CSharpSyntaxTree.ParseText(Program(cases));
        var compilation = CSharpCompilation.Create("Cases", [tree], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var built = compilation.Emit(image);
        Assert.True(built.Success, string.Join("\n", built.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5)
            .Select(d => d.GetMessage() + ": " + tree.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line])));
        var real = Assembly.Load(image.ToArray()).GetType("Cases")!;
        var model = compilation.GetSemanticModel(tree);
        var torch = TorchSymbols.TryCreate(compilation)!;
        var methods = tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().ToDictionary(m => m.Identifier.Text,
            m => model.GetDeclaredSymbol(m)!);

        var (ran, whole, symbolic) = (0, 0, 0);
        var wrong = new List<string>();
        for (var i = 0; i < cases.Count; i++)
        {
            using var scope = NewDisposeScope();
            long[] actual;
            try { actual = ((Tensor)real.GetMethod($"M{i}")!.Invoke(null, [randn(cases[i].Sizes)])!).shape; }
            catch (TargetInvocationException) { continue; } // wrong on purpose
            ran++;
            Shape Read(Func<Step, int, Dim> size)
            {
                var reader = new Reader(torch, _ => model, insideNetwork: true, default, new Blocks(new Budget(0)));
                var x = new Step(StepKind.Input, new Op("x", Role.Source), [], null);
                x.Shape = Shape.Of(cases[i].Sizes.Select((_, axis) => size(x, axis)));
                var frame = reader.Run(methods[$"M{i}"], null, new Arguments(new Argument("x", x, null!)), null, null);
                var shape = (frame!.Returns.Single().Value as Step)?.Shape ?? Shape.Unknown;
                return Shape.Of(shape.HasRank ? shape.Dims.Select(d =>
                    d.Replace(atom => atom is not Axis axis ? null // a batch that was cut may have any size
                        : axis.Tensor == x ? Dim.Of(cases[i].Sizes[axis.Index]) : Dim.Unknown)) : []) is var known
                    && shape.HasRank ? known : shape;
            }

            var numbers = Read((_, axis) => Dim.Of(cases[i].Sizes[axis]));
            var symbols = Read((x, axis) => Dim.Named(new Axis(x, axis)));
            if (numbers.IsConstant) whole++;
            if (symbols.IsConstant) symbolic++;
            foreach (var (shape, kind) in new[] { (numbers, "numbers"), (symbols, "symbols") })
                if (shape.HasRank ? shape.Rank != actual.Length || shape.Dims.Where((d, axis) => d.IsKnown && d.Size != actual[axis]).Any()
                    : shape.Dims.Where((d, k) => d.IsKnown && d.Size is not null && d.Size != actual[actual.Length - shape.Dims.Length + k])
                        .Any())
                    wrong.Add($"{cases[i].Code} of ({string.Join(", ", cases[i].Sizes)}) with {kind}: {shape}, "
                        + $"really ({string.Join(", ", actual)})");
            if (!numbers.IsConstant) output.WriteLine($"not known: {cases[i].Code} of ({string.Join(", ", cases[i].Sizes)}): {numbers}");
        }
        output.WriteLine(
            $"{ran} of {cases.Count} pieces run; shapes known with numbers {whole}, with symbols {symbolic}; wrong {wrong.Count}");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(40)));
        // Silence would be right too, but useless.
        Assert.InRange(whole / (double)ran, 0.9, 1);
        Assert.InRange(symbolic / (double)ran, 0.75, 1);
    }
}
