// Semi-supervised training: a labelled and an unlabelled loader run side by side; two noisy views of the unlabelled must agree.
//
// site Main: foreach (known, unknown) in labelled.Zip(unlabelled) (inside for epoch, 15 times)
//   forward model (labelled); cross_entropy; no_grad; forward model (weak view); forward model (strong view); mse_loss;
//   zero_grad(optimizer); backward; step(optimizer)
//   before each epoch's batches: train(model)
//   after each epoch: eval(model); no_grad; forward model
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SemiSupervised;

internal class PointDataset : utils.data.Dataset
{
    private readonly Tensor points;
    private readonly Tensor? labels;

    public PointDataset(Tensor points, Tensor? labels = null) => (this.points, this.labels) = (points, labels);

    public override long Count => points.shape[0];

    public override Dictionary<string, Tensor> GetTensor(long index)
    {
        var item = new Dictionary<string, Tensor> { { "x", points[index] } };
        if (labels is not null) item.Add("y", labels[index]);
        return item;
    }
}

internal class MoonNet : nn.Module<Tensor, Tensor>
{
    private readonly Linear input = nn.Linear(2, 64);
    private readonly Linear middle = nn.Linear(64, 64);
    private readonly Linear output = nn.Linear(64, 2);

    public MoonNet() : base(nameof(MoonNet)) => RegisterComponents();

    public override Tensor forward(Tensor x) => output.forward(F.relu(middle.forward(F.relu(input.forward(x)))));
}

internal static class Program
{
    private static (Tensor Points, Tensor Labels) Moons(int count)
    {
        var label = randint(0, 2, count, dtype: int64);
        var side = label.to(float32) * 2 - 1;
        var angle = rand(count) * Math.PI;
        var x = angle.cos() - 0.5 * side;
        var y = -side * angle.sin() + 0.25 * side;
        return (stack(new[] { x, y }, 1) + 0.08 * randn(count, 2), label);
    }

    private static Tensor Jitter(Tensor x, double size) => x + size * randn_like(x);

    public static void Main()
    {
        manual_seed(21);
        var (knownPoints, knownLabels) = Moons(48);
        var (points, _) = Moons(768);
        var (testPoints, testLabels) = Moons(400);
        // As many batches in the one as in the other.
        using var labelled = utils.data.DataLoader(new PointDataset(knownPoints, knownLabels), 4, shuffle: true);
        using var unlabelled = utils.data.DataLoader(new PointDataset(points), 64, shuffle: true);

        var model = new MoonNet();
        var optimizer = optim.AdamW(model.parameters(), lr: 2e-3);
        for (int epoch = 0; epoch < 15; epoch++)
        {
            model.train();
            double weight = Math.Min(1.0, epoch / 5.0), total = 0;
            foreach (var (known, unknown) in labelled.Zip(unlabelled))
            {
                using var scope = NewDisposeScope();
                var supervised = F.cross_entropy(model.forward(Jitter(known["x"], 0.02)), known["y"]);

                Tensor goal;
                using (no_grad())
                {
                    goal = F.softmax(model.forward(Jitter(unknown["x"], 0.02)), dim: 1);
                }
                var guess = F.softmax(model.forward(Jitter(unknown["x"], 0.1)), dim: 1);
                var consistency = F.mse_loss(guess, goal);

                var loss = supervised + weight * consistency;
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                total += loss.item<float>();
            }

            model.eval();
            using (NewDisposeScope())
            using (no_grad())
            {
                var right = model.forward(testPoints).argmax(1) == testLabels;
                Console.WriteLine($"epoch {epoch}: loss {total / labelled.Count:F3}, accuracy {right.to(float32).mean().item<float>():P1}");
            }
        }
    }
}
