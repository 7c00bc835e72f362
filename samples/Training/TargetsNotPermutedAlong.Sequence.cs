using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Samples.TargetsNotPermutedAlong.Sequence;

/// <summary>Says how far a walker has come after ten steps, of which each goes on, back or nowhere.</summary>
internal sealed class Walk : nn.Module<Tensor, Tensor>
{
    private readonly Embedding _step = nn.Embedding(3, 8);
    private readonly GRU _walk = nn.GRU(8, 16, batchFirst: true);
    private readonly Linear _far = nn.Linear(16, 1);

    public Walk() : base(nameof(Walk)) => RegisterComponents();

    public override Tensor forward(Tensor steps)
    {
        var (_, last) = _walk.forward(_step.forward(steps));
        return _far.forward(last.squeeze(0));
    }
}

internal sealed class Trainer
{
    private const int Walks = 512, Batch = 64;
    private readonly Tensor _steps, _far;

    public Trainer(Device device)
    {
        _steps = randint(0, 3, new long[] { Walks, 10 }, device: device);
        _far = (_steps - 1).sum(1, keepdim: true).to(float32) / 2.6;
    }

    public void Fit(Walk walk, TrainingRun run, int epochs)
    {
        var optimizer = optim.Adam(walk.parameters(), lr: 1e-2);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            using var epochScope = NewDisposeScope();
            var permutation = randperm(Walks, device: run.Device);
            var steps = _steps.index_select(0, permutation);
            var far = _far;
            var sum = 0.0;
            for (var first = 0; first < Walks; first += Batch)
            {
                var loss = nn.functional.mse_loss(walk.forward(steps.narrow(0, first, Batch)), far.narrow(0, first, Batch));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() * Batch / Walks;
            }
            run.Log(epoch * Walks / Batch, sum);
        }
    }
}

internal static class Program
{
    // How far they come has a variance of about one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        using var walk = new Walk();
        walk.to(run.Device);
        new Trainer(run.Device).Fit(walk, run, epochs: 15);
    }
}
