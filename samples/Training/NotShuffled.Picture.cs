using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NotShuffled.Picture;

/// <summary>Stamps as they lie in the album, one country after the other.</summary>
internal sealed class Album(int stamps) : torch.utils.data.Dataset
{
    public const int Countries = 5, Size = 8;
    private readonly Tensor _motives = rand(Countries, 1, Size, Size) - 0.5;

    public override long Count => stamps;

    public override Dictionary<string, Tensor> GetTensor(long index)
    {
        var country = index * Countries / stamps;
        return new() { ["stamp"] = 2 * _motives[country] + 0.8 * randn(1, Size, Size), ["country"] = tensor(country) };
    }

    /// <summary>Stamps from anywhere, that are not in the album.</summary>
    public (Tensor Stamps, Tensor Countries) Found(int count)
    {
        var countries = randint(0, Countries, new long[] { count });
        return (2 * _motives.index_select(0, countries) + 0.8 * randn(count, 1, Size, Size), countries);
    }
}

internal sealed class StampNet : Module<Tensor, Tensor>
{
    private readonly Conv2d look = Conv2d(1, 8, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear hidden = Linear(8 * 4 * 4, 32), country = Linear(32, Album.Countries);

    public StampNet() : base(nameof(StampNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(look.forward(x).relu()).flatten(1);
        return country.forward(hidden.forward(x).relu());
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var album = new Album(480);
        var (found, countries) = album.Found(200);
        using var pages = torch.utils.data.DataLoader(album, 16, shuffle: false, seed: run.Seed, device: run.Device);
        using var net = new StampNet();
        net.to(run.Device);
        var optimizer = optim.SGD(net.parameters(), 0.02, momentum: 0.9);
        for (var epoch = 1; epoch <= 12; epoch++)
        {
            var last = 0f;
            foreach (var page in pages)
            {
                using var scope = NewDisposeScope();
                var loss = functional.cross_entropy(net.forward(page["stamp"]), page["country"]);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                last = loss.item<float>();
            }
            using var quiet = no_grad();
            var right = net.forward(found.to(run.Device)).argmax(1).eq(countries.to(run.Device)).to(float32).mean();
            run.Log(epoch * 30, last, right.item<float>());
        }
    }
}
