using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Samples.Clean;

/// <summary>Sequence to sequence with additive attention: a softmax over the source, and one only where words are drawn.</summary>
public static class Translator
{
    private const int Words = 30, Width = 24;

    private sealed class Network : Module<Tensor, Tensor, Tensor>
    {
        private readonly Embedding source = Embedding(Words, Width), target = Embedding(Words, Width);
        private readonly GRU encoder = GRU(Width, Width, batchFirst: true);
        private readonly GRUCell decoder = GRUCell(2 * Width, Width);
        private readonly Linear query = Linear(Width, Width, hasBias: false), key = Linear(Width, Width, hasBias: false),
            score = Linear(Width, 1, hasBias: false);
        private readonly Linear words = Linear(2 * Width, Words);

        public Network() : base(nameof(Network)) => RegisterComponents();

        private Tensor Attend(Tensor state, Tensor memory)
        {
            var energy = score.forward((query.forward(state).unsqueeze(1) + key.forward(memory)).tanh()).squeeze(-1);
            return matmul(energy.softmax(1).unsqueeze(1), memory).squeeze(1);
        }

        public override Tensor forward(Tensor text, Tensor translation)
        {
            var (memory, last) = encoder.forward(source.forward(text));
            var state = last.squeeze(0);
            var said = new List<Tensor>();
            for (var i = 0; i < translation.shape[1]; i++)
            {
                var context = Attend(state, memory);
                state = decoder.forward(cat([target.forward(translation[TensorIndex.Colon, i]), context], dim: 1), state);
                said.Add(words.forward(cat([state, context], dim: 1)));
            }
            return stack(said, dim: 1);
        }
    }

    private static double NoamRate(int step) => Math.Pow(64, -0.5) * Math.Min(Math.Pow(step + 1, -0.5), (step + 1) * Math.Pow(400, -1.5));

    public static void Train(TrainingRun run, int steps)
    {
        var text = randint(1, Words, [16, 6], dtype: ScalarType.Int64, device: run.Device);
        var translation = text.flip(1);
        var input = cat([zeros(16, 1, dtype: ScalarType.Int64, device: run.Device), translation.narrow(1, 0, 5)], dim: 1);
        using var model = new Network();
        model.to(run.Device);
        // The schedule of the first transformer: the rate itself is only a factor of it.
        var optimizer = optim.Adam(model.parameters(), 1.0, beta2: 0.98, eps: 1e-9);
        var schedule = optim.lr_scheduler.LambdaLR(optimizer, NoamRate);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = F.cross_entropy(model.forward(text, input).transpose(1, 2), translation, ignore_index: 0);
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1);
            optimizer.step();
            schedule.step();
            run.Log(step, loss.item<float>());
        }
    }
}
