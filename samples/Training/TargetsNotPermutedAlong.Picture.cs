using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.TargetsNotPermutedAlong.Picture;

/// <summary>Tells steps from ramps on a small height map.</summary>
internal sealed class HeightNet : Module<Tensor, Tensor>
{
    private readonly Conv2d edges = Conv2d(1, 8, 3, padding: 1);
    private readonly Linear kind = Linear(8 * 4 * 4, 2);

    public HeightNet() : base(nameof(HeightNet)) => RegisterComponents();

    public override Tensor forward(Tensor map) => kind.forward(functional.max_pool2d(edges.forward(map).relu(), 2).flatten(1));
}

internal static class Program
{
    private const int Maps = 400, Size = 8;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var slope = linspace(-1, 1, Size).view(1, 1, 1, Size) * rand(Maps / 2, 1, 1, 1) * 2;
        var ramps = slope.expand(-1, 1, Size, Size);
        var maps = (cat(new[] { ramps, ramps.sign() * 0.7 }) + 0.3 * randn(Maps, 1, Size, Size)).to(run.Device);
        var kinds = cat(new[] { zeros(Maps / 2, dtype: int64), ones(Maps / 2, dtype: int64) }).to(run.Device);
        // Ramps and steps lie behind one another so far.
        var shuffled = randperm(Maps, device: run.Device);
        maps = maps[shuffled];

        using var net = new HeightNet();
        net.to(run.Device);
        var optimizer = optim.AdamW(net.parameters(), lr: 3e-3);
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            var (sum, right) = (0f, 0L);
            for (var first = 0; first < Maps; first += 40)
            {
                using var scope = NewDisposeScope();
                var (map, kind) = (maps.narrow(0, first, 40), kinds.narrow(0, first, 40));
                var output = net.forward(map);
                var loss = functional.cross_entropy(output, kind);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 10;
                right += output.argmax(1).eq(kind).sum().item<long>();
            }
            run.Log(epoch * 10, sum, right / (double)Maps);
        }
    }
}
