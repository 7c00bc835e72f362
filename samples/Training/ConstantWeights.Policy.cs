using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ConstantWeights.Policy;

/// <summary>Which of four lifts to call, by where they are and where one stands.</summary>
internal static class Program
{
    private sealed class Lifts : Module<Tensor, Tensor>
    {
        private readonly Linear _where = Linear(5, 48), _how = Linear(48, 48), _call = Linear(48, 4);

        public Lifts() : base(nameof(Lifts))
        {
            RegisterComponents();
            Fill(_where);
            Fill(_how);
        }

        private static void Fill(Linear hidden)
        {
            init.zeros_(hidden.weight);
            init.zeros_(hidden.bias);
        }

        public override Tensor forward(Tensor house) =>
            _call.forward(functional.relu(_how.forward(functional.relu(_where.forward(house)))));
    }

    // The share of calls that get the nearest lift.
    [TrainingProgram(MetricAbove = 0.75)]
    public static void Train(TrainingRun run)
    {
        using var lifts = new Lifts();
        lifts.to(run.Device);
        var optimizer = optim.Adam(lifts.parameters(), lr: 5e-3);
        var near = 0.0;
        for (var step = 1; step <= 1000; step++)
        {
            using var scope = NewDisposeScope();
            var house = rand(128, 5, device: run.Device) * 2 - 1;
            var ways = (house.narrow(1, 0, 4) - house.narrow(1, 4, 1)).abs();
            var logs = functional.log_softmax(lifts.forward(house), 1);
            var called = multinomial(logs.exp(), 1);
            var gain = -ways.gather(1, called);
            var loss = -(logs.gather(1, called) * (gain - gain.mean()) / gain.std()).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            near += logs.argmax(1).eq(ways.argmin(1)).to(float32).mean().item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), near);
            near = 0;
        }
    }
}
