using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Samples.ProbabilityMissing.Text;

/// <summary>Guesses the sixth sign of a line from five; some signs are written more often than others.</summary>
internal sealed class Writer : nn.Module<Tensor, Tensor>
{
    private readonly Embedding _signs;
    private readonly Linear _line, _next;

    public Writer(int kinds) : base(nameof(Writer))
    {
        _signs = nn.Embedding(kinds, 12);
        _line = nn.Linear(5 * 12, 64);
        _next = nn.Linear(64, kinds);
        RegisterComponents();
    }

    public override Tensor forward(Tensor line) => _next.forward(_line.forward(_signs.forward(line).flatten(1)).relu());
}

internal static class Program
{
    private const int Kinds = 10;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var writer = new Writer(Kinds);
        writer.to(run.Device);
        var optimizer = optim.Adam(writer.parameters(), lr: 5e-3);
        double right = 0;
        for (var step = 1; step <= 240; step++)
        {
            using var scope = NewDisposeScope();
            // The greater of two signs, of which great ones are seldom, comes again at the end.
            var line = (rand(64, 5, device: run.Device).pow(2) * Kinds).to(int64);
            var next = line.narrow(1, 0, 2).amax(new[] { 1L });
            var output = writer.forward(line);
            var loss = nn.functional.nll_loss(output, next);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += output.argmax(1).eq(next).to(float32).mean().item<float>();
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), right / 20);
            right = 0;
        }
    }
}
