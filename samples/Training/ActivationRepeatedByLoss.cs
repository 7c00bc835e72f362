using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ActivationRepeatedByLoss;

/// <summary>Tells sixteen kinds of seeds apart by eight measurements.</summary>
internal sealed class SeedNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> hidden = Linear(8, 64);
    private readonly Module<Tensor, Tensor> kinds = Linear(64, 16);

    public SeedNet() : base(nameof(SeedNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(hidden.forward(x));
        x = kinds.forward(x);
        return functional.softmax(x, dim: 1);
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var labels = arange(16, dtype: int64).repeat(32);
        var centres = randn(16, 8) * 1.5;
        var inputs = (centres.index_select(0, labels) + 0.4 * randn(512, 8)).to(run.Device);
        labels = labels.to(run.Device);

        using var model = new SeedNet();
        model.to(run.Device);
        var loss = CrossEntropyLoss();
        var optimizer = optim.Adam(model.parameters(), lr: 1e-3);

        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var output = model.forward(inputs);
            var error = loss.forward(output, labels);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>(), output.argmax(1).eq(labels).to(float32).mean().item<float>());
        }
    }
}
