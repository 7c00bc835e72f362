using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerStateNotSaved.Sequence;

/// <summary>Says how often a row of signs changed.</summary>
internal sealed class ChangeCounter : Module<Tensor, Tensor>
{
    private readonly GRU memory = GRU(1, 32, batchFirst: true);
    private readonly Linear count = Linear(32, 1);

    public ChangeCounter() : base(nameof(ChangeCounter)) => RegisterComponents();

    public override Tensor forward(Tensor signs)
    {
        var (states, _) = memory.forward(signs);
        return count.forward(states.select(1, -1));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.01)]
    public static void Train(TrainingRun run)
    {
        for (var session = 1; session <= 40; session++) run.Log(session * 20, Resume(run.Folder + "/changes.bin", run.Device));
    }

    private static double Resume(string weights, Device device)
    {
        using var model = new ChangeCounter();
        if (File.Exists(weights)) model.load(weights);
        model.to(device);
        var optimizer = optim.AdamW(model.parameters(), 5e-3, weight_decay: 0);
        var sum = 0.0;
        foreach (var step in Enumerable.Range(0, 20))
        {
            using var scope = NewDisposeScope();
            var signs = randint(0, 2, new long[] { 64, 8 }, device: device).to(float32) * 2 - 1;
            var changes = signs.narrow(1, 1, 7).ne(signs.narrow(1, 0, 7)).to(float32).mean(new long[] { 1 }, keepdim: true);
            var loss = functional.mse_loss(model.forward(signs.unsqueeze(2)), changes);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            sum += loss.item<float>() / 20;
            if (step == 19) model.save(weights);
        }
        return sum;
    }
}
