using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// A time series through dilated causal convolutions, one series at a time now and
/// then: a single sample is flattened whole, its loss is squeezed to a number.
/// </summary>
public static class Forecast
{
    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly ModuleList<Conv1d> layers = new();
        private readonly Linear next = Linear(16, 1);

        public Network() : base(nameof(Network))
        {
            foreach (var (from, dilation) in new[] { (1, 1), (16, 2), (16, 4) }) layers.Add(Conv1d(from, 16, 2, dilation: dilation));
            RegisterComponents();
        }

        public override Tensor forward(Tensor series)
        {
            var dilation = 1;
            foreach (var layer in layers)
            {
                series = functional.relu(layer.forward(functional.pad(series, [dilation, 0])));
                dilation *= 2;
            }
            return next.forward(series[TensorIndex.Colon, TensorIndex.Colon, -1]);
        }
    }

    /// <summary>A linear model of one series: its readings are the features.</summary>
    private static Tensor Trend(Linear model, Tensor one) => model.forward(one.flatten());

    public static void Train(TrainingRun run, int steps)
    {
        var time = arange(0, 20, device: run.Device).unsqueeze(0) * 0.3 + rand(32, 1, device: run.Device) * 6;
        var (past, future) = (time.narrow(1, 0, 19).sin().unsqueeze(1), time.narrow(1, 19, 1).sin());
        using var model = new Network();
        using var trend = Linear(19, 1);
        model.to(run.Device);
        trend.to(run.Device);
        var optimizer = optim.Adam(model.parameters().Concat(trend.parameters()), 2e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var one = past[step % 32];
            var loss = functional.mse_loss(model.forward(past), future)
                + functional.mse_loss(Trend(trend, one), future[step % 32]).squeeze();
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
