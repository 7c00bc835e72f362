using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.FixedVarianceInit.Autoencoder;

/// <summary>A layer written by hand, as in the textbook.</summary>
internal sealed class Dense : Module<Tensor, Tensor>
{
    private readonly Parameter weight, bias;

    public Dense(int inputs, int outputs) : base(nameof(Dense))
    {
        weight = Parameter(randn(inputs, outputs));
        bias = Parameter(zeros(outputs));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => x.matmul(weight) + bias;
}

/// <summary>Squeezes the spectrum of a star, 32 colours, into eight numbers and draws it again from these.</summary>
internal sealed class SpectrumCode : Module<Tensor, Tensor>
{
    private readonly Dense wide = new(32, 64), code = new(64, 8), open = new(8, 64), spectrum = new(64, 32);

    public SpectrumCode() : base(nameof(SpectrumCode)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = code.forward(wide.forward(x).relu());
        return spectrum.forward(open.forward(x).relu());
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        // Three lines of random strength, each a little shifted.
        var colours = arange(0, 32).to(float32).view(1, 1, -1);
        var places = tensor(new[] { 6f, 15f, 25f }).view(1, -1, 1) + 2 * (rand(512, 3, 1) - 0.5);
        var lines = (rand(512, 3, 1) * (-((colours - places) / 2.5).pow(2)).exp()).sum(1);
        var spectra = ((lines - lines.mean()) / lines.std()).to(run.Device);

        using var model = new SpectrumCode();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            var batch = spectra.index_select(0, randint(0, 512, new long[] { 64 }, device: run.Device));
            var loss = functional.mse_loss(model.forward(batch), batch);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
