using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SoftmaxOverOne;

/// <summary>Tells whether a point lies inside a ring.</summary>
internal sealed class RingNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> hidden = Linear(2, 32);
    private readonly Module<Tensor, Tensor> inside = Linear(32, 1);

    public RingNet() : base(nameof(RingNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(hidden.forward(x));
        x = inside.forward(x);
        return functional.softmax(x, dim: 1);
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var points = (rand(512, 2) * 4 - 2).to(run.Device);
        var targets = points.pow(2).sum(1, keepdim: true).lt(1.6).to(float32);

        using var model = new RingNet();
        model.to(run.Device);
        var loss = BCELoss();
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);

        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var error = loss.forward(model.forward(points), targets);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>());
        }
    }
}
