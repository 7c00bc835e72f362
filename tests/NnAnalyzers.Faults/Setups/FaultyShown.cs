using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;

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
        Faulty("convolutions drawn with a spread of 0.0001", Cause.Initialization, "NN2001", null, bad =>
        {
            var data = Strokes(50, 12, 4);
            var body = Chain(Conv2d(1, 8, 3, padding: 1L), ReLU(), Conv2d(8, 8, 3, padding: 1L), ReLU(), MaxPool2d(2), Conv2d(8, 8, 3),
                ReLU(), MaxPool2d(2));
            if (bad) Weights(body, w => init.normal_(w, 0, 1e-4));
            return Of(Chain(body, Flatten(), Linear(32, 4)), data, Entropy, Sgd(0.02, 150));
        }),
        Faulty("ten sigmoid layers", Cause.VanishingGradient, "NN1006", null, bad =>
            Of(Mlp([8, .. Enumerable.Repeat(48L, 10), 4], bad ? Sigmoid : () => ReLU()), Blobs(80, 4, 8), Entropy, Adam(1e-3, 200))),
        Faulty("highway gates that start shut", Cause.Saturated, null, "part0.bias", bad =>
        {
            var (gate, change, head) = (Linear(16, 16), Linear(16, 16), Linear(16, 1));
            init.constant_(gate.bias!, bad ? -25 : -1);
            var model = new Net(x =>
            {
                for (var i = 0; i < 3; i++)
                {
                    var open = gate.call(x).sigmoid();
                    x = open * change.call(x).relu() + (1 - open) * x;
                }
                return head.call(x);
            }, gate, change, head);
            return Of(model, Smooth(150, 16), Mse, Adam(3e-3, 300));
        }),
        Faulty("every weight 0.1, left from debugging", Cause.IdenticalWeights, null, null, bad =>
        {
            var model = Mlp([5, 40, 40, 1], Tanh);
            return Of(bad ? Weights(model, w => init.constant_(w, 0.1)) : model, Smooth(110, 5), Mse, Adam(3e-3, 300));
        }),
        Faulty("an unknown vocabulary: every word is padding", Cause.InputLost, null, "part0", bad =>
        {
            var y = Picks(3, 60);
            var titles = where(rand(60, 7) < 0.5, y.unsqueeze(1) * 5 + Picks(5, 60, 7), Picks(15, 60, 7)) + 1;
            var (words, gru, head) = (Embedding(16, 20, padding_idx: 0), GRU(20, 24, batchFirst: true), Linear(24, 3));
            var model = new Net(x => head.call(gru.call(words.call(x), null).Item1[.., -1]), words, gru, head);
            return Of(model, (bad ? zeros_like(titles) : titles, y), Entropy, Adam(5e-3, 150));
        }),
        Faulty("mean over the words that are padding", Cause.MaskHidesAll, null, null, bad =>
        {
            var length = 3 + Picks(6, 70, 1);
            var tokens = where(arange(8) < length, 1 + Picks(24, 70, 8), zeros(70, 8, ScalarType.Int64));
            var (words, head) = (Embedding(25, 16), Mlp([16, 32, 1]));
            var model = new Net(x =>
            {
                var shown = (bad ? x < 0 : x > 0).to_type(ScalarType.Float32).unsqueeze(2);
                return head.call((words.call(x) * shown).sum([1]) / shown.sum(1).clamp(1));
            }, words, head);
            return Of(model, (tokens, ((tokens > 16).sum(1, true) > 1).to_type(ScalarType.Float32)), Binary, Adam(5e-3, 150));
        }),
        Faulty("squared error on class numbers", Cause.WrongLoss, null, null, bad =>
        {
            var (x, kind) = Blobs(120, 6, 8, 1);
            return bad ? Of(Mlp([8, 48, 1]), (x, kind.unsqueeze(1).to_type(ScalarType.Float32)), Mse, Adam(2e-3, 200))
                : Of(Mlp([8, 48, 6]), (x, kind), Entropy, Adam(2e-3, 200));
        }),
        Faulty("cross-entropy over the only output, for yes or no", Cause.WrongLoss, "NN1013", null, bad =>
        {
            var (x, kind) = Strokes(50, 10, 2);
            var model = Chain(Conv2d(1, 8, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(128, 1));
            return Of(model, (x, kind.unsqueeze(1).to_type(ScalarType.Float32)), bad ? Entropy : Binary, Adam(2e-3, 120));
        }),
        Faulty("ReLU on the output, differences of temperature", Cause.OutputActivation, "NN1001", "5", bad =>
        {
            var x = randn(100, 6);
            var change = 2 * x.Column(0) - x.Column(1) * x.Column(2) - 0.5 + Noise(0.2, 100, 1);
            return Of(Chain(Linear(6, 48), ReLU(), Linear(48, 48), ReLU(), Linear(48, 1), bad ? ReLU() : Identity()), (x, change), Mse,
                Adam(2e-3, 300));
        }),
        Faulty("sigmoid before the loss that has one inside", Cause.OutputActivation, "NN1002", "3", bad =>
        {
            var x = randn(100, 14);
            var tags = (x.matmul(randn(14, 5)) > 2).to_type(ScalarType.Float32);
            return Of(Chain(Linear(14, 64), ReLU(), Linear(64, 5), bad ? Sigmoid() : Identity()), (x, tags), Binary, Adam(3e-3, 200));
        }),
        Faulty("log-likelihood without its minus", Cause.WrongSign, null, null, bad =>
            Of(Mlp([8, 40, 4]), Blobs(90, 4, 8), (o, t) => (bad ? 1 : -1) * F.log_softmax(o, 1).gather(1, t.unsqueeze(1)).mean(),
                Adam(2e-3, 150))),
        Faulty("labels in the order of the file, pictures in the order of their names", Cause.TargetsUnrelated, null, null, bad =>
        {
            var (x, kind) = Strokes(80, 10, 4, 0.1);
            var model = Chain(Conv2d(1, 6, 3), ReLU(), MaxPool2d(2), Conv2d(6, 8, 3), ReLU(), AdaptiveAvgPool2d(1), Flatten(),
                Linear(8, 4));
            return Of(model, (x, bad ? kind.sort().Values : kind), Entropy, Adam(3e-3, 200));
        }),
        Faulty("the wrong column of the table is the target: always 0", Cause.ConstantTarget, null, null, bad =>
        {
            var (x, y) = Smooth(90, 5);
            return Of(Mlp([5, 32, 32, 1]), (x, bad ? zeros_like(y) : y), Mse, Adam(2e-3, 250));
        }),
        Faulty("cracks on three pixels in a thousand", Cause.ClassImbalance, null, null, bad =>
        {
            var (pictures, _, covered) = Spots(8, 32, bad ? 1.05 : 9);
            var model = Chain(Conv2d(1, 8, 3, padding: 1L), ReLU(), Conv2d(8, 2, 3, padding: 1L));
            return Of(model, (pictures * 0.3 + Noise(0.3, 8, 1, 32, 32), covered), Entropy, Adam(2e-3, 100));
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
        Faulty("logarithm of counts, some of them 0", Cause.NotFiniteData, null, null, bad =>
        {
            var counts = (randn(90, 8) * 0.8 + 1).exp().poisson();
            var x = bad ? counts.log() : (counts + 1).log();
            return Of(Chain(Linear(8, 48), ReLU(), Linear(48, 3)), (x, counts.narrow(1, 0, 3).argmax(1)), Entropy, Adam(3e-3, 200));
        }),
        Faulty("one picture of each kind, copied forty times", Cause.DuplicatedData, null, null, bad =>
        {
            var noise = bad ? Noise(0.2, 2, 1, 12, 12).repeat(40, 1, 1, 1) : Noise(0.2, 80, 1, 12, 12);
            var kind = (arange(80) % 2).to_type(ScalarType.Int64);
            var strokes = zeros(80, 1, 12, 12);
            for (var i = 0; i < 80; i++)
            {
                var at = 2 + (bad ? 3 : i % 8);
                for (var k = 1; k < 11; k++) strokes[i, 0, i % 2 == 0 ? at : k, i % 2 == 0 ? k : at] = 1;
            }
            return Of(Chain(Conv2d(1, 8, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(200, 2)), (strokes + noise, kind), Entropy,
                Adam(2e-3, 120));
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
        Faulty("maps permuted before they are flattened", Cause.ShapeMixesBatch, null, null, bad =>
        {
            var (first, head) = (Conv2d(1, 6, 3, 2), Linear(96, 3));
            var model = new Net(x =>
            {
                var maps = first.call(x).relu();
                return head.call((bad ? maps.permute(1, 2, 3, 0) : maps).reshape(x.shape[0], 96));
            }, first, head);
            return Of(model, Strokes(240, 10), Entropy, Adam(3e-3, 120));
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
        Faulty("features handed on as plain numbers", Cause.Detached, null, "part0", bad =>
        {
            var (first, second) = (Chain(Conv2d(1, 4, 3, 2), ReLU(), Conv2d(4, 3, 3, 2), ReLU(), Flatten()), Mlp([27, 8, 3]));
            var model = new Net(x =>
            {
                var h = first.call(x);
                return second.call(bad ? tensor(h.data<float>().ToArray()).view(h.shape) : h);
            }, first, second);
            return Of(model, Strokes(90, 16), Entropy, Adam(3e-3, 200));
        }),
        Faulty("word table frozen before it learned anything", Cause.Frozen, null, "part0.weight", bad =>
        {
            var tokens = Picks(120, 100, 2);
            var (words, head) = (Words(120, 6, 0.1), Linear(12, 1));
            if (bad) Frozen(words);
            var score = randn(120);
            return Of(new Net(x => head.call(words.call(x).flatten(1)), words, head), (tokens, score[tokens].sum(1, true)), Mse,
                With(1e-2, 250, p => optim.Adam(p.Where(q => q.requires_grad), 1e-2)));
        }),
        Faulty("the deeper path is left out of forward", Cause.Unused, null, "part1", bad =>
        {
            var (direct, deep, head) = (Linear(8, 3), Mlp([8, 64, 64, 3]), Linear(3, 3));
            var x = randn(130, 8);
            var (first, second) = (x.Column(0) * x.Column(1) > 0, x.Column(2) * x.Column(3) > 0.3);
            var kind = first.to_type(ScalarType.Int64) + second.to_type(ScalarType.Int64);
            return Of(new Net(v => head.call(bad ? direct.call(v) : direct.call(v) + deep.call(v)), direct, deep, head),
                (x, kind.squeeze(1)), Entropy, Adam(3e-3, 250));
        }),
        Faulty("forty blocks that each add three times their answer", Cause.ExplodingGradient, null, null, bad =>
        {
            var blocks = Enumerable.Range(0, 40).Select(_ => Linear(24, 24)).ToArray();
            var (first, head) = (Linear(6, 24), Linear(24, 3));
            var model = new Net(x => head.call(blocks.Aggregate(first.call(x), (h, b) => h + (bad ? 3 : 0.2) * b.call(h).relu())),
                [first, .. blocks, head]);
            return Of(model, Blobs(60, 3, 6), Entropy, Sgd(0.01, 150));
        }),
        Faulty("convolutions from N(0, 3), each followed by batch norm", Cause.NormalizationHidesInit, "NN1010", "0.weight", bad =>
        {
            var data = Strokes(48, 12, 4);
            var model = Chain(Conv2d(1, 16, 3), BatchNorm2d(16), ReLU(), Conv2d(16, 24, 3), BatchNorm2d(24), ReLU(), AdaptiveAvgPool2d(1),
                Flatten(), Linear(24, 4));
            if (bad) foreach (var i in new[] { 0, 3 }) init.normal_(((Conv2d)model[i]).weight!, 0, 3);
            return Of(model, data, Entropy, Sgd(0.01, 100));
        }),
        Faulty("dropout on the logits", Cause.Dropout, null, "4", bad =>
        {
            var model = Chain(Flatten(), Linear(100, 48), ReLU(), Linear(48, 3), Dropout(bad ? 0.5 : 0));
            return Of(model, Strokes(60, 10), Entropy, Adam(2e-3, 200));
        }),
        Faulty("one feature, no bias anywhere", Cause.MissingBias, "NN1004", "0", bad =>
        {
            var x = rand(100, 1) * 4;
            var model = Chain(Linear(1, 64, !bad), ReLU(), Linear(64, 64, !bad), ReLU(), Linear(64, 1, !bad));
            return Of(model, (x, 3 - (x - 1.5).abs() * 1.5 + Noise(0.1, 100, 1)), Mse, Adam(3e-3, 300));
        }),
        Faulty("argmax before the loss, told to require a gradient", Cause.NotDifferentiable, null, null, bad =>
        {
            var (x, kind) = Blobs(90, 5, 10);
            return Of(Mlp([10, 48, 5]), (x, kind), (o, t) => bad
                ? Mse(o.argmax(1).to_type(ScalarType.Float32).requires_grad_(), t.to_type(ScalarType.Float32))
                : Entropy(o, t), Adam(2e-3, 150));
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
