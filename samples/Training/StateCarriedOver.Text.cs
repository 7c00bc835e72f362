using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.StateCarriedOver.Text;

/// <summary>Reads chants letter by letter and says the next letter; a verse is longer than what is read at once.</summary>
internal sealed class Singer
{
    private const int Letters = 6, Voices = 16, Read = 8;
    private readonly Embedding _letters = Embedding(Letters, 12);
    private readonly GRU _memory = GRU(12, 32);
    private readonly Linear _next = Linear(32, Letters);
    private readonly optim.Optimizer _optimizer;
    private readonly Device _device;

    public Singer(Device device)
    {
        _device = device;
        _letters.to(device);
        _memory.to(device);
        _next.to(device);
        _optimizer = optim.AdamW(_letters.parameters().Concat(_memory.parameters()).Concat(_next.parameters()), lr: 5e-3);
    }

    public void Rehearse(TrainingRun run, int rounds)
    {
        var verses = randint(0, Letters, new long[] { 20, Voices }, device: _device);
        var remembered = zeros(1, Voices, 32, device: _device);
        for (var round = 1; round <= rounds; round++)
        {
            using var scope = NewDisposeScope();
            var places = (arange(Read + 1, device: _device) + (round - 1) * Read).remainder(20);
            var heard = verses.index_select(0, places);
            Tensor states;
            (states, remembered) = _memory.forward(_letters.forward(heard.narrow(0, 0, Read)), remembered);
            remembered.MoveToOuterDisposeScope();
            var scores = _next.forward(states).view(-1, Letters);
            var following = heard.narrow(0, 1, Read).reshape(-1);
            var loss = functional.cross_entropy(scores, following);
            _optimizer.zero_grad();
            loss.backward();
            _optimizer.step();
            if (round % 10 == 0) run.Log(round, loss.item<float>(), scores.argmax(1).eq(following).to(float32).mean().item<float>());
        }
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run) => new Singer(run.Device).Rehearse(run, 500);
}
