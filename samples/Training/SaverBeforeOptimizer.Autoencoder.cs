using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SaverBeforeOptimizer.Autoencoder;

/// <summary>Puts the readings of forty sensors into four numbers and back; the job is stopped and started again every few steps.</summary>
internal static class Program
{
    private const int Sensors = 40, Restarts = 30, Steps = 20;

    // The readings have a variance of one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        // Three causes move all sensors.
        var readings = randn(1024, 3).matmul(randn(3, Sensors)).tanh();
        readings = ((readings - readings.mean()) / readings.std()).to(run.Device);
        for (var restart = 0; restart < Restarts; restart++) run.Log((restart + 1) * Steps, Job(run, readings));
    }

    private static double Job(TrainingRun run, Tensor readings)
    {
        var path = Path.Combine(run.Folder, "sensors.dat");
        using var coder = Coder();
        Action save = () => coder.save(path);
        if (File.Exists(path)) coder.load(path);
        coder.to(run.Device);
        var optimizer = optim.AdamW(coder.parameters(), lr: 2e-3);

        var last = 0.0;
        for (var step = 1; step <= Steps; step++)
        {
            using var scope = NewDisposeScope();
            var batch = readings.index_select(0, randint(0, 1024, new long[] { 64 }, device: run.Device));
            var loss = functional.mse_loss(coder.forward(batch), batch);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            last = loss.item<float>();
            if (step % 5 == 0) save();
        }
        return last;
    }

    private static Sequential Coder() => Sequential(
        Linear(Sensors, 48), ReLU(), Linear(48, 4),
        Linear(4, 48), ReLU(), Linear(48, Sensors));
}
