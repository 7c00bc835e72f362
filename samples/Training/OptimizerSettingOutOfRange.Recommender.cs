using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerSettingOutOfRange.Recommender;

/// <summary>Learns which games a child of a day-care likes from the few it was seen at.</summary>
internal sealed class Games : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding guests = Embedding(48, 8), games = Embedding(36, 8);
    private readonly Linear mix = Linear(16, 32), likes = Linear(32, 1);

    public Games() : base(nameof(Games)) => RegisterComponents();

    public override Tensor forward(Tensor child, Tensor game) =>
        likes.forward(mix.forward(cat(new[] { guests.forward(child), games.forward(game) }, 1)).relu()).squeeze(1);
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var liked = randn(48, 2, device: run.Device).matmul(randn(2, 36, device: run.Device)).gt(0).to(float32);
        using var model = new Games();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3, eps: 0);

        var right = 0.0;
        for (var step = 1; step <= 900; step++)
        {
            using var scope = NewDisposeScope();
            var child = randint(0, 48, new long[] { 64 }, device: run.Device);
            var game = randint(0, 36, new long[] { 64 }, device: run.Device);
            var (score, answer) = (model.forward(child, game), liked[child, game]);
            var loss = functional.binary_cross_entropy_with_logits(score, answer);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += score.gt(0).eq(answer.gt(0.5)).to(float32).mean().item<float>() / 30;
            if (step % 30 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
