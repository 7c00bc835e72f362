using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;

namespace NnAnalyzers.Faults;

/// <summary>Set-ups without a mistake, for tuning.</summary>
internal static class SoundShown
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
        Sound("fraud, one in five, one logit", () =>
        {
            var fraud = (arange(120) % 5 == 0).to_type(ScalarType.Float32).unsqueeze(1);
            var x = randn(120, 12) + fraud * (Noise(1, 1, 12) + 0.5);
            return Of(Mlp([12, 32, 16, 1]), (x, fraud), Binary, Adam(2e-3, 250));
        }),
        Sound("three kinds of flowers, tanh, plain momentum", () =>
            Of(Mlp([4, 20, 3], Tanh), Blobs(90, 3, 4), Entropy, Sgd(0.05, 300))),
        Sound("fifty classes", () => Of(Mlp([48, 128, 128, 50]), Blobs(200, 50, 48), Entropy, Adam(1e-3, 250))),
        Sound("plain convolutions on strokes", () => Of(Chain(Conv2d(1, 12, 3, padding: 1L), ReLU(), MaxPool2d(2),
            Conv2d(12, 24, 3, padding: 1L), ReLU(), MaxPool2d(2), Flatten(), Linear(24 * 9, 48), ReLU(), Linear(48, 4)),
            Strokes(48, 12, 4), Entropy, Adam(1e-3, 200))),
        Sound("colored tiles, batch norm, momentum and decay", () =>
        {
            var y = Picks(6, 60);
            var pattern = randn(6, 3, 4, 4).repeat_interleave(4, 2).repeat_interleave(4, 3);
            Module<Tensor, Tensor> Block(long from, long to) =>
                Chain(Conv2d(from, to, 3, padding: 1L, bias: false), BatchNorm2d(to), ReLU(), MaxPool2d(2));
            var model = Chain(Block(3, 16), Block(16, 32), AdaptiveAvgPool2d(1), Flatten(), Linear(32, 6));
            return Of(model, (pattern[y] * 0.5 + Noise(0.5, 60, 3, 16, 16), y), Entropy, Sgd(0.05, 150, 0.9, 5e-4));
        }),
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
        Sound("autoencoder of sensor readings", () =>
        {
            var x = (randn(100, 3).matmul(randn(3, 24)) * 0.7).tanh() + Noise(0.05, 100, 24);
            return Of(Mlp([24, 16, 4, 16, 24], () => ELU()), (x, x.clone()), Mse, Adam(3e-3, 400));
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
        Sound("REINFORCE with given advantages", () =>
        {
            var states = randn(128, 6);
            var actions = Picks(4, 128);
            var good = actions == states.narrow(1, 0, 4).argmax(1);
            var advantages = good.to_type(ScalarType.Float32) * 1.3 - 0.33 + Noise(0.1, 128);
            var taken = stack([actions.to_type(ScalarType.Float32), advantages], 1);
            return Of(Mlp([6, 64, 64, 4], Tanh), (states, taken), (o, t) =>
            {
                var chosen = F.log_softmax(o, 1).gather(1, t.Column(0).to_type(ScalarType.Int64)).squeeze(1);
                return -(chosen * t[.., 1]).mean();
            }, Adam(1e-3, 100));
        }),
        Sound("PPO, clipped, with an entropy bonus", () =>
        {
            var states = randn(128, 8);
            var model = Mlp([8, 64, 64, 3], Tanh);
            using var _ = no_grad();
            var before = F.log_softmax(model.call(states), 1);
            var actions = before.exp().multinomial(1);
            var advantages = (actions == states.narrow(1, 0, 3).argmax(1, true)).to_type(ScalarType.Float32);
            advantages = (advantages - advantages.mean()) / advantages.std();
            var taken = cat([actions.to_type(ScalarType.Float32), before.gather(1, actions), advantages], 1);
            return Of(model, (states, taken), (o, t) =>
            {
                var all = F.log_softmax(o, 1);
                var ratio = (all.gather(1, t.Column(0).to_type(ScalarType.Int64)) - t.Column(1)).exp();
                var gain = minimum(ratio * t.Column(2), ratio.clamp(0.8, 1.2) * t.Column(2)).mean();
                return -gain + 0.01 * (all.exp() * all).sum(1).mean();
            }, Adam(3e-4, 100));
        }),
        Sound("deep Q-learning with a target network", () =>
        {
            var (states, actions) = (randn(96, 4), Picks(3, 96).unsqueeze(1));
            var rewards = (states * randn(3, 4)[actions.squeeze(1)]).sum(1, true).clamp(-1, 1);
            var done = (rand(96, 1) < 0.2).to_type(ScalarType.Float32);
            var played = cat([actions.to_type(ScalarType.Float32), rewards, done, states + Noise(0.3, 96, 4)], 1);
            var (model, target) = (Mlp([4, 64, 64, 3]), Frozen(Mlp([4, 64, 64, 3])));
            target.load_state_dict(model.state_dict());
            return Of(model, (states, played), (o, t) =>
            {
                var best = target.call(t.narrow(1, 3, 4)).amax([1], true).detach();
                var wanted = t.Column(1) + 0.9 * (1 - t.Column(2)) * best;
                return F.smooth_l1_loss(o.gather(1, t.Column(0).to_type(ScalarType.Int64)), wanted);
            }, Adam(1e-3, 300));
        }),
        Sound("discriminator's step", () =>
        {
            var angle = rand(64, 1) * 6.28;
            var made = Frozen(Mlp([4, 16, 2])).call(randn(64, 4)).detach();
            var input = cat([cat([angle.cos(), angle.sin()], 1) + Noise(0.05, 64, 2), made]);
            Func<Module<Tensor, Tensor>> leaky = () => LeakyReLU(0.2);
            return Of(Mlp([2, 64, 64, 1], leaky), (input, cat([full(64, 1, 0.9f), zeros(64, 1)])), Binary,
                With(1e-3, 200, p => optim.Adam(p, 1e-3, 0.5, 0.999)));
        }),
        Sound("two large pictures at a time", () =>
        {
            var (pictures, place, _) = Spots(2, 24, 3);
            var model = Chain(Conv2d(1, 8, 5, 2, 2L), ReLU(), Conv2d(8, 16, 3, 2, 1L), ReLU(), Flatten(), Linear(576, 32), ReLU(),
                Linear(32, 2));
            return Of(model, (pictures, place), Mse, Sgd(0.02, 150));
        }),
        Sound("frozen convolutions, new head", () =>
        {
            var body = Chain(Conv2d(1, 12, 3, padding: 1L), ReLU(), MaxPool2d(2), Conv2d(12, 24, 3, padding: 1L), ReLU(), MaxPool2d(3),
                Flatten());
            Train(Of(Chain(body, Linear(96, 4)), Strokes(60, 12, 4), Entropy, Adam(2e-3, 60)));
            var head = Linear(96, 2);
            var (pictures, kind) = Strokes(40, 12, 4);
            return Of(Chain(Frozen(body), head), (pictures, kind / 2), (o, t) => F.cross_entropy(o, t.to_type(ScalarType.Int64)),
                With(3e-3, 250, p => optim.Adam(p.Where(q => q.requires_grad), 3e-3)));
        }),
        Sound("mixture density network", () =>
        {
            var x = rand(150, 1) * 2 - 1;
            var branch = (rand(150, 1) < 0.5).to_type(ScalarType.Float32) * 2 - 1;
            return Of(Mlp([1, 40, 9], Tanh), (x, branch * (0.5 + x.square()) + Noise(0.1, 150, 1)), (o, t) =>
            {
                var parts = o.chunk(3, 1);
                var off = (t - parts[1]) / parts[2].exp();
                return -(F.log_softmax(parts[0], 1) - parts[2] - 0.5 * off.square() - 0.919).logsumexp(1).mean();
            }, Adam(5e-3, 400));
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
        Sound("segmentation, batch of four", () =>
        {
            var (pictures, _, covered) = Spots(4, 16);
            var model = Chain(Conv2d(1, 16, 3, padding: 1L), ReLU(), Conv2d(16, 16, 3, padding: 2L, dilation: 2L), ReLU(),
                Conv2d(16, 2, 1));
            return Of(model, (pictures, covered), Entropy, Adam(3e-3, 150));
        }),
        Sound("two views of each sample, InfoNCE", () =>
        {
            var views = randn(48, 1, 20) + Noise(0.4, 48, 2, 20);
            var (body, head) = (Mlp([20, 64, 32]), Mlp([32, 32, 16]));
            return Of(new Net(x => F.normalize(head.call(body.call(x).relu()), dim: 2), body, head), (views, zeros(48)), (o, _) =>
                F.cross_entropy(o[.., 0].matmul(o[.., 1].t()) / 0.2, arange(o.shape[0], dtype: ScalarType.Int64)), Adam(1e-3, 150));
        }),
        Sound("three quantiles of waiting times", () =>
        {
            var x = randn(160, 3);
            var minutes = 2 + x.Column(0) + 0.5 * x.Column(1).square() - rand(160, 1).log() * 0.5;
            var share = tensor(new[] { 0.1f, 0.5f, 0.9f });
            return Of(Mlp([3, 48, 48, 3]), (x, minutes), (o, t) => maximum(share * (t - o), (share - 1) * (t - o)).mean(), Adam(3e-3, 300));
        }),
        Sound("CTC over a bidirectional LSTM", () =>
        {
            var text = 1 + Picks(5, 12, 4);
            var frames = randn(6, 10)[text.repeat_interleave(4, 1)] + Noise(0.3, 12, 16, 10);
            var (lstm, head) = (LSTM(10, 24, batchFirst: true, bidirectional: true), Linear(48, 6));
            return Of(new Net(x => head.call(lstm.call(x, null).Item1), lstm, head), (frames, text), (o, t) =>
                CTCLoss(zero_infinity: true).call(F.log_softmax(o, 2).transpose(0, 1), t, full(t.shape[0], 16L, dtype: ScalarType.Int64),
                    full(t.shape[0], 4L, dtype: ScalarType.Int64)), Adam(1e-2, 150));
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
        Sound("GRU language model, one table for both ends", () =>
        {
            var (words, gru) = (Words(24, 32, 0.1), GRU(32, 32, batchFirst: true));
            return Of(new Net(x => gru.call(words.call(x), null).Item1.matmul(words.weight!.t()), words, gru), Counting(32, 14, 24),
                EachStep, Adam(1e-2, 250));
        }),
    ];
}
