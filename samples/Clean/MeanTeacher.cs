using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// A teacher that is the moving mean of its student: copied under no_grad, never trained.
/// Samples and labels go through one permutation, mixed pairs have a symmetric loss.
/// </summary>
public static class MeanTeacher
{
    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Sequential layers = Sequential(Linear(8, 32), LeakyReLU(0.1), Linear(32, 4));

        public Network() : base(nameof(Network))
        {
            foreach (var layer in layers.children().OfType<Linear>()) init.kaiming_normal_(layer.weight); // the default fits leaky ReLU
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => layers.forward(x);
    }

    private static void Follow(Network teacher, Network student, double keep)
    {
        using var guard = no_grad();
        foreach (var (of, from) in teacher.parameters().Zip(student.parameters())) of.mul_(keep).add_((1 - keep) * from);
    }

    /// <summary>The same whichever comes first.</summary>
    private static Tensor Apart(Tensor a, Tensor b) => functional.mse_loss(a.softmax(1), b.softmax(1));

    public static void Train(TrainingRun run, int steps)
    {
        var x = randn(64, 8, device: run.Device);
        var kind = x.narrow(1, 0, 4).argmax(1);
        using var student = new Network();
        using var teacher = new Network();
        student.to(run.Device);
        teacher.to(run.Device);
        teacher.load_state_dict(student.state_dict());
        var optimizer = optim.Adam(student.parameters(), 2e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var order = randperm(64, device: run.Device);
            var (batch, truth) = (x.index_select(0, order), kind.index_select(0, order));
            optimizer.zero_grad();
            var said = student.forward(batch);
            Tensor told;
            using (no_grad()) told = teacher.forward(batch + 0.1 * randn_like(batch));
            var loss = functional.cross_entropy(said, truth) + 0.5 * Apart(said, told);
            loss.backward();
            optimizer.step();
            Follow(teacher, student, 0.99);
            run.Log(step, loss.item<float>());
        }
    }
}
