using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.PlainSgd.Sequence;

/// <summary>Predicts a machine's next vibration from its last twenty.</summary>
internal sealed class Vibration : Module<Tensor, Tensor>
{
    private readonly GRU memory = GRU(1, 24, batchFirst: true);
    private readonly Linear next = Linear(24, 1);

    public Vibration() : base(nameof(Vibration)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        var (states, _) = memory.forward(x);
        return next.forward(states.select(1, -1));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var time = arange(0, 21, dtype: float32).unsqueeze(0);
        var (phase, speed) = (rand(512, 1) * 6.28f, 0.2f + rand(512, 1) * 0.4f);
        var signal = (time * speed + phase).sin() + 0.3f * (time * speed * 3 + phase).sin();
        var past = signal.narrow(1, 0, 20).unsqueeze(2).to(run.Device);
        var truth = signal.narrow(1, 20, 1).to(run.Device);

        using var model = new Vibration();
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.SGD(model.parameters(), 0.01);

        for (var step = 1; step <= 1500; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 512, 64, device: run.Device);
            var error = loss.forward(model.forward(past.index_select(0, rows)), truth.index_select(0, rows));
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 25 == 0) run.Log(step, error.item<float>());
        }
    }
}
