using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Text-book logistic regression, first by hand on raw tensors (no optimizer,
/// no module), then by L-BFGS, which calls its closure several times a step.
/// </summary>
public static class LogisticRegression
{
    private static Tensor ByHand(Tensor x, Tensor y, int steps)
    {
        var (weight, bias) = (zeros(x.shape[1], 1, requires_grad: true), zeros(1, requires_grad: true));
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            var p = (matmul(x, weight) + bias).sigmoid().clamp(1e-7, 1 - 1e-7);
            var loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean();
            var slopes = autograd.grad([loss], [weight, bias]);
            using var guard = no_grad();
            weight.sub_(0.5 * slopes[0]);
            bias.sub_(0.5 * slopes[1]);
        }
        return weight;
    }

    public static void Train(TrainingRun run, int steps)
    {
        var x = randn(64, 3);
        var y = (x.sum(1, keepdim: true) > 0).to(ScalarType.Float32);
        using var byHand = ByHand(x, y, steps);

        using var model = Linear(3, 1);
        var optimizer = optim.LBFGS(model.parameters(), lr: 0.5);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            double last = 0;
            optimizer.step(() =>
            {
                optimizer.zero_grad();
                var loss = functional.binary_cross_entropy_with_logits(model.forward(x), y);
                loss.backward();
                last = loss.item<float>();
                return loss;
            });
            run.Log(step, last);
        }
    }
}
