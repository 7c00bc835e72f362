// Advantage actor-critic: the policy and the value are two networks, with a loss and an optimizer each.
//
// site Update: called once a rollout (from Main inside for iteration, 40 times)
//   forward critic; mse_loss; zero_grad(criticOptimizer); backward; step(criticOptimizer);
//   forward actor; policy loss with the detached advantage and an entropy bonus; zero_grad(actorOptimizer); backward; step(actorOptimizer)
//   each rollout before Update: no_grad; forward actor
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

/// <summary>Sixteen points in the plane at once, each drawn to the origin by the policy's pushes along two axes.</summary>
internal sealed class PointWorld
{
    public const int Count = 16, Actions = 4;
    private static readonly float[] Pushes = { 0.1f, 0f, -0.1f, 0f, 0f, 0.1f, 0f, -0.1f };

    public static Tensor Start() => rand(Count, 2) * 2 - 1;

    public static (Tensor State, Tensor Reward) Step(Tensor state, Tensor action)
    {
        var moved = state + tensor(Pushes).view(Actions, 2).index_select(0, action);
        return (moved.clamp(-1, 1), state.norm(1) - moved.norm(1));
    }
}

internal sealed record Rollout(Tensor States, Tensor Actions, Tensor Returns);

internal sealed class ActorCritic
{
    private readonly Module<Tensor, Tensor> actor = Sequential(Linear(2, 64), Tanh(), Linear(64, PointWorld.Actions));
    private readonly Module<Tensor, Tensor> critic = Sequential(Linear(2, 64), Tanh(), Linear(64, 1));
    private readonly optim.Optimizer actorOptimizer;
    private readonly optim.Optimizer criticOptimizer;

    public ActorCritic()
    {
        actorOptimizer = optim.Adam(actor.parameters(), lr: 3e-3);
        criticOptimizer = optim.Adam(critic.parameters(), lr: 1e-2);
    }

    public Rollout Collect(int length, double gamma)
    {
        using var guard = no_grad();
        var states = new Tensor[length];
        var actions = new Tensor[length];
        var returns = new Tensor[length];
        var state = PointWorld.Start();
        for (var t = 0; t < length; t++)
        {
            states[t] = state;
            actions[t] = multinomial(F.softmax(actor.forward(state), 1), 1).squeeze(1);
            (state, returns[t]) = PointWorld.Step(state, actions[t]);
        }
        for (var t = length - 2; t >= 0; t--) returns[t] = returns[t] + gamma * returns[t + 1];
        return new Rollout(cat(states, 0), cat(actions, 0), cat(returns, 0));
    }

    public (float Policy, float Value) Update(Rollout rollout)
    {
        var values = critic.forward(rollout.States).squeeze(1);
        var valueLoss = F.mse_loss(values, rollout.Returns);
        criticOptimizer.zero_grad();
        valueLoss.backward();
        criticOptimizer.step();

        var advantages = (rollout.Returns - values).detach();
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8);
        var logProbabilities = F.log_softmax(actor.forward(rollout.States), 1);
        var chosen = logProbabilities.gather(1, rollout.Actions.unsqueeze(1)).squeeze(1);
        var entropy = -(logProbabilities.exp() * logProbabilities).sum(1).mean();
        var policyLoss = -(chosen * advantages).mean() - 0.01 * entropy;
        actorOptimizer.zero_grad();
        policyLoss.backward();
        actorOptimizer.step();
        return (policyLoss.item<float>(), valueLoss.item<float>());
    }
}

internal static class Program
{
    private static void Main()
    {
        manual_seed(9);
        var learner = new ActorCritic();
        foreach (var iteration in Enumerable.Range(0, 40))
        {
            using var scope = NewDisposeScope();
            var rollout = learner.Collect(length: 20, gamma: 0.95);
            var (policy, value) = learner.Update(rollout);
            if (iteration % 10 != 9) continue;
            var gained = rollout.Returns.mean().item<float>();
            Console.WriteLine($"{iteration + 1}: policy {policy:F3}, value {value:F3}, return {gained:F3}");
        }
    }
}
