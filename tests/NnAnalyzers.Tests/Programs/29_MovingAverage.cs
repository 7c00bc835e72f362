// A moving average of the weights is kept beside the model, and it is the average that is evaluated and saved.
//
// site Main: for start over the rows, 50 at a time (inside for epoch, 1 to 10)
//   zero_grad(optimizer); forward model; cross_entropy; backward; step(optimizer); no_grad; weights of average moved to model's
//   before: load_state_dict(average) from model; eval(average); each epoch: train(model)
//   after each epoch: no_grad; forward average
//   after the epochs: save(average)
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

public class WaveNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> body;
    private readonly Module<Tensor, Tensor> head;

    public WaveNet(int channels, int classes) : base("wave")
    {
        body = Sequential(
            Conv1d(1, channels, 7, stride: 2, padding: 3L), BatchNorm1d(channels), ReLU(),
            Conv1d(channels, channels, 5, stride: 2, padding: 2L), BatchNorm1d(channels), ReLU(),
            AdaptiveAvgPool1d(1), Flatten());
        head = Linear(channels, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor wave) => head.forward(body.forward(wave));
}

public sealed class MovingAverage
{
    private readonly double decay;
    private int updates;

    public WaveNet Model { get; }

    public MovingAverage(WaveNet source, Func<WaveNet> make, double decay)
    {
        this.decay = decay;
        Model = make();
        Model.load_state_dict(source.state_dict());
        Model.eval();
        foreach (var parameter in Model.parameters()) parameter.requires_grad_(false);
    }

    public void Update(WaveNet source)
    {
        using var guard = no_grad();
        updates++;
        // At first the average forgets faster, so that it is not stuck at the start.
        var keep = Math.Min(decay, (1 + updates) / (10.0 + updates));
        foreach (var (average, current) in Model.parameters().Zip(source.parameters()))
            average.mul_(keep).add_(current, alpha: 1 - keep);
        foreach (var (average, current) in Model.buffers().Zip(source.buffers())) average.copy_(current);
    }
}

public static class Program
{
    private static (Tensor X, Tensor Y) Waves(int count)
    {
        var kind = randint(0, 3, count, dtype: int64);
        var time = arange(64, dtype: float32).unsqueeze(0) * 0.25 + rand(count, 1) * 6.28;
        var level = kind.unsqueeze(1).eq(tensor(new long[] { 0, 1, 2 })).to(float32);
        var wave = level.narrow(1, 0, 1) * time.sin() * 1.4
            + level.narrow(1, 1, 1) * time.sin().sign()
            + level.narrow(1, 2, 1) * (2 * time).sin() * 1.4;
        return ((wave + 0.7 * randn(count, 64)).unsqueeze(1) / 1.2, kind);
    }

    public static void Main()
    {
        manual_seed(290);
        var (x, y) = Waves(600);
        var (testX, testY) = Waves(200);
        var make = () => new WaveNet(channels: 16, classes: 3);
        var model = make();
        var average = new MovingAverage(model, make, decay: 0.99);
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.02, momentum: 0.9);

        for (var epoch = 1; epoch <= 10; epoch++)
        {
            using var epochScope = NewDisposeScope();
            model.train();
            var order = randperm(600);
            for (var start = 0; start < 600; start += 50)
            {
                using var scope = NewDisposeScope();
                var rows = order.narrow(0, start, 50);
                optimizer.zero_grad();
                var loss = functional.cross_entropy(model.forward(x.index_select(0, rows)), y.index_select(0, rows));
                loss.backward();
                optimizer.step();
                average.Update(model);
            }

            using var guard = no_grad();
            var accuracy = average.Model.forward(testX).argmax(1).eq(testY).to(float32).mean();
            Console.WriteLine($"epoch {epoch}: accuracy of the average {accuracy.item<float>():P1}");
        }
        average.Model.save("wave-average.dat");
    }
}
