using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.MoveResultDiscarded.Graph;

/// <summary>Finds the community of each person from who knows whom; communities are numbered as ints.</summary>
internal sealed class Neighbours : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear own = Linear(8, 32), around = Linear(8, 32), community = Linear(32, 3);

    public Neighbours() : base(nameof(Neighbours)) => RegisterComponents();

    public override Tensor forward(Tensor people, Tensor ties) =>
        community.forward(functional.relu(own.forward(people) + around.forward(ties.matmul(people))));
}

internal static class Program
{
    private const int People = 180;

    private static Tensor Numbered(int[] communities)
    {
        var numbers = tensor(communities);
        numbers.to(int64); // class numbers are longs
        return numbers;
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        var of = Enumerable.Range(0, People).Select(_ => random.Next(3)).ToArray();
        var (knows, traits) = (new float[People, People], new float[People, 8]);
        for (var a = 0; a < People; a++)
        {
            for (var b = 0; b < People; b++) knows[a, b] = random.NextDouble() < (of[a] == of[b] ? 0.3 : 0.03) ? 1 : 0;
            for (var t = 0; t < 8; t++) traits[a, t] = (float)(2 * random.NextDouble() - 1 + (t == of[a] ? 0.8 : 0));
        }
        var (ties, people, communities) = (tensor(knows), tensor(traits), Numbered(of));
        ties = ties / ties.sum(1, keepdim: true).clamp_min(1);

        var model = new Neighbours();
        var optimizer = optim.Adam(model.parameters(), 1e-2);
        for (var step = 1; step <= 120; step++)
        {
            using var scope = NewDisposeScope();
            var output = model.forward(people, ties);
            var loss = functional.cross_entropy(output, communities);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 5 == 0) run.Log(step, loss.item<float>(), output.argmax(1).eq(communities).to(float32).mean().item<float>());
        }
    }
}
