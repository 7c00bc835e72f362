using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Kim's text CNN: windows of several widths side by side, the largest of each,
/// joined along the features; probabilities only for prediction.
/// </summary>
public static class TextConvolution
{
    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Embedding words = Embedding(60, 16);
        private readonly ModuleList<Conv1d> windows = new(Conv1d(16, 12, 2), Conv1d(16, 12, 3), Conv1d(16, 12, 4));
        private readonly Dropout dropout = Dropout(0.5);
        private readonly Linear head = Linear(36, 3);

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override Tensor forward(Tensor text)
        {
            var x = words.forward(text).transpose(1, 2);
            var largest = windows.Select(w => functional.relu(w.forward(x)).amax([2])).ToList();
            var logits = head.forward(dropout.forward(cat(largest, dim: 1)));
            if (!training) return logits.softmax(1);
            return logits;
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var text = randint(60, [32, 10], dtype: ScalarType.Int64, device: run.Device);
        var kind = text[TensorIndex.Colon, 0] % 3;
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 2e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            model.train();
            optimizer.zero_grad();
            using var loss = functional.cross_entropy(model.forward(text), kind);
            loss.backward();
            optimizer.step();
            model.eval();
            using var guard = no_grad();
            run.Log(step, loss.item<float>(), (model.forward(text).argmax(1) == kind).to(ScalarType.Float32).mean().item<float>());
        }
    }
}
