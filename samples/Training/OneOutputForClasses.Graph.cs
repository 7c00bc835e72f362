using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OneOutputForClasses.Graph;

/// <summary>Tells whether anyone in a group of eight knows five of the others or more.</summary>
internal sealed class CircleNet : Module<Tensor, Tensor>
{
    private readonly Linear self = Linear(1, 32), friends = Linear(32, 32), answer = Linear(32, 1);

    public CircleNet() : base(nameof(CircleNet)) => RegisterComponents();

    public override Tensor forward(Tensor acquainted)
    {
        var people = self.forward(acquainted.mean(new[] { 2L }, keepdim: true)).relu();
        people = (people + friends.forward(acquainted.matmul(people) / 8)).relu();
        return answer.forward(people.amax(new[] { 1L }));
    }
}

internal static class Program
{
    private sealed record Options(int Steps, int Groups, double Rate);

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var options = new Options(Steps: 400, Groups: 64, Rate: 3e-3);
        using var model = new CircleNet();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: options.Rate);

        var right = 0f;
        for (var step = 1; step <= options.Steps; step++)
        {
            using var scope = NewDisposeScope();
            var one = rand(options.Groups, 8, 8, device: run.Device).lt(0.4).to(float32).triu(1);
            var acquainted = one + one.transpose(1, 2);
            var popular = acquainted.sum(2).amax(new[] { 1L }).ge(5).to(float32).unsqueeze(1);
            var output = model.forward(acquainted);
            var loss = functional.cross_entropy(output, popular);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += output.gt(0).eq(popular.gt(0.5)).to(float32).mean().item<float>() / 10;
            if (step % 10 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
