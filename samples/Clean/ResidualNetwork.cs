using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>A small ResNet: no bias before batch norm, the last norm of a branch starts at zero, projections have no activation.</summary>
public static class ResidualNetwork
{
    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1, conv2;
        private readonly BatchNorm2d norm1, norm2;
        private readonly Module<Tensor, Tensor> shortcut;

        public Block(int from, int to, int stride) : base(nameof(Block))
        {
            conv1 = Conv2d(from, to, 3, stride: stride, padding: 1L, bias: false);
            norm1 = BatchNorm2d(to);
            conv2 = Conv2d(to, to, 3, padding: 1L, bias: false);
            norm2 = BatchNorm2d(to);
            init.zeros_(norm2.weight); // each block starts as an identity
            shortcut = from == to && stride == 1 ? Identity()
                : Sequential(Conv2d(from, to, 1, stride: stride, bias: false), BatchNorm2d(to));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var y = functional.relu(norm1.forward(conv1.forward(x)));
            y = norm2.forward(conv2.forward(y));
            return functional.relu(y + shortcut.forward(x)).MoveToOuterDisposeScope();
        }
    }

    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Sequential stem, stages;
        private readonly Linear head;

        public Network(int classes) : base(nameof(Network))
        {
            stem = Sequential(Conv2d(3, 16, 3, padding: 1L, bias: false), BatchNorm2d(16), ReLU());
            var blocks = new List<Module<Tensor, Tensor>>();
            var channels = 16;
            foreach (var (to, stride) in new[] { (16, 1), (32, 2), (64, 2) })
            {
                blocks.Add(new Block(channels, to, stride));
                channels = to;
            }
            stages = Sequential(blocks);
            head = Linear(64, classes);
            foreach (var module in modules())
                if (module is Conv2d conv) init.kaiming_normal_(conv.weight, mode: init.FanInOut.FanOut,
                    nonlinearity: init.NonlinearityType.ReLU);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            x = stages.forward(stem.forward(x));
            x = functional.adaptive_avg_pool2d(x, 1).flatten(1);
            return head.forward(x);
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var pictures = rand(32, 3, 16, 16, device: run.Device);
        var labels = (pictures.mean([1, 2, 3]) > 0.5).to(ScalarType.Int64);
        using var model = new Network(2);
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), 0.05, momentum: 0.9, weight_decay: 5e-4);
        var schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps);
        for (var step = 1; step <= steps; step++)
        {
            model.train();
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward((pictures - 0.5) / 0.29), labels, label_smoothing: 0.1);
            loss.backward();
            optimizer.step();
            schedule.step();
            run.Log(step, loss.item<float>(), Accuracy(model, (pictures - 0.5) / 0.29, labels));
        }
        model.save(Path.Combine(run.Folder, "resnet.dat")); // the finished weights, to be used and not trained on
    }

    private static double Accuracy(Network model, Tensor pictures, Tensor labels)
    {
        model.eval();
        using var guard = no_grad();
        return (model.forward(pictures).argmax(1) == labels).to(ScalarType.Float32).mean().item<float>();
    }
}
