// Small batches whose gradients are added up over four before the optimizer steps.
//
// site Main: foreach batch in loader (inside for epoch, 8 times)
//   forward net; CrossEntropyLoss, divided by 4; backward; every 4th batch and at the last: step(optimizer); zero_grad(optimizer)
//   before the batches: train(net); zero_grad(optimizer)
using System;
using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.utils.data;

public class Textures : Dataset
{
    private readonly Tensor images, labels;

    public Textures(int count)
    {
        labels = randint(0, 5, count, dtype: int64);
        var stripes = arange(24, dtype: float32).view(1, 1, 1, 24) * (labels.to(float32).view(count, 1, 1, 1) + 1) * 0.3;
        images = stripes.sin().expand(count, 3, 24, 24) + 0.5 * randn(count, 3, 24, 24);
        var (mean, std) = (images.mean(), images.std());
        images = (images - mean) / std;
    }

    public override long Count => labels.shape[0];

    public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["image"] = images[index], ["label"] = labels[index] };

    protected override void Dispose(bool disposing)
    {
        if (disposing) { images.Dispose(); labels.Dispose(); }
        base.Dispose(disposing);
    }
}

public static class Program
{
    private const int AccumulationSteps = 4;

    public static void Main()
    {
        manual_seed(2024);
        using var dataset = new Textures(240);
        using var loader = DataLoader(dataset, batchSize: 8, shuffle: true);
        var net = Sequential(
            Conv2d(3, 16, 3, padding: 1), ReLU(), MaxPool2d(2),
            Conv2d(16, 32, 3, padding: 1), ReLU(), AdaptiveAvgPool2d(1),
            Flatten(), Linear(32, 5));
        var criterion = CrossEntropyLoss();
        var optimizer = optim.SGD(net.parameters(), learningRate: 0.05, momentum: 0.9, nesterov: true);

        for (var epoch = 0; epoch < 8; epoch++)
        {
            net.train();
            optimizer.zero_grad();
            var batchNumber = 0;
            var runningLoss = 0f;
            foreach (var batch in loader)
            {
                using var scope = NewDisposeScope();
                var output = net.forward(batch["image"]);
                var loss = criterion.forward(output, batch["label"]) / AccumulationSteps;
                loss.backward();
                runningLoss += loss.item<float>() * AccumulationSteps;

                batchNumber++;
                if (batchNumber % AccumulationSteps == 0 || batchNumber == loader.Count)
                {
                    optimizer.step();
                    optimizer.zero_grad();
                }
            }
            Console.WriteLine($"epoch {epoch}: {runningLoss / batchNumber:F4}");
        }
    }
}
