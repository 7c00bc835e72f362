using NnAnalyzers.Companion;
using TorchSharp;
using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Faults;

/// <summary>Set-ups without a mistake, for tuning.</summary>
internal static class SoundShown
{
    public static IReadOnlyList<Labelled> All { get; } =
    [
        Sound("house prices in 100,000s", () =>
        {
            var x = randn(96, 5);
            var price = 3.2 + 0.9 * x.Column(0) - 0.4 * x.Column(1) + 0.3 * x.Column(2) * x.Column(0) + (x.Column(3) > 1) * 1.2;
            return Of(Mlp([5, 64, 64, 1]), (x, price + Noise(0.2, 96, 1)), Mse, Adam(1e-3, 400));
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
        Sound("small ResNet", () =>
        {
            Module<Tensor, Tensor> Unit(long from, long to, long stride) =>
                Chain(Conv2d(from, to, 3, stride, 1L, bias: false), BatchNorm2d(to));
            Module<Tensor, Tensor> Block(long width)
            {
                var (a, b) = (Unit(width, width, 1), Unit(width, width, 1));
                return new Net(x => (b.call(a.call(x).relu()) + x).relu(), a, b);
            }
            var model = Chain(Unit(1, 12, 1), ReLU(), Block(12), Unit(12, 24, 2), ReLU(), Block(24), Block(24), AdaptiveAvgPool2d(1),
                Flatten(), Linear(24, 4));
            return Of(model, Strokes(40, 14, 4), Entropy, Adam(1e-3, 120));
        }),
        Sound("LSTM: mean of the marked steps", () =>
        {
            var marked = (rand(64, 18, 1) < 0.3).to_type(ScalarType.Float32);
            var values = randn(64, 18, 1);
            var (lstm, head) = (LSTM(2, 40, batchFirst: true), Linear(40, 1));
            var model = new Net(x => head.call(lstm.call(x, null).Item1.select(1, -1)), lstm, head);
            return Of(model, (cat([values, marked], 2), (values * marked).sum(1) / 2), Mse, Adam(3e-3, 300));
        }),
        Sound("GRU tags each step, classes on axis 1", () =>
        {
            var tokens = Picks(12, 24, 16);
            var (words, gru, head) = (Embedding(12, 16), GRU(16, 32, batchFirst: true), Linear(32, 5));
            var model = new Net(x => head.call(gru.call(words.call(x), null).Item1).transpose(1, 2), words, gru, head);
            return Of(model, (tokens, (tokens + tokens.roll(1, 1)).remainder(5)), Entropy, Adam(5e-3, 250));
        }),
        Sound("next token, pre-norm, causal", () =>
        {
            Module<Tensor, Tensor> Layer() => Chain(Skip(Chain(LayerNorm(32), Attention(32, 4, Future))),
                Skip(Chain(LayerNorm(32), Linear(32, 96), GELU(), Linear(96, 32))));
            var model = Chain(Positioned(Words(20, 32), 16, 32), Layer(), Layer(), LayerNorm(32), Linear(32, 20));
            return Of(model, Counting(24, 16, 20), EachStep, AdamW(1e-3, 200));
        }),
        Sound("autoencoder of sensor readings", () =>
        {
            var x = (randn(100, 3).matmul(randn(3, 24)) * 0.7).tanh() + Noise(0.05, 100, 24);
            return Of(Mlp([24, 16, 4, 16, 24], () => ELU()), (x, x.clone()), Mse, Adam(3e-3, 400));
        }),
        Sound("variational autoencoder, Gaussian", () =>
        {
            var x = randn(80, 2).matmul(randn(2, 16)) + Noise(0.1, 80, 16);
            var (encoder, decoder) = (Mlp([16, 48, 8]), Mlp([4, 48, 16]));
            var model = new Net(v =>
            {
                var code = encoder.call(v).chunk(2, 1);
                return cat([decoder.call(code[0] + randn_like(code[0]) * (code[1] / 2).exp()), code[0], code[1]], 1);
            }, encoder, decoder);
            return Of(model, (x, x.clone()), (o, t) =>
            {
                var (mean, spread) = (o.narrow(1, 16, 4), o.narrow(1, 20, 4));
                var divergence = -0.5 * (1 + spread - mean.square() - spread.exp()).sum(1).mean();
                return (o.narrow(1, 0, 16) - t).square().sum(1).mean() + 0.5 * divergence;
            }, Adam(2e-3, 300));
        }),
        Sound("ratings of films, factors and biases", () =>
        {
            var pairs = stack([Picks(20, 200), Picks(30, 200)], 1);
            var (taste, kind) = (randn(20, 2), randn(30, 2));
            var stars = (3.6 + 0.7 * (taste[pairs[.., 0]] * kind[pairs[.., 1]]).sum(1)).clamp(1, 5).round();
            var parts = new[] { Words(20, 8, 0.1), Words(30, 8, 0.1), Words(20, 1, 0.01), Words(30, 1, 3) };
            init.constant_(parts[3].weight!, 3.5);
            var model = new Net(x =>
            {
                var (user, film) = (x[.., 0], x[.., 1]);
                var match = (parts[0].call(user) * parts[1].call(film)).sum(1);
                return match + parts[2].call(user).squeeze(1) + parts[3].call(film).squeeze(1);
            }, parts);
            return Of(model, (pairs, stars), Mse, Adam(1e-2, 200));
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
        Sound("one sentence at a time", () =>
        {
            var (words, head) = (Embedding(60, 24), Linear(24, 3));
            return Of(new Net(x => head.call(words.call(x).mean([1])), words, head), (Picks(60, 1, 9), Picks(3, 1)), Entropy,
                Adam(5e-3, 100));
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
        Sound("thirty residual layers", () =>
        {
            var layers = Enumerable.Range(0, 15).Select(_ => Skip(Chain(LayerNorm(32), Linear(32, 32), ReLU(), Linear(32, 32))));
            return Of(Chain([Linear(6, 32), .. layers, LayerNorm(32), Linear(32, 1)]), Smooth(64, 6), Mse, Adam(1e-3, 200));
        }),
        Sound("kind and size from one body, two losses", () =>
        {
            var (x, kind) = Blobs(90, 4, 10);
            var target = cat([kind.unsqueeze(1).to_type(ScalarType.Float32), 0.5 * x.Column(0) - x.Column(3).sin()], 1);
            var (body, first, second) = (Chain(Linear(10, 48), ReLU(), Linear(48, 48), ReLU()), Linear(48, 4), Linear(48, 1));
            var model = new Net(v =>
            {
                var seen = body.call(v);
                return cat([first.call(seen), second.call(seen)], 1);
            }, body, first, second);
            return Of(model, (x, target), (o, t) => F.cross_entropy(o.narrow(1, 0, 4), t[.., 0].to_type(ScalarType.Int64))
                + 0.5 * F.mse_loss(o.Column(4), t.Column(1)), Adam(2e-3, 250));
        }),
        Sound("segmentation, batch of four", () =>
        {
            var (pictures, _, covered) = Spots(4, 16);
            var model = Chain(Conv2d(1, 16, 3, padding: 1L), ReLU(), Conv2d(16, 16, 3, padding: 2L, dilation: 2L), ReLU(),
                Conv2d(16, 2, 1));
            return Of(model, (pictures, covered), Entropy, Adam(3e-3, 150));
        }),
        Sound("triplets", () =>
        {
            var centers = randn(10, 16);
            var (mine, other) = (Picks(10, 64), Picks(9, 64));
            other = (mine + 1 + other).remainder(10);
            var triplets = stack([centers[mine], centers[mine], centers[other]], 1) + Noise(0.8, 64, 3, 16);
            var body = Mlp([16, 64, 12]);
            return Of(new Net(x => F.normalize(body.call(x), dim: 2), body), (triplets, zeros(64)), (o, _) =>
                F.relu((o[.., 0] - o[.., 1]).square().sum(1) - (o[.., 0] - o[.., 2]).square().sum(1) + 0.5).mean(), Adam(1e-3, 150));
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
        Sound("several labels each, half dropped out", () =>
        {
            var x = randn(100, 20);
            var labels = (x.matmul(randn(20, 8)) > 2).to_type(ScalarType.Float32);
            return Of(Chain(Linear(20, 128), ReLU(), Dropout(0.5), Linear(128, 128), ReLU(), Dropout(0.5), Linear(128, 8)), (x, labels),
                Binary, Adam(2e-3, 250));
        }),
        Sound("dilated convolutions forecast a series", () =>
        {
            var time = arange(33) * 0.4 + rand(40, 1) * 6.28;
            var series = (time.sin() + 0.5 * (time * 2.3).cos() + Noise(0.05, 40, 33)).unsqueeze(1);
            Module<Tensor, Tensor> Causal(long from, long to, long apart) =>
                Chain(ConstantPad1d((2 * apart, 0), 0), Conv1d(from, to, 3, dilation: apart), ReLU());
            var model = Chain(Causal(1, 16, 1), Causal(16, 16, 2), Causal(16, 16, 4), Conv1d(16, 1, 1));
            return Of(model, (series.narrow(2, 0, 32), series.narrow(2, 1, 32)), Mse, Adam(3e-3, 250));
        }),
        Sound("graphs of molecules, adjacency times features", () =>
        {
            var edges = (rand(48, 9, 9) < 0.25).to_type(ScalarType.Float32);
            edges = ((edges + edges.transpose(1, 2)).clamp(0, 1) + eye(9)).clamp(0, 1);
            var atoms = F.one_hot(Picks(4, 48, 9), 4).to_type(ScalarType.Float32);
            var energy = (edges.matmul(atoms.narrow(2, 0, 1)) * atoms.narrow(2, 1, 1)).sum([1]) - 2;
            var (first, second, head) = (Linear(4, 32), Linear(32, 32), Linear(32, 1));
            var model = new Net(x =>
            {
                var near = x.narrow(2, 0, 9) / x.narrow(2, 0, 9).sum(2, true);
                var h = near.matmul(first.call(x.narrow(2, 9, 4))).relu();
                return head.call(near.matmul(second.call(h)).relu().sum([1]) / 3);
            }, first, second, head);
            return Of(model, (cat([edges, atoms], 2), energy), Mse, Adam(3e-3, 300));
        }),
        Sound("GRU language model, one table for both ends", () =>
        {
            var (words, gru) = (Words(24, 32, 0.1), GRU(32, 32, batchFirst: true));
            return Of(new Net(x => gru.call(words.call(x), null).Item1.matmul(words.weight!.t()), words, gru), Counting(32, 14, 24),
                EachStep, Adam(1e-2, 250));
        }),
    ];
}
