using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ResumeWithoutOptimizerState.Sequence;

/// <summary>Gives the largest number of a row.</summary>
internal sealed class Largest : Module<Tensor, Tensor>
{
    private readonly LSTM memory = LSTM(1, 32, batchFirst: true);
    private readonly Linear largest = Linear(32, 1);

    public Largest() : base(nameof(Largest)) => RegisterComponents();

    public override Tensor forward(Tensor row)
    {
        var (states, _, _) = memory.forward(row);
        return largest.forward(states.select(1, -1));
    }
}

/// <summary>Where a run is kept.</summary>
internal sealed record Checkpoint(string Folder)
{
    public string Weights => Path.Combine(Folder, "largest.dat");
    public string State => Path.Combine(Folder, "largest.adam");
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.002)]
    public static void Train(TrainingRun run)
    {
        for (var session = 1; session <= 40; session++) run.Log(session * 20, Continue(new Checkpoint(run.Folder), run.Device));
    }

    private static double Continue(Checkpoint checkpoint, Device device)
    {
        using var model = new Largest();
        if (File.Exists(checkpoint.Weights)) model.load(checkpoint.Weights);
        model.to(device);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);
        var sum = 0.0;
        for (var step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            var row = rand(64, 8, 1, device: device);
            var loss = functional.mse_loss(model.forward(row), row.amax(new long[] { 1 }));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            sum += loss.item<float>() / 20;
            if (step % 10 == 9)
            {
                model.save(checkpoint.Weights);
                optimizer.save_state_dict(checkpoint.State);
            }
        }
        return sum;
    }
}
