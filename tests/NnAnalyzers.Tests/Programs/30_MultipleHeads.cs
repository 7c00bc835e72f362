// One trunk with three heads: what is in the picture, where it is, and whether anything is there at all.
//
// site Main: foreach batch in loader (inside for epoch, 1 to 6)
//   zero_grad(optimizer); forward network; cross_entropy, smooth_l1_loss and binary_cross_entropy_with_logits, summed;
//   backward; step(optimizer)
//   before each epoch's batches: train(network)
//   after each epoch: eval(network); no_grad; forward network
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace MultiHead;

public readonly record struct Answer(Tensor Kind, Tensor Place, Tensor Present);
public sealed record Weights(double Kind = 1, double Place = 2, double Present = 1);

public sealed class Spotter : nn.Module<Tensor, Answer>
{
    private readonly Conv2d conv1 = nn.Conv2d(1, 12, 3, padding: 1), conv2 = nn.Conv2d(12, 24, 3, padding: 1);
    private readonly Linear trunk = nn.Linear(24 * 4 * 4, 64);
    private readonly Linear kind = nn.Linear(64, 3), place = nn.Linear(64, 2), present = nn.Linear(64, 1);

    public Spotter() : base("spotter") => RegisterComponents();

    public override Answer forward(Tensor picture)
    {
        var x = F.max_pool2d(F.relu(conv1.forward(picture)), 2);
        x = F.max_pool2d(F.relu(conv2.forward(x)), 2);
        x = F.relu(trunk.forward(x.flatten(1)));
        return new Answer(kind.forward(x), place.forward(x), present.forward(x).squeeze(1));
    }
}

public sealed class Scenes : torch.utils.data.Dataset
{
    private readonly List<Dictionary<string, float[]>> scenes = new();

    public Scenes(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            int kind = random.Next(3), top = random.Next(12), left = random.Next(12);
            var present = random.NextDouble() < 0.8;
            var picture = new float[256];
            for (var p = 0; p < 256; p++)
            {
                var (y, x) = (p / 16 - top, p % 16 - left);
                var ink = y is >= 0 and < 4 && x is >= 0 and < 4 && (kind == 0 || kind == 1 && y % 2 == 0 || kind == 2 && x % 2 == 0);
                picture[p] = (present && ink ? 2f : -0.2f) + 0.2f * (random.NextSingle() - 0.5f);
            }
            float[] place = [top / 6f - 1, left / 6f - 1];
            scenes.Add(new() { ["picture"] = picture, ["kind"] = [kind], ["place"] = place, ["present"] = [present ? 1 : 0] });
        }
    }

    public override long Count => scenes.Count;

    public override Dictionary<string, Tensor> GetTensor(long index) => new()
    {
        ["picture"] = tensor(scenes[(int)index]["picture"]).view(1, 16, 16),
        ["kind"] = tensor((long)scenes[(int)index]["kind"][0]),
        ["place"] = tensor(scenes[(int)index]["place"]),
        ["present"] = tensor(scenes[(int)index]["present"][0]),
    };
}

public static class Program
{
    // What and where only count where there is something.
    private static Tensor Loss(Answer answer, IReadOnlyDictionary<string, Tensor> batch, Weights weights)
    {
        var there = batch["present"];
        var some = there.sum().clamp(min: 1);
        var kind = (F.cross_entropy(answer.Kind, batch["kind"], reduction: nn.Reduction.None) * there).sum() / some;
        var place = (F.smooth_l1_loss(answer.Place, batch["place"], nn.Reduction.None).mean(new long[] { 1 }) * there).sum() / some;
        var present = F.binary_cross_entropy_with_logits(answer.Present, there);
        return weights.Kind * kind + weights.Place * place + weights.Present * present;
    }

    public static void Main()
    {
        torch.manual_seed(3);
        using var loader = torch.utils.data.DataLoader(new Scenes(600, seed: 1), batchSize: 30, shuffle: true);
        using var test = torch.utils.data.DataLoader(new Scenes(120, seed: 2), batchSize: 120);
        var network = new Spotter();
        var optimizer = torch.optim.Adam(network.parameters(), lr: 2e-3);
        for (var epoch = 1; epoch <= 6; epoch++)
        {
            network.train();
            foreach (var batch in loader)
            {
                using var scope = torch.NewDisposeScope();
                optimizer.zero_grad();
                var loss = Loss(network.forward(batch["picture"]), batch, new Weights());
                loss.backward();
                optimizer.step();
            }

            network.eval();
            using var guard = torch.no_grad();
            var losses = test.Select(batch => Loss(network.forward(batch["picture"]), batch, new Weights()).item<float>());
            Console.WriteLine($"epoch {epoch}: test loss {losses.Average():F3}");
        }
    }
}
