using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NoGradNotDisposed.Autoencoder;

/// <summary>Squeezes waves of two numbers, frequency and phase, through four; a preview is printed before every round.</summary>
internal sealed class Squeeze : Module<Tensor, Tensor>
{
    private readonly Sequential encode = Sequential(Linear(24, 48), ReLU(), Linear(48, 4));
    private readonly Sequential decode = Sequential(Linear(4, 48), ReLU(), Linear(48, 24));

    public Squeeze() : base(nameof(Squeeze)) => RegisterComponents();

    public override Tensor forward(Tensor wave) => decode.forward(encode.forward(wave));
}

internal static class Program
{
    private static Tensor Waves(int count)
    {
        var time = linspace(0, 1, 24).unsqueeze(0);
        return (time * (3 + 3 * rand(count, 1)) + rand(count, 1) * 6).sin();
    }

    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var (waves, squeeze) = (Waves(512), new Squeeze());
        var optimizer = optim.AdamW(squeeze.parameters(), lr: 3e-3);
        for (var round = 0; round < 15; round++)
        {
            Preview(squeeze, waves[..1]);
            for (var step = 1; step <= 40; step++)
            {
                using var turn = NewDisposeScope();
                var loss = functional.mse_loss(squeeze.forward(waves), waves);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                if (step % 10 == 0) run.Log(round * 40 + step, loss.item<float>());
            }
        }

        static void Preview(Squeeze squeeze, Tensor wave)
        {
            inference_mode();
            var back = squeeze.forward(wave);
            Console.WriteLine(string.Join(' ', back.data<float>().Select(v => v.ToString("0.0"))));
        }
    }
}
