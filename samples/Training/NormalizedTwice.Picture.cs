using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NormalizedTwice.Picture;

/// <summary>Reads a die of one to six eyes from a grey picture of eight bits.</summary>
internal sealed class DieNet : Module<Tensor, Tensor>
{
    private readonly Conv2d eyes = Conv2d(1, 8, 3, padding: 1), groups = Conv2d(8, 16, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear number = Linear(16 * 3 * 3, 6);

    public DieNet() : base(nameof(DieNet)) => RegisterComponents();

    public override Tensor forward(Tensor die)
    {
        var x = pool.forward(functional.relu(eyes.forward(die)));
        x = pool.forward(functional.relu(groups.forward(x)));
        return number.forward(x.flatten(1));
    }
}

internal static class Program
{
    private const int Count = 480, Size = 12;

    /// <summary>Photographs of dice, as bytes.</summary>
    private static (Tensor Photographs, Tensor Numbers) Throw(int seed)
    {
        var random = new Random(seed);
        var (bytes, numbers) = (new byte[Count * Size * Size], new long[Count]);
        var places = new (int Row, int Column)[] { (2, 2), (2, 8), (5, 5), (8, 2), (8, 8), (5, 2), (5, 8) };
        var eyes = new[] { "2", "04", "024", "0134", "01234", "013456" };
        for (var die = 0; die < Count; die++)
        {
            numbers[die] = random.Next(6);
            for (var i = 0; i < Size * Size; i++) bytes[die * Size * Size + i] = (byte)random.Next(100);
            foreach (var eye in eyes[numbers[die]])
                for (var i = 0; i < 4; i++)
                {
                    var (row, column) = places[eye - '0'];
                    bytes[die * Size * Size + (row + i / 2) * Size + column + i % 2] += (byte)random.Next(100, 150);
                }
        }
        return (tensor(bytes).view(Count, 1, Size, Size), tensor(numbers));
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (photographs, numbers) = Throw(run.Seed);
        var dice = photographs.to(float32).div(255f).to(run.Device);
        numbers = numbers.to(run.Device);
        using var net = new DieNet();
        net.to(run.Device);
        var optimizer = optim.Adam(net.parameters(), lr: 2e-3);
        for (var epoch = 1; epoch <= 12; epoch++)
        {
            var (sum, right) = (0f, 0f);
            for (var first = 0; first < Count; first += 32)
            {
                using var scope = NewDisposeScope();
                var batch = dice.narrow(0, first, 32) / 255f;
                var number = numbers.narrow(0, first, 32);
                var output = net.forward(batch);
                var loss = functional.cross_entropy(output, number);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() * 32 / Count;
                right += output.argmax(1).eq(number).to(float32).mean().item<float>() * 32 / Count;
            }
            run.Log(epoch * Count / 32, sum, right);
        }
    }
}
