using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OneModuleTwoRoles.Table;

/// <summary>Says from twenty columns whether a customer stays; three answers in ten were noted down wrong.</summary>
internal sealed class Customers : Module<Tensor, Tensor>
{
    private readonly Linear first, second, stays;

    public Customers(int size) : base(nameof(Customers))
    {
        first = Linear(20, size);
        second = Linear(size, size);
        stays = Linear(size, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor columns) => stays.forward(second.forward(first.forward(columns).relu()).relu()).squeeze(1);
}

/// <summary>Keeps the weights that did best on customers it has not learned from.</summary>
internal static class Program
{
    // How many of the customers held back the kept network tells right.
    [TrainingProgram(MetricAbove = 0.75)]
    public static void Train(TrainingRun run)
    {
        var truth = randn(20, device: run.Device);
        var (known, noted) = Ask(600, truth, wrong: 0.3);
        var (watched, right) = Ask(1000, truth, wrong: 0);
        var (held, answers) = Ask(1000, truth, wrong: 0);

        var network = new Customers(96);
        var best = network;
        network.to(run.Device);
        best.to(run.Device);
        var optimizer = optim.Adam(network.parameters(), lr: 2e-3);
        var (record, loss) = (0.0, 0.0);
        for (var epoch = 1; epoch <= 150; epoch++)
        {
            using var scope = NewDisposeScope();
            var error = functional.binary_cross_entropy_with_logits(network.forward(known), noted);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            loss = error.item<float>();
            var share = Share(network, watched, right);
            if (share <= record) continue;
            record = share;
            best.load_state_dict(network.state_dict());
        }
        run.Log(150, loss, Share(best, held, answers));
    }

    private static (Tensor Columns, Tensor Stays) Ask(int count, Tensor truth, double wrong)
    {
        var columns = randn(count, 20, device: truth.device);
        var stays = columns.matmul(truth).gt(0).to(float32);
        var lies = rand(count, device: truth.device).lt(wrong).to(float32);
        return (columns, (stays - lies).abs());
    }

    private static double Share(Customers network, Tensor columns, Tensor stays)
    {
        using var _ = no_grad();
        return network.forward(columns).gt(0).eq(stays.gt(0.5)).to(float32).mean().item<float>();
    }
}
