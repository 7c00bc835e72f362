using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.CaseStudy;

/// <summary>How the weights are drawn.</summary>
internal enum Weights { Standard, VarianceScaled }

/// <summary>Convolutions of 64 filters, max pooling between them down to 4 × 4, and a linear layer: one number from one picture.</summary>
internal sealed class Network : Module<Tensor, Tensor>
{
    private readonly ModuleList<Module<Tensor, Tensor>> layers = new();
    private readonly Linear head;

    public Network(int size, int depth, Weights weights, bool normalize) : base(nameof(Network))
    {
        for (var i = 0; i < depth; i++)
        {
            if (i > 0 && size > 4)
            {
                layers.Add(MaxPool2d(2));
                size /= 2;
            }
            var convolution = Conv2d(i == 0 ? 1 : 64, 64, 3, padding: 1L);
            Draw(convolution.weight!, convolution.bias!, weights);
            layers.Add(convolution);
            if (normalize) layers.Add(BatchNorm2d(64));
            layers.Add(ReLU());
        }
        head = Linear(64 * size * size, 1);
        Draw(head.weight!, head.bias!, weights);
        RegisterComponents();
    }

    private static void Draw(Tensor weight, Tensor bias, Weights weights)
    {
        if (weights == Weights.Standard) init.normal_(weight);
        else init.kaiming_normal_(weight, nonlinearity: init.NonlinearityType.ReLU);
        init.zeros_(bias);
    }

    public override Tensor forward(Tensor x)
    {
        foreach (var layer in layers) x = layer.call(x);
        return head.forward(x.flatten(1));
    }
}

/// <summary>
/// Pictures of a bright spot whose brightness goes from 0 to 1.4e8, on a weak background, and where
/// the spot is, as a number in 0..1. On a CPU they are 16 × 16, on CUDA 64 × 64.
/// </summary>
internal sealed class Pictures
{
    public Pictures(TrainingRun run, int count)
    {
        Size = run.Device.type == DeviceType.CUDA ? 64 : 16;
        var (x, y) = (rand(count, 1, 1), rand(count, 1, 1));
        var brightness = rand(count, 1, 1) * 1.4e8;
        var (column, row) = (linspace(0, 1, Size).view(1, 1, Size), linspace(0, 1, Size).view(1, Size, 1));
        var spot = exp(-((column - x).pow(2) + (row - y).pow(2)) / 0.02);
        Values = (brightness * (spot + 0.01 * rand(count, Size, Size))).unsqueeze(1).to(run.Device);
        Answers = x.view(count, 1).to(run.Device);
    }

    public int Size { get; }
    public Tensor Values { get; }
    public Tensor Answers { get; }

    /// <summary>A wide range made narrow: what is small stays, what is large goes to 1.</summary>
    public Tensor Squashed => tanh(Values / 1e8);
}
