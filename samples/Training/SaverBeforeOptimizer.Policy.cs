using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SaverBeforeOptimizer.Policy;

/// <summary>Learns by its wins which of five offers suits a customer.</summary>
internal sealed class Seller : Module<Tensor, Tensor>
{
    private readonly Linear look = Linear(4, 32), weigh = Linear(32, 32), offer = Linear(32, 5);

    public Seller() : base(nameof(Seller)) => RegisterComponents();

    public override Tensor forward(Tensor customer) =>
        functional.log_softmax(offer.forward(weigh.forward(look.forward(customer).relu()).relu()), 1);
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var likes = randn(4, 5, device: run.Device);
        for (var shift = 0; shift < 40; shift++) Work(run, shift, likes);
    }

    private static void Work(TrainingRun run, int shift, Tensor likes)
    {
        const int customers = 25;
        var notes = Path.Combine(run.Folder, "seller.dat");
        using var seller = new Seller();
        Action<string> keep = where => seller.save(where);
        if (File.Exists(notes)) seller.load(notes);
        seller.to(run.Device);
        var optimizer = optim.Adam(seller.parameters(), lr: 5e-3);

        var (sum, best) = (0.0, 0.0);
        for (var step = 0; step < customers; step++)
        {
            using var scope = NewDisposeScope();
            var customer = randn(64, 4, device: run.Device);
            var logs = seller.forward(customer);
            var offered = multinomial(logs.exp(), 1);
            var wanted = customer.matmul(likes).argmax(1, keepdim: true);
            var win = offered.eq(wanted).to(float32);
            var loss = -(logs.gather(1, offered) * (win - win.mean())).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            sum += loss.item<float>() / customers;
            best += logs.argmax(1, true).eq(wanted).to(float32).mean().item<float>() / customers;
            if (step == customers / 2) keep(notes);
        }
        keep(notes);
        run.Log((shift + 1) * customers, sum, best);
    }
}
