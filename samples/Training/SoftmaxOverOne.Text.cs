using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SoftmaxOverOne.Text;

/// <summary>Tells whether a message of ten words is angry: at least one of six words is in it.</summary>
internal sealed class AngerDetector : Module<Tensor, Tensor>
{
    private readonly Embedding words = Embedding(60, 16);
    private readonly GRU reader = GRU(16, 32, batchFirst: true);
    private readonly Linear anger = Linear(32, 1);

    public AngerDetector() : base(nameof(AngerDetector)) => RegisterComponents();

    public override Tensor forward(Tensor message)
    {
        var (states, _) = reader.forward(words.forward(message));
        var score = anger.forward(states.select(1, -1));
        return functional.softmax(score, dim: -1);
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.2)]
    public static void Train(TrainingRun run)
    {
        var messages = randint(0, 60, new long[] { 1024, 10 });
        var angry = messages.lt(6).any(1, keepdim: true).to(float32).to(run.Device);
        messages = messages.to(run.Device);

        using var model = new AngerDetector();
        model.to(run.Device);
        var optimizer = optim.RMSProp(model.parameters(), 3e-3);
        var sum = 0f;
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 1024, new long[] { 64 }, device: run.Device);
            var chance = model.forward(messages.index_select(0, batch));
            var loss = functional.binary_cross_entropy(chance, angry.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            sum += loss.item<float>() / 10;
            if (step % 10 != 0) continue;
            run.Log(step, sum);
            sum = 0;
        }
    }
}
