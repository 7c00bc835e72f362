using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>An LSTM that gives every word a tag; log-probabilities meet the loss that wants them.</summary>
public static class Tagger
{
    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Embedding words;
        private readonly LSTM reader;
        private readonly Dropout dropout;
        private readonly Linear tags;

        public Network(int vocabulary, int width, int kinds) : base(nameof(Network))
        {
            words = Embedding(vocabulary, width);
            reader = LSTM(width, width, batchFirst: true, bidirectional: true);
            dropout = Dropout(0.2);
            tags = Linear(2 * width, kinds);
            RegisterComponents();
        }

        public override Tensor forward(Tensor text)
        {
            var (read, _, _) = reader.forward(dropout.forward(words.forward(text)));
            return functional.log_softmax(tags.forward(dropout.forward(read)), -1);
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var text = randint(40, [12, 9], dtype: ScalarType.Int64, device: run.Device);
        var truth = text % 4;
        using var model = new Network(40, 24, 4);
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 5e-3);
        double total = 0;
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            model.train();
            optimizer.zero_grad();
            var loss = functional.nll_loss(model.forward(text).reshape(-1, 4), truth.flatten());
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 5);
            optimizer.step();
            total += loss.item<float>();
            run.Log(step, total / step);
        }
    }
}
