// Epochs of training and validation; the best model and its optimizer are kept as a checkpoint.
//
// site Main: foreach (x, y) in train.Shuffled() (inside for epoch, 1 to 20)
//   zero_grad(optimizer); forward model; huber_loss; backward; step(optimizer)
//   before each epoch's batches: train(model)
//   after each epoch: eval(model); no_grad; foreach (x, y) in valid: forward model; l1_loss; save(model), save(optimizer) if best
//   after the epochs: load(model); eval(model); no_grad; foreach (x, y) in test: forward model; l1_loss
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

public sealed record Batch(Tensor X, Tensor Y);

public sealed class Split
{
    private static readonly Random Dice = new Random(6);
    private readonly List<Batch> batches;

    public Split(Tensor x, Tensor y, int size) =>
        batches = x.split(size).Zip(y.split(size), (a, b) => new Batch(a, b)).ToList();

    public IEnumerable<Batch> Shuffled() => batches.OrderBy(_ => Dice.Next());
    public IEnumerable<Batch> InOrder() => batches;
}

public sealed class PriceModel : Module<Tensor, Tensor>
{
    private readonly Linear l1, l2, l3;
    private readonly LayerNorm norm;

    public PriceModel(int features) : base("prices")
    {
        l1 = Linear(features, 64);
        norm = LayerNorm(64);
        l2 = Linear(64, 32);
        l3 = Linear(32, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = gelu(norm.forward(l1.forward(x)));
        return l3.forward(gelu(l2.forward(x)));
    }
}

public class Program
{
    public static void Main()
    {
        manual_seed(13);
        var x = randn(1200, 10);
        var y = (x.matmul(randn(10, 1)) + x.narrow(1, 0, 1) * x.narrow(1, 1, 1)) / 3.5 + 0.1 * randn(1200, 1);
        var train = new Split(x[..800], y[..800], 40);
        var valid = new Split(x[800..1000], y[800..1000], 100);
        var test = new Split(x[1000..], y[1000..], 100);

        var model = new PriceModel(10);
        var optimizer = optim.AdamW(model.parameters(), lr: 1e-3);
        var folder = Directory.CreateDirectory("checkpoints").FullName;
        float best = float.MaxValue;

        for (int epoch = 1; epoch <= 20; epoch++)
        {
            model.train();
            foreach (var (input, target) in train.Shuffled())
            {
                using var _ = NewDisposeScope();
                optimizer.zero_grad();
                var loss = huber_loss(model.forward(input), target);
                loss.backward();
                optimizer.step();
            }

            float error = MeanError(model, valid);
            bool isBest = error < best;
            if (isBest)
            {
                best = error;
                model.save(Path.Combine(folder, "best.model.bin"));
                optimizer.save_state_dict(Path.Combine(folder, "best.optimizer.bin"));
            }
            Console.WriteLine($"epoch {epoch}: validation {error:F4}{(isBest ? " *" : "")}");
        }

        model.load(Path.Combine(folder, "best.model.bin"));
        Console.WriteLine($"test {MeanError(model, test):F4}");
    }

    private static float MeanError(PriceModel model, Split split)
    {
        model.eval();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        float sum = 0;
        long count = 0;
        foreach (var (input, target) in split.InOrder())
        {
            sum += l1_loss(model.forward(input), target, Reduction.Sum).item<float>();
            count += target.shape[0];
        }
        return sum / count;
    }
}
