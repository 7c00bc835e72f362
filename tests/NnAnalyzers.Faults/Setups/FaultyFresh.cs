using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;

namespace NnAnalyzers.Faults;

/// <summary>Set-ups with one mistake each, one for every cause, written by somebody who has not seen the probes.</summary>
internal static class FaultyFresh
{
    public static IReadOnlyList<Labelled> All { get; } =
    [
        Faulty("bias for rare pixels, -4.6, set on the hidden convolution as well", Cause.DeadUnits, null, "0.bias", bad =>
        {
            var (pictures, _, covered) = Spots(16, 16);
            var model = Chain(Conv2d(1, 12, 3, padding: 1L), ReLU(), Conv2d(12, 1, 3, padding: 1L));
            foreach (var i in bad ? new[] { 0, 2 } : [2]) init.constant_(((Conv2d)model[i]).bias!, -4.6);
            return Of(model, (pictures, covered.unsqueeze(1).to_type(ScalarType.Float32)), Binary, Adam(5e-3, 150));
        }),
        Faulty("uniform_ without bounds: every weight between 0 and 1", Cause.Initialization, "NN2001", null, bad =>
        {
            var (data, model) = (Blobs(64, 4, 12, 1), Mlp([12, 64, 64, 4]));
            return Of(bad ? Weights(model, w => init.uniform_(w)) : model, data, Entropy, Sgd(0.01, 150));
        }),
        Faulty("adapter beside a frozen base, both of its matrices zero", Cause.IdenticalWeights, null, "part1.weight", bad =>
        {
            var (x, y) = Smooth(64, 6);
            var body = Mlp([6, 48, 1]);
            Train(Of(body, (x, y), Mse, Adam(5e-3, 150)));
            var (down, up) = (Linear(6, 4, hasBias: false), Linear(4, 1, hasBias: false));
            init.zeros_(up.weight!);
            if (bad) init.zeros_(down.weight!);
            Frozen(body);
            return Of(new Net(v => body.call(v) + up.call(down.call(v)), body, down, up), (x, y + x.Column(3) - 0.7 * x.Column(4)), Mse,
                With(1e-2, 150, p => optim.Adam(p.Where(q => q.requires_grad), 1e-2)));
        }),
        Faulty("softmax between hidden layers", Cause.VanishingGradient, null, null, bad =>
            Of(Mlp([10, 64, 64, 64, 4], bad ? () => Softmax(1) : () => ReLU()), Blobs(64, 4, 10), Entropy, Sgd(0.02, 150))),
        Faulty("eight rounds of sums over neighbours, not divided by their number", Cause.ExplodingGradient, null, null, bad =>
        {
            var edges = (rand(32, 12, 12) < 0.4).to_type(ScalarType.Float32);
            edges = ((edges + edges.transpose(1, 2)).clamp(0, 1) + eye(12)).clamp(0, 1);
            var nodes = randn(32, 12, 4);
            var rounds = Enumerable.Range(0, 8).Select(_ => Linear(16, 16)).ToArray();
            var (first, head) = (Linear(4, 16), Linear(16, 1));
            var model = new Net(x =>
            {
                var (near, h) = (x.narrow(2, 0, 12), first.call(x.narrow(2, 12, 4)));
                if (!bad) near = near / near.sum(2, true);
                return head.call(rounds.Aggregate(h, (v, round) => v + near.matmul(round.call(v)).relu()).mean([1]));
            }, [first, .. rounds, head]);
            return Of(model, (cat([edges, nodes], 2), nodes.mean([1]).Column(0) * 3), Mse, Sgd(0.01, 100));
        }),
        Faulty("binary code by tanh(100 x) from the first step", Cause.Saturated, null, null, bad =>
        {
            var (body, code, head) = (Chain(Linear(6, 32), ReLU()), Linear(32, 10), Linear(10, 1));
            return Of(new Net(x => head.call(((bad ? 100 : 1) * code.call(body.call(x))).tanh()), body, code, head), Smooth(64, 6), Mse,
                Sgd(0.02, 250));
        }),
        Faulty("weights from N(0, 5), layer norm after each", Cause.NormalizationHidesInit, "NN2001", "0.weight", bad =>
        {
            var data = Smooth(64, 12);
            var model = Chain(Linear(12, 32), LayerNorm(32), ReLU(), Linear(32, 32), LayerNorm(32), ReLU(), Linear(32, 1));
            if (bad) foreach (var i in new[] { 0, 3 }) init.normal_(((Linear)model[i]).weight!, 0, 5);
            return Of(model, data, Mse, Sgd(0.02, 100));
        }),
        Faulty("divergence of probabilities where their logarithms are asked for", Cause.WrongLoss, null, null, bad =>
        {
            var x = randn(64, 8);
            var shares = F.softmax(x.matmul(randn(8, 5)) * 0.5, 1);
            return Of(Mlp([8, 48, 5]), (x, shares), (o, t) =>
                F.kl_div(bad ? F.softmax(o, 1) : F.log_softmax(o, 1), t, false, Reduction.Sum) / t.shape[0], Adam(2e-3, 200));
        }),
        Faulty("cosine similarity itself as the loss", Cause.WrongSign, null, null, bad =>
        {
            var x = randn(64, 10);
            var wanted = x.matmul(randn(10, 6)).tanh();
            return Of(Mlp([10, 48, 6]), (x, wanted), (o, t) =>
            {
                var alike = (F.normalize(o, dim: 1) * F.normalize(t, dim: 1)).sum(1).mean();
                return bad ? alike : 1 - alike;
            }, Adam(2e-3, 150));
        }),
        Faulty("sigmoid on the output, stars from 1 to 5", Cause.OutputActivation, "NN1001", "3", bad =>
        {
            var (x, y) = Smooth(64, 6);
            return Of(Chain(Linear(6, 48), ReLU(), Linear(48, 1), bad ? Sigmoid() : Identity()), (x, (3 + y).clamp(1, 5).round()), Mse,
                Adam(5e-3, 250));
        }),
        Faulty("rows with gaps dropped from the inputs only", Cause.TargetsUnrelated, null, null, bad =>
        {
            var (x, y) = Smooth(80, 5);
            var whole = arange(80)[arange(80).remainder(5) != 0];
            return Of(Mlp([5, 20, 1]), (x[whole], bad ? y.narrow(0, 0, 64) : y[whole]), Mse, Adam(5e-3, 250));
        }),
        Faulty("fever is above 38, read from Fahrenheit: all have it", Cause.ConstantTarget, null, null, bad =>
        {
            var x = randn(64, 6);
            var celsius = 38 + 0.8 * x.Column(0) - 0.6 * x.Column(1) * x.Column(2);
            var fever = ((bad ? celsius * 1.8 + 32 : celsius) > 38).to_type(ScalarType.Float32);
            return Of(Mlp([6, 32, 1]), (x, fever), Binary, Adam(3e-3, 200));
        }),
        Faulty("the first 64 rows of a table sorted by class: 61 of one", Cause.ClassImbalance, null, null, bad =>
        {
            var kind = bad ? (arange(64) > 60).to_type(ScalarType.Int64) : arange(64).remainder(4);
            return Of(Mlp([8, 32, 4]), (randn(4, 8)[kind] + randn(64, 8), kind), Entropy, Adam(2e-3, 150));
        }),
        Faulty("boxes by left, top, width and height: the loss reads the first two", Cause.UnusedOutputs, null, null, bad =>
        {
            var (at, size) = (Picks(6, 48, 2), 3 + Picks(6, 48, 2));
            var (row, column) = (arange(14).view(1, 14, 1), arange(14).view(1, 1, 14));
            Tensor Side(Tensor along, int side) =>
                (along >= at[.., side].view(48, 1, 1)).logical_and(along < (at + size)[.., side].view(48, 1, 1));
            var pictures = Side(column, 0).logical_and(Side(row, 1)).to_type(ScalarType.Float32).unsqueeze(1);
            var model = Chain(Conv2d(1, 8, 3, 2, 1L), ReLU(), Conv2d(8, 16, 3, 2, 1L), ReLU(), Flatten(), Linear(256, 4));
            return Of(model, (pictures + Noise(0.1, 48, 1, 14, 14), cat([at, size], 1).to_type(ScalarType.Float32) / 7), (o, t) =>
                bad ? Mse(o.narrow(1, 0, 2), t.narrow(1, 0, 2)) : Mse(o, t), Adam(2e-3, 150));
        }),
        Faulty("layer norm over the only feature", Cause.InputLost, null, "0", bad =>
        {
            var x = rand(64, 1) * 6 - 3;
            return Of(Chain(bad ? LayerNorm(1) : BatchNorm1d(1), Linear(1, 48), ReLU(), Linear(48, 48), ReLU(), Linear(48, 1)),
                (x, (x * 1.5).sin() + x / 3 + Noise(0.1, 64, 1)), Mse, Adam(3e-3, 250));
        }),
        Faulty("columns divided by their spread, one never changes", Cause.NotFiniteData, null, null, bad =>
        {
            var (x, y) = Smooth(64, 6);
            x = cat([x * 4 + 7, full(64, 1, 3f)], 1);
            var off = x - x.mean([0], true);
            var spread = off.square().mean([0], true).sqrt();
            return Of(Mlp([7, 32, 1]), (off / (bad ? spread : spread.clamp(1e-6)), y), Mse, Adam(3e-3, 200));
        }),
        Faulty("windows of a series begin at i / 16: four of them, 16 times each", Cause.DuplicatedData, null, null, bad =>
        {
            var series = Logistic(220);
            var begins = Enumerable.Range(0, 64).Select(i => bad ? i / 16 : i * 3).ToArray();
            var x = stack(begins.Select(i => series.narrow(0, i, 6)).ToArray(), 0);
            return Of(Mlp([6, 32, 32, 1]), (x, stack(begins.Select(i => series.narrow(0, i + 6, 1)).ToArray(), 0)), Mse, Adam(3e-3, 250));
        }),
        Faulty("the value to forecast is the window's last", Cause.LeakedTarget, null, null, bad =>
        {
            var wave = (arange(11) * 1.1 + rand(60, 1) * 6.28).sin() * (0.6 + rand(60, 1)) + Noise(0.1, 60, 11);
            return Of(Chain(Linear(8, 48), GELU(), Linear(48, 1)), (wave.narrow(1, bad ? 3 : 2, 8), wave.narrow(1, 10, 1)), Mse,
                AdamW(2e-3, 250));
        }),
        Faulty("seconds since 1970 beside scaled readings", Cause.InputScale, "NN6003", null, bad =>
        {
            var day = rand(64, 1) * 300;
            var x = randn(64, 4);
            var load = (day / 300 * 6).sin() + 0.6 * x.Column(0) - 0.4 * x.Column(1) * x.Column(2);
            var time = bad ? 1.7e9 + day * 86400 : (day - 150) / 87;
            return Of(Mlp([5, 48, 48, 1]), (cat([time, x], 1), load), Mse, Adam(2e-3, 300));
        }),
        Faulty("returns of a minute, about 0.0001, not scaled", Cause.TargetScale, null, null, bad =>
        {
            var (x, y) = Smooth(64, 8);
            return Of(Mlp([8, 48, 48, 1]), (x, y * (bad ? 1e-4 : 1)), Mse, Adam(1e-3, 250));
        }),
        Faulty("both sides of a pair put one behind the other, reshaped to pairs", Cause.ShapeMixesBatch, null, null, bad =>
        {
            var x = randn(64, 2, 5);
            var (body, head) = (Chain(Linear(5, 6), ReLU()), Linear(12, 1));
            var model = new Net(v =>
            {
                var both = body.call(cat([v[.., 0], v[.., 1]], 0));
                return head.call(bad ? both.reshape(v.shape[0], 12) : cat(both.chunk(2, 0), 1));
            }, body, head);
            return Of(model, (x, (x[.., 0, 0] + x[.., 1, 1] - x[.., 0, 2].abs()).unsqueeze(1)), Mse, Adam(5e-3, 200));
        }),
        Faulty("mean over the samples instead of a set's members", Cause.WrongAxis, null, null, bad =>
        {
            var x = randn(32, 7, 4) + randn(32, 1, 4);
            var (body, head) = (Chain(Linear(4, 24), ReLU()), Mlp([48, 24, 1]));
            var model = new Net(v =>
            {
                var h = body.call(v);
                return head.call(cat([h, h.mean([bad ? 0 : 1], true).expand_as(h)], 2));
            }, body, head);
            return Of(model, (x, x.narrow(2, 0, 1) - 2 * x.narrow(2, 1, 1).mean([1], true)), Mse, Adam(3e-3, 200));
        }),
        Faulty("values of the actions taken, (N, 1), against wanted ones, (N)", Cause.Broadcast, "NN3009", null, bad =>
        {
            var (states, actions) = (randn(64, 5), Picks(3, 64));
            var wanted = (states * randn(3, 5)[actions]).sum(1).clamp(-2, 2);
            return Of(Mlp([5, 48, 48, 3]), (states, stack([actions.to_type(ScalarType.Float32), wanted], 1)), (o, t) =>
            {
                var taken = o.gather(1, t.Column(0).to_type(ScalarType.Int64));
                return F.smooth_l1_loss(bad ? taken : taken.squeeze(1), t[.., 1]);
            }, Adam(2e-3, 200));
        }),
        Faulty("the decoder's parameters are not given to the optimizer", Cause.OptimizerLacksParameters, null, "part1", bad =>
        {
            var x = randn(64, 4).matmul(randn(4, 20)) * 0.6;
            var (encoder, decoder) = (Mlp([20, 24, 4]), Mlp([4, 24, 20]));
            return Of(new Net(v => decoder.call(encoder.call(v)), encoder, decoder), (x, x.clone()), Mse,
                With(5e-3, 250, p => optim.Adam(bad ? encoder.parameters() : p, 5e-3)));
        }),
        Faulty("transformer with Adam at rate 0.3", Cause.RateTooHigh, "NN4003", null, bad =>
        {
            var tokens = Picks(12, 32, 8);
            Module<Tensor, Tensor> Layer() => Chain(Skip(Chain(LayerNorm(24), Attention(24, 3))),
                Skip(Chain(LayerNorm(24), Linear(24, 48), ReLU(), Linear(48, 24))));
            var model = Chain(Positioned(Words(12, 24, 0.5), 8, 24), Layer(), Layer(), Linear(24, 3));
            return Of(model, (tokens, (tokens + tokens.Column(0)).remainder(3)), EachStep, Adam(bad ? 0.3 : 2e-3, 150));
        }),
        Faulty("fresh GRU with AdamW at rate 1e-7", Cause.RateTooLow, "NN4003", null, bad =>
        {
            var tokens = Picks(20, 40, 9);
            var (words, gru, head) = (Embedding(20, 16), GRU(16, 24, batchFirst: true), Linear(24, 2));
            return Of(new Net(x => head.call(gru.call(words.call(x), null).Item1[.., -1]), words, gru, head),
                (tokens, (tokens.narrow(1, 5, 4).sum(1) > 38).to_type(ScalarType.Int64)), Entropy, AdamW(bad ? 1e-7 : 5e-3, 100));
        }),
        Faulty("AdamW with decay 60", Cause.Decay, null, null, bad =>
            Of(Mlp([12, 64, 64, 6]), Blobs(60, 6, 12), Entropy, AdamW(3e-3, 200, bad ? 60 : 0.01))),
        Faulty("hidden layers made after RegisterComponents", Cause.NotRegistered, null, null, bad =>
            Of(new Late(bad), Smooth(64, 6), Mse, Adam(5e-3, 250))),
        Faulty("encoder called under no_grad, as when it was tried out", Cause.Detached, null, "part0", bad =>
        {
            var (encoder, head) = (Chain(Conv1d(2, 6, 5, 2), ReLU(), Conv1d(6, 6, 3, 2), ReLU(), Flatten()), Linear(18, 1));
            var model = new Net(x =>
            {
                Tensor seen;
                using (bad ? no_grad() : null) seen = encoder.call(x);
                return head.call(seen);
            }, encoder, head);
            var waves = randn(64, 2, 20);
            return Of(model, (waves, waves.narrow(2, 3, 8).square().mean([1, 2]).unsqueeze(1) * 3), Mse, Adam(1e-2, 200));
        }),
        Faulty("code of four bits by sign() before the head", Cause.NotDifferentiable, null, null, bad =>
        {
            var (encoder, head) = (Mlp([10, 32, 4]), Mlp([4, 32, 8]));
            var model = new Net(v =>
            {
                var code = encoder.call(v);
                return head.call(bad ? code.sign() : code.tanh() + (code.sign() - code.tanh()).detach());
            }, encoder, head);
            return Of(model, Blobs(64, 8, 10), Entropy, Adam(5e-3, 250));
        }),
        Faulty("attention made, but forward goes past it", Cause.Unused, null, "part1", bad =>
        {
            var tokens = Picks(9, 40, 8);
            var (words, look, head) = (Positioned(Words(9, 24, 0.5), 8, 24), Attention(24, 3), Mlp([24, 48, 3]));
            var model = new Net(x =>
            {
                var h = words.call(x);
                return head.call(bad ? h : h + look.call(h));
            }, words, look, head);
            return Of(model, (tokens, (tokens * 0 + tokens.Column(0)).remainder(3)), EachStep, Adam(3e-3, 150));
        }),
        Faulty("a filter on names meant for the word table freezes the fresh LSTM", Cause.Frozen, null, "part1", bad =>
        {
            var tokens = Picks(8, 64, 10);
            var (words, lstm, head) = (Embedding(8, 4), LSTM(4, 12, batchFirst: true), Linear(12, 4));
            if (bad) Frozen(lstm);
            return Of(new Net(x => head.call(lstm.call(words.call(x), null).Item1[.., -1]), words, lstm, head),
                (tokens, tokens[.., 4].remainder(4)), Entropy, With(1e-2, 250, p => optim.Adam(p.Where(q => q.requires_grad), 1e-2)));
        }),
        Faulty("whole channels dropped of pictures that have one", Cause.Dropout, null, "0", bad =>
            Of(Chain(bad ? Dropout2d(0.5) : Dropout(0.1), Conv2d(1, 8, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(200, 4)),
                Strokes(60, 12, 4), Entropy, Adam(3e-3, 150))),
        Faulty("linear regression without a bias, power about 4 kW", Cause.MissingBias, "NN1004", "0", bad =>
        {
            var x = randn(64, 5);
            var power = 4 + x.matmul(randn(5, 1)) * 0.5 + Noise(0.1, 64, 1);
            return Of(Chain(Linear(5, 1, hasBias: !bad)), (x, power), Mse, Sgd(0.02, 200));
        }),
        Faulty("entropy of a policy, forbidden actions at minus infinity", Cause.NotFiniteLoss, null, null, bad =>
        {
            var (states, allowed) = (randn(64, 6), (rand(64, 4) < 0.7).to_type(ScalarType.Float32));
            allowed = cat([ones(64, 1), allowed.narrow(1, 1, 3)], 1);
            var actions = allowed.multinomial(1);
            var gain = (actions.squeeze(1) == (states.narrow(1, 0, 4) - 9 * (1 - allowed)).argmax(1)).to_type(ScalarType.Float32);
            var body = Mlp([6, 48, 4], Tanh);
            var model = new Net(x =>
                body.call(x.narrow(1, 0, 6)).masked_fill(x.narrow(1, 6, 4) == 0, bad ? float.NegativeInfinity : -1e9f), body);
            return Of(model, (cat([states, allowed], 1), cat([actions.to_type(ScalarType.Float32), gain.unsqueeze(1)], 1)), (o, t) =>
            {
                var all = F.log_softmax(o, 1);
                var taken = all.gather(1, t.Column(0).to_type(ScalarType.Int64));
                return -(taken * t.Column(1)).mean() + 0.01 * (all.exp() * all).sum(1).mean();
            }, Adam(2e-3, 150));
        }),
        Faulty("mask of points, whole numbers inverted bit by bit", Cause.MaskHidesAll, null, null, bad =>
        {
            var shown = (arange(10) < 4 + Picks(7, 64, 1)).to_type(ScalarType.Float32).unsqueeze(2);
            var points = randn(64, 10, 3) + randn(64, 1, 3);
            var (body, head) = (Mlp([3, 32, 24]), Mlp([24, 24, 1]));
            var model = new Net(x =>
            {
                var mask = x.narrow(2, 3, 1).to_type(ScalarType.Int64);
                var hidden = bad ? mask.bitwise_not().to_type(ScalarType.Bool) : mask == 0;
                return head.call(body.call(x.narrow(2, 0, 3)).masked_fill(hidden, 0).sum(1) / mask.sum(1));
            }, body, head);
            var mean = (points * shown).sum(1) / shown.sum(1);
            return Of(model, (cat([points * shown, shown], 2), mean.Column(0) - mean.Column(1).abs()), Mse, Adam(3e-3, 200));
        }),
    ];

    /// <summary>The logistic map, with mean 0.</summary>
    private static Tensor Logistic(int length)
    {
        var values = new float[length];
        values[0] = 0.3f;
        for (var i = 1; i < length; i++) values[i] = 3.9f * values[i - 1] * (1 - values[i - 1]);
        return (tensor(values) - 0.55) * 3;
    }

    /// <summary>With the mistake it has its layers registered before it makes them.</summary>
    private sealed class Late : Module<Tensor, Tensor>
    {
        private readonly Linear _head = Linear(16, 1), _first, _second;

        public Late(bool bad) : base("late")
        {
            if (bad) RegisterComponents();
            _first = Linear(6, 16);
            _second = Linear(16, 16);
            if (!bad) RegisterComponents();
        }

        public override Tensor forward(Tensor x) => _head.call(_second.call(_first.call(x).relu()).relu());
    }
}
