using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// A decoder-only transformer: heads are split and merged, projections have no bias, weights are tied, words are folded before the loss.
/// </summary>
public static class LanguageModel
{
    private const int Words = 50, Width = 32, Heads = 4, Length = 12;

    private sealed class Attention : Module<Tensor, Tensor>
    {
        private readonly Linear q = Linear(Width, Width, hasBias: false), k = Linear(Width, Width, hasBias: false),
            v = Linear(Width, Width, hasBias: false), o = Linear(Width, Width, hasBias: false);

        public Attention() : base(nameof(Attention)) => RegisterComponents();

        public override Tensor forward(Tensor x)
        {
            var (batch, length) = (x.shape[0], x.shape[1]);
            Tensor Split(Tensor t) => t.view(batch, length, Heads, Width / Heads).transpose(1, 2);
            var scores = matmul(Split(q.forward(x)), Split(k.forward(x)).transpose(-2, -1)) / Math.Sqrt(Width / Heads);
            var future = ones(length, length, dtype: ScalarType.Bool, device: x.device).triu(1);
            var weights = scores.masked_fill(future, float.NegativeInfinity).softmax(-1);
            return o.forward(matmul(weights, Split(v.forward(x))).transpose(1, 2).contiguous().view(batch, length, Width));
        }
    }

    private sealed class Gated : Module<Tensor, Tensor>
    {
        private readonly Linear gate = Linear(Width, 64, hasBias: false), up = Linear(Width, 64, hasBias: false),
            down = Linear(64, Width, hasBias: false);

        public Gated() : base(nameof(Gated)) => RegisterComponents();

        public override Tensor forward(Tensor x) => down.forward(F.silu(gate.forward(x)) * up.forward(x));
    }

    private sealed class Layer : Module<Tensor, Tensor>
    {
        private readonly LayerNorm norm1 = LayerNorm(Width), norm2 = LayerNorm(Width);
        private readonly Attention attention = new();
        private readonly Gated mlp = new();

        public Layer() : base(nameof(Layer)) => RegisterComponents();

        public override Tensor forward(Tensor x)
        {
            x = x + attention.forward(norm1.forward(x));
            return x + mlp.forward(norm2.forward(x));
        }
    }

    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Embedding words = Embedding(Words, Width), places = Embedding(Length, Width);
        private readonly ModuleList<Layer> layers = new();
        private readonly LayerNorm norm = LayerNorm(Width);
        private readonly Linear head = Linear(Width, Words, hasBias: false);

        public Network(int depth) : base(nameof(Network))
        {
            for (var i = 0; i < depth; i++) layers.Add(new Layer());
            init.normal_(words.weight, 0, 0.02);
            init.normal_(places.weight, 0, 0.02);
            head.weight = words.weight!; // tied
            RegisterComponents();
        }

        public override Tensor forward(Tensor ids)
        {
            var x = words.forward(ids) + places.forward(arange(ids.shape[1], device: ids.device));
            foreach (var layer in layers) x = layer.forward(x);
            return head.forward(norm.forward(x));
        }

        /// <summary>Draws words, one after the other.</summary>
        public Tensor Continue(Tensor ids, int count)
        {
            using var guard = no_grad();
            for (var i = 0; i < count; i++)
            {
                var next =
                    forward(ids.narrow(1, Math.Max(0, ids.shape[1] - Length), Math.Min(Length, ids.shape[1])))[TensorIndex.Colon, -1];
                ids = cat([ids, multinomial(next.softmax(-1), 1)], dim: 1);
            }
            return ids;
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        using var model = new Network(depth: 2);
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), 3e-3, weight_decay: 0.01);
        var warmUp = optim.lr_scheduler.LinearLR(optimizer, start_factor: 0.1, total_iters: 10);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var text = (arange(Length + 1, device: run.Device).unsqueeze(0) + randint(Words, [16, 1], device: run.Device)) % Words;
            var (input, next) = (text.narrow(1, 0, Length), text.narrow(1, 1, Length));
            optimizer.zero_grad();
            var logits = model.forward(input.to(ScalarType.Int64));
            var loss = F.cross_entropy(logits.view(-1, Words), next.reshape(-1).to(ScalarType.Int64));
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1);
            optimizer.step();
            warmUp.step();
            run.Log(step, loss.item<float>());
        }
        model.eval();
        model.Continue(zeros(1, 1, dtype: ScalarType.Int64, device: run.Device), 5).Dispose();
    }
}
