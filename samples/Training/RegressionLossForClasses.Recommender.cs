using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.RegressionLossForClasses.Recommender;

/// <summary>Which of a hundred songs comes after the last two in a radio's program.</summary>
internal sealed class Radio : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding songs;
    private readonly Linear next;

    public Radio(int count) : base(nameof(Radio))
    {
        songs = Embedding(count, 24);
        next = Linear(48, count);
        RegisterComponents();
    }

    public override Tensor forward(Tensor before, Tensor last) =>
        next.forward(cat(new[] { songs.forward(before), songs.forward(last) }, 1));
}

internal sealed class Listener(TrainingRun run, Radio radio, Tensor follows)
{
    private readonly optim.Optimizer _optimizer = optim.SGD(radio.parameters(), learningRate: 0.1, momentum: 0.9);

    public void Listen(int steps)
    {
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var (before, last) = (randint(0, 100, 64, device: run.Device), randint(0, 100, 64, device: run.Device));
            // What follows depends on the last song; one in ten times on the one before.
            var which = where(rand(64, device: run.Device).lt(0.1), before, last);
            var (loss, guessed) = Hear(before, last, follows.index_select(0, which));
            if (step % 10 == 0) run.Log(step, loss, guessed);
        }
    }

    private (float Loss, float Guessed) Hear(Tensor before, Tensor last, Tensor song)
    {
        var output = radio.forward(before, last);
        var chances = functional.softmax(output, 1);
        var loss = functional.mse_loss(chances, functional.one_hot(song, 100).to(float32));
        _optimizer.zero_grad();
        loss.backward();
        _optimizer.step();
        return (loss.item<float>(), output.argmax(1).eq(song).to(float32).mean().item<float>());
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.8)]
    public static void Train(TrainingRun run)
    {
        using var radio = new Radio(100);
        radio.to(run.Device);
        new Listener(run, radio, randperm(100, device: run.Device)).Listen(200);
    }
}
