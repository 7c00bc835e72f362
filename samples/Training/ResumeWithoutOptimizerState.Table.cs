using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ResumeWithoutOptimizerState.Table;

/// <summary>Predicts the noise of a wing from five measures; the job is stopped and started again by its queue.</summary>
internal static class Program
{
    [TrainingProgram(LossBelow = 0.003)]
    public static void Train(TrainingRun run)
    {
        var measures = (rand(1024, 5) * 2 - 1).to(run.Device);
        var noise = (measures.narrow(1, 0, 1) + measures.narrow(1, 1, 1)).pow(2) - (measures.narrow(1, 2, 1) * 3).cos()
            + 0.5f * measures.narrow(1, 3, 1) * measures.narrow(1, 4, 1);
        for (var job = 1; job <= 50; job++)
        {
            Job(measures, noise, run.Folder, run.Device);
            using var scope = NewDisposeScope();
            var model = Network();
            model.load(Path.Combine(run.Folder, "noise.dat"));
            model.to(run.Device);
            using var _ = no_grad();
            run.Log(job * 20, functional.mse_loss(model.forward(measures), noise).item<float>());
        }
    }

    private static Sequential Network() => Sequential(Linear(5, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1));

    private static void Job(Tensor measures, Tensor noise, string folder, Device device)
    {
        var (weights, state) = (Path.Combine(folder, "noise.dat"), Path.Combine(folder, "noise.adam"));
        var model = Network();
        if (File.Exists(weights)) model.load(weights);
        model.to(device);
        var optimizer = optim.Adam(model.parameters(), 3e-3);
        for (var step = 1; step <= 20; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 1024, 64, device: device);
            optimizer.zero_grad();
            functional.mse_loss(model.forward(measures.index_select(0, rows)), noise.index_select(0, rows)).backward();
            optimizer.step();
            if (step % 20 != 0) continue;
            model.save(weights);
            optimizer.save_state_dict(state);
        }
    }
}
