using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SaverBeforeOptimizer.Sequence;

/// <summary>Gives the difference between the largest and the smallest of ten numbers.</summary>
internal sealed class SpanReader : Module<Tensor, Tensor>
{
    private readonly GRU reader = GRU(1, 24, batchFirst: true);
    private readonly Linear span = Linear(24, 1);

    public SpanReader() : base(nameof(SpanReader)) => RegisterComponents();

    public override Tensor forward(Tensor numbers)
    {
        var (states, _) = reader.forward(numbers);
        return span.forward(states.select(1, -1));
    }
}

internal static class Program
{
    private const int Sessions = 40, Steps = 20;

    // The spans have a variance of about 0.6.
    [TrainingProgram(LossBelow = 0.03)]
    public static void Train(TrainingRun run)
    {
        for (var session = 0; session < Sessions; session++)
        {
            var file = Path.Combine(run.Folder, "span.dat");
            using var model = new SpanReader();
            Action checkpoint = () =>
            {
                model.save(file);
                File.WriteAllText(file + ".when", DateTime.Now.ToString("s"));
            };
            if (File.Exists(file)) model.load(file);
            model.to(run.Device);
            var optimizer = optim.RMSProp(model.parameters(), 5e-3);

            var sum = 0.0;
            for (var step = 0; step < Steps; step++)
            {
                using var scope = NewDisposeScope();
                var numbers = randn(64, 10, 1, device: run.Device);
                var spans = numbers.amax(new long[] { 1 }) - numbers.amin(new long[] { 1 });
                var loss = functional.mse_loss(model.forward(numbers), spans);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / Steps;
                if (step % 10 == 9) checkpoint();
            }
            run.Log((session + 1) * Steps, sum);
        }
    }
}
