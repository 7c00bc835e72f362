// Deep Q-learning on a corridor with a replay buffer and a target network.
//
// site Learn: called once a move (from Main inside while the episode lasts, inside for episode, 60 times)
//   return while the buffer is small;
//   forward online; gather; no_grad; forward target; smooth_l1_loss; zero_grad(optimizer); backward; clip(online); step(optimizer)
//   every 100th: load_state_dict(target) from online
//   before: load_state_dict(target); eval(target)
//   each move before Learn: no_grad; forward online
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

record struct Transition(float[] State, long Action, float Reward, float[] Next, bool Done);

/// <summary>Walk from the left end of ten cells to the right one; a step costs a little. Observations lie between -1 and 1.</summary>
class Corridor
{
    const int Cells = 10;
    int at, moves;

    public float[] Reset() { at = 0; moves = 0; return Observe(); }
    float[] Observe() => new[] { 2f * at / (Cells - 1) - 1, at == 0 ? 1f : -1f };

    public (float[] State, float Reward, bool Done) Step(long action)
    {
        at = Math.Max(0, at + (action == 1 ? 1 : -1));
        return at == Cells - 1 ? (Observe(), 1f, true) : (Observe(), -0.02f, ++moves >= 40);
    }
}

class QNetwork : Module<Tensor, Tensor>
{
    readonly Module<Tensor, Tensor> layers = Sequential(Linear(2, 32), ReLU(), Linear(32, 32), ReLU(), Linear(32, 2));
    public QNetwork() : base("q") => RegisterComponents();
    public override Tensor forward(Tensor state) => layers.forward(state);
}

class Agent
{
    const int BatchSize = 32, SyncEvery = 100;
    const float Gamma = 0.97f;
    readonly Random dice = new(1);
    readonly List<Transition> memory = new();
    readonly QNetwork online = new(), target = new();
    readonly optim.Optimizer optimizer;
    int learned;

    public Agent()
    {
        target.load_state_dict(online.state_dict());
        target.eval();
        optimizer = optim.Adam(online.parameters(), lr: 1e-3);
    }

    public long Act(float[] state, double epsilon)
    {
        if (dice.NextDouble() < epsilon) return dice.Next(2);
        using var scope = NewDisposeScope();
        using (no_grad()) return online.forward(tensor(state).unsqueeze(0)).argmax(1).item<long>();
    }

    public void Remember(Transition t) => memory.Add(t);

    public void Learn()
    {
        if (memory.Count < BatchSize * 4) return;
        using var scope = NewDisposeScope();
        var batch = Enumerable.Range(0, BatchSize).Select(_ => memory[dice.Next(memory.Count)]).ToArray();
        var states = tensor(batch.SelectMany(t => t.State).ToArray()).view(BatchSize, 2);
        var next = tensor(batch.SelectMany(t => t.Next).ToArray()).view(BatchSize, 2);
        var actions = tensor(batch.Select(t => t.Action).ToArray()).unsqueeze(1);
        var rewards = tensor(batch.Select(t => t.Reward).ToArray());
        var alive = tensor(batch.Select(t => t.Done ? 0f : 1f).ToArray());
        var q = online.forward(states).gather(1, actions).squeeze(1);
        Tensor goal;
        using (no_grad()) goal = rewards + Gamma * alive * target.forward(next).amax(new long[] { 1 });
        var loss = functional.smooth_l1_loss(q, goal);

        optimizer.zero_grad();
        loss.backward();
        nn.utils.clip_grad_norm_(online.parameters(), 10);
        optimizer.step();
        if (++learned % SyncEvery == 0) target.load_state_dict(online.state_dict());
    }
}

static class Program
{
    static void Main()
    {
        manual_seed(1);
        var (world, agent) = (new Corridor(), new Agent());
        for (var episode = 0; episode < 60; episode++)
        {
            var (state, total, done) = (world.Reset(), 0f, false);
            while (!done)
            {
                var action = agent.Act(state, epsilon: Math.Max(0.05, 1 - episode / 30.0));
                (var next, var reward, done) = world.Step(action);
                agent.Remember(new(state, action, reward, next, done && reward > 0));
                agent.Learn();
                (state, total) = (next, total + reward);
            }
            if (episode % 10 == 9) Console.WriteLine($"episode {episode + 1}: {total:F2}");
        }
    }
}
