using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SaturatingHiddenActivation.Sequence;

/// <summary>Predicts the load of a line from the last twelve hours, by a network over the window.</summary>
internal sealed class LoadNet : Module<Tensor, Tensor>
{
    private readonly Sequential layers;

    public LoadNet(int depth = 6, int width = 48) : base(nameof(LoadNet))
    {
        layers = Sequential(Linear(12, width), Tanh());
        for (var i = 1; i < depth; i++) layers = layers.append(Linear(width, width)).append(Tanh());
        layers = layers.append(Linear(width, 1));
        RegisterComponents();
    }

    public override Tensor forward(Tensor hours) => layers.forward(hours);
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var time = arange(0, 13, dtype: float32).unsqueeze(0);
        var (phase, speed) = (rand(768, 1) * 6.28f, 0.3f + rand(768, 1) * 0.5f);
        var load = (time * speed + phase).sin() + (time * speed * 2.3f + phase).sin().abs();
        var past = load.narrow(1, 0, 12).to(run.Device);
        var next = load.narrow(1, 12, 1).to(run.Device);

        using var model = new LoadNet();
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        for (var step = 1; step <= 800; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 768, 64, device: run.Device);
            var error = loss.forward(model.forward(past.index_select(0, rows)), next.index_select(0, rows));
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 20 == 0) run.Log(step, error.item<float>());
        }
    }
}
