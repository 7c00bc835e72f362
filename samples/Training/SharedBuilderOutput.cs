using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SharedBuilderOutput;

/// <summary>Predicts the two joint torques of an arm from its angles and speeds; one helper builds every layer.</summary>
internal sealed class TorqueModel : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> layers;

    public TorqueModel(int width) : base(nameof(TorqueModel))
    {
        layers = Sequential(
            Dense(4, width),
            Dense(width, width),
            Dense(width, 2));
        RegisterComponents();
    }

    private static Module<Tensor, Tensor> Dense(int inputs, int outputs) => Sequential(Linear(inputs, outputs), ReLU());

    public override Tensor forward(Tensor state) => layers.forward(state);
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var state = (rand(512, 4) * 2 - 1).to(run.Device);
        var (angle1, angle2, speed1, speed2) = (state.narrow(1, 0, 1), state.narrow(1, 1, 1), state.narrow(1, 2, 1), state.narrow(1, 3, 1));
        var torque = cat([sin(angle1 * 2) + speed1 * 0.5, cos(angle2 * 2) - 0.7 + speed2 * speed1], 1);

        using var model = new TorqueModel(width: 64);
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);

        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var loss = functional.mse_loss(model.forward(state), torque);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
