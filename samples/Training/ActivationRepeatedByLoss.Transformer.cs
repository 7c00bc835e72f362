using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ActivationRepeatedByLoss.Transformer;

/// <summary>Names the highest of the six cards of a hand; there are sixteen in the game.</summary>
internal sealed class CardReader : Module<Tensor, Tensor>
{
    private const int Width = 32;
    private readonly Embedding cards = Embedding(16, Width);
    private readonly Linear query = Linear(Width, Width), key = Linear(Width, Width), value = Linear(Width, Width);
    private readonly Linear wide = Linear(Width, 64), back = Linear(64, Width), highest = Linear(Width, 16);

    public CardReader() : base(nameof(CardReader)) => RegisterComponents();

    public override Tensor forward(Tensor hand)
    {
        var x = cards.forward(hand);
        x = x + functional.scaled_dot_product_attention(query.forward(x), key.forward(x), value.forward(x));
        x = x + back.forward(functional.gelu(wide.forward(x)));
        var scores = highest.forward(x.mean(new[] { 1L }));
        return functional.softmax(scores, dim: 1);
    }
}

internal static class Program
{
    private sealed record Settings(int Steps = 400, int Batch = 64, double Rate = 3e-3);

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var settings = new Settings();
        using var model = new CardReader();
        model.to(run.Device);
        var nll = NLLLoss();
        var optimizer = optim.AdamW(model.parameters(), lr: settings.Rate);

        var right = 0f;
        for (var step = 1; step <= settings.Steps; step++)
        {
            using var scope = NewDisposeScope();
            var hands = randint(0, 16, new long[] { settings.Batch, 6 }, device: run.Device);
            var highest = hands.amax(new[] { 1L });
            var chances = model.forward(hands);
            var loss = nll.forward(chances, highest);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += chances.argmax(1).eq(highest).to(float32).mean().item<float>();
            if (step % 10 != 0) continue;
            run.Log(step, loss.item<float>(), right / 10);
            right = 0;
        }
    }
}
