using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;

namespace NnAnalyzers.Faults;

/// <summary>Set-ups without a mistake, put aside: nothing is tuned on them.</summary>
internal static class SoundKept
{
    public static IReadOnlyList<Labelled> All { get; } =
    [
        Sound("house prices in 100,000s", () =>
        {
            var x = randn(96, 5);
            var price = 3.2 + 0.9 * x.Column(0) - 0.4 * x.Column(1) + 0.3 * x.Column(2) * x.Column(0) + (x.Column(3) > 1) * 1.2;
            return Of(Mlp([5, 64, 64, 1]), (x, price + Noise(0.2, 96, 1)), Mse, Adam(1e-3, 400));
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
        Sound("strided convolutions, average over places, no norm", () => Of(Chain(Conv2d(1, 16, 3, 2, 1L), LeakyReLU(0.1),
            Conv2d(16, 32, 3, 1, 1L), LeakyReLU(0.1), Conv2d(32, 32, 3, 1, 1L), LeakyReLU(0.1), AdaptiveAvgPool2d(1), Flatten(),
            Linear(32, 3)), Strokes(45, 16, 3, 0.1), Entropy, Adam(3e-3, 200))),
        Sound("ten glyphs, batch norm, dropout, Nesterov", () =>
        {
            var glyphs = (rand(10, 1, 8, 8) < 0.35).to_type(ScalarType.Float32);
            var y = Picks(10, 64);
            var model = Chain(Conv2d(1, 16, 3, padding: 1L), BatchNorm2d(16), ReLU(), Conv2d(16, 32, 3, 2, 1L), BatchNorm2d(32), ReLU(),
                Flatten(), Dropout(0.5), Linear(512, 10));
            return Of(model, ((glyphs[y] - 0.35) / 0.48 + Noise(0.4, 64, 1, 8, 8), y), Entropy,
                With(0.02, 120, p => optim.SGD(p, 0.02, 0.9, 0, 5e-4, true)));
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
        Sound("convolutional autoencoder, pixels from 0 to 1", () =>
        {
            var x = Spots(32, 16).Input.clamp(0, 1);
            var model = Chain(Conv2d(1, 8, 3, 2, 1L), ReLU(), Conv2d(8, 16, 3, 2, 1L), ReLU(), Flatten(), Linear(256, 12), Linear(12, 256),
                ReLU(), Unflatten(1, [16, 4, 4]), ConvTranspose2d(16, 8, 4, 2, 1), ReLU(), ConvTranspose2d(8, 1, 4, 2, 1), Sigmoid());
            return Of(model, (x, x.clone()), Mse, Adam(3e-3, 250));
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
        Sound("one sentence at a time", () =>
        {
            var (words, head) = (Embedding(60, 24), Linear(24, 3));
            return Of(new Net(x => head.call(words.call(x).mean([1])), words, head), (Picks(60, 1, 9), Picks(3, 1)), Entropy,
                Adam(5e-3, 100));
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
        Sound("delivery times with a heavy tail, Huber", () =>
        {
            var x = cat([rand(140, 2) * 2 - 1, F.one_hot(Picks(3, 140), 3).to_type(ScalarType.Float32)], 1);
            var hours = 1.5 + x.Column(0) + x.Column(2) * 0.8 - rand(140, 1).clamp(0.02).log() * 0.3;
            return Of(Mlp([5, 48, 48, 1], () => SiLU()), (x, hours), Huber, AdamW(3e-3, 300));
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
        Sound("calls a day, Poisson", () =>
        {
            var x = cat([rand(150, 2) * 2 - 1, F.one_hot(Picks(7, 150), 7).to_type(ScalarType.Float32)], 1);
            var calls = (1 + x.Column(0) - 0.8 * x.Column(2) + 0.5 * x.Column(1)).exp().poisson();
            return Of(Mlp([9, 48, 1]), (x, calls), (o, t) => (o.exp() - t * o).mean(), Adam(3e-3, 250));
        }),
    ];
}
