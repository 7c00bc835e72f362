// Two models of the next value of a series, trained by Trainer.cs.
using System;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Generic;

internal sealed class DenseForecast : Module<Tensor, Tensor>
{
    private readonly Linear hidden;
    private readonly Linear next;

    public DenseForecast(int window, int width = 32) : base(nameof(DenseForecast))
    {
        hidden = Linear(window, width);
        next = Linear(width, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor series) => next.forward(functional.relu(hidden.forward(series)));
}

internal sealed class RecurrentForecast : Module<Tensor, Tensor>
{
    private readonly GRU gru = GRU(1, 24, batchFirst: true);
    private readonly Linear next = Linear(24, 1);

    public RecurrentForecast() : base(nameof(RecurrentForecast)) => RegisterComponents();

    public override Tensor forward(Tensor series)
    {
        var (states, _) = gru.forward(series.unsqueeze(2));
        return next.forward(states.select(1, -1));
    }
}

internal static class Program
{
    private const int Window = 16;

    private static void Main()
    {
        var settings = new Settings { Epochs = 6, LearningRate = 3e-3 };
        manual_seed(settings.Seed);
        using var series = (arange(0, 700, dtype: float32) * 0.2).sin() + 0.1 * randn(700);
        using var x = stack(Enumerable.Range(0, 680).Select(i => series.narrow(0, i, Window)).ToArray());
        using var y = stack(Enumerable.Range(0, 680).Select(i => series.narrow(0, i + Window, 1)).ToArray());

        Train(new DenseForecast(Window), x, y, settings);
        Train(new RecurrentForecast(), x, y, settings with { LearningRate = 5e-3 });
    }

    private static void Train<T>(T model, Tensor x, Tensor y, Settings settings) where T : Module<Tensor, Tensor>
    {
        using var trainer = new Trainer<T>(model, (output, target) => functional.mse_loss(output, target), settings);
        trainer.EpochEnded += (epoch, loss, validation) => Console.WriteLine($"{typeof(T).Name} {epoch}: {loss:F4} {validation:F4}");
        trainer.Run(x[..540], y[..540], x[560..], y[560..]);
    }
}
