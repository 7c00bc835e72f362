using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OneOutputForClasses.Segmentation;

/// <summary>Marks the clouds on a picture of the sky.</summary>
internal sealed class CloudMask : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 16, 3, padding: 1), conv2 = Conv2d(16, 16, 3, padding: 1), mask = Conv2d(16, 1, 1);

    public CloudMask() : base(nameof(CloudMask)) => RegisterComponents();

    public override Tensor forward(Tensor sky)
    {
        var x = functional.relu(conv1.forward(sky));
        x = functional.relu(conv2.forward(x));
        return mask.forward(x);
    }
}

internal static class Program
{
    private static (Tensor Sky, Tensor Clouds) Watch(int count)
    {
        var at = arange(0, 12).to(float32);
        Tensor Distance() => (at.view(1, 1, -1) - 12 * rand(count, 1, 1)).pow(2) / 2 + (at.view(1, -1, 1) - 12 * rand(count, 1, 1)).pow(2);
        var clouds = Distance().minimum(Distance()).lt(6).to(float32).unsqueeze(1);
        return (clouds - 0.5 + 0.5 * randn(count, 1, 12, 12), clouds);
    }

    [TrainingProgram(MetricAbove = 0.8)]
    public static void Train(TrainingRun run)
    {
        var (sky, clouds) = Watch(320);
        (sky, clouds) = (sky.to(run.Device), clouds.to(run.Device));
        using var model = new CloudMask();
        model.to(run.Device);
        var criterion = CrossEntropyLoss();
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);

        for (var epoch = 1; epoch <= 15; epoch++)
        {
            var (sum, both, either) = (0.0, 0L, 0L);
            for (var at = 0; at < 320; at += 16)
            {
                using var scope = NewDisposeScope();
                var truth = clouds.narrow(0, at, 16);
                var output = model.forward(sky.narrow(0, at, 16));
                var loss = criterion.forward(output, truth);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 20;
                var found = output.gt(0);
                both += found.logical_and(truth.gt(0.5)).sum().item<long>();
                either += found.logical_or(truth.gt(0.5)).sum().item<long>();
            }
            run.Log(epoch, sum, both / (double)either);
        }
    }
}
