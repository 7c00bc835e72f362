// A step schedule: the rate falls to a third every five epochs.
//
// site Train: foreach batch in loader (inside for epoch, 15 times)
//   zero_grad(optimizer); forward model; SmoothL1Loss; backward; step(optimizer)
//   before each epoch's batches: train(model)
//   after each epoch: step(scheduler); eval(model); no_grad; forward model; SmoothL1Loss
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using nn = TorchSharp.torch.nn;

public class HeatLoad : nn.Module<Tensor, Tensor>
{
    private readonly Sequential stack;

    public HeatLoad() : base("heat")
    {
        stack = nn.Sequential(
            nn.Linear(8, 64), nn.BatchNorm1d(64), nn.ELU(),
            nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ELU(),
            nn.Linear(64, 2));
        RegisterComponents();
    }

    public override Tensor forward(Tensor buildings) => stack.forward(buildings);
}

public class Buildings : torch.utils.data.Dataset
{
    private readonly Tensor x, y;

    public Buildings(int count, Tensor weights)
    {
        x = torch.randn(count, 8);
        y = torch.tanh(x.matmul(weights)) + 0.05 * torch.randn(count, 2);
    }

    public override long Count => x.shape[0];

    public override Dictionary<string, Tensor> GetTensor(long index) => new() { { "x", x[index] }, { "y", y[index] } };

    public (Tensor X, Tensor Y) All => (x, y);
}

public static class Program
{
    public static void Main()
    {
        torch.random.manual_seed(51);
        var weights = torch.randn(8, 2) / 2;
        Train(new HeatLoad(), new Buildings(640, weights), new Buildings(160, weights), epochs: 15);
    }

    private static void Train(HeatLoad model, Buildings train, Buildings test, int epochs)
    {
        using var loader = new DataLoader(train, batchSize: 32, shuffle: true);
        var criterion = nn.SmoothL1Loss();
        var optimizer = torch.optim.Adam(model.parameters(), lr: 5e-3);
        var scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size: 5, gamma: 0.3);
        var (testX, testY) = test.All;

        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            model.train();
            var losses = new List<double>();
            foreach (var batch in loader)
            {
                using var scope = torch.NewDisposeScope();
                optimizer.zero_grad();
                using var prediction = model.forward(batch["x"]);
                using var loss = criterion.forward(prediction, batch["y"]);
                loss.backward();
                optimizer.step();
                losses.Add(loss.ToSingle());
            }
            scheduler.step();

            model.eval();
            using (torch.no_grad())
            {
                using var prediction = model.forward(testX);
                using var error = criterion.forward(prediction, testY);
                var rate = optimizer.ParamGroups.First().LearningRate;
                Console.WriteLine($"epoch {epoch}: {losses.Average():F5} {error.ToSingle():F5}, rate from here {rate:G3}");
            }
        }
    }
}
