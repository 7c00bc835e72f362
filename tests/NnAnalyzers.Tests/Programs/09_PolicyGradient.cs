// REINFORCE: an episode is played, its returns are discounted and normalized, then the policy steps once.
//
// site Run: for episode, 1 to 300
//   in Play, for move, at most 100: forward policy; multinomial
//   loss -(log probability * return).mean; zero_grad(optimizer); backward; step(optimizer)
//   before: train(policy)
//   after: eval(policy); no_grad; in Play: forward policy
using System;
using System.Collections.Generic;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Balance;

/// <summary>A pole on a cart, reduced to angle and angular speed.</summary>
public sealed class Pole
{
    private readonly Random random = new(4);
    private double angle, speed;

    public float[] Reset()
    {
        angle = random.NextDouble() * 0.1 - 0.05;
        speed = 0;
        return State;
    }

    private float[] State => new[] { (float)(angle / 0.2), (float)(speed / 1.5) };

    public (float[] State, double Reward, bool Fallen) Push(bool right)
    {
        speed += 0.05 * (15 * Math.Sin(angle) + (right ? 3 : -3));
        angle += 0.05 * speed;
        return (State, 1, Math.Abs(angle) > 0.2);
    }
}

public sealed class Policy : nn.Module<Tensor, Tensor>
{
    private readonly Linear hidden = nn.Linear(2, 32);
    private readonly Linear actions = nn.Linear(32, 2);

    public Policy() : base("policy") => RegisterComponents();

    public override Tensor forward(Tensor state)
    {
        var h = nn.functional.tanh(hidden.forward(state));
        return nn.functional.log_softmax(actions.forward(h), 1);
    }
}

public static class Reinforce
{
    public static void Main() => Run(episodes: 300);

    private static void Run(int episodes)
    {
        torch.manual_seed(4);
        var pole = new Pole();
        var policy = new Policy();
        var optimizer = torch.optim.Adam(policy.parameters(), lr: 1e-2);
        policy.train();
        for (var episode = 1; episode <= episodes; episode++)
        {
            using var scope = torch.NewDisposeScope();
            var (logProbabilities, rewards) = Play(pole, policy);
            var returns = Returns(rewards, 0.98);
            var loss = -(torch.stack(logProbabilities) * returns).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (episode % 50 == 0) Console.WriteLine($"{episode}: stood {rewards.Count} moves");
        }

        policy.eval();
        using (torch.no_grad())
        using (torch.NewDisposeScope())
            Console.WriteLine($"at the end: {Play(pole, policy).Rewards.Count} moves");
    }

    private static (List<Tensor> LogProbabilities, List<double> Rewards) Play(Pole pole, Policy policy)
    {
        var chosen = new List<Tensor>();
        var rewards = new List<double>();
        var state = pole.Reset();
        for (var move = 0; move < 100; move++)
        {
            var logits = policy.forward(torch.tensor(state).unsqueeze(0));
            var action = torch.multinomial(logits.exp(), 1);
            chosen.Add(logits.gather(1, action).squeeze());
            (state, var reward, var fallen) = pole.Push(action.item<long>() == 1);
            rewards.Add(reward);
            if (fallen) break;
        }
        return (chosen, rewards);
    }

    private static Tensor Returns(List<double> rewards, double gamma)
    {
        var returns = new float[rewards.Count];
        var sum = 0.0;
        for (var i = rewards.Count - 1; i >= 0; i--) returns[i] = (float)(sum = rewards[i] + gamma * sum);
        var tensor = torch.tensor(returns);
        return (tensor - tensor.mean()) / (tensor.std() + 1e-6);
    }
}
