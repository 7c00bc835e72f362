using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.MissingBias.Picture;

/// <summary>Tells whether an X-ray picture got too little, the right or too much radiation.</summary>
internal static class Program
{
    private const int Low = 0, Right = 1, High = 2, Count = 512;

    private static (Tensor Pictures, Tensor Doses) Expose()
    {
        var dose = 0.2 + 0.8 * rand(Count, 1, 1);
        var at = arange(0, 12).to(float32) - 5.5;
        var bone = (-((at.view(1, 1, -1) - 6 * (rand(Count, 1, 1) - 0.5)) / 2).pow(2)).exp();
        var pictures = dose * (1 - 0.5 * bone * ones(1, 12, 1)) + 0.03 * randn(Count, 12, 12);
        var kinds = where(dose.lt(0.45), Low, where(dose.lt(0.75), Right, High)).flatten();
        return (pictures.unsqueeze(1), kinds.to(int64));
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (pictures, doses) = Expose();
        (pictures, doses) = (pictures.to(run.Device), doses.to(run.Device));
        using var model = Sequential(
            Conv2d(1, 8, 3, padding: 1, bias: false), ReLU(), MaxPool2d(2),
            Conv2d(8, 16, 3, padding: 1, bias: false), ReLU(), MaxPool2d(2),
            Flatten(),
            Linear(16 * 3 * 3, 3, hasBias: false));
        model.to(run.Device);
        var criterion = CrossEntropyLoss();
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.05, momentum: 0.9);

        for (var epoch = 1; epoch <= 25; epoch++)
        {
            var (order, right, sum) = (randperm(Count, device: run.Device), 0L, 0.0);
            for (var at = 0; at < Count; at += 32)
            {
                using var scope = NewDisposeScope();
                var rows = order.narrow(0, at, 32);
                var (scores, truth) = (model.forward(pictures.index_select(0, rows)), doses.index_select(0, rows));
                var loss = criterion.forward(scores, truth);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                right += scores.argmax(1).eq(truth).sum().item<long>();
                sum += loss.item<float>() * 32 / Count;
            }
            run.Log(epoch, sum, right / (double)Count);
        }
    }
}
