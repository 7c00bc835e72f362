using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.TargetType.Graph;

/// <summary>Finds to which of three clubs each member of a school belongs, by who talks with whom.</summary>
internal sealed class Clubs : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear _heard, _told, _club;

    public Clubs(int members) : base(nameof(Clubs))
    {
        (_heard, _told, _club) = (Linear(members, 24), Linear(24, 24), Linear(24, 3));
        RegisterComponents();
    }

    public override Tensor forward(Tensor who, Tensor talks)
    {
        var x = talks.mm(_heard.forward(who)).relu();
        x = talks.mm(_told.forward(x)).relu();
        return _club.forward(x);
    }
}

internal static class Program
{
    private const int Members = 60;

    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        var clubs = Enumerable.Range(0, Members).Select(_ => random.Next(3)).ToArray();
        var talks = new float[Members, Members];
        for (var a = 0; a < Members; a++)
            for (var b = 0; b < a; b++)
                talks[a, b] = talks[b, a] = random.NextDouble() < (clubs[a] == clubs[b] ? 0.4 : 0.1) ? 1 : 0;
        var graph = tensor(talks).to(run.Device) + eye(Members, device: run.Device);
        graph = graph / graph.sum(1, keepdim: true);
        var members = eye(Members, device: run.Device);
        var labels = tensor(clubs.Select(c => (float)c).ToArray()).to(run.Device);

        using var model = new Clubs(Members);
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: 1e-2);
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var scores = model.forward(members, graph);
            var loss = functional.cross_entropy(scores, labels);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 5 == 0) run.Log(step, loss.item<float>(), scores.argmax(1).eq(labels).to(float32).mean().item<float>());
        }
    }
}
