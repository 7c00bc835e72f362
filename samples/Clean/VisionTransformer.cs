using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// ViT: patches by a convolution whose stride is its kernel, a class token, a positional table from a truncated normal of 0.02.
/// </summary>
public static class VisionTransformer
{
    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Conv2d patches = Conv2d(3, 32, 4, stride: 4, bias: false);
        private readonly Parameter token = Parameter(zeros(1, 1, 32)), places = Parameter(empty(1, 17, 32));
        private readonly TransformerEncoder encoder = TransformerEncoder(TransformerEncoderLayer(32, 4, 64, 0.1), 2);
        private readonly LayerNorm norm = LayerNorm(32);
        private readonly Linear head = Linear(32, 4);

        public Network() : base(nameof(Network))
        {
            init.trunc_normal_(places, std: 0.02);
            init.trunc_normal_(head.weight, std: 0.02);
            init.zeros_(head.bias);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            x = patches.forward(x).flatten(2).transpose(1, 2);
            x = cat([token.expand(x.shape[0], -1, -1), x], dim: 1) + places;
            x = encoder.forward(x.transpose(0, 1), null!, null!).transpose(0, 1);
            return head.forward(norm.forward(x.select(1, 0)));
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var pictures = rand(16, 3, 16, 16, device: run.Device);
        var labels = pictures.mean([2, 3]).argmax(1);
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), 1e-3, weight_decay: 0.05);
        var cycle = optim.lr_scheduler.OneCycleLR(optimizer, max_lr: 1e-3, total_steps: Math.Max(steps, 10));
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(pictures * 2 - 1), labels);
            loss.backward();
            optimizer.step();
            cycle.step();
            run.Log(step, loss.item<float>());
        }
    }
}
