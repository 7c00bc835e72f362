using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// One-stage detection with a feature pyramid: boxes are folded to rows of four, objectness
/// is one logit, laterals are 1×1; gradients of several batches are added up before a step.
/// </summary>
public static class Detector
{
    private sealed class Network : Module<Tensor, (Tensor Boxes, Tensor Scores)>
    {
        private readonly Sequential low = Sequential(Conv2d(3, 16, 3, stride: 2, padding: 1L, bias: false), BatchNorm2d(16), SiLU());
        private readonly Sequential high = Sequential(Conv2d(16, 32, 3, stride: 2, padding: 1L, bias: false), BatchNorm2d(32), SiLU());
        private readonly Conv2d lateralLow = Conv2d(16, 16, 1, bias: false), lateralHigh = Conv2d(32, 16, 1, bias: false),
            box = Conv2d(16, 4, 3, padding: 1L), score = Conv2d(16, 1, 3, padding: 1L);

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override (Tensor Boxes, Tensor Scores) forward(Tensor x)
        {
            var l = low.forward(x);
            var h = high.forward(l);
            var map = lateralLow.forward(l) + F.interpolate(lateralHigh.forward(h), scale_factor: [2, 2]);
            var boxes = box.forward(map).permute(0, 2, 3, 1).reshape(-1, 4);
            return (boxes, score.forward(map).flatten());
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var pictures = randn(4, 3, 16, 16, device: run.Device);
        var wantedBoxes = rand(4 * 64, 4, device: run.Device);
        var isObject = (rand(4 * 64, device: run.Device) > 0.7).to(ScalarType.Float32);
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), 1e-3);
        const int accumulate = 2;
        optimizer.zero_grad();
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var (boxes, scores) = model.forward(pictures);
            var loss = (F.smooth_l1_loss(boxes, wantedBoxes) + F.binary_cross_entropy_with_logits(scores, isObject)) / accumulate;
            loss.backward();
            if (step % accumulate == 0)
            {
                optimizer.step();
                optimizer.zero_grad();
            }
            run.Log(step, loss.item<float>());
        }
    }
}
