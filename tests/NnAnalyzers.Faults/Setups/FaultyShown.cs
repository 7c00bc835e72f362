using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Faults;

/// <summary>Set-ups with one mistake each, for tuning.</summary>
internal static class FaultyShown
{
    public static IReadOnlyList<Labelled> All { get; } =
    [
        Faulty("regression, first bias -20", Cause.DeadUnits, null, "0.bias", bad =>
        {
            var model = Mlp([10, 64, 64, 1]);
            if (bad) init.constant_(((Linear)model[0]).bias!, -20);
            return Of(model, Smooth(96, 10), Mse, Adam(1e-3, 300));
        }),
        Faulty("wide regression, weights from N(0, 1)", Cause.Initialization, "NN2001", null, bad =>
        {
            var (data, model) = (Smooth(150, 12), Mlp([12, 128, 128, 128, 1]));
            return Of(bad ? Weights(model, w => init.normal_(w)) : model, data, Mse, Adam(1e-3, 200));
        }),
        Faulty("ten sigmoid layers", Cause.VanishingGradient, "NN1006", null, bad =>
            Of(Mlp([8, .. Enumerable.Repeat(48L, 10), 4], bad ? Sigmoid : () => ReLU()), Blobs(80, 4, 8), Entropy, Adam(1e-3, 200))),
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
        Faulty("squared error on class numbers", Cause.WrongLoss, null, null, bad =>
        {
            var (x, kind) = Blobs(120, 6, 8, 1);
            return bad ? Of(Mlp([8, 48, 1]), (x, kind.unsqueeze(1).to_type(ScalarType.Float32)), Mse, Adam(2e-3, 200))
                : Of(Mlp([8, 48, 6]), (x, kind), Entropy, Adam(2e-3, 200));
        }),
        Faulty("negative log-likelihood of raw logits", Cause.WrongLoss, null, null, bad =>
            Of(Mlp([16, 64, 5]), Blobs(100, 5, 16), (o, t) => F.nll_loss(bad ? o : F.log_softmax(o, 1), t), Adam(1e-3, 200))),
        Faulty("ReLU on the output, differences of temperature", Cause.OutputActivation, "NN1001", "5", bad =>
        {
            var x = randn(100, 6);
            var change = 2 * x.Column(0) - x.Column(1) * x.Column(2) - 0.5 + Noise(0.2, 100, 1);
            return Of(Chain(Linear(6, 48), ReLU(), Linear(48, 48), ReLU(), Linear(48, 1), bad ? ReLU() : Identity()), (x, change), Mse,
                Adam(2e-3, 300));
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
        Faulty("the wrong column of the table is the target: always 0", Cause.ConstantTarget, null, null, bad =>
        {
            var (x, y) = Smooth(90, 5);
            return Of(Mlp([5, 32, 32, 1]), (x, bad ? zeros_like(y) : y), Mse, Adam(2e-3, 250));
        }),
        Faulty("one sick in 500", Cause.ClassImbalance, null, null, bad =>
        {
            var sick = (arange(500) < (bad ? 1 : 250)).to_type(ScalarType.Float32).unsqueeze(1);
            return Of(Mlp([10, 32, 1]), (randn(500, 10) + sick * Noise(0.8, 1, 10), sick), Binary, Adam(1e-3, 150));
        }),
        Faulty("losses of four outputs in a loop, each replaces the last", Cause.UnusedOutputs, null, null, bad =>
        {
            var x = randn(100, 8);
            return Of(Mlp([8, 64, 4]), (x, (x.matmul(randn(8, 4)) * 0.5).sin()), (o, t) =>
            {
                var loss = zeros(1).sum();
                for (var i = 0; i < 4; i++) loss = (bad ? 0 : loss) + Mse(o.Column(i), t.Column(i));
                return loss;
            }, Adam(2e-3, 250));
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
        Faulty("the price itself among the features", Cause.LeakedTarget, null, null, bad =>
        {
            var (x, y) = Smooth(120, 7, 0.4);
            return Of(Mlp([8, 48, 1]), (cat([x.narrow(1, 0, 3), bad ? y : randn(120, 1), x.narrow(1, 3, 4)], 1), y), Mse, Adam(2e-3, 250));
        }),
        Faulty("income in single dollars beside scaled features", Cause.InputScale, "NN6003", null, bad =>
        {
            var (x, y) = Blobs(100, 3, 6);
            var scale = ones(6);
            scale[2] = bad ? 1e6f : 1;
            return Of(Mlp([6, 32, 32, 3]), (x * scale, y), Entropy, Adam(1e-3, 250));
        }),
        Faulty("prices in dollars as targets", Cause.TargetScale, "NN6003", null, bad =>
        {
            var (x, y) = Smooth(100, 6);
            return Of(Mlp([6, 64, 64, 1]), (x, (3 + y) * (bad ? 1e5 : 1)), Mse, Adam(1e-3, 400));
        }),
        Faulty("a column of outputs against a row of targets", Cause.Broadcast, "NN3009", null, bad =>
        {
            var (x, y) = Smooth(100, 5);
            return Of(Mlp([5, 48, 48, 1]), (x, bad ? y.squeeze(1) : y), Mse, Adam(2e-3, 250));
        }),
        Faulty("view instead of transpose before an LSTM", Cause.ShapeMixesBatch, "NN3001", null, bad =>
        {
            var x = randn(400, 12, 3);
            var (lstm, head) = (LSTM(3, 8), Linear(8, 1));
            var model = new Net(v => head.call(lstm.call(bad ? v.reshape(v.shape[1], v.shape[0], 3) : v.transpose(0, 1), null).Item1[-1]),
                lstm, head);
            return Of(model, (x, x.narrow(1, 6, 6).mean([1]).Column(0) * 2), Mse, Adam(1e-2, 150));
        }),
        Faulty("log-softmax over the batch", Cause.WrongAxis, null, "5", bad =>
            Of(Chain(Linear(9, 48), ReLU(), Linear(48, 48), ReLU(), Linear(48, 3), LogSoftmax(bad ? 0 : 1)), Blobs(75, 3, 9),
                (o, t) => F.nll_loss(o, t), Adam(2e-3, 200))),
        Faulty("new head after the optimizer was made", Cause.OptimizerLacksParameters, null, "4", bad =>
            Of(Mlp([12, 24, 12, 10]), Blobs(120, 10, 12), Entropy, With(2e-3, 200, p => optim.Adam(bad ? p.SkipLast(2) : p, 2e-3)))),
        Faulty("Adam at rate 10", Cause.RateTooHigh, "NN4003", null, bad =>
            Of(Mlp([8, 48, 48, 1], Tanh), Smooth(90, 8), Mse, Adam(bad ? 10 : 3e-3, 200))),
        Faulty("Adam at rate 1e-9", Cause.RateTooLow, "NN4003", null, bad =>
            Of(Chain(Conv2d(1, 8, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(200, 3)), Strokes(40, 12), Entropy,
                Adam(bad ? 1e-9 : 2e-3, 120))),
        Faulty("Adam with decay 10", Cause.Decay, null, null, bad =>
            Of(Mlp([10, 64, 64, 5]), Blobs(100, 5, 10), Entropy, With(1e-3, 250, p => optim.Adam(p, 1e-3, weight_decay: bad ? 10 : 1e-4)))),
        Faulty("hidden layers in a list", Cause.NotRegistered, null, null, bad => Of(new Listed(bad), Smooth(90, 6), Mse, Adam(2e-3, 250))),
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
        Faulty("one feature, no bias anywhere", Cause.MissingBias, "NN1004", "0", bad =>
        {
            var x = rand(100, 1) * 4;
            var model = Chain(Linear(1, 64, !bad), ReLU(), Linear(64, 64, !bad), ReLU(), Linear(64, 1, !bad));
            return Of(model, (x, 3 - (x - 1.5).abs() * 1.5 + Noise(0.1, 100, 1)), Mse, Adam(3e-3, 300));
        }),
        Faulty("stars rounded before the loss", Cause.NotDifferentiable, null, null, bad =>
        {
            var (x, y) = Smooth(100, 6);
            return Of(Mlp([6, 48, 1]), (x, (3 + y).clamp(1, 5).round()), (o, t) => Mse(bad ? o.round() : o, t), Adam(3e-3, 250));
        }),
        Faulty("logarithm of an output that may be negative", Cause.NotFiniteLoss, null, null, bad =>
        {
            var (x, y) = Smooth(80, 5);
            return Of(Mlp([5, 32, 1]), (x, y.exp()), (o, t) => Mse((bad ? o : F.softplus(o, 1, 20) + 1e-3).log(), t.log()),
                Adam(3e-3, 200));
        }),
    ];

    /// <summary>Keeps its hidden layers where RegisterComponents does not look.</summary>
    private sealed class Listed : Module<Tensor, Tensor>
    {
        private readonly List<Linear> _hidden = [Linear(6, 32), Linear(32, 32)];
        private readonly Linear _head = Linear(32, 1);

        public Listed(bool bad) : base("listed")
        {
            RegisterComponents();
            for (var i = 0; !bad && i < _hidden.Count; i++) register_module("hidden" + i, _hidden[i]);
        }

        public override Tensor forward(Tensor x) => _head.call(_hidden.Aggregate(x, (h, layer) => layer.call(h).relu()));
    }
}
