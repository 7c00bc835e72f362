// A residual network over small pictures, used by Trainer.cs.
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Shapes.Model
{
    public class ResidualBlock : Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1, conv2;
        private readonly BatchNorm2d bn1, bn2;

        public ResidualBlock(string name, long channels) : base(name)
        {
            conv1 = Conv2d(channels, channels, 3, padding: 1);
            bn1 = BatchNorm2d(channels);
            conv2 = Conv2d(channels, channels, 3, padding: 1);
            bn2 = BatchNorm2d(channels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var y = functional.relu(bn1.forward(conv1.forward(x)));
            y = bn2.forward(conv2.forward(y));
            return functional.relu(x + y);
        }
    }

    public class ShapeNet : Module<Tensor, Tensor>
    {
        private readonly Conv2d stem;
        private readonly ModuleList<ResidualBlock> blocks = new ModuleList<ResidualBlock>();
        private readonly Linear head;

        public ShapeNet(int classes, int channels = 16, int depth = 2) : base("shapes")
        {
            stem = Conv2d(1, channels, 3, stride: 2, padding: 1);
            for (int i = 0; i < depth; i++) blocks.Add(new ResidualBlock("block" + i, channels));
            head = Linear(channels, classes);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            x = functional.relu(stem.forward(x));
            foreach (var block in blocks) x = block.forward(x);
            x = functional.adaptive_avg_pool2d(x, 1).flatten(1);
            return head.forward(x);
        }
    }
}
