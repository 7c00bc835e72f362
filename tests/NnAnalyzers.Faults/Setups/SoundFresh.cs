using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;

namespace NnAnalyzers.Faults;

/// <summary>Set-ups without a mistake, written by somebody who has not seen the probes.</summary>
internal static class SoundFresh
{
    public static IReadOnlyList<Labelled> All { get; } =
    [
        Sound("rents in euros, 100 to 1500, output starts at their mean", () =>
        {
            var x = cat([rand(64, 2) * 2 - 1, F.one_hot(Picks(3, 64), 3).to_type(ScalarType.Float32)], 1);
            var rent = 900 + 420 * x.Column(0) - 150 * x.Column(1).square() + 250 * x.Column(2) * x.Column(0) + Noise(30, 64, 1);
            var model = Mlp([5, 64, 64, 1]);
            init.constant_(((Linear)model[4]).bias!, rent.mean().ToDouble());
            return Of(model, (x, rent), Mse, Adam(1e-2, 250));
        }),
        Sound("visitors a day, 150 to 850, absolute error, RMSProp", () =>
        {
            var sunny = rand(64, 1);
            var weekday = Picks(7, 64);
            var x = cat([F.one_hot(weekday, 7).to_type(ScalarType.Float32), sunny * 2 - 1, randn(64, 1)], 1);
            var free = (weekday > 4).to_type(ScalarType.Float32).unsqueeze(1);
            var visitors = (180 + 250 * free + 200 * sunny * (1 + free)).poisson();
            return Of(Mlp([9, 48, 48, 1]), (x, visitors), (o, t) => F.l1_loss(o, t), With(5e-3, 300, p => optim.RMSProp(p, 5e-3)));
        }),
        Sound("power, torque and efficiency, each by its own spread", () =>
        {
            var x = randn(64, 5);
            var spread = tensor(new[] { 40f, 3f, 0.1f });
            var truth = cat([2.5 + (x.Column(0) * 1.2).sin(), 2 + 0.6 * x.Column(1) - 0.5 * x.Column(2), 6 - 0.7 * x.Column(3).abs()], 1);
            return Of(Mlp([5, 64, 64, 3], () => SiLU()), (x, (truth + Noise(0.05, 64, 3)) * spread),
                (o, t) => ((o - t) / spread).square().mean(), Adam(5e-3, 300));
        }),
        Sound("which of three sensors reads highest, two LSTMs with dropout between", () =>
        {
            var x = randn(48, 14, 3) + Noise(0.5, 48, 1, 3);
            var (lstm, head) = (LSTM(3, 32, 2, batchFirst: true, dropout: 0.2), Linear(32, 3));
            return Of(new Net(v => head.call(lstm.call(v, null).Item1[.., -1]), lstm, head), (x, x.mean([1]).argmax(1)), Entropy,
                Adam(5e-3, 100));
        }),
        Sound("GRU language model, sentences filled up, labels -100 there", () =>
        {
            var (tokens, next) = Counting(32, 12, 18);
            var filled = arange(12).unsqueeze(0) >= 6 + Picks(7, 32, 1);
            tokens = where(filled, full_like(tokens, 18), tokens);
            var (words, gru, head) = (Embedding(19, 24, padding_idx: 18), GRU(24, 48, batchFirst: true), Linear(48, 18));
            return Of(new Net(x => head.call(gru.call(words.call(x), null).Item1), words, gru, head),
                (tokens, where(filled, full_like(next, -100), next)), EachStep, Adam(5e-3, 120));
        }),
        Sound("masked words, post-norm, labels -100 where nothing is masked", () =>
        {
            var (tokens, _) = Counting(32, 12, 16);
            var masked = rand(32, 12) < 0.2;
            Module<Tensor, Tensor> Layer() => Chain(Skip(Attention(32, 4)), LayerNorm(32),
                Skip(Chain(Linear(32, 64), GELU(), Linear(64, 32))), LayerNorm(32));
            var model = Chain(Positioned(Words(17, 32, 0.5), 12, 32), Layer(), Layer(), Linear(32, 16));
            return Of(model, (where(masked, full_like(tokens, 16), tokens), where(masked, tokens, full_like(tokens, -100))), EachStep,
                AdamW(2e-3, 150));
        }),
        Sound("convolution over words, table of 20,000, maximum over time", () =>
        {
            var topic = Picks(4, 64);
            var texts = where(rand(64, 12) < 0.5, topic.unsqueeze(1) * 5000 + Picks(5000, 64, 12), Picks(20000, 64, 12));
            var (words, read, head) = (Embedding(20000, 16), Conv1d(16, 32, 3, padding: 1L), Linear(32, 4));
            return Of(new Net(x => head.call(read.call(words.call(x).transpose(1, 2)).relu().amax([2], false)), words, read, head),
                (texts, topic), Entropy, Adam(2e-3, 80));
        }),
        Sound("bag of 600 words, counts, one linear layer, plain gradient descent", () =>
        {
            var topic = Picks(3, 64);
            var texts = where(rand(64, 15) < 0.3, topic.unsqueeze(1) * 20 + Picks(20, 64, 15), Picks(600, 64, 15));
            return Of(Chain(Linear(600, 3)), (F.one_hot(texts, 600).sum(1).to_type(ScalarType.Float32), topic), Entropy,
                Sgd(0.3, 200, 0));
        }),
        Sound("denoising autoencoder, dropout on the input", () =>
        {
            var x = randn(64, 3).matmul(randn(3, 30)) * 0.6 + Noise(0.05, 64, 30);
            return Of(Chain(Dropout(0.2), Linear(30, 64), ReLU(), Linear(64, 8), Linear(8, 64), ReLU(), Linear(64, 30)), (x, x.clone()),
                Mse, Adam(2e-3, 250));
        }),
        Sound("REINFORCE with a value head as baseline", () =>
        {
            var (states, actions) = (randn(64, 6), Picks(3, 64));
            var right = (actions == states.narrow(1, 0, 3).argmax(1)).to_type(ScalarType.Float32);
            var returns = 4 + 2 * states[.., 4] + 3 * right + Noise(0.2, 64);
            var (body, policy, value) = (Chain(Linear(6, 48), Tanh(), Linear(48, 48), Tanh()), Linear(48, 3), Linear(48, 1));
            var model = new Net(x =>
            {
                var seen = body.call(x);
                return cat([policy.call(seen), value.call(seen)], 1);
            }, body, policy, value);
            return Of(model, (states, stack([actions.to_type(ScalarType.Float32), returns], 1)), (o, t) =>
            {
                var taken = F.log_softmax(o.narrow(1, 0, 3), 1).gather(1, t.Column(0).to_type(ScalarType.Int64));
                var better = t.Column(1) - o.Column(3);
                return -(taken * better.detach()).mean() + 0.5 * better.square().mean();
            }, Adam(2e-3, 150));
        }),
        Sound("PPO, two continuous actions of a fixed spread", () =>
        {
            var states = randn(64, 5);
            var model = Mlp([5, 48, 48, 2], Tanh);
            using var _ = no_grad();
            var mean = model.call(states);
            var actions = mean + Noise(0.5, 64, 2);
            var before = -((actions - mean) / 0.5).square().sum(1, true) / 2;
            var gain = -(actions - states.narrow(1, 0, 2).tanh()).square().sum(1, true);
            gain = (gain - gain.mean()) / gain.std();
            return Of(model, (states, cat([actions, before, gain], 1)), (o, t) =>
            {
                var now = -((t.narrow(1, 0, 2) - o) / 0.5).square().sum(1, true) / 2;
                var ratio = (now - t.Column(2)).exp();
                return -minimum(ratio * t.Column(3), ratio.clamp(0.8, 1.2) * t.Column(3)).mean();
            }, Adam(1e-3, 100));
        }),
        Sound("dueling Q-network, targets of the old network given as data", () =>
        {
            var (states, after, actions) = (randn(64, 4), randn(64, 4), Picks(3, 64).unsqueeze(1));
            var (body, value, lead) = (Chain(Linear(4, 64), ReLU(), Linear(64, 64), ReLU()), Linear(64, 1), Linear(64, 3));
            var model = new Net(x =>
            {
                var seen = body.call(x);
                var leads = lead.call(seen);
                return value.call(seen) + leads - leads.mean([1], true);
            }, body, value, lead);
            var reward = (states.narrow(1, 0, 3).gather(1, actions) * 1.5).round();
            using var _ = no_grad();
            var wanted = reward + 0.95 * (rand(64, 1) < 0.9).to_type(ScalarType.Float32) * model.call(after).amax([1], true);
            return Of(model, (states, cat([actions.to_type(ScalarType.Float32), wanted], 1)), (o, t) =>
                F.smooth_l1_loss(o.gather(1, t.Column(0).to_type(ScalarType.Int64)), t.Column(1)), Adam(1e-3, 200));
        }),
        Sound("hinge critic's step", () =>
        {
            var real = randn(32, 2).matmul(randn(2, 10)) + 0.5;
            var made = Frozen(Mlp([4, 24, 10])).call(randn(32, 4)).detach() * 2;
            var model = Mlp([10, 64, 64, 1], () => LeakyReLU(0.2));
            return Of(model, (cat([real, made]), cat([ones(32, 1), -ones(32, 1)])), (o, t) => F.relu(1 - t * o).mean(),
                With(5e-4, 120, p => optim.Adam(p, 5e-4, 0.5, 0.999)));
        }),
        Sound("Wasserstein generator's step, batch norm", () =>
        {
            var real = stack([randn(64) * 0.3 + 2, randn(64) * 0.3 - 1], 1);
            var critic = Mlp([2, 32, 32, 1], () => LeakyReLU(0.2));
            Train(Of(critic, (cat([real, randn(64, 2)]), cat([ones(64, 1), -ones(64, 1)])), (o, t) => F.relu(1 - t * o).mean(),
                Adam(2e-3, 60)));
            Frozen(critic);
            var model = Chain(Linear(8, 48), BatchNorm1d(48), ReLU(), Linear(48, 48), BatchNorm1d(48), ReLU(), Linear(48, 2));
            return Of(model, (randn(64, 8), zeros(64, 1)), (o, _) => -critic.call(o).mean(),
                With(1e-3, 120, p => optim.Adam(p, 1e-3, 0.5, 0.999)));
        }),
        Sound("siamese network, pairs with a margin", () =>
        {
            var centers = randn(8, 16);
            var (one, same) = (Picks(8, 48), (rand(48) < 0.5).to_type(ScalarType.Int64));
            var other = (one + (1 - same) * (1 + Picks(7, 48))).remainder(8);
            var pairs = stack([centers[one], centers[other]], 1) + Noise(0.7, 48, 2, 16);
            var body = Mlp([16, 48, 8]);
            return Of(new Net(x => body.call(x), body), (pairs, same.to_type(ScalarType.Float32)), (o, t) =>
            {
                var far = ((o[.., 0] - o[.., 1]).square().sum(1) + 1e-6).sqrt();
                return (t * far.square() + (1 - t) * F.relu(1 - far).square()).mean();
            }, Adam(2e-3, 150));
        }),
        Sound("two pictures at a time made sharp, instance norm", () =>
        {
            var sharp = (rand(2, 1, 5, 5) < 0.5).to_type(ScalarType.Float32).repeat_interleave(4, 2).repeat_interleave(4, 3);
            var model = Chain(Conv2d(1, 12, 3, padding: 1L), InstanceNorm2d(12), ReLU(), Conv2d(12, 12, 3, padding: 1L),
                InstanceNorm2d(12), ReLU(), Conv2d(12, 1, 3, padding: 1L));
            return Of(model, (AvgPool2d(5, 1, 2).call(sharp), sharp), (o, t) => F.l1_loss(o, t), Adam(3e-3, 200));
        }),
        Sound("four samples a step, batch norm", () => Of(Chain(Linear(6, 32), BatchNorm1d(32), ReLU(), Linear(32, 32), BatchNorm1d(32),
            ReLU(), Linear(32, 1)), Smooth(4, 6), Mse, Sgd(0.01, 150))),
        Sound("first block frozen, its batch norm too; the second and a new head train", () =>
        {
            Module<Tensor, Tensor> Block(long from, long to) =>
                Chain(Conv2d(from, to, 3, padding: 1L, bias: false), BatchNorm2d(to), ReLU(), MaxPool2d(2));
            var (first, second) = (Block(1, 10), Block(10, 20));
            var (pictures, kind) = Strokes(60, 12, 4);
            Train(Of(Chain(first, second, Flatten(), Linear(180, 4)), (pictures, kind), Entropy, Adam(2e-3, 50)));
            Frozen(first);
            var (other, aim) = Strokes(40, 12, 3, 0.3);
            return Of(Chain(first, second, Flatten(), Linear(180, 3)), (-other, aim), Entropy,
                With(5e-4, 120, p => optim.AdamW(p.Where(q => q.requires_grad), 5e-4)));
        }),
        Sound("four experts, the best two of them asked", () =>
        {
            var (x, y) = Smooth(64, 6);
            var experts = Enumerable.Range(0, 4).Select(_ => (Module<Tensor, Tensor>)Mlp([6, 24, 1])).ToArray();
            var gate = Linear(6, 4);
            var model = new Net(v =>
            {
                var scores = gate.call(v);
                var (best, which) = scores.topk(2, 1);
                var share = zeros_like(scores).scatter(1, which, best.softmax(1));
                return (cat(experts.Select(e => e.call(v)).ToArray(), 1) * share).sum(1, true);
            }, [gate, .. experts]);
            return Of(model, (x, y), Mse, Adam(3e-3, 250));
        }),
        Sound("picture in sixteen patches, pre-norm", () =>
        {
            var (patches, places) = (Conv2d(1, 32, 4, 4), Words(16, 32));
            Module<Tensor, Tensor> Layer() => Chain(Skip(Chain(LayerNorm(32), Attention(32, 4))),
                Skip(Chain(LayerNorm(32), Linear(32, 64), GELU(), Linear(64, 32))));
            var (body, head) = (Chain(Layer(), Layer(), LayerNorm(32)), Linear(32, 4));
            return Of(new Net(x => head.call(body.call(patches.call(x).flatten(2).transpose(1, 2) + places.call(arange(16))).mean([1])),
                patches, places, body, head), Strokes(32, 16, 4, 0.1), Entropy, AdamW(2e-3, 120));
        }),
        Sound("thirty residual layers without norm, every branch starts at zero", () =>
        {
            Module<Tensor, Tensor> Branch()
            {
                var last = Linear(32, 32);
                init.zeros_(last.weight!);
                init.zeros_(last.bias!);
                return Skip(Chain(Linear(32, 32), ReLU(), last));
            }
            return Of(Chain([Linear(6, 32), .. Enumerable.Range(0, 15).Select(_ => Branch()), Linear(32, 1)]), Smooth(64, 6), Mse,
                Adam(1e-3, 150));
        }),
        Sound("detection on a grid, is one there and where in its cell, group norm", () =>
        {
            var (pictures, place, _) = Spots(32, 16);
            var cell = (place * 4).to_type(ScalarType.Int64);
            var there = F.one_hot(cell[.., 0] * 4 + cell[.., 1], 16).to_type(ScalarType.Float32).view(32, 1, 4, 4);
            var target = cat([there, there * (place * 4 - cell).view(32, 2, 1, 1)], 1);
            var model = Chain(Conv2d(1, 12, 3, padding: 1L), Grouped(4, 12), ReLU(), MaxPool2d(2), Conv2d(12, 24, 3, padding: 1L),
                Grouped(4, 24), ReLU(), MaxPool2d(2), Conv2d(24, 3, 3, padding: 1L));
            return Of(model, (pictures, target), (o, t) =>
            {
                var off = (o.narrow(1, 1, 2) - t.narrow(1, 1, 2)).square() * t.narrow(1, 0, 1);
                return Binary(o.narrow(1, 0, 1), t.narrow(1, 0, 1)) + 2 * off.sum() / t.narrow(1, 0, 1).sum();
            }, Adam(3e-3, 120));
        }),
        Sound("grades 1 to 5 as four steps, is it above", () =>
        {
            var (x, y) = Smooth(64, 7);
            var above = (y * 1.2 > tensor(new[] { -1.2f, -0.4f, 0.4f, 1.2f })).to_type(ScalarType.Float32);
            return Of(Mlp([7, 48, 4]), (x, above), Binary, AdamW(5e-3, 200, 0.05));
        }),
        Sound("upper tenth of tomorrow's temperature in Celsius", () =>
        {
            var x = cat([rand(64, 1) * 2 - 1, randn(64, 3)], 1);
            var celsius = 12 + 9 * x.Column(0) + 2 * x.Column(1) + (1 + x.Column(2).sigmoid()) * randn(64, 1);
            return Of(Mlp([4, 48, 48, 1]), (x, celsius), (o, t) => maximum(0.9 * (t - o), 0.1 * (o - t)).mean(), Adam(1e-2, 200));
        }),
        Sound("claims of a fleet by its size, Poisson deviance", () =>
        {
            var (x, cars) = (randn(64, 4), 5 + 45 * rand(64, 1));
            var claims = (cars * (-1 + 0.6 * x.Column(0) - 0.4 * x.Column(2)).exp()).poisson();
            var body = Mlp([4, 32, 1]);
            return Of(new Net(v => body.call(v.narrow(1, 0, 4)) + v.Column(4), body), (cat([x, cars.log()], 1), claims), (o, t) =>
                2 * (t * (t.clamp(1).log() - o) - t + o.exp()).mean(), Adam(3e-3, 200));
        }),
        Sound("rare tags, focal loss", () =>
        {
            var x = randn(64, 12);
            var tags = (x.matmul(randn(12, 10)) / 3.5 > 1.2).to_type(ScalarType.Float32);
            return Of(Mlp([12, 96, 10]), (x, tags), (o, t) =>
            {
                var each = F.binary_cross_entropy_with_logits(o, t, reduction: Reduction.None);
                return ((1 - (-each).exp()).square() * each).sum(1).mean();
            }, Adam(3e-3, 150));
        }),
        Sound("three healthy for one ill, weighted", () =>
        {
            var ill = (arange(64) % 4 == 0).to_type(ScalarType.Int64);
            var x = randn(64, 10) + ill.unsqueeze(1) * Noise(0.8, 1, 10);
            var weight = tensor(new[] { 0.67f, 2f });
            return Of(Mlp([10, 32, 2]), (x, ill), (o, t) => F.cross_entropy(o, t, weight), Sgd(0.05, 150));
        }),
        Sound("colour, form and material, each one-hot, plain gradient descent", () =>
        {
            var (colour, form, material) = (Picks(6, 64), Picks(5, 64), Picks(4, 64));
            var x = cat([F.one_hot(colour, 6), F.one_hot(form, 5), F.one_hot(material, 4)], 1).to_type(ScalarType.Float32);
            return Of(Mlp([15, 48, 3], Tanh), (x, (colour + form * material).remainder(3)), Entropy, Sgd(0.5, 300, 0));
        }),
        Sound("tuned further at rate 0.00005 on another machine's readings", () =>
        {
            var (x, y) = Smooth(64, 6);
            var model = Mlp([6, 64, 64, 1]);
            Train(Of(model, (x, y), Mse, Adam(2e-3, 200)));
            var other = randn(64, 6);
            var read = (other.Column(0) * 1.3).sin() + 0.5 * other.Column(1) * other.Column(2) + 0.4 * other.Column(5) + 0.6;
            return Of(model, (other, read), Mse, AdamW(5e-5, 300));
        }),
        Sound("which pixels are the spot, its border not asked, batch norm", () =>
        {
            var (pictures, _, covered) = Spots(8, 16, 3);
            var grown = MaxPool2d(3, 1, 1).call(covered.unsqueeze(1).to_type(ScalarType.Float32)).squeeze(1).to_type(ScalarType.Int64);
            var model = Chain(Conv2d(1, 12, 3, padding: 1L, bias: false), BatchNorm2d(12), ReLU(),
                Conv2d(12, 12, 3, padding: 1L, bias: false), BatchNorm2d(12), ReLU(), Conv2d(12, 2, 1));
            return Of(model, (pictures, where(grown > covered, full_like(covered, -100), covered)), Entropy, Sgd(0.05, 100));
        }),
    ];
}
