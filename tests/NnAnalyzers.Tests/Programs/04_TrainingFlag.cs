// One method runs an epoch of training or of evaluation, told by a flag.
//
// site RunEpoch: foreach (x, y) in batches (called from Run inside for epoch, 12 times, with training true, then false)
//   if training: zero_grad(optimizer); forward model; cross_entropy; if training: backward; step(optimizer)
//   before the batches: train(model, training); set_grad_enabled(training)
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

internal sealed class SignalNet : nn.Module<Tensor, Tensor>
{
    private readonly Conv1d _conv1 = nn.Conv1d(2, 16, 5, padding: 2L);
    private readonly BatchNorm1d _norm1 = nn.BatchNorm1d(16);
    private readonly Conv1d _conv2 = nn.Conv1d(16, 32, 5, padding: 2L);
    private readonly BatchNorm1d _norm2 = nn.BatchNorm1d(32);
    private readonly Linear _head = nn.Linear(32, 4);

    public SignalNet() : base("signal")
    {
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = F.relu(_norm1.forward(_conv1.forward(x)));
        x = F.max_pool1d(x, 2);
        x = F.relu(_norm2.forward(_conv2.forward(x)));
        return _head.forward(x.mean(new long[] { 2 }));
    }
}

internal sealed class Experiment
{
    private readonly Device _device;
    private readonly SignalNet _model = new();
    private readonly Adam _optimizer;

    private static void Main()
    {
        torch.manual_seed(1);
        var device = cuda.is_available() ? CUDA : CPU;
        new Experiment(device).Run(epochs: 12);
    }

    public Experiment(Device device)
    {
        _device = device;
        _model.to(device);
        _optimizer = torch.optim.Adam(_model.parameters(), 1e-3);
    }

    public void Run(int epochs)
    {
        var (train, test) = (Record(40, 16), Record(8, 16));
        var random = new Random(5);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            var (loss, accuracy) = RunEpoch(train.OrderBy(_ => random.Next()), training: true);
            var (testLoss, testAccuracy) = RunEpoch(test, training: false);
            Console.WriteLine($"{epoch}: {loss:F3} {accuracy:P0} | {testLoss:F3} {testAccuracy:P0}");
        }
    }

    private (double Loss, double Accuracy) RunEpoch(IEnumerable<(Tensor X, Tensor Y)> batches, bool training)
    {
        _model.train(training);
        using var mode = torch.set_grad_enabled(training);
        double loss = 0, right = 0;
        var seen = 0L;
        foreach (var (x, y) in batches)
        {
            using var scope = torch.NewDisposeScope();
            var inputs = x.to(_device);
            var labels = y.to(_device);
            if (training) _optimizer.zero_grad();
            var logits = _model.forward(inputs);
            var error = F.cross_entropy(logits, labels);
            if (training)
            {
                error.backward();
                _optimizer.step();
            }
            loss += error.item<float>() * y.shape[0];
            right += logits.argmax(1).eq(labels).sum().item<long>();
            seen += y.shape[0];
        }
        return (loss / seen, right / seen);
    }

    /// <summary>Two channels of a sine whose frequency is the class, with noise; zero mean by construction.</summary>
    private static List<(Tensor X, Tensor Y)> Record(int batches, int size) => Enumerable.Range(0, batches).Select(_ =>
    {
        var kind = torch.randint(0, 4, size, dtype: ScalarType.Int64);
        var time = torch.arange(64, dtype: ScalarType.Float32).view(1, 1, 64);
        var phase = torch.rand(size, 2, 1) * (float)(2 * Math.PI);
        var wave = torch.sin(time * (kind.to(ScalarType.Float32).view(size, 1, 1) + 1) * 0.15f + phase);
        return (wave + 0.3 * torch.randn(size, 2, 64), kind);
    }).ToList();
}
