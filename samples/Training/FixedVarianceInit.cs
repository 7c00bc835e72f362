using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.FixedVarianceInit;

/// <summary>A deep network that predicts the energy of a spring chain from the positions of its masses.</summary>
internal sealed class EnergyModel : Module<Tensor, Tensor>
{
    private readonly ModuleList<Linear> hidden = new();
    private readonly Linear output;

    public EnergyModel(int inputs, int width, int depth) : base(nameof(EnergyModel))
    {
        for (var i = 0; i < depth; i++) hidden.Add(Linear(i == 0 ? inputs : width, width));
        output = Linear(width, 1);
        RegisterComponents();

        foreach (var (name, parameter) in named_parameters())
        {
            init.normal_(parameter, 0, 1);
        }
    }

    public override Tensor forward(Tensor x)
    {
        foreach (var layer in hidden) x = functional.relu(layer.forward(x));
        return output.forward(x);
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var positions = (rand(512, 8) * 2 - 1).to(run.Device);
        var stretch = positions.narrow(1, 1, 7) - positions.narrow(1, 0, 7);
        var energy = stretch.pow(2).sum(1, keepdim: true) * 0.3 - 1.4;

        using var model = new EnergyModel(inputs: 8, width: 64, depth: 6);
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-3);

        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var loss = functional.mse_loss(model.forward(positions), energy);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
