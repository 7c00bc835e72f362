using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OneInstanceRepeated.Picture;

/// <summary>Says which of five signs is on a plate, with small convolutions one after the other.</summary>
internal sealed class PlateNet : Module<Tensor, Tensor>
{
    private readonly Conv2d stem = Conv2d(1, 6, 3, padding: 1);
    private readonly ModuleList<Conv2d> body;
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear sign = Linear(6, 5);

    public PlateNet(int depth) : base(nameof(PlateNet))
    {
        var convolutions = new Conv2d[depth];
        Array.Fill(convolutions, Conv2d(6, 6, 3, padding: 1));
        body = ModuleList(convolutions);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(functional.leaky_relu(stem.forward(x), 0.1));
        foreach (var convolution in body) x = functional.leaky_relu(convolution.forward(x), 0.1);
        return sign.forward(x.amax(new long[] { 2, 3 }));
    }
}

internal static class Program
{
    private const int Size = 10;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var signs = rand(5, 1, 6, 6).gt(0.5).to(float32).to(run.Device);
        using var net = new PlateNet(3);
        net.to(run.Device);
        var optimizer = optim.AdamW(net.parameters(), lr: 1e-2);
        var right = 0f;
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var which = randint(0, 5, new long[] { 32 }, device: run.Device);
            var plates = zeros(32, 1, Size, Size, device: run.Device);
            var (down, across) = (step % 5, step / 5 % 5);
            plates.narrow(2, down, 6).narrow(3, across, 6).copy_(signs.index_select(0, which));
            plates = plates + 0.2 * randn_like(plates);
            var scores = net.forward(plates);
            var loss = functional.cross_entropy(scores, which);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += scores.argmax(1).eq(which).to(float32).mean().item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
