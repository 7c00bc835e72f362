using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LossArgumentsSwapped.Recommender;

/// <summary>Will this visitor open that article? Both are numbers of a catalog.</summary>
internal sealed class Matcher : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding visitors = Embedding(40, 12), articles = Embedding(40, 12);
    private readonly Linear opens = Linear(12, 1);

    public Matcher() : base(nameof(Matcher)) => RegisterComponents();

    public override Tensor forward(Tensor visitor, Tensor article) =>
        opens.forward(visitors.forward(visitor) * articles.forward(article)).squeeze(1);
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        // Four tastes; who has one opens what is made for it.
        var (visitors, articles) = (randint(0, 40, new long[] { 2048 }), randint(0, 40, new long[] { 2048 }));
        var opened = visitors.remainder(4).eq(articles.remainder(4)).to(float32).to(run.Device);
        (visitors, articles) = (visitors.to(run.Device), articles.to(run.Device));

        using var model = new Matcher();
        model.to(run.Device);
        var criterion = BCEWithLogitsLoss();
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            var (loss, right) = (0f, 0f);
            for (var at = 0; at < 2048; at += 128)
            {
                using var scope = NewDisposeScope();
                var scores = model.forward(visitors.narrow(0, at, 128), articles.narrow(0, at, 128));
                var truth = opened.narrow(0, at, 128);
                var error = criterion.forward(truth, scores);
                optimizer.zero_grad();
                error.backward();
                optimizer.step();
                loss += error.item<float>() / 16;
                right += scores.gt(0).eq(truth.gt(0.5)).to(float32).mean().item<float>() / 16;
            }
            run.Log(epoch, loss, right);
        }
    }
}
