using NnAnalyzers.Companion;
using TorchSharp;
using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Faults;

/// <summary>Set-ups without a mistake, put aside: nothing is tuned on them.</summary>
internal static class SoundKept
{
    public static IReadOnlyList<Labelled> All { get; } =
    [
        Sound("tomorrow's temperature, 10 to 30 C", () =>
        {
            var day = rand(128, 1) * 6.28;
            var x = cat([day.sin(), day.cos(), randn(128, 2)], 1);
            var celsius = 19 - 6 * day.cos() + 1.5 * x.Column(2) - x.Column(3).abs() + Noise(0.5, 128, 1);
            return Of(Mlp([4, 64, 32, 1]), (x, celsius), Mse, Adam(5e-3, 400));
        }),
        Sound("delivery times with a heavy tail, Huber", () =>
        {
            var x = cat([rand(140, 2) * 2 - 1, F.one_hot(Picks(3, 140), 3).to_type(ScalarType.Float32)], 1);
            var hours = 1.5 + x.Column(0) + x.Column(2) * 0.8 - rand(140, 1).clamp(0.02).log() * 0.3;
            return Of(Mlp([5, 48, 48, 1], () => SiLU()), (x, hours), Huber, AdamW(3e-3, 300));
        }),
        Sound("churn, sigmoid and BCELoss", () =>
        {
            var x = randn(150, 9);
            var leaves = ((x.Column(0) - x.Column(4) + x.Column(2).square()) > 1.8).to_type(ScalarType.Float32);
            return Of(Chain(Linear(9, 32), ReLU(), Linear(32, 32), ReLU(), Linear(32, 1), Sigmoid()), (x, leaves),
                (o, t) => F.binary_cross_entropy(o, t), Adam(3e-3, 250));
        }),
        Sound("ten classes, smoothed labels", () =>
        {
            var model = Chain(Linear(24, 96), LayerNorm(96), GELU(), Linear(96, 96), LayerNorm(96), GELU(), Linear(96, 10));
            return Of(model, Blobs(130, 10, 24, 1.2), (o, t) => F.cross_entropy(o, t, label_smoothing: 0.1), AdamW(2e-3, 150, 0.05));
        }),
        Sound("fifty departments from the words of a title", () =>
        {
            var y = Picks(50, 160);
            var titles = where(rand(160, 6) < 0.6, y.unsqueeze(1) * 4 + Picks(4, 160, 6), Picks(200, 160, 6));
            var (words, head) = (Embedding(200, 48), Chain(Linear(48, 96), ReLU(), Dropout(0.2), Linear(96, 50)));
            return Of(new Net(x => head.call(words.call(x).mean([1])), words, head), (titles, y), Entropy, Adam(3e-3, 200));
        }),
        Sound("ten glyphs, batch norm, dropout, Nesterov", () =>
        {
            var glyphs = (rand(10, 1, 8, 8) < 0.35).to_type(ScalarType.Float32);
            var y = Picks(10, 64);
            var model = Chain(Conv2d(1, 16, 3, padding: 1L), BatchNorm2d(16), ReLU(), Conv2d(16, 32, 3, 2, 1L), BatchNorm2d(32), ReLU(),
                Flatten(), Dropout(0.5), Linear(512, 10));
            return Of(model, ((glyphs[y] - 0.35) / 0.48 + Noise(0.4, 64, 1, 8, 8), y), Entropy,
                With(0.02, 120, p => optim.SGD(p, 0.02, 0.9, 0, 5e-4, true)));
        }),
        Sound("strided convolutions, average over places, no norm", () => Of(Chain(Conv2d(1, 16, 3, 2, 1L), LeakyReLU(0.1),
            Conv2d(16, 32, 3, 1, 1L), LeakyReLU(0.1), Conv2d(32, 32, 3, 1, 1L), LeakyReLU(0.1), AdaptiveAvgPool2d(1), Flatten(),
            Linear(32, 3)), Strokes(45, 16, 3, 0.1), Entropy, Adam(3e-3, 200))),
        Sound("residual net with group norm finds the spot", () =>
        {
            var (pictures, place, _) = Spots(32, 16);
            Module<Tensor, Tensor> Block() => Skip(Chain(Grouped(4, 16), ReLU(), Conv2d(16, 16, 3, padding: 1L), Grouped(4, 16), ReLU(),
                Conv2d(16, 16, 3, padding: 1L)));
            var model = Chain(Conv2d(1, 16, 3, 2, 1L), Block(), Block(), ReLU(), MaxPool2d(2), Flatten(), Linear(256, 2));
            return Of(model, (pictures, place), Mse, AdamW(1e-3, 150));
        }),
        Sound("GRU reads padded reviews", () =>
        {
            var words = 1 + Picks(40, 48, 12);
            var shown = arange(12).unsqueeze(0) >= Picks(7, 48, 1);
            words = where(shown, words, zeros_like(words));
            var mood = ((words % 2 * shown.to_type(ScalarType.Int64)).sum(1) * 2 > shown.sum(1)).to_type(ScalarType.Int64);
            var (table, gru, head) = (Embedding(41, 24, padding_idx: 0), GRU(24, 32, batchFirst: true), Linear(32, 2));
            return Of(new Net(x => head.call(gru.call(table.call(x), null).Item1[.., -1]), table, gru, head), (words, mood), Entropy,
                Adam(5e-3, 150));
        }),
        Sound("two-way LSTM tags words, time first inside", () =>
        {
            var tokens = Picks(18, 20, 12);
            var tags = (tokens.remainder(3) + (tokens.roll(-1, 1) > 8).to_type(ScalarType.Int64)).remainder(4);
            var (words, lstm, head) = (Embedding(18, 20), LSTM(20, 24, bidirectional: true), Linear(48, 4));
            var model = new Net(x => head.call(lstm.call(words.call(x).transpose(0, 1), null).Item1).transpose(0, 1), words, lstm, head);
            return Of(model, (tokens, tags), EachStep, Adam(5e-3, 200));
        }),
        Sound("next letter, post-norm, one table for both ends", () =>
        {
            var words = Words(16, 24, 0.2);
            Module<Tensor, Tensor> Layer() => Chain(Skip(Attention(24, 3, Future)), LayerNorm(24),
                Skip(Chain(Linear(24, 64), ReLU(), Linear(64, 24))), LayerNorm(24));
            var body = Chain(Positioned(words, 12, 24), Layer(), Layer());
            return Of(new Net(x => F.linear(body.call(x), words.weight!), body), Counting(28, 12, 16), EachStep, Adam(1e-3, 250));
        }),
        Sound("encoder with a class token", () =>
        {
            var tokens = Picks(15, 40, 10);
            var (words, layer, head) = (Words(16, 32, 0.5), TransformerEncoderLayer(32, 4, 64, 0.1), Linear(32, 3));
            var model = new Net(x =>
            {
                var read = words.call(cat([full_like(x.Column(0), 15), x], 1)).transpose(0, 1);
                return head.call(layer.call(read, null!, null!)[0]);
            }, words, layer, head);
            return Of(model, (tokens, (tokens < 5).sum(1).clamp(2, 4) - 2), Entropy, Adam(1e-3, 150));
        }),
        Sound("convolutional autoencoder, pixels from 0 to 1", () =>
        {
            var x = Spots(32, 16).Input.clamp(0, 1);
            var model = Chain(Conv2d(1, 8, 3, 2, 1L), ReLU(), Conv2d(8, 16, 3, 2, 1L), ReLU(), Flatten(), Linear(256, 12), Linear(12, 256),
                ReLU(), Unflatten(1, [16, 4, 4]), ConvTranspose2d(16, 8, 4, 2, 1), ReLU(), ConvTranspose2d(8, 1, 4, 2, 1), Sigmoid());
            return Of(model, (x, x.clone()), Mse, Adam(3e-3, 250));
        }),
        Sound("variational autoencoder of black and white pictures", () =>
        {
            var x = (Strokes(50, 10, 3, 0).Input > 0.5).to_type(ScalarType.Float32).flatten(1);
            var (body, mean, spread, decoder) = (Chain(Linear(100, 64), ReLU()), Linear(64, 6), Linear(64, 6), Mlp([6, 64, 100]));
            var model = new Net(v =>
            {
                var h = body.call(v);
                var (m, s) = (mean.call(h), spread.call(h));
                return cat([m, s, decoder.call(m + (s / 2).exp() * randn_like(s))], 1);
            }, body, mean, spread, decoder);
            return Of(model, (x, x.clone()), (o, t) =>
            {
                var (m, s) = (o.narrow(1, 0, 6), o.narrow(1, 6, 6));
                var pixels = F.binary_cross_entropy_with_logits(o.narrow(1, 12, 100), t, reduction: Reduction.Sum);
                return (pixels - 0.5 * (1 + s - m.square() - s.exp()).sum()) / t.shape[0];
            }, Adam(3e-3, 250));
        }),
        Sound("two towers: who clicks on what", () =>
        {
            var (user, item) = (randn(180, 10), randn(180, 7));
            var clicks = (user.narrow(1, 0, 3) * item.narrow(1, 2, 3)).sum(1) + Noise(0.3, 180) > 0.5;
            var (left, right) = (Mlp([10, 64, 16]), Mlp([7, 64, 16]));
            var model = new Net(x => (left.call(x.narrow(1, 0, 10)) * right.call(x.narrow(1, 10, 7))).sum(1), left, right);
            return Of(model, (cat([user, item], 1), clicks.to_type(ScalarType.Float32)), Binary, Adam(2e-3, 200));
        }),
        Sound("Gaussian policy with a tanh mean", () =>
        {
            var states = randn(200, 5);
            var acted = (randn(200, 2) * 0.6).clamp(-1, 1);
            var wish = stack([states[.., 0].tanh(), (states[.., 1] - states[.., 2]).tanh()], 1);
            var reward = -(acted - wish).square().sum(1, true);
            var body = Chain(Linear(5, 64), Tanh(), Linear(64, 64), Tanh(), Linear(64, 2), Tanh());
            var spread = Linear(1, 2, hasBias: false);
            init.constant_(spread.weight!, -0.5);
            var model = new Net(x => cat([body.call(x), spread.call(ones(x.shape[0], 1))], 1), body, spread);
            return Of(model, (states, cat([acted, (reward - reward.mean()) / reward.std()], 1)), (o, t) =>
            {
                var (mean, log) = (o.narrow(1, 0, 2), o.narrow(1, 2, 2).clamp(-1, 1));
                var chance = (-0.5 * ((t.narrow(1, 0, 2) - mean) / log.exp()).square() - log).sum(1, true);
                return -(chance * t.Column(2)).mean();
            }, Adam(1e-3, 150));
        }),
        Sound("imitation of a driver, commands from -1 to 1", () =>
        {
            var road = randn(120, 1, 30);
            var steer = (road.mean([1]).narrow(1, 5, 4).sum(1, true) * 0.5).tanh();
            var model = Chain(Conv1d(1, 16, 5, 2), ELU(), Conv1d(16, 16, 3, 2), ELU(), Flatten(), Linear(96, 32), ELU(), Linear(32, 1),
                Tanh());
            return Of(model, (road, steer), (o, t) => F.l1_loss(o, t), Adam(2e-3, 250));
        }),
        Sound("generator's step", () =>
        {
            var angle = rand(128, 1) * 6.28;
            var real = cat([angle.cos(), angle.sin()], 1);
            var judge = Mlp([2, 48, 48, 1], () => LeakyReLU(0.2));
            var seen = (cat([real, randn(128, 2) * 0.3]), cat([ones(128, 1), zeros(128, 1)]));
            Train(Of(judge, seen, Binary, Adam(2e-3, 60)));
            Frozen(judge);
            return Of(Mlp([8, 48, 48, 2]), (randn(64, 8), ones(64, 1)), (o, t) => Binary(judge.call(o), t),
                With(1e-3, 150, p => optim.Adam(p, 1e-3, 0.5, 0.999)));
        }),
        Sound("two large pictures at a time", () =>
        {
            var (pictures, place, _) = Spots(2, 24, 3);
            var model = Chain(Conv2d(1, 8, 5, 2, 2L), ReLU(), Conv2d(8, 16, 3, 2, 1L), ReLU(), Flatten(), Linear(576, 32), ReLU(),
                Linear(32, 2));
            return Of(model, (pictures, place), Mse, Sgd(0.02, 150));
        }),
        Sound("pretrained words frozen, last block and head train", () =>
        {
            var words = Embedding(30, 24);
            var (first, last) = (Chain(Linear(24, 48), ReLU()), Chain(Linear(48, 48), ReLU()));
            var body = new Net(x => last.call(first.call(words.call(x).mean([1]))), words, first, last);
            var (texts, other) = (Picks(30, 80, 7), Picks(30, 50, 7));
            Train(Of(Chain(body, Linear(48, 2)), (texts, (texts < 12).any(1).to_type(ScalarType.Int64)), Entropy, Adam(3e-3, 60)));
            Frozen(words);
            Frozen(first);
            return Of(Chain(body, Linear(48, 3)), (other, (other.sum(1) / 8).remainder(3).to_type(ScalarType.Int64)), Entropy,
                With(2e-3, 250, p => optim.AdamW(p.Where(q => q.requires_grad), 2e-3)));
        }),
        Sound("mean and spread of sales", () =>
        {
            var x = cat([rand(160, 1) * 4 - 2, randn(160, 3)], 1);
            var sales = x.Column(0).square() - x.Column(2) + (0.1 + 0.4 * x.Column(0).sigmoid()) * randn(160, 1);
            return Of(Mlp([4, 64, 64, 2]), (x, sales), (o, t) =>
            {
                var variance = F.softplus(o.Column(1), 1, 20) + 1e-4;
                return 0.5 * (variance.log() + (t - o.Column(0)).square() / variance).mean();
            }, Adam(2e-3, 300));
        }),
        Sound("thirty plain layers, He's draw", () =>
        {
            var model = Weights(Mlp([8, .. Enumerable.Repeat(64L, 29), 1]),
                w => init.kaiming_normal_(w, 0, init.FanInOut.FanIn, init.NonlinearityType.ReLU));
            foreach (var (name, p) in model.named_parameters()) if (name.EndsWith("bias")) init.zeros_(p);
            return Of(model, Smooth(64, 8), Mse, Adam(3e-4, 200));
        }),
        Sound("age, sex and mood from one face, three losses", () =>
        {
            var x = randn(80, 1, 10, 10);
            var (rows, all) = (x.mean([3]).squeeze(1), x.mean([1, 2, 3]));
            var truth = stack([3.5 + 2 * rows[.., 2], (rows[.., 5] > 0).to_type(ScalarType.Float32),
                rows.narrow(1, 6, 3).argmax(1).to_type(ScalarType.Float32)], 1);
            var body = Chain(Conv2d(1, 12, 3, padding: 1L), ReLU(), MaxPool2d(2), Flatten(), Linear(300, 64), ReLU());
            var (age, sex, mood) = (Linear(64, 1), Linear(64, 1), Linear(64, 3));
            var model = new Net(v =>
            {
                var h = body.call(v);
                return cat([age.call(h), sex.call(h), mood.call(h)], 1);
            }, body, age, sex, mood);
            return Of(model, (x, truth), (o, t) => 0.3 * F.smooth_l1_loss(o[.., 0], t[.., 0]) + Binary(o[.., 1], t[.., 1])
                + F.cross_entropy(o.narrow(1, 2, 3), t[.., 2].to_type(ScalarType.Int64)), Adam(1e-3, 200));
        }),
        Sound("small U-Net, overlap and cross-entropy", () =>
        {
            var (pictures, _, covered) = Spots(16, 16, 3.5);
            var down = Chain(Conv2d(1, 12, 3, padding: 1L), BatchNorm2d(12), ReLU());
            var (deep, up) = (Chain(MaxPool2d(2), Conv2d(12, 24, 3, padding: 1L), BatchNorm2d(24), ReLU()), ConvTranspose2d(24, 12, 2, 2));
            var head = Chain(Conv2d(24, 12, 3, padding: 1L), ReLU(), Conv2d(12, 1, 1));
            var model = new Net(x => { var h = down.call(x); return head.call(cat([h, up.call(deep.call(h))], 1)); }, down, deep, up, head);
            return Of(model, (pictures, covered.unsqueeze(1).to_type(ScalarType.Float32)), (o, t) =>
            {
                var p = o.sigmoid();
                return Binary(o, t) + 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1);
            }, Adam(3e-3, 100));
        }),
        Sound("two views of each sample, InfoNCE", () =>
        {
            var views = randn(48, 1, 20) + Noise(0.4, 48, 2, 20);
            var (body, head) = (Mlp([20, 64, 32]), Mlp([32, 32, 16]));
            return Of(new Net(x => F.normalize(head.call(body.call(x).relu()), dim: 2), body, head), (views, zeros(48)), (o, _) =>
                F.cross_entropy(o[.., 0].matmul(o[.., 1].t()) / 0.2, arange(o.shape[0], dtype: ScalarType.Int64)), Adam(1e-3, 150));
        }),
        Sound("CTC over convolutions", () =>
        {
            var text = 1 + Picks(8, 16, 3);
            var shape = randn(9, 8);
            var sound = cat([zeros(16, 2, 8), shape[text.repeat_interleave(5, 1)], zeros(16, 3, 8)], 1) + Noise(0.2, 16, 20, 8);
            var model = Chain(Conv1d(8, 32, 5, padding: 2L), ReLU(), Conv1d(32, 32, 3, 2, 1L), ReLU(), Conv1d(32, 9, 1));
            return Of(model, (sound.transpose(1, 2).contiguous(), text), (o, t) => CTCLoss().call(F.log_softmax(o.permute(2, 0, 1), 2), t,
                full(t.shape[0], 10L, dtype: ScalarType.Int64), full(t.shape[0], 3L, dtype: ScalarType.Int64)), Adam(3e-3, 200));
        }),
        Sound("rare tags, weighted", () =>
        {
            var x = randn(120, 16);
            var tags = (x.matmul(randn(16, 12)) / 4 > 1.2).to_type(ScalarType.Float32);
            return Of(Mlp([16, 96, 96, 12]), (x, tags), (o, t) =>
                F.binary_cross_entropy_with_logits(o, t, pos_weights: full(12, 5f)), Adam(2e-3, 150));
        }),
        Sound("heartbeats, one-dimensional convolutions", () =>
        {
            var (kind, time) = (Picks(3, 50), linspace(0, 1, 64));
            var pace = (6 + 5 * kind.to_type(ScalarType.Float32).unsqueeze(1)) * time + rand(50, 1) * 6.28;
            var beats = ((pace * 2).sin().pow(3) + Noise(0.2, 50, 64)).unsqueeze(1);
            Module<Tensor, Tensor> Block(long from, long to) =>
                Chain(Conv1d(from, to, 7, padding: 3L), BatchNorm1d(to), ReLU(), MaxPool1d(2));
            return Of(Chain(Block(1, 12), Block(12, 24), AdaptiveAvgPool1d(1), Flatten(), Linear(24, 3)), (beats, kind), Entropy,
                Adam(3e-3, 120));
        }),
        Sound("one graph of 40 papers, a batch of one", () =>
        {
            var field = Picks(4, 40);
            var cites = (rand(40, 40) < where(field.unsqueeze(0) == field.unsqueeze(1), 0.3, 0.02)).to_type(ScalarType.Float32);
            cites = (cites + cites.t() + eye(40)).clamp(0, 1);
            var near = cites / cites.sum(1, true);
            var papers = (randn(4, 12)[field] + randn(40, 12)).unsqueeze(0);
            var (first, second, drop) = (Linear(12, 16), Linear(16, 4), Dropout(0.5));
            var model = new Net(x => near.matmul(second.call(drop.call(near.matmul(first.call(x)).relu()))), first, second, drop);
            return Of(model, (papers, field.unsqueeze(0)), EachStep, With(1e-2, 200, p => optim.Adam(p, 1e-2, weight_decay: 5e-4)));
        }),
        Sound("calls a day, Poisson", () =>
        {
            var x = cat([rand(150, 2) * 2 - 1, F.one_hot(Picks(7, 150), 7).to_type(ScalarType.Float32)], 1);
            var calls = (1 + x.Column(0) - 0.8 * x.Column(2) + 0.5 * x.Column(1)).exp().poisson();
            return Of(Mlp([9, 48, 1]), (x, calls), (o, t) => (o.exp() - t * o).mean(), Adam(3e-3, 250));
        }),
    ];
}
