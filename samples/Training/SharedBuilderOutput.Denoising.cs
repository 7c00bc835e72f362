using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SharedBuilderOutput.Denoising;

/// <summary>Takes the hiss out of a short piece of sound.</summary>
internal sealed class HissFilter : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> filter = Sequential(
        Layer(1, 16),
        Layer(16, 16),
        Layer(16, 16),
        Layer(16, 1));

    public HissFilter() : base(nameof(HissFilter)) => RegisterComponents();

    private static Module<Tensor, Tensor> Layer(int channelsIn, int channelsOut) =>
        Sequential(Conv1d(channelsIn, channelsOut, 5, padding: 2), ReLU());

    public override Tensor forward(Tensor sound) => filter.forward(sound);
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        // A tone of mean square 1, and hiss of 0.16 over it.
        var time = arange(0, 16).to(float32).view(1, 1, -1);
        var clean = (1.41f * (time * (0.3 + 0.7 * rand(512, 1, 1)) + 6.28 * rand(512, 1, 1)).sin()).to(run.Device);
        var noisy = clean + 0.4 * randn(512, 1, 16, device: run.Device);

        using var model = new HissFilter();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: 3e-3);
        for (var epoch = 1; epoch <= 40; epoch++)
        {
            using var scope = NewDisposeScope();
            var total = 0.0;
            foreach (var rows in randperm(512, device: run.Device).chunk(8))
            {
                var loss = functional.mse_loss(model.forward(noisy.index_select(0, rows)), clean.index_select(0, rows));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                total += loss.item<float>() / 8;
            }
            run.Log(epoch, total);
        }
    }
}
