using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SoftmaxOverOne.Recommender;

/// <summary>Says whether a viewer will like a film.</summary>
internal sealed class FilmClub : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding viewers = Embedding(Club.Viewers, 16), films = Embedding(Club.Films, 16);
    private readonly Linear hidden = Linear(32, 64), likes = Linear(64, 1);

    public FilmClub() : base(nameof(FilmClub)) => RegisterComponents();

    public override Tensor forward(Tensor viewer, Tensor film)
    {
        var both = cat(new[] { viewers.forward(viewer), films.forward(film) }, 1);
        return likes.forward(hidden.forward(both).relu()).softmax(-1);
    }
}

internal static class Club
{
    public const int Viewers = 30, Films = 40, Evenings = Viewers * Films;
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.2)]
    public static void Train(TrainingRun run)
    {
        // Who likes action and love stories, and which films have them.
        var liked = randn(Club.Viewers, 2).matmul(randn(2, Club.Films)).gt(0).to(float32).view(-1, 1).to(run.Device);

        using var model = new FilmClub();
        model.to(run.Device);
        var loss = BCELoss();
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);
        for (var epoch = 1; epoch <= 25; epoch++)
        {
            var (order, total) = (randperm(Club.Evenings, device: run.Device), 0.0);
            for (var start = 0; start < Club.Evenings; start += 60)
            {
                using var scope = NewDisposeScope();
                var evening = order.narrow(0, start, 60);
                var chance = model.forward(evening.floor_divide(Club.Films), evening.remainder(Club.Films));
                var error = loss.forward(chance, liked.index_select(0, evening));
                optimizer.zero_grad();
                error.backward();
                optimizer.step();
                total += error.item<float>() / 20;
            }
            run.Log(epoch, total);
        }
    }
}
