using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReductionOverBatch.Policy;

/// <summary>A boat that crosses a river with a current and learns from the end of each trip how to steer.</summary>
internal sealed class Ferryman
{
    private readonly Module<Tensor, Tensor> policy = Sequential(Linear(3, 48), Tanh(), Linear(48, 3), Softmax(0));
    private readonly optim.Optimizer optimizer;
    private readonly List<(float[] State, long Rudder, float Gain)> trips = [];

    public Ferryman(Device device)
    {
        policy.to(device);
        optimizer = optim.Adam(policy.parameters(), lr: 1e-2);
    }

    /// <summary>Crosses once; the gain is how near the boat lands.</summary>
    public float Cross(Random chance, Device device)
    {
        var (across, along, current) = (0f, (float)(chance.NextDouble() * 2 - 1), (float)(chance.NextDouble() - 0.5));
        var steps = new List<(float[] State, long Rudder)>();
        while (across < 1)
        {
            float[] state = [across, along, current];
            long rudder;
            using (no_grad())
            using (NewDisposeScope())
                rudder = multinomial(policy.forward(tensor(state, device: device)), 1).item<long>();
            steps.Add((state, rudder));
            along += 0.2f * (rudder - 1) + 0.1f * current;
            across += 0.1f;
        }
        var gain = -Math.Abs(along);
        trips.AddRange(steps.Select(s => (s.State, s.Rudder, gain)));
        return gain;
    }

    public float Learn(Device device)
    {
        using var scope = NewDisposeScope();
        var states = tensor(trips.SelectMany(t => t.State).ToArray(), new long[] { trips.Count, 3 }, device: device);
        var rudders = tensor(trips.Select(t => t.Rudder).ToArray(), device: device);
        var gains = tensor(trips.Select(t => t.Gain).ToArray(), device: device);
        gains = (gains - gains.mean()) / (gains.std() + 1e-6f);
        var chances = policy.forward(states).gather(1, rudders.unsqueeze(1)).squeeze(1);
        var loss = -((chances + 1e-8f).log() * gains).mean();
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        trips.Clear();
        return loss.item<float>();
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = -0.2)]
    public static void Train(TrainingRun run)
    {
        var chance = new Random(run.Seed);
        var ferryman = new Ferryman(run.Device);
        for (var day = 1; day <= 60; day++)
        {
            var gain = 0f;
            for (var trip = 0; trip < 16; trip++) gain += ferryman.Cross(chance, run.Device) / 16;
            run.Log(day, ferryman.Learn(run.Device), gain);
        }
    }
}
