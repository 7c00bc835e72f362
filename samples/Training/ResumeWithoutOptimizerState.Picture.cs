using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ResumeWithoutOptimizerState.Picture;

/// <summary>Takes the noise out of small pictures of waves.</summary>
internal sealed class Denoiser : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 16, 3, padding: 1), conv2 = Conv2d(16, 16, 3, padding: 1);
    private readonly Conv2d clean = Conv2d(16, 1, 3, padding: 1);

    public Denoiser() : base(nameof(Denoiser)) => RegisterComponents();

    public override Tensor forward(Tensor x) => clean.forward(conv2.forward(conv1.forward(x).relu()).relu());
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.04)]
    public static void Train(TrainingRun run)
    {
        for (var session = 1; session <= 30; session++) run.Log(session * 10, Session(run.Folder, run.Device));
    }

    private static double Session(string folder, Device device)
    {
        string model = Path.Combine(folder, "denoiser.dat"), state = Path.Combine(folder, "denoiser.adam");
        using var net = new Denoiser();
        if (File.Exists(model)) net.load(model);
        net.to(device);
        var optimizer = optim.Adam(net.parameters(), lr: 3e-3);
        var sum = 0.0;
        for (var step = 0; step < 10; step++)
        {
            using var scope = NewDisposeScope();
            var at = arange(16, dtype: float32, device: device);
            var angle = rand(32, 1, 1, 1, device: device) * 6.28f;
            var wave = (at.reshape(1, 1, 1, 16) * angle.cos() + at.reshape(1, 1, 16, 1) * angle.sin()).sin();
            var loss = functional.mse_loss(net.forward(wave + randn_like(wave) * 0.5f), wave);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            sum += loss.item<float>() / 10;
            if (step % 5 != 4) continue;
            net.save(model);
            optimizer.save_state_dict(state);
        }
        return sum;
    }
}
