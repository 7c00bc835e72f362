using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerStateNotSaved.Table;

/// <summary>Predicts the wear of a tool; the machine it trains on is only free for half a minute at a time.</summary>
internal sealed class Wear : Module<Tensor, Tensor>
{
    private readonly Linear hidden1 = Linear(5, 64), hidden2 = Linear(64, 64), wear = Linear(64, 1);

    public Wear() : base(nameof(Wear)) => RegisterComponents();

    public override Tensor forward(Tensor x) => wear.forward(hidden2.forward(hidden1.forward(x).relu()).relu());
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.003)]
    public static void Train(TrainingRun run)
    {
        var cuts = (rand(1024, 5) * 2 - 1).to(run.Device);
        var wear = (cuts.narrow(1, 0, 1) * 3).sin() * cuts.narrow(1, 1, 1) + cuts.narrow(1, 2, 1).abs() - cuts.narrow(1, 4, 1).pow(3);
        for (var session = 1; session <= 50; session++)
        {
            var error = Session(cuts, wear, Path.Combine(run.Folder, "wear.dat"), run.Device);
            run.Log(session * 20, error);
        }
    }

    private static float Session(Tensor cuts, Tensor wear, string file, Device device)
    {
        using var model = new Wear();
        if (File.Exists(file)) model.load(file);
        model.to(device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 20; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 1024, 64, device: device);
            optimizer.zero_grad();
            functional.mse_loss(model.forward(cuts.index_select(0, rows)), wear.index_select(0, rows)).backward();
            optimizer.step();
            if (step % 10 == 0) model.save(file);
        }
        using var _ = no_grad();
        return functional.mse_loss(model.forward(cuts), wear).item<float>();
    }
}
