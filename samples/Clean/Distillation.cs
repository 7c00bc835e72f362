using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// A student learns a teacher's softened probabilities: log-probabilities into the
/// divergence, probabilities as its target; the teacher is frozen and stays in eval mode.
/// </summary>
public static class Distillation
{
    private sealed class Classifier : Module<Tensor, Tensor>
    {
        private readonly Sequential layers;

        public Classifier(int width, Func<Module<Tensor, Tensor>>? activation = null) : base(nameof(Classifier))
        {
            activation ??= () => ReLU();
            layers = Sequential(Linear(10, width), activation(), Linear(width, 4));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => layers.forward(x);
    }

    public static void Train(TrainingRun run, int steps)
    {
        const double temperature = 2;
        var x = randn(64, 10, device: run.Device);
        var kind = x.narrow(1, 0, 4).argmax(1);
        using var teacher = new Classifier(64, () => GELU());
        using var student = new Classifier(16);
        teacher.to(run.Device);
        student.to(run.Device);
        teacher.eval();
        foreach (var parameter in teacher.parameters()) parameter.requires_grad = false;
        var optimizer = optim.Adam(student.parameters(), 3e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            Tensor soft;
            using (no_grad()) soft = F.softmax(teacher.forward(x) / temperature, dim: 1);
            optimizer.zero_grad();
            var logits = student.forward(x);
            var loss = F.kl_div(F.log_softmax(logits / temperature, dim: 1), soft, reduction: Reduction.Sum)
                * (temperature * temperature / x.shape[0]) + F.cross_entropy(logits, kind);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
