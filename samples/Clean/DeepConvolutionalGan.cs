using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// DCGAN: the generator ends in tanh since pictures lie between −1 and 1,
/// weights start from N(0, 0.02) as its paper says, the fake batch is detached.
/// </summary>
public static class DeepConvolutionalGan
{
    private static Sequential Generator() => Sequential(
        ConvTranspose2d(16, 32, 4, bias: false), BatchNorm2d(32), ReLU(),
        ConvTranspose2d(32, 16, 4, stride: 2, padding: 1, bias: false), BatchNorm2d(16), ReLU(),
        ConvTranspose2d(16, 1, 4, stride: 2, padding: 1), Tanh());

    private static Sequential Discriminator() => Sequential(
        Conv2d(1, 16, 4, stride: 2, padding: 1L), LeakyReLU(0.2),
        Conv2d(16, 32, 4, stride: 2, padding: 1L, bias: false), BatchNorm2d(32), LeakyReLU(0.2),
        Conv2d(32, 1, 4), Flatten());

    private static void Initialize(Module module)
    {
        switch (module)
        {
            case Conv2d conv: init.normal_(conv.weight, 0, 0.02); break;
            case ConvTranspose2d conv: init.normal_(conv.weight, 0, 0.02); break;
            case BatchNorm2d norm:
                init.normal_(norm.weight, 1, 0.02);
                init.zeros_(norm.bias);
                break;
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var real = rand(16, 1, 16, 16, device: run.Device) * 2 - 1;
        using var generator = Generator();
        using var discriminator = Discriminator();
        generator.apply(Initialize);
        discriminator.apply(Initialize);
        generator.to(run.Device);
        discriminator.to(run.Device);
        var (optimizerG, optimizerD) = (optim.Adam(generator.parameters(), 2e-4, beta1: 0.5),
            optim.Adam(discriminator.parameters(), 2e-4, beta1: 0.5));
        var loss = BCEWithLogitsLoss();
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var noise = randn(16, 16, 1, 1, device: run.Device);
            var fake = generator.forward(noise);

            optimizerD.zero_grad();
            var onReal = loss.forward(discriminator.forward(real), ones(16, 1, device: run.Device));
            var onFake = loss.forward(discriminator.forward(fake.detach()), zeros(16, 1, device: run.Device));
            (onReal + onFake).backward();
            optimizerD.step();

            optimizerG.zero_grad();
            var fooled = loss.forward(discriminator.forward(fake), ones(16, 1, device: run.Device));
            fooled.backward();
            optimizerG.step();
            run.Log(step, fooled.item<float>());
        }
    }
}
