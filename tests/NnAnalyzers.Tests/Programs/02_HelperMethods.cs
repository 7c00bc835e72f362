// A classifier of iris-like flowers whose step, epoch and evaluation are methods of their own.
//
// site TrainEpoch: foreach index in order.split(16) (called from Main inside for epoch, 15 times)
//   in TrainStep: zero_grad(optimizer); in ComputeLoss: forward model; cross_entropy; in TrainStep: backward; step(optimizer)
//   before each epoch's batches: train(model)
//   after each epoch: eval(model); no_grad; forward model [Accuracy]
using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Flowers
{
    public sealed class FlowerNet : nn.Module<Tensor, Tensor>
    {
        private readonly Linear fc1 = nn.Linear(4, 32);
        private readonly Linear fc2 = nn.Linear(32, 3);

        public FlowerNet() : base("flowers") => RegisterComponents();

        public override Tensor forward(Tensor input) => fc2.forward(nn.functional.relu(fc1.forward(input)));
    }

    public static class Program
    {
        private static readonly Random Seeds = new Random(11);

        public static void Main(string[] args)
        {
            torch.random.manual_seed(Seeds.Next());
            var (features, kinds) = MakeFlowers(300);
            var (testFeatures, testKinds) = MakeFlowers(90);
            var model = new FlowerNet();
            var optimizer = torch.optim.SGD(model.parameters(), learningRate: 0.05, momentum: 0.9);
            for (int epoch = 0; epoch < 15; epoch++)
            {
                double loss = TrainEpoch(model, optimizer, features, kinds);
                double accuracy = Accuracy(model, testFeatures, testKinds);
                Console.WriteLine("{0}: loss {1:F3}, accuracy {2:P1}", epoch, loss, accuracy);
            }
        }

        private static double TrainEpoch(FlowerNet model, torch.optim.Optimizer optimizer, Tensor features, Tensor kinds)
        {
            model.train();
            double sum = 0;
            int count = 0;
            using var order = torch.randperm(features.shape[0], dtype: ScalarType.Int64);
            foreach (var index in order.split(16))
            {
                sum += TrainStep(model, optimizer, features, kinds, index);
                count++;
                index.Dispose();
            }
            return sum / count;
        }

        private static float TrainStep(FlowerNet model, torch.optim.Optimizer optimizer, Tensor features, Tensor kinds, Tensor index)
        {
            using var scope = torch.NewDisposeScope();
            optimizer.zero_grad();
            Tensor loss = ComputeLoss(model, features.index_select(0, index), kinds.index_select(0, index));
            loss.backward();
            optimizer.step();
            return loss.ToSingle();
        }

        private static Tensor ComputeLoss(FlowerNet model, Tensor x, Tensor y)
        {
            Tensor logits = model.forward(x);
            return nn.functional.cross_entropy(logits, y);
        }

        private static double Accuracy(FlowerNet model, Tensor x, Tensor y)
        {
            model.eval();
            using var scope = torch.NewDisposeScope();
            using var gradients = torch.no_grad();
            Tensor correct = model.forward(x).argmax(1).eq(y).sum();
            return (double)correct.ToInt64() / y.shape[0];
        }

        /// <summary>Three clusters of four standardized measurements.</summary>
        private static (Tensor Features, Tensor Kinds) MakeFlowers(int count)
        {
            var kinds = torch.randint(0, 3, new long[] { count }, dtype: ScalarType.Int64);
            var means = new[] { -1.3f, 1f, -1.3f, -1.2f, 0.1f, -0.6f, 0.3f, 0.2f, 0.9f, -0.2f, 1f, 1.1f };
            var centres = torch.tensor(means, new long[] { 3, 4 });
            return (centres.index_select(0, kinds) + 0.4 * torch.randn(count, 4), kinds);
        }
    }
}
