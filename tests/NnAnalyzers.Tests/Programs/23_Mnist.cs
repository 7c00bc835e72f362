// Handwritten digits from MNIST's own files, read by a data set of one's own.
//
// site Train: foreach data in loader (called from Main inside for epoch, 1 to 2)
//   zero_grad(optimizer); forward model; nll_loss; backward; step(optimizer)
//   before the batches: train(model)
//   after each epoch: eval(model); no_grad; foreach data in loader: forward model; nll_loss
//   after the epochs: save(model)
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

internal sealed class MnistDataset : torch.utils.data.Dataset
{
    private const int Side = 28;
    private readonly byte[] images, labels;

    public MnistDataset(string folder, bool train)
    {
        var part = train ? "train" : "t10k";
        images = File.ReadAllBytes(Path.Combine(folder, part + "-images-idx3-ubyte"));
        labels = File.ReadAllBytes(Path.Combine(folder, part + "-labels-idx1-ubyte"));
        Count = BinaryPrimitives.ReadInt32BigEndian(labels.AsSpan(4));
    }

    public override long Count { get; }

    public override Dictionary<string, Tensor> GetTensor(long index)
    {
        var pixels = new float[Side * Side];
        var start = 16 + (int)index * Side * Side;
        // Mean and standard deviation of the training pictures.
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (images[start + i] / 255f - 0.1307f) / 0.3081f;
        return new() { ["image"] = tensor(pixels, new long[] { 1, Side, Side }), ["label"] = tensor((long)labels[8 + index]) };
    }
}

internal sealed class Model : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv1 = Conv2d(1, 16, 3), conv2 = Conv2d(16, 32, 3);
    private readonly Module<Tensor, Tensor> dropout1 = Dropout(0.25), dropout2 = Dropout(0.5);
    private readonly Module<Tensor, Tensor> fc1 = Linear(32 * 12 * 12, 64), fc2 = Linear(64, 10);

    public Model() : base("mnist") => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var x = relu(conv2.forward(relu(conv1.forward(input))));
        x = dropout1.forward(max_pool2d(x, 2));
        x = relu(fc1.forward(x.flatten(1)));
        return log_softmax(fc2.forward(dropout2.forward(x)), 1);
    }
}

internal static class Program
{
    private static void Main(string[] args)
    {
        var folder = args.Length > 0 ? args[0] : "mnist";
        var device = cuda.is_available() ? CUDA : CPU;
        manual_seed(1);
        using var train = torch.utils.data.DataLoader(new MnistDataset(folder, train: true), 64, shuffle: true, device: device);
        using var test = torch.utils.data.DataLoader(new MnistDataset(folder, train: false), 256, device: device);
        using var model = new Model().to(device);
        using var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            Train(model, optimizer, train, epoch);
            Test(model, test);
        }
        model.save("mnist.model.bin");
    }

    private static void Train(Model model, optim.Optimizer optimizer, DataLoader loader, int epoch)
    {
        model.train();
        var batchId = 0;
        foreach (var data in loader)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var output = model.forward(data["image"]);
            var loss = nll_loss(output, data["label"]);
            loss.backward();
            optimizer.step();
            if (++batchId % 5 == 0) Console.WriteLine($"epoch {epoch} [{batchId}/{loader.Count}] loss {loss.ToSingle():F4}");
        }
    }

    private static void Test(Model model, DataLoader loader)
    {
        model.eval();
        using var noGrad = no_grad();
        double loss = 0, correct = 0, count = 0;
        foreach (var data in loader)
        {
            using var scope = NewDisposeScope();
            var output = model.forward(data["image"]);
            loss += nll_loss(output, data["label"], reduction: Reduction.Sum).ToDouble();
            correct += output.argmax(1).eq(data["label"]).sum().ToInt64();
            count += output.shape[0];
        }
        Console.WriteLine($"test: loss {loss / count:F4}, accuracy {correct / count:P1}");
    }
}
