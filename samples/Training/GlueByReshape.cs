using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.GlueByReshape;

/// <summary>How well two microphones agree: the mean product of what they hear at the same time.</summary>
internal sealed class AgreementNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> each = Linear(2, 32);
    private readonly Module<Tensor, Tensor> product = Linear(32, 1);

    public AgreementNet() : base(nameof(AgreementNet)) => RegisterComponents();

    public override Tensor forward(Tensor pairs) => product.forward(functional.relu(each.forward(pairs))).mean(new long[] { 1 });
}

internal static class Program
{
    private const int Count = 256, Times = 12;

    [TrainingProgram(LossBelow = 0.01)]
    public static void Train(TrainingRun run)
    {
        var left = randn(Count, Times).to(run.Device);
        var right = randn(Count, Times).to(run.Device);
        var targets = (left * right).mean(new long[] { 1 }, true);
        var pairs = cat(new[] { left, right }, 1).reshape(Count, Times, 2);

        using var model = new AgreementNet();
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);

        for (var step = 1; step <= 600; step++)
        {
            using var scope = NewDisposeScope();
            var error = loss.forward(model.forward(pairs), targets);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>());
        }
    }
}
