// A backbone learns one task; for another it is first frozen under a new head, then tuned with a smaller rate than the head's.
//
// site Epoch, called with three optimizers: foreach rows in order.chunk(16)
//   zero_grad(optimizer); forward net; cross_entropy; backward; step(optimizer)
//   before the batches: train(net), with the backbone in eval(net.Backbone) while it is frozen
//   after each epoch: eval(net); no_grad; forward net
using System;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Transfer;

internal sealed class Net : nn.Module<Tensor, Tensor>
{
    public readonly Sequential Backbone;
    public readonly Linear Head;

    public Net(Sequential backbone, int classes) : base("net")
    {
        Backbone = backbone;
        Head = nn.Linear(64, classes);
        RegisterComponents();
    }

    public bool Frozen { get; private set; }

    public void Freeze(bool frozen)
    {
        Frozen = frozen;
        foreach (var parameter in Backbone.parameters()) parameter.requires_grad = !frozen;
    }

    public override Tensor forward(Tensor x) => Head.forward(Backbone.forward(x));
}

internal static class Program
{
    private static (Tensor X, Tensor Y) Task(Tensor mixing, int classes, int rows)
    {
        var kind = torch.randint(0, classes, new long[] { rows }, dtype: ScalarType.Int64);
        var hidden = torch.randn(rows, 6) * 0.5 + nn.functional.one_hot(kind, 6).to(ScalarType.Float32) * 2;
        var x = torch.tanh(hidden.matmul(mixing));
        return ((x - x.mean(new long[] { 0 }, keepdim: true)) / x.std(0, keepdim: true), kind);
    }

    private static double Epoch(Net net, optim.Optimizer optimizer, Tensor x, Tensor y)
    {
        net.train();
        // Frozen means the running statistics too.
        if (net.Frozen) net.Backbone.eval();
        using var scope = torch.NewDisposeScope();
        var order = torch.randperm(x.shape[0]);
        var losses = 0.0;
        foreach (var rows in order.chunk(16))
        {
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(net.forward(x.index_select(0, rows)), y.index_select(0, rows));
            loss.backward();
            optimizer.step();
            losses += loss.item<float>();
        }
        return losses / 16;
    }

    private static double Accuracy(Net net, Tensor x, Tensor y)
    {
        net.eval();
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        return net.forward(x).argmax(1).eq(y).to(ScalarType.Float32).mean().item<float>();
    }

    public static void Main()
    {
        torch.manual_seed(28);
        var mixing = torch.randn(6, 30);
        var (sourceX, sourceY) = Task(mixing, 6, 1024);
        var (x, y) = Task(mixing, 3, 192);
        var (testX, testY) = Task(mixing, 3, 300);
        var backbone = nn.Sequential(
            nn.Linear(30, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU());

        var source = new Net(backbone, 6);
        var pretraining = torch.optim.Adam(source.parameters(), lr: 1e-3);
        for (var epoch = 0; epoch < 5; epoch++) Epoch(source, pretraining, sourceX, sourceY);
        Console.WriteLine($"source: {Accuracy(source, sourceX, sourceY):P1}");

        var net = new Net(backbone, 3);
        net.Freeze(true);
        var headOnly = torch.optim.Adam(net.Head.parameters(), lr: 1e-3);
        for (var epoch = 0; epoch < 5; epoch++)
            Console.WriteLine($"head: {Epoch(net, headOnly, x, y):F3} {Accuracy(net, testX, testY):P1}");

        net.Freeze(false);
        var groups = new AdamW.ParamGroup[] { new(net.Backbone.parameters(), lr: 1e-4), new(net.Head.parameters(), lr: 1e-3) };
        var all = torch.optim.AdamW(groups);
        for (var epoch = 0; epoch < 5; epoch++)
            Console.WriteLine($"all: {Epoch(net, all, x, y):F3} {Accuracy(net, testX, testY):P1}");
    }
}
