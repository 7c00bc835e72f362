// The step and the evaluation are a lambda and local functions that hold on to model and optimizer.
//
// site RunEpoch: foreach (x, y) in Batches() (local function called from Main inside for epoch, 1 to 10)
//   in the lambda step: zero_grad(optimizer); in the local function LossOf: forward model; MultiLabelSoftMarginLoss;
//   in the lambda step: backward; step(optimizer)
//   before the batches: train(model)
//   after each epoch: eval(model); no_grad; in LossOf: forward model; MultiLabelSoftMarginLoss
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

internal static class Program
{
    private static void Main()
    {
        const int rows = 720, features = 16, tags = 5;
        manual_seed(34);
        var truth = randn(features, tags);
        Tensor inputs = randn(rows + 180, features);
        Tensor labels = (inputs.matmul(truth) + 0.5 * randn(rows + 180, tags)).gt(1).to(float32);

        var model = Sequential(
            ("in", Linear(features, 48)),
            ("act1", Mish()),
            ("drop", Dropout(0.1)),
            ("out", Linear(48, tags)));
        var criterion = MultiLabelSoftMarginLoss();
        var optimizer = optim.NAdam(model.parameters(), lr: 2e-3);

        Tensor LossOf(Tensor x, Tensor y) => criterion.forward(model.forward(x), y);

        Func<Tensor, Tensor, float> step = (x, y) =>
        {
            optimizer.zero_grad();
            var loss = LossOf(x, y);
            loss.backward();
            optimizer.step();
            return loss.item<float>();
        };

        IEnumerable<(Tensor X, Tensor Y)> Batches()
        {
            var order = randperm(rows);
            foreach (var index in order.split(24))
                yield return (inputs.index_select(0, index), labels.index_select(0, index));
        }

        double RunEpoch()
        {
            using var scope = NewDisposeScope();
            model.train();
            var losses = new List<float>();
            foreach (var (x, y) in Batches()) losses.Add(step(x, y));
            return losses.Average();
        }

        double Evaluate()
        {
            using var scope = NewDisposeScope();
            using var guard = no_grad();
            model.eval();
            return LossOf(inputs[rows..], labels[rows..]).item<float>();
        }

        for (var epoch = 1; epoch <= 10; epoch++)
        {
            var (loss, test) = (RunEpoch(), Evaluate());
            Console.WriteLine($"epoch {epoch,2}: {loss:F4} {test:F4}");
        }
    }
}
