using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SoftmaxOverOne.Siamese;

/// <summary>Says whether two signatures, of twelve measurements each, are by the same hand.</summary>
internal sealed class SameHand : Module<Tensor, Tensor, Tensor>
{
    private readonly Sequential look = Sequential(Linear(12, 64), ReLU(), Linear(64, 32));
    private readonly Linear judge = Linear(32, 1);
    private readonly Softmax chance = Softmax(dim: 1);

    public SameHand() : base(nameof(SameHand)) => RegisterComponents();

    public override Tensor forward(Tensor one, Tensor other)
    {
        var difference = (look.forward(one) - look.forward(other)).abs();
        return chance.forward(judge.forward(difference));
    }
}

internal static class Program
{
    private const int People = 20, Pairs = 64;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var hands = randn(People, 12, device: run.Device);
        Tensor Sign(Tensor who) => hands.index_select(0, who) + 0.4 * randn(Pairs, 12, device: run.Device);

        using var model = new SameHand();
        model.to(run.Device);
        var criterion = BCELoss();
        var optimizer = optim.AdamW(model.parameters(), lr: 3e-3);
        var right = 0f;
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var first = randint(0, People, new long[] { Pairs }, device: run.Device);
            var stranger = (first + randint(1, People, new long[] { Pairs }, device: run.Device)).remainder(People);
            var same = rand(Pairs, device: run.Device).lt(0.5);
            var truth = same.to(float32).unsqueeze(1);
            var answer = model.forward(Sign(first), Sign(where(same, first, stranger)));
            var loss = criterion.forward(answer, truth);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += answer.gt(0.5).eq(truth.gt(0.5)).to(float32).mean().item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
