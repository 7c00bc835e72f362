using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LossKeepsGraph.Sequence;

/// <summary>Says how many steps ago a bell rang in a row of sounds.</summary>
internal sealed class BellNet : Module<Tensor, Tensor>
{
    private readonly GRU listen = GRU(1, 24, batchFirst: true);
    private readonly Linear ago = Linear(24, 1);

    public BellNet() : base(nameof(BellNet)) => RegisterComponents();

    public override Tensor forward(Tensor sounds)
    {
        var (states, _) = listen.forward(sounds);
        return ago.forward(states.select(1, -1));
    }
}

internal static class Program
{
    private const int Length = 10, Batches = 20;

    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        using var model = new BellNet();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);
        for (var epoch = 1; epoch <= 25; epoch++)
        {
            using var scope = NewDisposeScope();
            var total = zeros(1, device: run.Device);
            for (var batch = 0; batch < Batches; batch++)
            {
                var ago = randint(0, Length, new long[] { 64, 1 }, device: run.Device);
                var sounds = 2 * functional.one_hot(Length - 1 - ago.squeeze(1), Length).to(float32).unsqueeze(2);
                var loss = functional.mse_loss(model.forward(sounds + 0.2 * randn_like(sounds)), (ago.to(float32) - 4.5) / 2.87);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                total += loss;
            }
            run.Log(epoch * Batches, (total / Batches).item<float>());
        }
    }
}
