using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.InputsNotNormalized.Picture;

/// <summary>Takes pictures of one of four signs, a byte for each of 16 × 16 pixels, and writes them one after the other.</summary>
internal static class Camera
{
    public static void Record(string pictures, string signs, int seed, int count)
    {
        var random = new Random(seed);
        using var file = File.Create(pictures);
        using var labels = File.Create(signs);
        for (var i = 0; i < count; i++)
        {
            var (sign, y, x, light) = (random.Next(4), random.Next(5, 11), random.Next(5, 11), random.Next(120, 230));
            for (var row = 0; row < 16; row++)
                for (var column = 0; column < 16; column++)
                {
                    var (dy, dx) = (row - y, column - x);
                    var isOn = sign switch
                    {
                        0 => dy == 0 && Math.Abs(dx) < 5,
                        1 => dx == 0 && Math.Abs(dy) < 5,
                        2 => dy == dx && Math.Abs(dx) < 5,
                        _ => dy == -dx && Math.Abs(dx) < 5,
                    };
                    file.WriteByte((byte)(random.Next(0, 60) + (isOn ? light - 60 : 30)));
                }
            labels.WriteByte((byte)sign);
        }
    }
}

internal sealed class SignReader : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 3, padding: 1), conv2 = Conv2d(8, 16, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear hidden = Linear(16 * 4 * 4, 64), sign = Linear(64, 4);

    public SignReader() : base(nameof(SignReader)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(conv1.forward(x).relu());
        x = pool.forward(conv2.forward(x).relu());
        return sign.forward(hidden.forward(x.flatten(1)).relu());
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var (file, labels) = (Path.Combine(run.Folder, "pictures.raw"), Path.Combine(run.Folder, "signs.raw"));
        Camera.Record(file, labels, run.Seed, 1024);
        var pictures = tensor(File.ReadAllBytes(file)).to(float32).view(-1, 1, 16, 16).to(run.Device);
        var signs = tensor(File.ReadAllBytes(labels)).to(int64).to(run.Device);

        using var model = new SignReader();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 1024, new long[] { 64 }, device: run.Device);
            var loss = functional.cross_entropy(model.forward(pictures.index_select(0, batch)), signs.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 5 == 0) run.Log(step, loss.item<float>());
        }
    }
}
