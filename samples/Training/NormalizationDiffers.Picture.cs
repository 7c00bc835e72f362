using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NormalizationDiffers.Picture;

/// <summary>Counts the cells on pictures of a microscope: up to nine of them, a byte for each of 16 × 16 pixels.</summary>
internal static class Microscope
{
    public static (byte[] Pictures, byte[] Cells) Take(int seed, int count)
    {
        var random = new Random(seed);
        var (pictures, cells) = (new byte[count * 256], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            cells[i] = (byte)random.Next(0, 10);
            for (var p = 0; p < 256; p++) pictures[i * 256 + p] = (byte)random.Next(20, 50);
            for (var c = 0; c < cells[i]; c++)
            {
                var (y, x) = (4 * random.Next(0, 4), 4 * random.Next(0, 4));
                while (pictures[i * 256 + (y + 1) * 16 + x + 1] > 100) (y, x) = (4 * random.Next(0, 4), 4 * random.Next(0, 4));
                for (var d = 0; d < 4; d++) pictures[i * 256 + (y + 1 + d / 2) * 16 + x + 1 + d % 2] = (byte)random.Next(180, 240);
            }
        }
        return (pictures, cells);
    }

    public static void Save(string folder, string name, int seed, int count)
    {
        var (pictures, cells) = Take(seed, count);
        using var file = File.Create(Path.Combine(folder, name + ".pictures"));
        file.Write(pictures);
        using var labels = File.Create(Path.Combine(folder, name + ".cells"));
        labels.Write(cells);
    }
}

internal sealed class CellCounter : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 16, 3, padding: 1), conv2 = Conv2d(16, 16, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear hidden = Linear(16 * 4 * 4, 64), count = Linear(64, 1);

    public CellCounter() : base(nameof(CellCounter)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(conv1.forward(x).relu());
        x = pool.forward(conv2.forward(x).relu());
        return count.forward(hidden.forward(x.flatten(1)).relu());
    }
}

internal static class Program
{
    private static Tensor Pictures(string folder, string name) =>
        tensor(File.ReadAllBytes(Path.Combine(folder, name + ".pictures"))).to(float32).view(-1, 1, 16, 16);

    private static Tensor Cells(string folder, string name) =>
        tensor(File.ReadAllBytes(Path.Combine(folder, name + ".cells"))).to(float32).view(-1, 1);

    /// <summary>What counts is the error on pictures that were kept apart.</summary>
    [TrainingProgram(LossBelow = 0.5)]
    public static void Train(TrainingRun run)
    {
        Microscope.Save(run.Folder, "training", run.Seed, 1024);
        Microscope.Save(run.Folder, "test", run.Seed + 1000, 256);
        var (pictures, cells) = (Pictures(run.Folder, "training") / 255, Cells(run.Folder, "training"));
        var (testPictures, testCells) = (Pictures(run.Folder, "test"), Cells(run.Folder, "test"));

        using var model = new CellCounter();
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 1024, new long[] { 64 });
            var loss = functional.mse_loss(model.forward(pictures.index_select(0, batch)), cells.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 != 0) continue;
            using var guard = no_grad();
            run.Log(step, functional.mse_loss(model.forward(testPictures), testCells).item<float>());
        }
    }
}
