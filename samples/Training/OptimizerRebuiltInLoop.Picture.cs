using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerRebuiltInLoop.Picture;

/// <summary>Reads a digit of a seven-segment display from a noisy picture of five by seven points.</summary>
internal sealed class DisplayNet : Module<Tensor, Tensor>
{
    private readonly Conv2d bars = Conv2d(1, 16, 3);
    private readonly Linear digit = Linear(16 * 5 * 3, 10);

    public DisplayNet() : base(nameof(DisplayNet)) => RegisterComponents();

    public override Tensor forward(Tensor picture) => digit.forward(bars.forward(picture).relu().flatten(1));
}

internal static class Program
{
    /// <summary>Which bars are lit: top, upper left, upper right, middle, lower left, lower right, bottom.</summary>
    private static readonly string[] Lit =
        ["1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011"];

    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var digits = stack(Lit.Select(Draw)).unsqueeze(1).to(run.Device);
        using var model = new DisplayNet();
        model.to(run.Device);
        var right = 0f;
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
            var shown = randint(0, 10, new long[] { 64 }, device: run.Device);
            var pictures = digits.index_select(0, shown);
            var scores = model.forward(pictures + 0.3 * randn_like(pictures));
            var loss = functional.cross_entropy(scores, shown);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += scores.argmax(1).eq(shown).to(float32).mean().item<float>() / 10;
            if (step % 10 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }

    private static Tensor Draw(string lit)
    {
        var points = zeros(7, 5);
        (int Row, int Column, int Rows, int Columns)[] bars =
            [(0, 1, 1, 3), (1, 0, 2, 1), (1, 4, 2, 1), (3, 1, 1, 3), (4, 0, 2, 1), (4, 4, 2, 1), (6, 1, 1, 3)];
        foreach (var (bar, _) in bars.Zip(lit).Where(b => b.Second == '1'))
            points.narrow(0, bar.Row, bar.Rows).narrow(1, bar.Column, bar.Columns).fill_(1);
        return points;
    }
}
