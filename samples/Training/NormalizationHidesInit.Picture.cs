using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NormalizationHidesInit.Picture;

/// <summary>Convolution, normalization, rectifier.</summary>
internal sealed class Block : Module<Tensor, Tensor>
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d norm;

    public Block(int from, int to) : base(nameof(Block))
    {
        conv = Conv2d(from, to, 3, padding: 1);
        norm = BatchNorm2d(to);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => functional.relu(norm.forward(conv.forward(x)));
}

/// <summary>Tells letters of a coarse font apart, shifted and in noise.</summary>
internal sealed class LetterNet : Module<Tensor, Tensor>
{
    private readonly Block block1 = new(1, 16), block2 = new(16, 16), block3 = new(16, 32), block4 = new(32, 32);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear letters = Linear(32, 5);

    public LetterNet() : base(nameof(LetterNet))
    {
        RegisterComponents();
        apply(Start);
    }

    private static void Start(nn.Module module)
    {
#pragma warning disable NN2001 // Batch normalization comes after every convolution.
        if (module is Conv2d conv) init.normal_(conv.weight, 0, 1);
#pragma warning restore NN2001
    }

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(block2.forward(block1.forward(x)));
        x = block4.forward(block3.forward(x));
        return letters.forward(x.mean(new long[] { 2, 3 }));
    }
}

internal static class Program
{
    private static readonly string[] Font =
    [
        "#...###..##.#.##..###...#", // N
        "#####.#....###.#....#....", // F
        ".###.#...##....#...#.###.", // C
        "#...##...#.#.#..#.#...#..", // V
        "#####..#....#....#....#..", // T
    ];

    private static (Tensor, Tensor) Letters(int count)
    {
        var glyphs = stack(Font.Select(g => tensor(g.Select(c => c == '#' ? 1f : 0f).ToArray()).reshape(5, 5)).ToArray());
        var kinds = randint(0, 5, count, dtype: int64);
        var (top, left) = (randint(0, 8, count, dtype: int64), randint(0, 8, count, dtype: int64));
        var pictures = randn(count, 1, 12, 12) * 0.3f;
        for (var i = 0; i < count; i++)
            pictures[i, 0].narrow(0, top[i].item<long>(), 5).narrow(1, left[i].item<long>(), 5).add_(glyphs[kinds[i].item<long>()]);
        return (pictures, kinds);
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (pictures, kinds) = Letters(1024);
        var (testPictures, testKinds) = Letters(256);
        (pictures, kinds, testPictures, testKinds) =
            (pictures.to(run.Device), kinds.to(run.Device), testPictures.to(run.Device), testKinds.to(run.Device));
        using var model = new LetterNet();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            model.train();
            var rows = randint(0, 1024, 32, device: run.Device);
            var loss = functional.cross_entropy(model.forward(pictures.index_select(0, rows)), kinds.index_select(0, rows));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 20 != 0) continue;
            using var _ = no_grad();
            model.eval();
            run.Log(step, loss.item<float>(), model.forward(testPictures).argmax(1).eq(testKinds).to(float32).mean().item<float>());
        }
    }
}
