using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerStateNotSaved.Picture;

/// <summary>Finds where on a picture the bright spot is.</summary>
internal sealed class SpotFinder : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 3, padding: 1), conv2 = Conv2d(8, 16, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear hidden = Linear(16 * 4 * 4, 64), place = Linear(64, 2);

    public SpotFinder() : base(nameof(SpotFinder)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(conv1.forward(x).relu());
        x = pool.forward(conv2.forward(x).relu());
        return place.forward(hidden.forward(x.flatten(1)).relu());
    }
}

/// <summary>Trains for a few epochs at a time.</summary>
internal sealed class Trainer
{
    private readonly SpotFinder _model = new();
    private readonly Adam _optimizer;
    private readonly string _file;

    public Trainer(string folder, Device device)
    {
        _file = Path.Combine(folder, "spots.dat");
        if (File.Exists(_file)) _model.load(_file);
        _model.to(device);
        _optimizer = optim.Adam(_model.parameters(), lr: 2e-3);
    }

    public double Run(Tensor pictures, Tensor places, int epochs)
    {
        var sum = 0.0;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            sum = 0;
            for (var batch = 0; batch < 8; batch++)
            {
                using var scope = NewDisposeScope();
                var loss = functional.mse_loss(_model.forward(pictures.narrow(0, batch * 64, 64)), places.narrow(0, batch * 64, 64));
                _optimizer.zero_grad();
                loss.backward();
                _optimizer.step();
                sum += loss.item<float>() / 8;
            }
            _model.save(_file);
        }
        return sum;
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.001)]
    public static void Train(TrainingRun run)
    {
        var places = rand(512, 2) * 2 - 1;
        var at = (arange(16, dtype: float32) - 7.5f) / 7.5f;
        var (dx, dy) = (at.reshape(1, 1, 16) - places.select(1, 0).reshape(-1, 1, 1),
            at.reshape(1, 16, 1) - places.select(1, 1).reshape(-1, 1, 1));
        var pictures = (-(dx.pow(2) + dy.pow(2)) * 12).exp().unsqueeze(1).to(run.Device);
        places = places.to(run.Device);
        for (var session = 1; session <= 30; session++)
            run.Log(session * 2, new Trainer(run.Folder, run.Device).Run(pictures, places, epochs: 2));
    }
}
