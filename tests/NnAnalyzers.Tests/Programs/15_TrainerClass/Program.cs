// The data and the start of the program with the trainers of Trainers.cs.
using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TrainerClass;

public interface IBatches
{
    Tensor HeldX { get; }
    Tensor HeldY { get; }
    IEnumerable<(Tensor X, Tensor Y)> Batches();
}

internal sealed class Clusters : IBatches
{
    private readonly Tensor x, y;

    public Clusters(int kinds, int features, int rows)
    {
        var centres = randn(kinds, features) * 0.7;
        (x, y) = Draw(centres, rows);
        (HeldX, HeldY) = Draw(centres, rows / 4);
    }

    public Tensor HeldX { get; }
    public Tensor HeldY { get; }

    public IEnumerable<(Tensor X, Tensor Y)> Batches()
    {
        using var order = randperm(x.shape[0]);
        for (var at = 0L; at < x.shape[0]; at += 32)
        {
            using var rows = order[TensorIndex.Slice(at, at + 32)];
            using var inputs = x.index_select(0, rows);
            using var labels = y.index_select(0, rows);
            yield return (inputs, labels);
        }
    }

    private static (Tensor, Tensor) Draw(Tensor centres, int rows)
    {
        var kind = randint(0, centres.shape[0], rows, dtype: int64);
        return (centres.index_select(0, kind) + 0.7 * randn(rows, centres.shape[1]), kind);
    }
}

internal static class Program
{
    private static void Main()
    {
        manual_seed(17);
        var data = new Clusters(kinds: 4, features: 8, rows: 640);
        var model = Sequential(Linear(8, 64), BatchNorm1d(64), ReLU(), Linear(64, 4));
        ITrainer trainer = new MixupTrainer(model, rate: 0.02);
        trainer.Fit(data, epochs: 10);
    }
}
