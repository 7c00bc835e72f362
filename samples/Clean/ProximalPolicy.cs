using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// PPO: hidden tanh as is usual there, a bounded mean of the policy, a value of one number, ratios that are clipped on purpose.
/// </summary>
public static class ProximalPolicy
{
    private sealed class ActorCritic : Module<Tensor, (Tensor Mean, Tensor Value)>
    {
        private readonly Sequential body = Sequential(Linear(6, 32), Tanh(), Linear(32, 32), Tanh());
        private readonly Linear mean = Linear(32, 2), value = Linear(32, 1);
        private readonly Parameter logDeviation = Parameter(zeros(2));

        public ActorCritic() : base(nameof(ActorCritic))
        {
            foreach (var layer in body.modules().OfType<Linear>())
            {
                init.orthogonal_(layer.weight, Math.Sqrt(2));
                init.zeros_(layer.bias);
            }
            init.orthogonal_(mean.weight, 0.01);
            RegisterComponents();
        }

        public override (Tensor Mean, Tensor Value) forward(Tensor state)
        {
            var h = body.forward(state);
            return (mean.forward(h).tanh(), value.forward(h).squeeze(-1));
        }

        /// <summary>Log-probability of actions, for each state.</summary>
        public Tensor LogProbability(Tensor mean, Tensor action) =>
            (-0.5 * ((action - mean) / logDeviation.exp()).pow(2) - logDeviation - 0.5 * Math.Log(2 * Math.PI)).sum(-1);
    }

    public static void Train(TrainingRun run, int steps)
    {
        using var model = new ActorCritic();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 3e-4, eps: 1e-5);
        var states = randn(64, 6, device: run.Device);
        Tensor actions, before, rewards;
        using (no_grad())
        {
            var (mean, _) = model.forward(states);
            actions = mean + randn_like(mean);
            before = model.LogProbability(mean, actions);
            rewards = -(actions - states.narrow(1, 0, 2)).pow(2).sum(-1);
        }
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var (mean, value) = model.forward(states);
            var advantage = (rewards - value).detach();
            advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8);
            var ratio = (model.LogProbability(mean, actions) - before).exp();
            var policy = -minimum(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage).mean();
            var loss = policy + 0.5 * functional.mse_loss(value, rewards);
            optimizer.zero_grad();
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 0.5);
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
