using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>A denoising block that is told the time; the target is the noise itself, any number.</summary>
public static class Diffusion
{
    private const int Times = 50;

    private sealed class Denoiser : Module<Tensor, Tensor, Tensor>
    {
        private readonly Embedding time = Embedding(Times, 32);
        private readonly Conv2d enter = Conv2d(1, 32, 3, padding: 1L), inner = Conv2d(32, 32, 3, padding: 1L),
            leave = Conv2d(32, 1, 3, padding: 1L);
        private readonly GroupNorm norm = GroupNorm(4, 32);

        public Denoiser() : base(nameof(Denoiser))
        {
            init.ones_(norm.weight);
            init.zeros_(norm.bias);
            init.zeros_(leave.weight); // starts by saying nothing
            init.zeros_(leave.bias);
            RegisterComponents();
        }

        public override Tensor forward(Tensor picture, Tensor t)
        {
            var x = enter.forward(picture);
            var y = functional.silu(norm.forward(x + time.forward(t).unsqueeze(-1).unsqueeze(-1)));
            return leave.forward(x + inner.forward(y));
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var pictures = randn(16, 1, 8, 8, device: run.Device).tanh();
        var kept = cumprod(1 - linspace(1e-4, 0.2, Times, device: run.Device), 0);
        using var model = new Denoiser();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), 1e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var t = randint(Times, [16], dtype: ScalarType.Int64, device: run.Device);
            var share = kept.index_select(0, t).view(-1, 1, 1, 1);
            var noise = randn_like(pictures);
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(share.sqrt() * pictures + (1 - share).sqrt() * noise, t), noise);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
