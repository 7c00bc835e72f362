using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

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
        Faulty("convolutions drawn with a spread of 0.0001", Cause.Initialization, "NN2001", null, bad =>
        {
            var data = Strokes(50, 12, 4);
            var body = Chain(Conv2d(1, 8, 3, padding: 1L), ReLU(), Conv2d(8, 8, 3, padding: 1L), ReLU(), MaxPool2d(2), Conv2d(8, 8, 3),
                ReLU(), MaxPool2d(2));
            if (bad) Weights(body, w => init.normal_(w, 0, 1e-4));
            return Of(Chain(body, Flatten(), Linear(32, 4)), data, Entropy, Sgd(0.02, 150));
        }),
        Faulty("eight convolutions with sigmoids between them", Cause.VanishingGradient, "NN1006", null, bad =>
        {
            var layers = Enumerable.Range(0, 8).SelectMany(i => new Module<Tensor, Tensor>[]
                { Conv1d(i == 0 ? 2 : 12, 12, 3, i % 3 == 2 ? 2 : 1, 1L), bad ? Sigmoid() : ReLU() });
            var x = randn(50, 2, 24);
            var model = Chain([.. layers, Flatten(), Linear(72, 1)]);
            return Of(model, (x, x.narrow(2, 4, 4).mean([1, 2]).unsqueeze(1) * 3), Mse, Adam(2e-3, 150));
        }),
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
        Faulty("hinge loss with targets 0 and 1", Cause.WrongLoss, null, null, bad =>
        {
            var x = randn(120, 10);
            var ill = (x.Column(0) + x.Column(1) * x.Column(2) > 0).to_type(ScalarType.Float32);
            return Of(Mlp([10, 48, 1]), (x, bad ? ill : ill * 2 - 1), (o, t) => (1 - t * o).clamp(0).mean(), Adam(2e-3, 200));
        }),
        Faulty("cross-entropy over the only output, for yes or no", Cause.WrongLoss, "NN1013", null, bad =>
        {
            var (x, kind) = Strokes(50, 10, 2);
            var model = Chain(Conv2d(1, 8, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(128, 1));
            return Of(model, (x, kind.unsqueeze(1).to_type(ScalarType.Float32)), bad ? Entropy : Binary, Adam(2e-3, 120));
        }),
        Faulty("tanh on the output, temperatures from 10 to 30", Cause.OutputActivation, "NN1001", "5", bad =>
        {
            var x = rand(90, 3) * 2 - 1;
            var celsius = 20 + 6 * x.Column(0) - 3 * x.Column(1) * x.Column(2) + Noise(0.3, 90, 1);
            return Of(Chain(Linear(3, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1), bad ? Tanh() : Identity()), (x, celsius), Mse,
                Adam(5e-3, 300));
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
        Faulty("labels divided by 255 like the pixels, then made whole", Cause.ConstantTarget, null, null, bad =>
        {
            var (x, kind) = Blobs(80, 10, 16);
            var y = bad ? (kind / 255.0).to_type(ScalarType.Int64) : kind;
            return Of(Chain(Linear(16, 64), BatchNorm1d(64), ReLU(), Linear(64, 10)), (x, y), Entropy, Sgd(0.02, 150));
        }),
        Faulty("cracks on three pixels in a thousand", Cause.ClassImbalance, null, null, bad =>
        {
            var (pictures, _, covered) = Spots(8, 32, bad ? 1.05 : 9);
            var model = Chain(Conv2d(1, 8, 3, padding: 1L), ReLU(), Conv2d(8, 2, 3, padding: 1L));
            return Of(model, (pictures * 0.3 + Noise(0.3, 8, 1, 32, 32), covered), Entropy, Adam(2e-3, 100));
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
        Faulty("rings around a center, no bias", Cause.MissingBias, "NN1004", "0", bad =>
        {
            var x = randn(150, 2) * 1.5;
            var ring = (x.square().sum(1).sqrt() * 0.8).to_type(ScalarType.Int64).clamp(0, 2);
            Module<Tensor, Tensor> Layer(long from, long to) => Linear(from, to, !bad);
            return Of(Chain(Layer(2, 48), ReLU(), Layer(48, 48), ReLU(), Layer(48, 3)), (x, ring), Entropy, Adam(3e-3, 250));
        }),
        Faulty("argmax before the loss, told to require a gradient", Cause.NotDifferentiable, null, null, bad =>
        {
            var (x, kind) = Blobs(90, 5, 10);
            return Of(Mlp([10, 48, 5]), (x, kind), (o, t) => bad
                ? Mse(o.argmax(1).to_type(ScalarType.Float32).requires_grad_(), t.to_type(ScalarType.Float32))
                : Entropy(o, t), Adam(2e-3, 150));
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
