using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SqueezeMayDropBatch;

/// <summary>Sorts small pictures by the direction of their stripes; one is left over for the last batch.</summary>
internal sealed class StripeNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv = Conv2d(1, 8, kernel_size: 3, padding: 1);
    private readonly Module<Tensor, Tensor> direction = Linear(8, 2);

    public StripeNet() : base(nameof(StripeNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(conv.forward(x));
        x = functional.adaptive_avg_pool2d(x, 1).squeeze();
        return direction.forward(x);
    }
}

internal static class Program
{
    private const int Count = 33, Batch = 8;

    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var labels = arange(Count, dtype: int64).remainder(2);
        var stripes = arange(8).remainder(2).to(float32) * 2 - 1;
        var across = labels.eq(0).view(Count, 1, 1, 1);
        var pictures = (where(across, stripes.view(1, 1, 8, 1), stripes.view(1, 1, 1, 8)) + 0.1 * randn(Count, 1, 8, 8)).to(run.Device);
        labels = labels.to(run.Device);

        using var model = new StripeNet();
        model.to(run.Device);
        var loss = CrossEntropyLoss();
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);

        for (var epoch = 1; epoch <= 40; epoch++)
        {
            var (right, last) = (0L, 0f);
            for (var first = 0; first < Count; first += Batch)
            {
                using var scope = NewDisposeScope();
                var size = Math.Min(Batch, Count - first);
                var output = model.forward(pictures.narrow(0, first, size));
                var expected = labels.narrow(0, first, size);
                var error = loss.forward(output, expected);
                optimizer.zero_grad();
                error.backward();
                optimizer.step();
                last = error.item<float>();
                right += output.argmax(-1).eq(expected).sum().item<long>();
            }
            run.Log(epoch, last, (double)right / Count);
        }
    }
}
