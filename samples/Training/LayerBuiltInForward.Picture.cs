using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Samples.LayerBuiltInForward.Picture;

/// <summary>Tells which corner of a noisy tile is brightest; dropout keeps it from trusting single pixels.</summary>
internal class TileNet : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d _look = nn.Conv2d(1, 8, 3, padding: 1);
    private readonly MaxPool2d _pool = nn.MaxPool2d(2);
    private readonly Linear _corner;

    public TileNet(int size) : base("TileNet")
    {
        _corner = nn.Linear(8 * (size / 2) * (size / 2), 4);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = _pool.forward(nn.functional.relu(_look.forward(x)));
        x = x.flatten(1);
        x = nn.Dropout(0.8).forward(x);
        return _corner.forward(x);
    }
}

internal static class Program
{
    private const int Size = 8;

    private static (Tensor Tiles, Tensor Corners) Tiles(int count, Device device)
    {
        var corners = randint(0, 4, new long[] { count }, device: device);
        var bright = nn.functional.one_hot(corners, 4).to(float32).view(count, 1, 2, 2);
        var tiles = nn.functional.interpolate(bright, new long[] { Size, Size });
        return (tiles + randn_like(tiles), corners);
    }

    /// <summary>What counts are tiles that were kept apart.</summary>
    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var (tiles, corners) = Tiles(1024, run.Device);
        var (testTiles, testCorners) = Tiles(512, run.Device);
        using var net = new TileNet(Size);
        net.to(run.Device);
        var optimizer = optim.Adam(net.parameters(), 3e-3);
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            net.train();
            var last = 0f;
            for (var at = 0; at < 1024; at += 64)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var loss = nn.functional.cross_entropy(net.forward(tiles.narrow(0, at, 64)), corners.narrow(0, at, 64));
                loss.backward();
                optimizer.step();
                last = loss.item<float>();
            }
            net.eval();
            using var quiet = no_grad();
            using var right = net.forward(testTiles).argmax(1).eq(testCorners).to(float32).mean();
            run.Log(epoch * 16, last, right.item<float>());
        }
    }
}
