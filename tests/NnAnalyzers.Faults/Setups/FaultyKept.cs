using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;

namespace NnAnalyzers.Faults;

/// <summary>Set-ups with one mistake each, put aside: nothing is tuned on them.</summary>
internal static class FaultyKept
{
    public static IReadOnlyList<Labelled> All { get; } =
    [
        Faulty("pixels from 0 to 1, second convolution drawn from -0.2 to 0", Cause.DeadUnits, null, "2.weight", bad =>
        {
            var (x, kind) = Strokes(48, 10, 3, 0);
            var second = Conv2d(8, 12, 3, 2);
            if (bad) init.uniform_(second.weight!, -0.2, 0);
            if (bad) init.zeros_(second.bias!);
            return Of(Chain(Conv2d(1, 8, 3), ReLU(), second, ReLU(), Flatten(), Linear(108, 3)), (x, kind), Entropy, Adam(2e-3, 150));
        }),
        Faulty("wide regression, weights from N(0, 1)", Cause.Initialization, "NN2001", null, bad =>
        {
            var (data, model) = (Smooth(150, 12), Mlp([12, 128, 128, 128, 1]));
            return Of(bad ? Weights(model, w => init.normal_(w)) : model, data, Mse, Adam(1e-3, 200));
        }),
        Faulty("eight convolutions with sigmoids between them", Cause.VanishingGradient, "NN1006", null, bad =>
        {
            var layers = Enumerable.Range(0, 8).SelectMany(i => new Module<Tensor, Tensor>[]
                { Conv1d(i == 0 ? 2 : 12, 12, 3, i % 3 == 2 ? 2 : 1, 1L), bad ? Sigmoid() : ReLU() });
            var x = randn(50, 2, 24);
            var model = Chain([.. layers, Flatten(), Linear(72, 1)]);
            return Of(model, (x, x.narrow(2, 4, 4).mean([1, 2]).unsqueeze(1) * 3), Mse, Adam(2e-3, 150));
        }),
        Faulty("every bias of an LSTM 12, meant for the forget gate", Cause.Saturated, null, "part0.bias_ih_l0", bad =>
        {
            var x = randn(80, 16, 2);
            var (lstm, head) = (LSTM(2, 24, batchFirst: true), Linear(24, 1));
            foreach (var (name, p) in lstm.named_parameters())
                if (name.StartsWith("bias_ih")) init.constant_(bad ? p : p.narrow(0, 24, 24), bad ? 12 : 1);
            var model = new Net(v => head.call(lstm.call(v, null).Item1.select(1, -1)), lstm, head);
            return Of(model, (x, x.narrow(1, 8, 8).mean([1]).Column(0) * 3), Mse, Adam(5e-3, 200));
        }),
        Faulty("all weights and biases zero", Cause.IdenticalWeights, null, null, bad =>
        {
            var model = Mlp([6, 32, 32, 3]);
            if (bad) foreach (var p in model.parameters()) init.zeros_(p);
            return Of(model, Blobs(60, 3, 6), Entropy, Adam(3e-3, 200));
        }),
        Faulty("word numbers divided by the size of the vocabulary, then made whole", Cause.InputLost, null, null, bad =>
        {
            var tokens = Picks(50, 64, 8);
            var (words, head) = (Embedding(50, 16), Mlp([16, 32, 2]));
            var model = new Net(x => head.call(words.call(bad ? (x / 50.0).to_type(ScalarType.Int64) : x).mean([1])), words, head);
            return Of(model, (tokens, ((tokens < 20).sum(1) > 3).to_type(ScalarType.Int64)), Entropy, Adam(5e-3, 150));
        }),
        Faulty("attention with its padding mask inverted", Cause.MaskHidesAll, null, "part1", bad =>
        {
            var tokens = 1 + Picks(19, 32, 9);
            var (words, look, head) = (Embedding(20, 24, padding_idx: 0), Linear(24, 24), Linear(24, 3));
            var model = new Net(x =>
            {
                var v = words.call(x);
                var scores = look.call(v).matmul(v.transpose(1, 2)) / Math.Sqrt(24);
                scores = scores.masked_fill((bad ? x != 0 : x == 0).unsqueeze(1), float.NegativeInfinity);
                return head.call(scores.softmax(-1).matmul(v).mean([1]));
            }, words, look, head);
            return Of(model, (tokens, tokens[.., 0].remainder(3)), Entropy, Adam(5e-3, 150));
        }),
        Faulty("hinge loss with targets 0 and 1", Cause.WrongLoss, null, null, bad =>
        {
            var x = randn(120, 10);
            var ill = (x.Column(0) + x.Column(1) * x.Column(2) > 0).to_type(ScalarType.Float32);
            return Of(Mlp([10, 48, 1]), (x, bad ? ill : ill * 2 - 1), (o, t) => (1 - t * o).clamp(0).mean(), Adam(2e-3, 200));
        }),
        Faulty("negative log-likelihood of raw logits", Cause.WrongLoss, null, null, bad =>
            Of(Mlp([16, 64, 5]), Blobs(100, 5, 16), (o, t) => F.nll_loss(bad ? o : F.log_softmax(o, 1), t), Adam(1e-3, 200))),
        Faulty("tanh on the output, temperatures from 10 to 30", Cause.OutputActivation, "NN1001", "5", bad =>
        {
            var x = rand(90, 3) * 2 - 1;
            var celsius = 20 + 6 * x.Column(0) - 3 * x.Column(1) * x.Column(2) + Noise(0.3, 90, 1);
            return Of(Chain(Linear(3, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1), bad ? Tanh() : Identity()), (x, celsius), Mse,
                Adam(5e-3, 300));
        }),
        Faulty("softmax before cross-entropy", Cause.OutputActivation, "NN1002", "5", bad =>
            Of(Chain(Linear(20, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 12), bad ? Softmax(1) : Identity()), Blobs(120, 12, 20),
                Entropy, Adam(1e-3, 200))),
        Faulty("the score is made larger: minus squared error", Cause.WrongSign, null, null, bad =>
            Of(Mlp([7, 32, 1]), Smooth(80, 7), (o, t) => bad ? -Mse(o, t) : Mse(o, t), Adam(2e-3, 200))),
        Faulty("inputs shuffled, targets not", Cause.TargetsUnrelated, null, null, bad =>
        {
            var (x, y) = Smooth(250, 6);
            return Of(Mlp([6, 24, 1]), (bad ? x[randperm(250)] : x, y), Mse, Adam(3e-3, 300));
        }),
        Faulty("labels divided by 255 like the pixels, then made whole", Cause.ConstantTarget, null, null, bad =>
        {
            var (x, kind) = Blobs(80, 10, 16);
            var y = bad ? (kind / 255.0).to_type(ScalarType.Int64) : kind;
            return Of(Chain(Linear(16, 64), BatchNorm1d(64), ReLU(), Linear(64, 10)), (x, y), Entropy, Sgd(0.02, 150));
        }),
        Faulty("one sick in 500", Cause.ClassImbalance, null, null, bad =>
        {
            var sick = (arange(500) < (bad ? 1 : 250)).to_type(ScalarType.Float32).unsqueeze(1);
            return Of(Mlp([10, 32, 1]), (randn(500, 10) + sick * Noise(0.8, 1, 10), sick), Binary, Adam(1e-3, 150));
        }),
        Faulty("only the last of three quantiles is asked for", Cause.UnusedOutputs, null, null, bad =>
        {
            var x = rand(120, 2) * 2 - 1;
            double[] shares = [0.1, 0.5, 0.9];
            return Of(Mlp([2, 48, 3], Tanh), (x, 2 + x.Column(0) * x.Column(1) * 3 + Noise(0.4, 120, 1)), (o, t) =>
            {
                Tensor? sum = null;
                for (var i = 0; i < 3; i++)
                {
                    var off = t - o.Column(i);
                    var loss = maximum(shares[i] * off, (shares[i] - 1) * off).mean();
                    sum = bad || sum is null ? loss : sum + loss;
                }
                return sum!;
            }, Adam(5e-3, 250));
        }),
        Faulty("missing readings as NaN", Cause.NotFiniteData, null, null, bad =>
        {
            var (x, y) = Smooth(80, 6);
            if (bad) x = x.masked_fill(rand(80, 6) < 0.02, float.NaN);
            return Of(Mlp([6, 32, 1]), (x, y), Mse, Adam(2e-3, 200));
        }),
        Faulty("the reader never moves on: one row 64 times", Cause.DuplicatedData, null, null, bad =>
        {
            var (x, y) = Blobs(64, 4, 10);
            var rows = bad ? zeros(64, dtype: ScalarType.Int64) : arange(64);
            return Of(Mlp([10, 48, 4]), (x[rows], y[rows]), Entropy, Adam(2e-3, 150));
        }),
        Faulty("the label left among the columns", Cause.LeakedTarget, null, null, bad =>
        {
            var (x, kind) = Blobs(140, 2, 9, 0.4);
            var left = (bad ? kind : kind[randperm(140)]).unsqueeze(1).to_type(ScalarType.Float32);
            return Of(Chain(Linear(10, 32), ReLU(), Dropout(0.2), Linear(32, 2)), (cat([x, left], 1), kind), Entropy, AdamW(5e-3, 200));
        }),
        Faulty("bytes as pixels", Cause.InputScale, "NN6001", null, bad =>
        {
            var (x, kind) = Strokes(48, 12, 4, 0.1);
            x = x.clamp(0, 1);
            var model = Chain(Conv2d(1, 8, 3), ReLU(), MaxPool2d(2), Conv2d(8, 16, 3), ReLU(), Flatten(), Linear(144, 48), ReLU(),
                Linear(48, 4));
            return Of(model, (bad ? (x * 255).round() : (x - 0.2) / 0.3, kind), Entropy, Sgd(0.05, 200));
        }),
        Faulty("salaries in euros a year, Huber", Cause.TargetScale, "NN6003", null, bad =>
        {
            var x = cat([randn(110, 3), F.one_hot(Picks(4, 110), 4).to_type(ScalarType.Float32)], 1);
            var pay = 4.5 + x.Column(0) + 0.8 * x.Column(3) - 0.5 * x.Column(4) * x.Column(1);
            return Of(Mlp([7, 48, 48, 1]), (x, pay * (bad ? 1e4 : 1)), Huber, AdamW(2e-3, 300));
        }),
        Faulty("a forecast of (N, T, 1) against (N, T)", Cause.Broadcast, "NN3009", null, bad =>
        {
            var wave = (arange(13) * 0.6 + rand(12, 1) * 6.28).sin() + Noise(0.05, 12, 13);
            var (gru, head) = (GRU(1, 24, batchFirst: true), Linear(24, 1));
            var model = new Net(x => head.call(gru.call(x.unsqueeze(2), null).Item1), gru, head);
            var next = wave.narrow(1, 1, 12);
            return Of(model, (wave.narrow(1, 0, 12), bad ? next : next.unsqueeze(2)), (o, t) => F.l1_loss(o, t), Adam(5e-3, 200));
        }),
        Faulty("view instead of transpose before an LSTM", Cause.ShapeMixesBatch, "NN3001", null, bad =>
        {
            var x = randn(400, 12, 3);
            var (lstm, head) = (LSTM(3, 8), Linear(8, 1));
            var model = new Net(v => head.call(lstm.call(bad ? v.reshape(v.shape[1], v.shape[0], 3) : v.transpose(0, 1), null).Item1[-1]),
                lstm, head);
            return Of(model, (x, x.narrow(1, 6, 6).mean([1]).Column(0) * 2), Mse, Adam(1e-2, 150));
        }),
        Faulty("a GRU that takes samples for steps", Cause.WrongAxis, null, "part0", bad =>
        {
            var x = randn(220, 10, 2);
            var (gru, head) = (GRU(2, 6, batchFirst: !bad), Linear(6, 2));
            var model = new Net(v => head.call(gru.call(v, null).Item1[.., -1]), gru, head);
            return Of(model, (x, (x[.., .., 0].sum(1) > 0).to_type(ScalarType.Int64)), Entropy, Adam(2e-2, 80));
        }),
        Faulty("the optimizer holds the model before it was rebuilt", Cause.OptimizerLacksParameters, null, null, bad =>
        {
            Module<Tensor, Tensor> Build() => Chain(Conv2d(1, 8, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(128, 3));
            var (old, model) = (Build(), Build());
            return Of(model, Strokes(45, 10), Entropy, With(2e-3, 120, p => optim.Adam(bad ? old.parameters() : p, 2e-3)));
        }),
        Faulty("momentum at rate 5", Cause.RateTooHigh, "NN4003", null, bad =>
            Of(Mlp([9, 32, 32, 4]), Blobs(80, 4, 9), Entropy, Sgd(bad ? 5 : 0.05, 150))),
        Faulty("momentum at rate 1e-8", Cause.RateTooLow, null, null, bad =>
        {
            var x = randn(50, 9, 4);
            var (lstm, head) = (LSTM(4, 20, batchFirst: true), Linear(20, 1));
            return Of(new Net(v => head.call(lstm.call(v, null).Item1.mean([1])), lstm, head), (x, x.mean([1]).Column(1).sin() * 3), Mse,
                Sgd(bad ? 1e-8 : 0.1, 200));
        }),
        Faulty("momentum with decay 2", Cause.Decay, null, null, bad =>
        {
            var body = Chain(Conv1d(3, 16, 3, padding: 1L), ReLU(), Conv1d(16, 16, 3, padding: 1L), ReLU(), AdaptiveAvgPool1d(1), Flatten(),
                Linear(16, 1));
            var x = randn(60, 3, 16);
            return Of(body, (x, x[.., 0].maximum(x[.., 1]).mean([1]).unsqueeze(1) * 4), Mse, Sgd(0.02, 200, 0.9, bad ? 2 : 1e-4));
        }),
        Faulty("one expert a group, in a dictionary", Cause.NotRegistered, null, null, bad =>
            Of(new Experts(bad), Experts.Data(), Mse, Adam(3e-3, 250))),
        Faulty("detach between encoder and head", Cause.Detached, null, "part0", bad =>
        {
            var (gru, head) = (GRU(1, 32, batchFirst: true), Linear(32, 1));
            var wave = randn(60, 14, 1);
            var model = new Net(x =>
            {
                var h = gru.call(x, null).Item1.select(1, -1);
                return head.call(bad ? h.detach() : h);
            }, gru, head);
            return Of(model, (wave, (wave[.., 3] * wave[.., 9]).tanh()), Mse, Adam(5e-3, 300));
        }),
        Faulty("fresh convolutions frozen", Cause.Frozen, null, "part0", bad =>
        {
            var body = Chain(Conv2d(1, 4, 3, 2, 1L), ReLU(), Conv2d(4, 8, 3, 2, 1L), ReLU(), Conv2d(8, 8, 3, 2, 1L), ReLU(), Flatten());
            var head = Linear(32, 4);
            if (bad) Frozen(body);
            return Of(new Net(x => head.call(body.call(x)), body, head), Strokes(60, 16, 4), Entropy,
                With(3e-3, 200, p => optim.Adam(p.Where(q => q.requires_grad), 3e-3)));
        }),
        Faulty("the second encoder is never called", Cause.Unused, null, "part1", bad =>
        {
            var (x, _) = Smooth(110, 8);
            var (near, far, head) = (Mlp([4, 32, 16]), Mlp([4, 32, 16]), Linear(32, 1));
            var model = new Net(v =>
            {
                var (left, right) = (v.narrow(1, 0, 4), v.narrow(1, 4, 4));
                return head.call(cat([near.call(left), bad ? near.call(left) : far.call(right)], 1).relu());
            }, near, far, head);
            return Of(model, (x, x.Column(1).sin() + x.Column(5) * x.Column(6).sigmoid() + Noise(0.1, 110, 1)), Mse, Adam(2e-3, 250));
        }),
        Faulty("ReLU recurrence over 60 steps, not clipped", Cause.ExplodingGradient, null, "part0", bad =>
        {
            var x = randn(32, 60, 2);
            var (step, head) = (Linear(34, 32), Linear(32, 1));
            var model = new Net(v =>
            {
                var h = zeros(v.shape[0], 32);
                for (var t = 0; t < 60; t++)
                {
                    var sum = step.call(cat([v[.., t], h], 1));
                    h = bad ? h + 0.3 * sum.relu() : 0.8 * h + 0.2 * sum.tanh();
                }
                return head.call(h);
            }, step, head);
            return Of(model, (x, x.narrow(1, 50, 10).mean([1]).Column(0) * 3), Mse, Sgd(0.05, 100));
        }),
        Faulty("batch norm over weights from N(0, 1)", Cause.NormalizationHidesInit, "NN1010", "0.weight", bad =>
        {
            var data = Smooth(100, 40);
            var model = Chain(Linear(40, 128), BatchNorm1d(128), ReLU(), Linear(128, 128), BatchNorm1d(128), ReLU(), Linear(128, 1));
            if (bad) foreach (var i in new[] { 0, 3 }) init.normal_(((Linear)model[i]).weight!);
            return Of(model, data, Mse, Sgd(0.01, 60));
        }),
        Faulty("nineteen of twenty dropped", Cause.Dropout, null, "2", bad =>
            Of(Chain(Linear(10, 64), ReLU(), Dropout(bad ? 0.95 : 0.1), Linear(64, 64), ReLU(), Dropout(bad ? 0.95 : 0.1), Linear(64, 6)),
                Blobs(90, 6, 10), Entropy, Adam(2e-3, 200))),
        Faulty("rings around a center, no bias", Cause.MissingBias, "NN1004", "0", bad =>
        {
            var x = randn(150, 2) * 1.5;
            var ring = (x.square().sum(1).sqrt() * 0.8).to_type(ScalarType.Int64).clamp(0, 2);
            Module<Tensor, Tensor> Layer(long from, long to) => Linear(from, to, !bad);
            return Of(Chain(Layer(2, 48), ReLU(), Layer(48, 48), ReLU(), Layer(48, 3)), (x, ring), Entropy, Adam(3e-3, 250));
        }),
        Faulty("stars rounded before the loss", Cause.NotDifferentiable, null, null, bad =>
        {
            var (x, y) = Smooth(100, 6);
            return Of(Mlp([6, 48, 1]), (x, (3 + y).clamp(1, 5).round()), (o, t) => Mse(bad ? o.round() : o, t), Adam(3e-3, 250));
        }),
        Faulty("root of distances, a sample's own among them", Cause.NotFiniteLoss, null, null, bad =>
        {
            var x = randn(40, 12);
            var far = (x.narrow(1, 0, 3).unsqueeze(0) - x.narrow(1, 0, 3).unsqueeze(1)).square().sum(2).sqrt();
            return Of(Mlp([12, 32, 2]), (x, far), (o, t) =>
                Mse(((o.unsqueeze(0) - o.unsqueeze(1)).square().sum(2) + (bad ? 0 : 1e-6)).sqrt(), t), Adam(5e-3, 200));
        }),
    ];

    /// <summary>Keeps its experts where RegisterComponents does not look.</summary>
    private sealed class Experts : Module<Tensor, Tensor>
    {
        private readonly Dictionary<int, Sequential> _experts = new() { [0] = Mlp([4, 24, 8]), [1] = Mlp([4, 24, 8]) };
        private readonly Linear _head = Linear(8, 1);

        public Experts(bool bad) : base("experts")
        {
            RegisterComponents();
            foreach (var (group, expert) in _experts) if (!bad) register_module("expert" + group, expert);
        }

        public static (Tensor Input, Tensor Target) Data()
        {
            var (x, group) = (randn(140, 4), Picks(2, 140, 1).to_type(ScalarType.Float32));
            return (cat([x, group], 1), (1 - group) * (x.Column(0) * x.Column(1)) + group * (x.Column(2) * 2).sin());
        }

        public override Tensor forward(Tensor x)
        {
            var group = x.Column(4);
            return _head.call((1 - group) * _experts[0].call(x.narrow(1, 0, 4)) + group * _experts[1].call(x.narrow(1, 0, 4)));
        }
    }
}
