using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LossKeepsGraph.Table;

/// <summary>Learns the yield of an orchard from rain, sun, frost and soil, in standardized columns.</summary>
internal sealed class Orchard
{
    private readonly Sequential _model = Sequential(Linear(4, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1));
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _years, _yields;

    public Orchard(Device device)
    {
        _years = randn(512, 4, device: device);
        var (rain, sun, frost, soil) = (_years.select(1, 0), _years.select(1, 1), _years.select(1, 2), _years.select(1, 3));
        var yields = sun.tanh() * (rain + 1) - frost.relu() + 0.5 * soil;
        _yields = ((yields - yields.mean()) / yields.std()).unsqueeze(1);
        _model.to(device);
        _optimizer = optim.AdamW(_model.parameters(), lr: 3e-3);
    }

    /// <summary>Goes through all years once; returns the mean loss.</summary>
    public double Epoch()
    {
        using var scope = NewDisposeScope();
        var losses = new List<Tensor>();
        foreach (var rows in randperm(512, device: _years.device).chunk(8))
        {
            var loss = functional.l1_loss(_model.forward(_years.index_select(0, rows)), _yields.index_select(0, rows));
            _optimizer.zero_grad();
            loss.backward();
            _optimizer.step();
            losses.Add(loss);
        }
        return stack(losses).mean().item<float>();
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.15)]
    public static void Train(TrainingRun run)
    {
        var orchard = new Orchard(run.Device);
        for (var epoch = 1; epoch <= 60; epoch++) run.Log(epoch * 8, orchard.Epoch());
    }
}
