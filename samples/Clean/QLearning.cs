using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// DQN with a target network and a replay memory: the target's values are made without gradients, one action's value is gathered.
/// </summary>
public static class QLearning
{
    private static Sequential Network() => Sequential(
        ("hidden1", Linear(4, 48)), ("relu1", ReLU()),
        ("hidden2", Linear(48, 48)), ("relu2", ReLU()),
        ("values", Linear(48, 3)));

    public static void Train(TrainingRun run, int steps)
    {
        using var model = Network().to(run.Device);
        using var target = Network().to(run.Device);
        target.load_state_dict(model.state_dict());
        target.eval();
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        var memory = new List<(Tensor State, int Action, float Reward, Tensor Next)>();
        var random = new Random(run.Seed);
        for (var i = 0; i < 64; i++) memory.Add((randn(4), random.Next(3), (float)random.NextDouble(), randn(4)));
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var batch = Enumerable.Range(0, 16).Select(_ => memory[random.Next(memory.Count)]).ToList();
            var states = stack(batch.Select(b => b.State)).to(run.Device);
            var next = stack(batch.Select(b => b.Next)).to(run.Device);
            var actions = tensor(batch.Select(b => (long)b.Action).ToArray(), device: run.Device).unsqueeze(1);
            var rewards = tensor(batch.Select(b => b.Reward).ToArray(), device: run.Device);
            Tensor wanted;
            using (no_grad()) wanted = rewards + 0.99 * target.forward(next).max(1).values;
            var chosen = model.forward(states).gather(1, actions).squeeze(1);
            var loss = functional.smooth_l1_loss(chosen, wanted);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 20 == 0) target.load_state_dict(model.state_dict());
            run.Log(step, loss.item<float>());
        }
    }
}
