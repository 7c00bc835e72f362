using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ParameterNeverFilled.Graph;

/// <summary>Passes what neighbours have on, with a weight of its own.</summary>
internal sealed class Neighbours : Module<Tensor, Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    public Neighbours(int from, int to) : base(nameof(Neighbours))
    {
        weight = Parameter(empty(from, to));
        bias = Parameter(zeros(to));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor next) => next.matmul(x.matmul(weight)) + bias;
}

/// <summary>Says how many steps from the well each village is: none, one, two, or more.</summary>
internal sealed class Wells : Module<Tensor, Tensor, Tensor>
{
    private readonly Neighbours near = new(1, 24), far = new(24, 24);
    private readonly Linear steps = Linear(1 + 24 + 24, 4);

    public Wells() : base(nameof(Wells)) => RegisterComponents();

    public override Tensor forward(Tensor well, Tensor roads)
    {
        var one = near.forward(well, roads).relu();
        var two = far.forward(one, roads).relu();
        return steps.forward(cat(new[] { well, one, two }, 2));
    }
}

internal static class Program
{
    private const int Maps = 32, Villages = 12;

    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        using var model = new Wells();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);
        for (var step = 1; step <= 150; step++)
        {
            using var scope = NewDisposeScope();
            var one = rand(Maps, Villages, Villages, device: run.Device).lt(0.15).to(float32).triu(1);
            var roads = one + one.transpose(1, 2);
            var well = zeros(Maps, Villages, 1, device: run.Device);
            well.narrow(1, 0, 1).fill_(1);
            var reached1 = (well + roads.matmul(well)).gt(0).to(float32);
            var reached2 = (reached1 + roads.matmul(reached1)).gt(0).to(float32);
            var distance = (3 - well - reached1 - reached2).squeeze(2).to(int64).flatten();
            var scores = model.forward(well, roads).flatten(0, 1);
            var loss = functional.cross_entropy(scores, distance);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), scores.argmax(1).eq(distance).to(float32).mean().item<float>());
        }
    }
}
