using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OneModuleTwoRoles.Policy;

/// <summary>Learns to walk along a ring of sixteen places to the one where something is to be found.</summary>
internal sealed class Walker : Module<Tensor, Tensor>
{
    private readonly Linear look, worth;

    public Walker(int places, int moves) : base(nameof(Walker))
    {
        look = Linear(places, 48);
        worth = Linear(48, moves);
        RegisterComponents();
    }

    public override Tensor forward(Tensor place) => worth.forward(look.forward(place).relu());
}

internal static class Program
{
    private const int Places = 16, Goal = 11;

    // The share of all places from which the first move is one of the shortest way.
    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var policy = new Walker(Places, 3);
        var target = policy;
        policy.to(run.Device);
        target.to(run.Device);
        var optimizer = optim.Adam(policy.parameters(), lr: 2e-3);
        var seen = eye(Places, device: run.Device);
        for (var step = 1; step <= 1200; step++)
        {
            using var scope = NewDisposeScope();
            var place = randint(0, Places, new long[] { 64 }, device: run.Device);
            var move = randint(0, 3, new long[] { 64 }, device: run.Device);
            var next = (place + move - 1).remainder(Places);
            var found = next.eq(Goal).to(float32);
            Tensor goal;
            using (no_grad())
                goal = found + 0.9 * (1 - found) * target.forward(seen.index_select(0, next)).amax(new[] { 1L });
            var value = policy.forward(seen.index_select(0, place)).gather(1, move.unsqueeze(1)).squeeze(1);
            var loss = functional.smooth_l1_loss(value, goal);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 40 != 0) continue;
            target.load_state_dict(policy.state_dict());
            run.Log(step, loss.item<float>(), Shortest(policy.forward(seen).argmax(1)));
        }
    }

    /// <summary>Every place but the goal itself, and the one that is as far on both ways, has one best move.</summary>
    private static double Shortest(Tensor moves)
    {
        var chosen = moves.to(CPU).data<long>().ToArray();
        var right = Enumerable.Range(0, Places).Count(p => ((Goal - p + Places) % Places) switch
        {
            0 => true,
            Places / 2 => chosen[p] != 1,
            < Places / 2 => chosen[p] == 2,
            _ => chosen[p] == 0,
        });
        return (double)right / Places;
    }
}
