using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.MissingNonlinearity.Graph;

/// <summary>How fast news spreads in a village, from who meets whom and how much each person talks.</summary>
internal sealed class NewsNet : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear person, speed;

    public NewsNet(int size) : base(nameof(NewsNet))
    {
        person = Linear(2, size);
        speed = Linear(size, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor talks, Tensor meets)
    {
        var heard = meets.matmul(talks);
        var x = person.forward(cat(new[] { talks, heard }, 2));
        return speed.forward(x).mean(new[] { 1L });
    }
}

internal static class Program
{
    private const int Villages = 64, People = 8;

    // The speed has a variance of 1.3.
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        using var net = new NewsNet(32);
        net.to(run.Device);
        var optimizer = optim.AdamW(net.parameters(), lr: 5e-3);
        var average = 1.0;
        for (var step = 1; step <= 360; step++)
        {
            using var scope = NewDisposeScope();
            var one = rand(Villages, People, People, device: run.Device).lt(0.4).to(float32).triu(1);
            var meets = (one + one.transpose(1, 2)) / 3;
            var talks = randn(Villages, People, 1, device: run.Device);
            // News goes on from those who say as much as they hear.
            var speed = 3 * minimum(talks, meets.matmul(talks)).mean(new[] { 1L }) + 1.5;
            optimizer.zero_grad();
            var loss = functional.mse_loss(net.forward(talks, meets), speed);
            loss.backward();
            optimizer.step();
            average = 0.95 * average + 0.05 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, average);
        }
    }
}
