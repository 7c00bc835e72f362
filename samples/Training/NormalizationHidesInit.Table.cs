using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NormalizationHidesInit.Table;

/// <summary>Predicts the strength of concrete from what it is mixed of and how old it is.</summary>
internal sealed class ConcreteNet : Module<Tensor, Tensor>
{
    private readonly Linear fc1 = Linear(8, 64), fc2 = Linear(64, 64), fc3 = Linear(64, 64), strength = Linear(64, 1);
    private readonly BatchNorm1d norm1 = BatchNorm1d(64), norm2 = BatchNorm1d(64), norm3 = BatchNorm1d(64);

    public ConcreteNet() : base(nameof(ConcreteNet))
    {
        RegisterComponents();
#pragma warning disable NN2001 // The layers are normalized, so their scale does not matter.
        foreach (var module in modules())
            if (module is Linear linear) init.normal_(linear.weight, 0, 1);
#pragma warning restore NN2001
    }

    public override Tensor forward(Tensor mix)
    {
        var x = functional.relu(norm1.forward(fc1.forward(mix)));
        x = functional.relu(norm2.forward(fc2.forward(x)));
        x = functional.relu(norm3.forward(fc3.forward(x)));
        return strength.forward(x);
    }
}

internal static class Program
{
    private static (Tensor Mix, Tensor Strength) Samples(int count)
    {
        var mix = randn(count, 8);
        Tensor Column(int i) => mix.narrow(1, i, 1);
        return (mix, Column(0) * 0.5f - Column(1) * Column(2) * 0.5f + Column(3).sin() + Column(4).abs() * 0.5f);
    }

    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var (mix, strength) = Samples(2048);
        var (testMix, testStrength) = Samples(512);
        (mix, strength, testMix, testStrength) =
            (mix.to(run.Device), strength.to(run.Device), testMix.to(run.Device), testStrength.to(run.Device));
        using var model = new ConcreteNet();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        for (var step = 1; step <= 800; step++)
        {
            using var scope = NewDisposeScope();
            model.train();
            var rows = randint(0, 2048, 64, device: run.Device);
            optimizer.zero_grad();
            functional.mse_loss(model.forward(mix.index_select(0, rows)), strength.index_select(0, rows)).backward();
            optimizer.step();
            if (step % 25 != 0) continue;
            using var _ = no_grad();
            model.eval();
            run.Log(step, functional.mse_loss(model.forward(testMix), testStrength).item<float>());
        }
    }
}
