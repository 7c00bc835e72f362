using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReshapeAbsorbsBatch.Text;

/// <summary>Sorts headlines of twelve words by four topics.</summary>
internal sealed class TopicNet : Module<Tensor, Tensor>
{
    private readonly Embedding words = Embedding(100, 8);
    private readonly Linear hidden = Linear(16 * 8, 48);
    private readonly Dropout dropout = Dropout(0.1);
    private readonly Linear topics = Linear(48, 4);

    public TopicNet() : base(nameof(TopicNet)) => RegisterComponents();

    public override Tensor forward(Tensor headlines)
    {
        var x = words.forward(headlines).view(-1, 16 * 8);
        x = dropout.forward(functional.gelu(hidden.forward(x)));
        return topics.forward(x);
    }
}

internal static class Program
{
    private const int Headlines = 800, Length = 12;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        // Every topic has ten words of its own; about half of a headline's words are of its topic, the others are any.
        var topics = randint(0, 4, new long[] { Headlines });
        var own = topics.unsqueeze(1) * 10 + randint(0, 10, new long[] { Headlines, Length });
        var any = randint(0, 100, new long[] { Headlines, Length });
        var headlines = where(rand(Headlines, Length) < 0.5, own, any).to(run.Device);
        topics = topics.to(run.Device);

        using var model = new TopicNet();
        model.to(run.Device);
        var loss = CrossEntropyLoss();
        var optimizer = optim.AdamW(model.parameters(), lr: 5e-3);
        var steps = 0;
        for (var epoch = 0; epoch < 20; epoch++)
        {
            var order = randperm(Headlines, device: run.Device);
            foreach (var rows in order.split(40))
            {
                using var scope = NewDisposeScope();
                var (output, right) = (model.forward(headlines.index_select(0, rows)), topics.index_select(0, rows));
                var error = loss.forward(output, right);
                optimizer.zero_grad();
                error.backward();
                optimizer.step();
                if (++steps % 10 == 0) run.Log(steps, error.item<float>(), output.argmax(1).eq(right).to(float32).mean().item<float>());
            }
        }
    }
}
