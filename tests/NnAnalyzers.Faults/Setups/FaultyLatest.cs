using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;

namespace NnAnalyzers.Faults;

/// <summary>More set-ups with one mistake each, one for every cause, written by somebody who has not seen the probes.</summary>
internal static class FaultyLatest
{
    public static IReadOnlyList<Labelled> All { get; } =
    [
        Faulty("sparse coder, threshold 2.5 as for raw readings, codes are below 1", Cause.DeadUnits, null, "1", bad =>
        {
            var x = ((rand(64, 12) < 0.2).Real() * randn(64, 12)).matmul(randn(12, 20)) * 0.3;
            return Of(Chain(Linear(20, 32), Softshrink(bad ? 2.5 : 0.05), Linear(32, 20)), (x, x.clone()), Mse, Adam(3e-3, 200));
        }),
        Faulty("the spread of 0.02 of large language models in six narrow plain layers", Cause.Initialization, "NN2001", null, bad =>
        {
            var (data, model) = (Blobs(64, 4, 12), Mlp([12, 48, 48, 48, 48, 48, 4], () => GELU()));
            if (!bad) return Of(model, data, Entropy, Sgd(0.02, 150));
            foreach (var (name, p) in model.named_parameters())
                if (name.EndsWith("weight")) init.normal_(p, 0, 0.02);
                else init.zeros_(p);
            return Of(model, data, Entropy, Sgd(0.02, 150));
        }),
        Faulty("vectors looked up in lower case, the list has capitals: every word gets the unknown one's", Cause.IdenticalWeights, null,
            "part0.weight", bad =>
        {
            var (kind, list) = (Picks(3, 60), randn(31, 16));
            var texts = where(rand(60, 9) < 0.4, kind.unsqueeze(1) * 10 + Picks(10, 60, 9), Picks(30, 60, 9));
            var found = bad ? zeros(30, ScalarType.Int64) : 1 + arange(30);
            var (words, head) = (Embedding_from_pretrained(list[found]), Mlp([16, 32, 3]));
            return Of(new Net(x => head.call(words.call(x).mean([1])), words, head), (texts, kind), Entropy,
                With(5e-3, 150, p => optim.Adam(p.Where(q => q.requires_grad), 5e-3)));
        }),
        Faulty("blocks pass on a tenth of their answer, what they stand on is left out", Cause.VanishingGradient, null, null, bad =>
        {
            var blocks = Enumerable.Range(0, 10).Select(_ => Mlp([24, 24, 24])).ToArray();
            var (first, head) = (Linear(6, 24), Linear(24, 1));
            var model = new Net(x =>
                head.call(blocks.Aggregate(first.call(x), (h, block) => (bad ? 0 : h) + 0.1 * block.call(h))), [first, .. blocks, head]);
            return Of(model, Smooth(64, 6), Mse, Sgd(0.02, 150));
        }),
        Faulty("each of 20 layers reads the sum of all before it", Cause.ExplodingGradient, null, null, bad =>
        {
            var layers = Enumerable.Range(0, 20).Select(_ => Linear(16, 16)).ToArray();
            var (first, head) = (Linear(8, 16), Linear(16, 1));
            var model = new Net(x =>
            {
                var (sum, count) = (first.call(x), 1);
                foreach (var layer in layers) sum += layer.call(bad ? sum : sum / Math.Sqrt(count++)).relu();
                return head.call(bad ? sum : sum / Math.Sqrt(count));
            }, [first, .. layers, head]);
            return Of(model, Smooth(64, 8), Mse, Sgd(0.01, 150));
        }),
        Faulty("tanh of the sum over the stars of a cluster", Cause.Saturated, null, "part1", bad =>
        {
            var stars = randn(48, 150, 3) + Noise(0.4, 48, 1, 3);
            var mean = stars.mean([1]);
            var (each, all, head) = (Chain(Linear(3, 24), ReLU()), Linear(24, 24), Linear(24, 1));
            var model = new Net(x =>
            {
                var told = each.call(x).sum(1);
                return head.call(all.call(bad ? told : told / x.shape[1]).tanh());
            }, each, all, head);
            return Of(model, (stars, 2 * mean.Column(0) - 2 * mean.Column(1).abs()), Mse, Sgd(0.02, 200));
        }),
        Faulty("filters kept as bytes, -127 to 127, and not scaled back; batch norm after each", Cause.NormalizationHidesInit, null,
            "0.weight", bad =>
        {
            var waves = randn(64, 2, 24);
            var model = Chain(Conv1d(2, 6, 5), BatchNorm1d(6), ReLU(), Conv1d(6, 6, 5), BatchNorm1d(6), ReLU(), AdaptiveAvgPool1d(1),
                Flatten(), Linear(6, 1));
            using (no_grad())
            {
                foreach (var i in new[] { 0, 3 })
                {
                    var filters = ((Conv1d)model[i]).weight!;
                    var scale = filters.abs().max() / 127;
                    var bytes = (filters / scale).round();
                    filters.copy_(bad ? bytes : bytes * scale);
                }
            }
            var change = (waves.narrow(2, 1, 23) - waves.narrow(2, 0, 23))[.., 0].abs().mean([1], true);
            return Of(model, (waves, (change - 1.13) * 6), Mse, Sgd(0.02, 150));
        }),
        Faulty("several tags at once, cross-entropy over softmax", Cause.WrongLoss, null, null, bad =>
        {
            var x = randn(64, 10);
            var tags = (x.matmul(randn(10, 6)) / 3.2 > 0.2).Real();
            return Of(Mlp([10, 48, 6]), (x, tags), (o, t) => bad ? F.cross_entropy(o, t) : Binary(o, t), AdamW(2e-3, 150));
        }),
        Faulty("maximize: true, left from the run with rewards", Cause.WrongSign, null, null, bad =>
        {
            var (tokens, kind) = (Picks(20, 48, 6), Picks(3, 48));
            tokens = where(rand(48, 6) < 0.5, kind.unsqueeze(1) * 6 + Picks(6, 48, 6), tokens);
            var (words, head) = (Embedding(20, 16), Mlp([16, 24, 3]));
            return Of(new Net(x => head.call(words.call(x).mean([1])), words, head), (tokens, kind), Entropy,
                With(2e-3, 100, p => optim.Adam(p, 2e-3, maximize: bad)));
        }),
        Faulty("level of a tank, 0 to 8, is the state of a second LSTM itself", Cause.OutputActivation, null, "part1", bad =>
        {
            var flow = randn(64, 12, 2);
            var level = (4 + 1.2 * flow[.., .., 0].narrow(1, 8, 4).sum(1, true)).clamp(0, 8);
            var lstm = LSTM(2, 24, batchFirst: true);
            if (!bad)
            {
                var head = Linear(24, 1);
                return Of(new Net(x => head.call(lstm.call(x, null).Item1[.., -1]), lstm, head), (flow, level), Mse, Adam(1e-2, 150));
            }
            var last = LSTM(24, 1, batchFirst: true);
            return Of(new Net(x => last.call(lstm.call(x, null).Item1, null).Item1[.., -1], lstm, last), (flow, level), Mse,
                Adam(1e-2, 150));
        }),
        Faulty("the header counted as a row: every label is the next row's", Cause.TargetsUnrelated, null, null, bad =>
        {
            var (x, kind) = Blobs(120, 4, 6);
            return Of(Mlp([6, 16, 4]), (x, bad ? kind.roll(-1, 0) : kind), Entropy, Adam(3e-3, 200));
        }),
        Faulty("argmax of labels that are numbers already, a column of them", Cause.ConstantTarget, null, null, bad =>
        {
            var (pictures, kind) = Strokes(48, 12, 4);
            var labels = kind.unsqueeze(1);
            return Of(Chain(Conv2d(1, 8, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(200, 4)),
                (pictures, bad ? labels.argmax(1) : labels.squeeze(1)), Entropy, Adam(2e-3, 100));
        }),
        Faulty("names in texts cut anywhere: one token in a hundred", Cause.ClassImbalance, null, null, bad =>
        {
            // A name follows word 0.
            var tokens = where(rand(40, 24) < (bad ? 0.01 : 0.4), zeros(40, 24, ScalarType.Int64), 1 + Picks(24, 40, 24));
            var name = cat([zeros(40, 1, ScalarType.Int64), (tokens.narrow(1, 0, 23) == 0).Whole()], 1);
            var (words, read) = (Embedding(25, 12), Chain(Conv1d(12, 16, 3, padding: 1L), ReLU(), Conv1d(16, 2, 1)));
            return Of(new Net(x => read.call(words.call(x).transpose(1, 2)), words, read), (tokens, name), Entropy, Adam(3e-3, 60));
        }),
        Faulty("mean and spread as outputs, squared error of the mean", Cause.UnusedOutputs, null, null, bad =>
        {
            var x = rand(96, 3) * 2 - 1;
            var y = (x.Column(0) * 2).sin() + (2 * x.Column(1) - 1.5).exp() * randn(96, 1);
            return Of(Mlp([3, 32, 2], Tanh), (x, y), (o, t) => bad ? Mse(o.Column(0), t)
                : (o.Column(1) + (t - o.Column(0)).square() / o.Column(1).exp()).mean() / 2, Adam(5e-3, 200));
        }),
        Faulty("texts filled up in front, then cut after six words", Cause.InputLost, null, null, bad =>
        {
            var (kind, length) = (Picks(3, 64), 4 + Picks(6, 64, 1));
            var tokens = 1 + where(rand(64, 16) < 0.5, kind.unsqueeze(1) * 8 + Picks(8, 64, 16), Picks(24, 64, 16));
            tokens = where(arange(16) >= 16 - length, tokens, zeros_like(tokens));
            var (words, gru, head) = (Embedding(25, 16, padding_idx: 0), GRU(16, 24, batchFirst: true), Linear(24, 3));
            var model = new Net(x => head.call(gru.call(words.call(x.narrow(1, bad ? 0 : 10, 6)), null).Item1[.., -1]), words, gru, head);
            return Of(model, (tokens, kind), Entropy, Adam(5e-3, 120));
        }),
        Faulty("growth since a month without any sale", Cause.NotFiniteData, null, null, bad =>
        {
            var sold = (1.2 + 0.8 * randn(72, 6)).exp().poisson();
            var next = (sold.mean([1], true) * (0.5 + rand(72, 1))).round();
            var last = sold.Column(5);
            var growth = (next - last) / (bad ? last : last + 1);
            return Of(Mlp([6, 48, 1]), ((sold + 1).log(), growth), Huber, Adam(3e-3, 200));
        }),
        Faulty("rows drawn below the number of columns", Cause.DuplicatedData, null, null, bad =>
        {
            var (x, y) = Smooth(80, 6);
            var rows = bad ? randint(0, x.shape[1], [80], dtype: ScalarType.Int64) : randperm(x.shape[0]);
            return Of(Mlp([6, 48, 1]), (x[rows], y[rows]), Mse, Adam(3e-3, 250));
        }),
        Faulty("a customer's number replaced by the mean target of its rows, each has one", Cause.LeakedTarget, null, null, bad =>
        {
            var (x, y) = Smooth(100, 6, 0.4);
            var region = Picks(5, 100);
            y += (randn(5, 1) * 0.7)[region];
            var (id, count) = bad ? (arange(100), 100) : (region, 5);
            var who = F.one_hot(id, count).Real();
            var mean = who.matmul(who.t().matmul(y) / who.sum([0]).unsqueeze(1).clamp(1));
            return Of(Mlp([7, 48, 1]), (cat([x, mean], 1), y), Mse, Adam(3e-3, 200));
        }),
        Faulty("bytes divided by 255, twice", Cause.InputScale, null, null, bad =>
        {
            var (x, kind) = Strokes(48, 12, 4, 0.1);
            var pictures = (x.clamp(0, 1) * 255).round() / 255;
            if (bad) pictures /= 255;
            return Of(Chain(Conv2d(1, 8, 3, 2), LeakyReLU(0.1), Conv2d(8, 16, 3, 2), LeakyReLU(0.1), Flatten(), Linear(64, 4)),
                (pictures, kind), Entropy, Sgd(0.05, 200));
        }),
        Faulty("pressure in pascals beside humidity from 0 to 1", Cause.TargetScale, "NN6003", null, bad =>
        {
            var x = randn(72, 5);
            var pressure = x.Column(0) + 0.5 * (x.Column(1) * 1.5).sin() + Noise(0.1, 72, 1);
            var humidity = (x.Column(2) - 0.5 * x.Column(3) + Noise(0.2, 72, 1)).sigmoid();
            return Of(Mlp([5, 48, 48, 2], () => SiLU()), (x, cat([bad ? 101300 + 800 * pressure : pressure, humidity], 1)), Mse,
                Adam(3e-3, 250));
        }),
        Faulty("maps of depth with a channel against maps without", Cause.Broadcast, "NN3009", null, bad =>
        {
            var (pictures, place, _) = Spots(12, 12, 4);
            var depth = pictures.clamp(0, 1) + place.narrow(1, 0, 1).view(12, 1, 1, 1);
            return Of(Chain(Conv2d(1, 12, 5, padding: 2L), ReLU(), Conv2d(12, 12, 5, padding: 2L), ReLU(), Conv2d(12, 1, 3, padding: 1L)),
                (pictures, bad ? depth.squeeze(1) : depth), (o, t) => F.l1_loss(o, t), Adam(3e-3, 120));
        }),
        Faulty("last states of both ways, (2, N, H), viewed as (N, 2H)", Cause.ShapeMixesBatch, "NN3002", null, bad =>
        {
            var x = randn(400, 5, 3);
            var (lstm, head) = (LSTM(3, 4, batchFirst: true, bidirectional: true), Linear(8, 1));
            var model = new Net(v =>
            {
                var states = lstm.call(v, null).Item2;
                return head.call((bad ? states : states.transpose(0, 1)).reshape(v.shape[0], 8));
            }, lstm, head);
            return Of(model, (x, x[.., 0, 0].unsqueeze(1) - x[.., 4, 1].unsqueeze(1)), Mse, Adam(1e-2, 120));
        }),
        Faulty("as many steps as classes: the loss takes steps for classes", Cause.WrongAxis, null, null, bad =>
        {
            var tokens = Picks(12, 48, 6);
            var (words, gru, head) = (Embedding(12, 16), GRU(16, 32, batchFirst: true), Linear(32, 6));
            return Of(new Net(x => head.call(gru.call(words.call(x), null).Item1), words, gru, head),
                (tokens, (tokens + tokens.roll(1, 1)).remainder(6)), (o, t) => F.cross_entropy(bad ? o : o.transpose(1, 2), t),
                Adam(5e-3, 150));
        }),
        Faulty("decay by names that end with weight or bias, a GRU's end with l0", Cause.OptimizerLacksParameters, null, "part1", bad =>
        {
            var tokens = Picks(6, 64, 8);
            var (words, gru, head) = (Embedding(6, 4), GRU(4, 12, batchFirst: true), Linear(12, 3));
            var model = new Net(x => head.call(gru.call(words.call(x), null).Item1[.., -1]), words, gru, head);
            Parameter[] Named(Func<string, bool> wanted) =>
                [.. model.named_parameters().Where(p => wanted(p.name)).Select(p => p.parameter)];
            return Of(model, (tokens, tokens[.., 3].remainder(3)), Entropy, With(1e-2, 200, _ => optim.AdamW(
            [
                new AdamW.ParamGroup(Named(n => bad ? n.EndsWith("weight") : !n.Contains("bias")), 1e-2, weight_decay: 0.01),
                new AdamW.ParamGroup(Named(n => bad ? n.EndsWith("bias") : n.Contains("bias")), 1e-2, weight_decay: 0),
            ], 1e-2)));
        }),
        Faulty("squared errors summed over 128 samples at the rate for their mean", Cause.RateTooHigh, null, null, bad =>
            Of(Mlp([8, 48, 48, 1]), Smooth(128, 8), (o, t) => F.mse_loss(o, t, bad ? Reduction.Sum : Reduction.Mean), Sgd(0.03, 200))),
        Faulty("rate 0.00002, as for BERT, with plain gradient descent", Cause.RateTooLow, null, null, bad =>
        {
            var (pictures, place, _) = Spots(40, 14);
            return Of(Chain(Conv2d(1, 8, 3, 2, 1L), ReLU(), Conv2d(8, 16, 3, 2, 1L), ReLU(), Flatten(), Linear(256, 2)),
                (pictures, (place - 0.5) * 4), Mse, Sgd(bad ? 2e-5 : 0.1, 150, 0));
        }),
        Faulty("penalty of its own in the loss, a tenth of all squared weights", Cause.Decay, null, null, bad =>
        {
            var model = Mlp([12, 64, 64, 6]);
            return Of(model, Blobs(60, 6, 12), (o, t) =>
            {
                var penalty = model.parameters().Where(p => p.dim() > 1).Select(p => p.square().sum()).Aggregate((a, b) => a + b);
                return Entropy(o, t) + (bad ? 0.1 : 1e-5) * penalty;
            }, Adam(2e-3, 200));
        }),
        Faulty("hidden weights as tensors that ask for a gradient, no parameters", Cause.NotRegistered, null, null, bad =>
            Of(new ByHand(bad), Smooth(80, 6), Mse, Adam(5e-3, 250))),
        Faulty("filters standardised from a detached copy", Cause.Detached, null, "part0.weight", bad =>
        {
            var (kind, pulses, waves) = (Picks(4, 80), randn(4, 5), Noise(0.6, 80, 1, 24));
            for (var i = 0; i < 80; i++) waves[i].narrow(1, randint(0, 20, [1]).ToInt32(), 5).add_(1.5 * pulses[kind[i].ToInt32()]);
            var (filters, head) = (Conv1d(1, 4, 5), Linear(4, 4));
            var model = new Net(x =>
            {
                var w = bad ? filters.weight!.detach() : filters.weight!;
                w = (w - w.mean([1, 2], true)) / w.std([1, 2], keepdim: true);
                return head.call(F.conv1d(x, w, filters.bias).relu().amax([2], false));
            }, filters, head);
            return Of(model, (waves, kind), Entropy, Adam(1e-2, 250));
        }),
        Faulty("only the step with the highest score is read, by its number", Cause.NotDifferentiable, null, null, bad =>
        {
            var at = Picks(10, 80);
            var marks = where((F.one_hot(at, 10) > 0).unsqueeze(2), randn(1, 1, 4).expand(80, 10, 4), randn(80, 10, 4));
            var values = randn(80, 10, 1);
            var (score, head) = (Mlp([4, 24, 1]), Mlp([1, 16, 1], Tanh));
            var model = new Net(x =>
            {
                var (asked, told) = (score.call(x.narrow(2, 1, 4)).squeeze(2), x[.., .., 0]);
                return head.call(bad ? told.gather(1, asked.argmax(1, true)) : (told * F.softmax(asked, 1)).sum(1, true));
            }, score, head);
            return Of(model, (cat([values, marks], 2), (values[.., .., 0].gather(1, at.unsqueeze(1)) * 2).sin()), Mse, Adam(1e-2, 250));
        }),
        Faulty("table of places made and never added: whose card lies first", Cause.Unused, null, "part1", bad =>
        {
            var cards = rand(64, 6).argsort(1);
            var (words, places, look, head) = (Embedding(6, 24), Embedding(6, 24), Skip(Attention(24, 3)), Mlp([24, 48, 3]));
            var model = new Net(x =>
            {
                var h = words.call(x);
                return head.call(look.call(bad ? h : h + places.call(arange(6))).mean([1]));
            }, words, places, look, head);
            return Of(model, (cards, cards[.., 0].remainder(3)), Entropy, Adam(3e-3, 200));
        }),
        Faulty("all but the norms frozen, the new head too", Cause.Frozen, null, "part1", bad =>
        {
            var body = Chain(Linear(12, 12), LayerNorm(12), ReLU(), Linear(12, 12), LayerNorm(12), ReLU());
            Train(Of(Chain(body, Linear(12, 4)), Blobs(60, 4, 12), Entropy, Adam(3e-3, 60)));
            var head = Linear(12, 8);
            var model = new Net(x => head.call(body.call(x)), body, head);
            foreach (var (name, p) in model.named_parameters())
                p.requires_grad = name.StartsWith("part0.1.") || name.StartsWith("part0.4.") || (!bad && name.StartsWith("part1"));
            return Of(model, Blobs(64, 8, 12), Entropy, With(5e-3, 200, p => optim.AdamW(p.Where(q => q.requires_grad), 5e-3)));
        }),
        Faulty("a third of the state dropped at every one of fifteen steps", Cause.Dropout, null, "part2", bad =>
        {
            var first = Picks(4, 64);
            var steps = cat([F.one_hot(first, 4).Real().unsqueeze(1) * 2, Noise(0.5, 64, 14, 4)], 1);
            var (cell, head, drop) = (GRUCell(4, 24), Linear(24, 4), Dropout(0.35));
            var model = new Net(x =>
            {
                var h = zeros(x.shape[0], 24);
                for (var t = 0; t < 15; t++) h = bad ? drop.call(cell.call(x[.., t], h)) : cell.call(x[.., t], h);
                return head.call(bad ? h : drop.call(h));
            }, cell, head, drop);
            return Of(model, (steps, first), Entropy, Adam(1e-2, 100));
        }),
        Faulty("bias: false, kept from a net with norms; light cards from dark ones", Cause.MissingBias, "NN1004", "0", bad =>
        {
            var light = rand(64, 1, 1, 1);
            var model = Chain(Conv2d(1, 8, 3, 2, 1L, bias: !bad), ReLU(), Conv2d(8, 8, 3, 2, 1L, bias: !bad), ReLU(), AdaptiveAvgPool2d(1),
                Flatten(), Linear(8, 2, !bad));
            return Of(model, (light + Noise(0.02, 64, 1, 8, 8), (light.flatten() > 0.5).Whole()), Entropy, Adam(1e-2, 200));
        }),
        Faulty("mean error over the hours that were measured, at some places none was", Cause.NotFiniteLoss, null, null, bad =>
        {
            var x = randn(64, 6);
            var hours = (x.matmul(randn(6, 12)) * 0.5).sin();
            var measured = (rand(64, 12) < 0.4).Real() * (arange(64) > 2).Real().unsqueeze(1);
            return Of(Mlp([6, 64, 12]), (x, cat([hours * measured, measured], 1)), (o, t) =>
            {
                var shown = t.narrow(1, 12, 12);
                var count = shown.sum(1);
                return (((o - t.narrow(1, 0, 12)) * shown).square().sum(1) / (bad ? count : count.clamp(1))).mean();
            }, Adam(3e-3, 150));
        }),
        Faulty("lengths divided by 160 samples a frame, they were frames already", Cause.MaskHidesAll, null, null, bad =>
        {
            var (kind, length) = (Picks(3, 64), 8 + Picks(12, 64, 1));
            var frames = randn(3, 6)[kind].unsqueeze(2) * 0.7 + randn(64, 6, 20);
            frames *= (arange(20) < length).Real().unsqueeze(1);
            var (body, head) = (Chain(Conv1d(6, 16, 3, padding: 1L), ReLU(), Conv1d(16, 16, 3, padding: 1L), ReLU()), Linear(16, 3));
            var model = new Net(x =>
            {
                var count = x[.., 6].narrow(1, 0, 1).Whole();
                var shown = (arange(20) < (bad ? (count / 160.0).Whole() : count)).Real().unsqueeze(1);
                return head.call((body.call(x.narrow(1, 0, 6)) * shown).sum(2) / shown.sum(2).clamp(1));
            }, body, head);
            return Of(model, (cat([frames, length.Real().unsqueeze(2).expand(-1, 1, 20)], 1), kind), Entropy, Adam(5e-3, 120));
        }),
    ];

    /// <summary>With the mistake its hidden weights are tensor fields, which RegisterComponents takes for buffers.</summary>
    private sealed class ByHand : Module<Tensor, Tensor>
    {
        private readonly Linear _head = Linear(10, 1);
        private readonly Tensor _first, _second;

        public ByHand(bool bad) : base("by hand")
        {
            Tensor Weight(params long[] shape) => bad ? Noise(0.5, shape).requires_grad_() : new Parameter(Noise(0.5, shape));
            (_first, _second) = (Weight(6, 10), Weight(10, 10));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => _head.call(x.matmul(_first).relu().matmul(_second).relu());
    }
}
