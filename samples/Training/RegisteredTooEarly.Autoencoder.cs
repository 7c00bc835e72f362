using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.RegisteredTooEarly.Autoencoder;

/// <summary>Keeps something in a few numbers; how it is brought back is up to others.</summary>
internal abstract class Keeper : Module<Tensor, Tensor>
{
    private readonly Linear _hidden, _code;

    protected Keeper(int size, int code) : base(nameof(Keeper))
    {
        _hidden = Linear(size, 48);
        _code = Linear(48, code);
        RegisterComponents();
    }

    protected Tensor Code(Tensor x) => _code.forward(functional.relu(_hidden.forward(x)));
}

/// <summary>Keeps where three friends stand on a round hill, given by the height and place of each.</summary>
internal sealed class HillKeeper : Keeper
{
    private readonly Linear _unfold, _places;

    public HillKeeper() : base(9, 6)
    {
        _unfold = Linear(6, 48);
        _places = Linear(48, 9);
    }

    public override Tensor forward(Tensor friends) => _places.forward(functional.relu(_unfold.forward(Code(friends))));
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        using var keeper = new HillKeeper();
        keeper.to(run.Device);
        var optimizer = optim.Adam(keeper.parameters(), 3e-3);
        var error = MSELoss();
        for (var step = 1; step <= 700; step++)
        {
            using var scope = NewDisposeScope();
            var place = randn(64, 3, 2, device: run.Device);
            var height = 1 - place.pow(2).sum(2, keepdim: true) / 2;
            var friends = cat(new[] { place, height }, 2).view(64, 9);
            optimizer.zero_grad();
            var loss = error.forward(keeper.forward(friends), friends);
            loss.backward();
            optimizer.step();
            if (step % 20 == 0) run.Log(step, loss.item<float>());
        }
    }
}
