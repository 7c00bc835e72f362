// Five-fold cross-validation; each fold trains a model of its own with an optimizer of its own.
//
// site TrainFold: for start over the fold's rows, 32 at a time (inside for epoch, 12 times; called from Main inside for fold, 5 times)
//   zero_grad(optimizer); forward model; l1_loss; backward; step(optimizer)
//   before: model and optimizer made; each epoch: train(model)
//   after the epochs: eval(model); no_grad; forward model; l1_loss
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

internal static class Program
{
    private const int Rows = 500, Features = 9, Folds = 5, Epochs = 12, BatchSize = 32;

    private static Module<Tensor, Tensor> MakeModel() => Sequential(
        Linear(Features, 48), GELU(),
        Linear(48, 24), GELU(),
        Linear(24, 1));

    private static IEnumerable<(long[] Train, long[] Valid)> Split(Random random)
    {
        var shuffled = Enumerable.Range(0, Rows).Select(i => (long)i).OrderBy(_ => random.Next()).ToArray();
        for (var fold = 0; fold < Folds; fold++)
        {
            var chosen = fold;
            yield return (shuffled.Where((_, i) => i % Folds != chosen).ToArray(), shuffled.Where((_, i) => i % Folds == chosen).ToArray());
        }
    }

    private static float TrainFold(Tensor x, Tensor y, Tensor validX, Tensor validY)
    {
        // The fold's validation rows have no say in the scale.
        var (mean, std) = (x.mean(new long[] { 0 }, keepdim: true), x.std(0, keepdim: true));
        (x, validX) = ((x - mean) / std, (validX - mean) / std);

        using var model = MakeModel();
        using var optimizer = optim.AdamW(model.parameters(), lr: 3e-3);
        var count = x.shape[0];
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            model.train();
            using var order = randperm(count);
            for (var start = 0L; start < count; start += BatchSize)
            {
                using var scope = NewDisposeScope();
                var batch = order.narrow(0, start, Math.Min(BatchSize, count - start));
                optimizer.zero_grad();
                var loss = l1_loss(model.forward(x.index_select(0, batch)), y.index_select(0, batch));
                loss.backward();
                optimizer.step();
            }
        }

        model.eval();
        using var guard = no_grad();
        return l1_loss(model.forward(validX), validY).item<float>();
    }

    private static void Main()
    {
        manual_seed(55);
        using var x = rand(Rows, Features) * 10;
        using var y = ((x - 5) / 3).matmul(randn(Features, 1)) / 3 + 0.1 * randn(Rows, 1);
        var errors = new List<float>();
        foreach (var (train, valid) in Split(new Random(55)))
        {
            using var scope = NewDisposeScope();
            var (trainRows, validRows) = (tensor(train), tensor(valid));
            var error = TrainFold(
                x.index_select(0, trainRows), y.index_select(0, trainRows),
                x.index_select(0, validRows), y.index_select(0, validRows));
            errors.Add(error);
            Console.WriteLine($"fold {errors.Count}: {error:F4}");
        }
        Console.WriteLine($"mean {errors.Average():F4}, worst {errors.Max():F4}");
    }
}
