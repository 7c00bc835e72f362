using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OneModuleTwoRoles.Value;

/// <summary>Learns what a state of a machine is worth from its steps, with a slow copy that says what the next state is worth.</summary>
internal sealed class Worth : Module<Tensor, Tensor>
{
    private readonly Linear see = Linear(6, 64), weigh = Linear(64, 64), worth = Linear(64, 1);

    public Worth() : base(nameof(Worth)) => RegisterComponents();

    public override Tensor forward(Tensor state) => worth.forward(weigh.forward(see.forward(state).relu()).relu());
}

internal static class Program
{
    private const double Discount = 0.95;

    // Squared error of the values, as a part of their variance.
    [TrainingProgram(LossBelow = 0.2)]
    public static void Train(TrainingRun run)
    {
        var turn = Turn(run.Device);
        var gain = randn(6, device: run.Device);
        var states = randn(512, 6, device: run.Device);
        var truth = Follow(states, turn, gain);

        var value = new Worth();
        var slow = value;
        value.to(run.Device);
        slow.to(run.Device);
        var optimizer = optim.Adam(value.parameters(), lr: 1e-3);
        for (var step = 1; step <= 1500; step++)
        {
            using var scope = NewDisposeScope();
            var now = randn(128, 6, device: run.Device);
            Tensor goal;
            using (no_grad()) goal = Gain(now, gain) + Discount * slow.forward(now.matmul(turn));
            var loss = functional.mse_loss(value.forward(now), goal);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 50 != 0) continue;
            slow.load_state_dict(value.state_dict());
            using var _ = no_grad();
            run.Log(step, functional.mse_loss(value.forward(states), truth).item<float>() / truth.var().item<float>());
        }
    }

    /// <summary>A turn of the state that loses a little.</summary>
    private static Tensor Turn(Device device)
    {
        var angles = randn(6, 6, device: device);
        return 0.97 * (angles - angles.transpose(0, 1)).mul(0.3).matrix_exp();
    }

    private static Tensor Gain(Tensor state, Tensor gain) => state.matmul(gain).tanh().unsqueeze(1);

    private static Tensor Follow(Tensor state, Tensor turn, Tensor gain)
    {
        var (sum, weight) = (zeros(state.shape[0], 1, device: state.device), 1.0);
        for (var step = 0; step < 150; step++, weight *= Discount, state = state.matmul(turn)) sum = sum + weight * Gain(state, gain);
        return sum;
    }
}
