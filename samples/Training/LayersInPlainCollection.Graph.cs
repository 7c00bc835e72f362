using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LayersInPlainCollection.Graph;

/// <summary>Passes what each station knows along the lines, some rounds long.</summary>
internal sealed class Lines : Module<Tensor, Tensor, Tensor>
{
    private const int Size = 16;
    private readonly Linear look, answer;
    private readonly Linear[] rounds;

    public Lines(int far) : base(nameof(Lines))
    {
        look = Linear(1, Size);
        answer = Linear(Size, 1);
        rounds = Enumerable.Range(0, far).Select(_ => Linear(2 * Size, Size)).ToArray();
        RegisterComponents();
    }

    public override Tensor forward(Tensor travellers, Tensor next)
    {
        var known = look.forward(travellers).relu();
        foreach (var round in rounds) known = round.forward(cat(new[] { known, next.matmul(known) }, 2)).relu();
        return answer.forward(known);
    }
}

/// <summary>Says how full each station will be, when people walk on along the lines twice.</summary>
internal static class Program
{
    private const int Maps = 32, Stations = 8;

    // What is counted has a variance of one fifth.
    [TrainingProgram(LossBelow = 0.03)]
    public static void Train(TrainingRun run)
    {
        var model = new Lines(3);
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);
        var average = 1.0;
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var map = rand(Maps, Stations, Stations, device: run.Device).lt(0.3).to(float32);
            var next = map / map.sum(2, keepdim: true).clamp(min: 1);
            var people = randn(Maps, Stations, 1, device: run.Device);
            var counted = (people + 2 * next.matmul(next.matmul(people.abs()))).tanh();
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(people, next), counted);
            loss.backward();
            optimizer.step();
            average = 0.9 * average + 0.1 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, average);
        }
    }
}
