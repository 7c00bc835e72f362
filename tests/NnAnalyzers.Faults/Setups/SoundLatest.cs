using static NnAnalyzers.Faults.Kit;
using static NnAnalyzers.Faults.Labelled;

namespace NnAnalyzers.Faults;

/// <summary>More set-ups without a mistake, written by somebody who has not seen the probes.</summary>
internal static class SoundLatest
{
    public static IReadOnlyList<Labelled> All { get; } =
    [
        Sound("second-hand cars, logarithm of the price, makes and fuels as vectors", () =>
        {
            var (make, fuel, x) = (Picks(8, 64, 1), Picks(3, 64, 1), randn(64, 3));
            var price = 9.5 + (randn(8) * 0.4)[make] + 0.2 * fuel.Real() - 0.4 * x.Column(0) - 0.15 * x.Column(1) * x.Column(2);
            var (makes, fuels, body) = (Embedding(8, 4), Embedding(3, 2), Mlp([9, 64, 64, 1]));
            init.constant_(((Linear)body[4]).bias!, 9.5);
            var model = new Net(v =>
                body.call(cat([makes.call(v[.., 0].Whole()), fuels.call(v[.., 1].Whole()), v.narrow(1, 2, 3)], 1)), makes, fuels, body);
            return Of(model, (cat([make.Real(), fuel.Real(), x], 1), price + Noise(0.05, 64, 1)), Mse, AdamW(2e-3, 250));
        }),
        Sound("points of an exam, 0 to 100, wide and deep, output starts at their mean", () =>
        {
            var (school, subject, x) = (Picks(6, 72), Picks(4, 72), randn(72, 4));
            var crossed = F.one_hot(school * 4 + subject, 24).Real();
            var points = 62 + 9 * x.Column(0) + 5 * x.Column(1) * x.Column(2) + crossed.matmul(randn(24, 1) * 8) + Noise(2, 72, 1);
            points = points.clamp(0, 100);
            var (deep, wide) = (Mlp([14, 48, 24, 1]), Linear(24, 1, hasBias: false));
            init.constant_(((Linear)deep[4]).bias!, points.mean().ToDouble());
            var model = new Net(v => deep.call(v.narrow(1, 0, 14)) + wide.call(v.narrow(1, 14, 24)), deep, wide);
            return Of(model, (cat([x, F.one_hot(school, 6).Real(), F.one_hot(subject, 4).Real(), crossed], 1), points), Mse,
                Adam(2e-2, 250));
        }),
        Sound("weaves in color, depthwise convolutions, ReLU6, gates for channels, branches start at zero", () =>
        {
            Module<Tensor, Tensor> Unit(long from, long to, long kernel, long stride, long groups) =>
                Chain(Conv2d(from, to, kernel, stride, kernel / 2, groups: groups, bias: false), BatchNorm2d(to));
            Module<Tensor, Tensor> Block(long width)
            {
                var (grow, apart, gate) = (Unit(width, 2 * width, 1, 1, 1), Unit(2 * width, 2 * width, 3, 1, 2 * width),
                    Chain(AdaptiveAvgPool2d(1), Conv2d(2 * width, 6, 1), ReLU(), Conv2d(6, 2 * width, 1), Sigmoid()));
                var (shrink, norm) = (Conv2d(2 * width, width, 1, bias: false), BatchNorm2d(width));
                init.zeros_(norm.weight!);
                return new Net(x =>
                {
                    var h = apart.call(grow.call(x).relu6()).relu6();
                    return x + norm.call(shrink.call(h * gate.call(h)));
                }, grow, apart, gate, shrink, norm);
            }
            var model = Chain(Unit(3, 12, 3, 2, 1), ReLU6(), Block(12), Block(12), AdaptiveAvgPool2d(1), Flatten(), Linear(12, 4));
            return Of(model, Weaves(32, 16), Entropy, With(0.05, 100, p => optim.SGD(p, 0.05, 0.9, 0, 1e-4, true)));
        }),
        Sound("a hole in each picture filled in, U-Net, transposed convolution, sigmoid for pixels from 0 to 1", () =>
        {
            var (pictures, place, _) = Spots(16, 16, 8);
            pictures = pictures.clamp(0, 1);
            var (row, column) = (arange(16).view(1, 1, 16, 1), arange(16).view(1, 1, 1, 16));
            var (top, left) = (Picks(11, 16, 1, 1, 1), Picks(11, 16, 1, 1, 1));
            var hole = (row >= top).logical_and(row < top + 5).logical_and(column >= left).logical_and(column < left + 5).Real();
            Module<Tensor, Tensor> Block(long from, long to) => Chain(Conv2d(from, to, 3, padding: 1L), Grouped(4, to), SiLU());
            var (down, below, up) = (Block(2, 12), Chain(MaxPool2d(2), Block(12, 24)), ConvTranspose2d(24, 12, 2, 2));
            var last = Chain(Block(24, 12), Conv2d(12, 1, 1), Sigmoid());
            var model = new Net(x =>
            {
                var h = down.call(x);
                return last.call(cat([h, up.call(below.call(h))], 1));
            }, down, below, up, last);
            return Of(model, (cat([pictures * (1 - hole), hole], 1), pictures), (o, t) => F.l1_loss(o, t), Adam(3e-3, 120));
        }),
        Sound("spot, rim and ground, two pictures a step, dilated residual blocks, weights for classes, RMSProp", () =>
        {
            var (pictures, _, covered) = Spots(2, 20, 3);
            var grown = MaxPool2d(5, 1, 2).call(covered.unsqueeze(1).Real()).squeeze(1).Whole();
            Module<Tensor, Tensor> Block(long apart) =>
                Skip(Chain(Grouped(4, 16), ReLU(), Conv2d(16, 16, 3, padding: apart, dilation: apart)));
            var model = Chain(Conv2d(1, 16, 3, padding: 1L), Block(1), Block(2), Block(4), Conv2d(16, 3, 1));
            var weights = tensor(new[] { 0.3f, 1f, 1f });
            return Of(model, (pictures, covered + grown), (o, t) => F.cross_entropy(o, t, weights),
                With(2e-3, 120, p => optim.RMSProp(p, 2e-3)));
        }),
        Sound("load of the next six hours, an LSTM's answer on top of the last reading", () =>
        {
            var time = arange(24) * 0.35 + rand(48, 1) * 6.28;
            var load = time.sin() * (0.7 + 0.6 * rand(48, 1)) + randn(48, 1) + Noise(0.05, 48, 24);
            var (lstm, head) = (LSTM(1, 24, batchFirst: true), Linear(24, 6));
            var model = new Net(x => x.narrow(1, 17, 1) + head.call(lstm.call(x.unsqueeze(2), null).Item1[.., -1]), lstm, head);
            return Of(model, (load.narrow(1, 0, 18), load.narrow(1, 18, 6)), Huber, Adam(5e-3, 120));
        }),
        Sound("sums modulo 7 read off the last place, RMS norm, gated layers, one table for both ends", () =>
        {
            var all = arange(49);
            var (a, b) = ((all / 7.0).Whole(), all.remainder(7));
            Module<Tensor, Tensor> Gated()
            {
                var (gate, up, down) = (Linear(32, 64, hasBias: false), Linear(32, 64, hasBias: false), Linear(64, 32, hasBias: false));
                return new Net(x => down.call(F.silu(gate.call(x)) * up.call(x)), gate, up, down);
            }
            Module<Tensor, Tensor> Layer() =>
                Chain(Skip(Chain(new Rms(32), Attention(32, 4, Future))), Skip(Chain(new Rms(32), Gated())));
            var words = Words(8, 32);
            var (placed, body) = (Positioned(words, 3, 32), Chain(Layer(), Layer(), new Rms(32)));
            var model = new Net(x => body.call(placed.call(x))[.., -1].matmul(words.weight!.t()), placed, body);
            return Of(model, (stack([a, b, full_like(a, 7)], 1), (a + b).remainder(7)), Entropy,
                With(3e-3, 150, p => optim.AdamW(p, 3e-3, 0.9, 0.95, weight_decay: 0.1)));
        }),
        Sound("reviews filled up, TorchSharp's own encoder, dropout, smoothed labels", () =>
        {
            var (kind, length) = (Picks(3, 48), 5 + Picks(6, 48, 1));
            var texts = 1 + where(rand(48, 10) < 0.4, kind.unsqueeze(1) * 8 + Picks(8, 48, 10), Picks(24, 48, 10));
            texts = where(arange(10) < length, texts, zeros_like(texts));
            var (words, encoder, head) = (Embedding(25, 24, padding_idx: 0),
                TransformerEncoder(TransformerEncoderLayer(24, 3, 48, 0.1), 2), Linear(24, 3));
            var angle = arange(10).view(10, 1, 1) * (arange(0, 24, 2) * (-Math.Log(10000) / 24)).exp();
            var places = cat([angle.sin(), angle.cos()], 2);
            var model = new Net(x =>
            {
                var (shown, h) = ((x != 0).Real().t().unsqueeze(2), words.call(x).transpose(0, 1) + places);
                return head.call((encoder.call(h, null, x == 0) * shown).sum([0]) / shown.sum([0]));
            }, words, encoder, head);
            return Of(model, (texts, kind), (o, t) => F.cross_entropy(o, t, label_smoothing: 0.1), Adam(2e-3, 120));
        }),
        Sound("sparse autoencoder wider than its input, one matrix for both ways", () =>
        {
            var x = ((rand(96, 24) < 0.12).Real() * (0.5 + rand(96, 24))).matmul(F.normalize(randn(24, 12), dim: 1)) + 0.3;
            var (encoder, center) = (Linear(12, 40), new Held(zeros(12)));
            var model = new Net(v =>
            {
                var codes = encoder.call(v - center.Value).relu();
                return cat([center.call(codes.matmul(encoder.weight!)), codes], 1);
            }, encoder, center);
            return Of(model, (x, x.clone()), (o, t) => Mse(o.narrow(1, 0, 12), t) + 0.01 * o.narrow(1, 12, 40).sum(1).mean(),
                Adam(3e-3, 250));
        }),
        Sound("critic's step with labels, squared error", () =>
        {
            var label = Picks(4, 64, 1);
            var real = randn(4, 8)[label.narrow(0, 0, 32).squeeze(1)] + Noise(0.3, 32, 8);
            var made = Frozen(Mlp([6, 24, 8])).call(randn(32, 6)).detach() * 2;
            var (labels, body) = (Embedding(4, 6), Mlp([14, 64, 64, 1], () => LeakyReLU(0.2)));
            var model = new Net(v => body.call(cat([v.narrow(1, 0, 8), labels.call(v[.., 8].Whole())], 1)), labels, body);
            return Of(model, (cat([cat([real, made]), label.Real()], 1), cat([ones(32, 1), zeros(32, 1)])), Mse,
                With(5e-4, 120, p => optim.Adam(p, 5e-4, 0.5, 0.999)));
        }),
        Sound("generator's step from picture to picture: a frozen critic of patches and absolute error, tanh", () =>
        {
            var (sketch, _) = Strokes(12, 16, 4, 0);
            var wanted = AvgPool2d(3, 1, 1).call(sketch) * 4 - 1;
            wanted = wanted.clamp(-1, 1);
            var critic = Chain(Conv2d(2, 8, 4, 2, 1L), LeakyReLU(0.2), Conv2d(8, 1, 3, padding: 1L));
            Train(Of(critic, (cat([sketch.repeat(2, 1, 1, 1), cat([wanted, rand(12, 1, 16, 16) * 2 - 1])], 1),
                cat([ones(12, 1, 8, 8), zeros(12, 1, 8, 8)])), Binary, Adam(2e-3, 40)));
            Frozen(critic);
            var model = Chain(Conv2d(1, 12, 4, 2, 1L), LeakyReLU(0.2), Conv2d(12, 12, 3, padding: 1L), BatchNorm2d(12), ReLU(),
                ConvTranspose2d(12, 1, 4, 2, 1L), Tanh());
            return Of(model, (sketch, cat([wanted, sketch], 1)), (o, t) =>
            {
                var judged = critic.call(cat([t.narrow(1, 1, 1), o], 1));
                return Binary(judged, ones_like(judged)) + 20 * F.l1_loss(o, t.narrow(1, 0, 1));
            }, With(2e-3, 120, p => optim.Adam(p, 2e-3, 0.5, 0.999)));
        }),
        Sound("soft actor's step against a frozen critic, squashed actions with their own spread", () =>
        {
            var (states, actions) = (randn(96, 5), rand(96, 2) * 2 - 1);
            var critic = Mlp([7, 64, 64, 1]);
            Train(Of(critic, (cat([states, actions], 1), -3 * (actions - states.narrow(1, 0, 2).tanh()).square().sum(1, true)), Mse,
                Adam(5e-3, 120)));
            Frozen(critic);
            return Of(Mlp([5, 64, 64, 4]), (states, states.clone()), (o, t) =>
            {
                var (spread, draw) = (o.narrow(1, 2, 2).clamp(-5, 2), randn(o.shape[0], 2));
                var before = o.narrow(1, 0, 2) + spread.exp() * draw;
                var chance = -draw.square() / 2 - spread - 2 * (Math.Log(2) - before - F.softplus(-2 * before, 1, 20));
                return (0.05 * chance.sum(1, true) - critic.call(cat([t, before.tanh()], 1))).mean();
            }, Adam(2e-3, 150));
        }),
        Sound("Q-values as eight quantiles each", () =>
        {
            var (states, actions) = (randn(64, 4), Picks(3, 64, 1));
            var returns = 2 * states.narrow(1, 0, 3).gather(1, actions) + randn(64, 8) * (0.3 + states.Column(3).sigmoid());
            var shares = (arange(8) + 0.5).view(1, 8, 1) / 8;
            return Of(Mlp([4, 64, 64, 24]), (states, cat([actions.Real(), returns], 1)), (o, t) =>
            {
                var taken = o.view(-1, 3, 8).gather(1, t.Column(0).Whole().unsqueeze(2).expand(-1, 1, 8)).transpose(1, 2);
                var off = t.narrow(1, 1, 8).unsqueeze(1) - taken;
                var bent = where(off.abs() < 1, off.square() / 2, off.abs() - 0.5);
                return ((shares - (off < 0).Real()).abs() * bent).sum(1).mean();
            }, Adam(2e-3, 200));
        }),
        Sound("which banner to show, clicks weighted by how often the old rule showed it, RMSProp", () =>
        {
            var (visitors, taste) = (randn(96, 6), randn(6, 4));
            var rule = F.softmax(Noise(0.5, 96, 4), 1);
            var shown = rule.multinomial(1);
            var likes = visitors.matmul(taste);
            var clicked = (likes.gather(1, shown) > likes.mean([1], true)).Real();
            return Of(Mlp([6, 48, 4]), (visitors, cat([shown.Real(), clicked, rule.gather(1, shown)], 1)), (o, t) =>
                -(F.softmax(o, 1).gather(1, t.Column(0).Whole()) / t.Column(2) * t.Column(1)).mean(),
                With(2e-3, 150, p => optim.RMSProp(p, 2e-3)));
        }),
        Sound("two views, one predicts the other, which is held fast", () =>
        {
            var views = randn(48, 1, 16) + Noise(0.4, 48, 2, 16);
            var body = Chain(Linear(16, 48), BatchNorm1d(48), ReLU(), Linear(48, 16), BatchNorm1d(16));
            var guess = Chain(Linear(16, 8), BatchNorm1d(8), ReLU(), Linear(8, 16));
            var model = new Net(x =>
            {
                var seen = body.call(x.flatten(0, 1));
                return cat([seen, guess.call(seen)], 1).view(-1, 2, 32);
            }, body, guess);
            return Of(model, (views, zeros(48)), (o, _) =>
            {
                var (fast, guessed) = (F.normalize(o.narrow(2, 0, 16).detach(), dim: 2), F.normalize(o.narrow(2, 16, 16), dim: 2));
                return -(guessed * fast.flip(1)).sum(2).mean();
            }, Sgd(0.05, 120, 0.9, 1e-4));
        }),
        Sound("faces by the angle to ten centers, with a margin", () =>
        {
            var (body, centers) = (Mlp([16, 64, 12], () => PReLU(1)), Linear(12, 10, hasBias: false));
            var model = new Net(x =>
                F.linear(F.normalize(body.call(x), dim: 1), F.normalize(centers.weight!, dim: 1)), body, centers);
            return Of(model, Blobs(60, 10, 16, 1.2), (o, t) =>
            {
                var wider = (o.clamp(-0.999, 0.999).acos() + 0.3).cos();
                return F.cross_entropy(16 * where(F.one_hot(t, 10) > 0, wider, o), t);
            }, Sgd(0.05, 150));
        }),
        Sound("clicks by pairs of five fields, factorization machine, Adagrad", () =>
        {
            var picked = Picks(12, 96, 5) + arange(5) * 12;
            var hidden = randn(60, 3);
            var liked = hidden[picked].sum(1).square().sum(1) - hidden[picked].square().sum([1, 2]);
            var (lines, pairs, start) = (Embedding(60, 1), Embedding(60, 6), new Held(zeros(1)));
            init.zeros_(lines.weight!);
            init.normal_(pairs.weight!, 0, 0.1);
            var model = new Net(x =>
            {
                var v = pairs.call(x);
                return start.call(lines.call(x).sum(1)) + 0.5 * (v.sum(1).square() - v.square().sum(1)).sum(1, true);
            }, lines, pairs, start);
            return Of(model, (picked, (liked > 0).Real().unsqueeze(1)), Binary, With(0.1, 150, p => optim.Adagrad(p, 0.1)));
        }),
        Sound("words by their neighbours with drawn strangers, the second table starts at zero", () =>
        {
            var group = Picks(6, 240, 1);
            var (word, near) = (group * 5 + Picks(5, 240, 1), (arange(240) % 3 == 0).unsqueeze(1));
            var other = where(near, group * 5 + Picks(5, 240, 1), Picks(30, 240, 1));
            var (words, around) = (Embedding(30, 16), Embedding(30, 16));
            init.uniform_(words.weight!, -0.5 / 16, 0.5 / 16);
            init.zeros_(around.weight!);
            var model = new Net(x => (words.call(x[.., 0]) * around.call(x[.., 1])).sum(1, true), words, around);
            return Of(model, (cat([word, other], 1), near.Real()), Binary, Adam(2e-2, 200));
        }),
        Sound("sales that scatter more than Poisson's, mean and spread by their logarithms", () =>
        {
            var x = randn(64, 4);
            var mean = (2.5 + 0.5 * x.Column(0) - 0.3 * x.Column(1) * x.Column(2)).exp();
            var sold = (mean * rand(64, 3).log().mean([1], true).neg()).poisson();
            return Of(Mlp([4, 48, 2], () => SiLU()), (x, sold), (o, t) =>
            {
                var (log, many) = (o.Column(0), o.Column(1).exp());
                var both = (many + log.exp()).log();
                return -((t + many).lgamma() - many.lgamma() - (t + 1).lgamma() + many * (o.Column(1) - both) + t * (log - both)).mean();
            }, Adam(5e-3, 200));
        }),
        Sound("income and marriage, three experts, a gate for each, losses weighted by learned uncertainty", () =>
        {
            var (x, income) = Smooth(80, 8);
            var married = (x.Column(0) + x.Column(4) * x.Column(5) > 0.2).Real();
            var experts = Enumerable.Range(0, 3).Select(_ => (Module<Tensor, Tensor>)Chain(Linear(8, 24), ReLU())).ToArray();
            var gates = Enumerable.Range(0, 2).Select(_ => (Module<Tensor, Tensor>)Linear(8, 3)).ToArray();
            var heads = Enumerable.Range(0, 2).Select(_ => (Module<Tensor, Tensor>)Mlp([24, 12, 1])).ToArray();
            var doubt = new Held(zeros(2));
            var model = new Net(v =>
            {
                var known = stack(experts.Select(e => e.call(v)), 1);
                var told = heads.Zip(gates, (head, gate) => head.call((F.softmax(gate.call(v), 1).unsqueeze(2) * known).sum(1)));
                return cat([.. told, doubt.call(zeros(v.shape[0], 2))], 1);
            }, [.. experts, .. gates, .. heads, doubt]);
            return Of(model, (x, cat([income, married], 1)), (o, t) =>
            {
                var how = o.narrow(1, 2, 2).mean([0]);
                return (-how[0]).exp() * Mse(o.Column(0), t.Column(0)) / 2 + (-how[1]).exp() * Binary(o.Column(1), t.Column(1)) +
                    how.sum() / 2;
            }, Adam(3e-3, 200));
        }),
        Sound("what is poisonous to what, half of the answers missing, dropout", () =>
        {
            var bits = (rand(72, 40) < 0.2).Real();
            var poison = (bits.matmul(randn(40, 8)) > 0.8).Real();
            return Of(Chain(Linear(40, 96), ReLU(), Dropout(0.25), Linear(96, 8)),
                (bits, where(rand(72, 8) < 0.5, poison, full_like(poison, -1))), (o, t) =>
                {
                    var known = (t >= 0).Real();
                    var each = F.binary_cross_entropy_with_logits(o, t.clamp(0), reduction: Reduction.None);
                    return (each * known).sum() / known.sum();
                }, Adam(3e-3, 150));
        }),
        Sound("twenty layers of SELU, LeCun's draw, momentum", () =>
        {
            var model = Mlp([8, .. Enumerable.Repeat(32L, 20), 3], () => SELU());
            Weights(model, w => init.normal_(w, 0, 1 / Math.Sqrt(w.shape[1])));
            foreach (var (name, p) in model.named_parameters())
                if (name.EndsWith("bias")) init.zeros_(p);
            return Of(model, Blobs(48, 3, 8), Entropy, Sgd(0.005, 120));
        }),
        Sound("links between thirty papers, one graph, products of what two convolutions say of each", () =>
        {
            var field = arange(30).remainder(3);
            var links = (rand(30, 30) < where(field.unsqueeze(0) == field.unsqueeze(1), full(30, 30, 0.5), full(30, 30, 0.04))).Real();
            links = links.maximum(links.t()).maximum(eye(30));
            var root = links.sum(1, true).rsqrt();
            var (first, second) = (Linear(12, 24), Linear(24, 12));
            var model = new Net(x =>
            {
                var near = x.narrow(2, 0, 30);
                var told = near.matmul(second.call(near.matmul(first.call(x.narrow(2, 30, 12))).relu()));
                return told.matmul(told.transpose(1, 2));
            }, first, second);
            var words = randn(3, 12)[field] + randn(30, 12);
            return Of(model, (cat([links * root * root.t(), words], 1).unsqueeze(0), links.unsqueeze(0)), (o, t) =>
                F.binary_cross_entropy_with_logits(o, t, pos_weights: full(1, 3f)), Adam(1e-2, 200));
        }),
        Sound("three signs of a plate, convolutions, then a GRU both ways, CTC", () =>
        {
            var text = 1 + Picks(5, 12, 3);
            var signs = (rand(6, 8, 8) < 0.4).Real();
            var plates = signs[text].transpose(1, 2).reshape(12, 1, 8, 24) - 0.4 + Noise(0.15, 12, 1, 8, 24);
            var (see, gru, head) = (Chain(Conv2d(1, 12, 3, padding: 1L), ReLU(), MaxPool2d(2), Conv2d(12, 24, 3, padding: 1L), ReLU()),
                GRU(96, 24, batchFirst: true, bidirectional: true), Linear(48, 6));
            var model = new Net(x => head.call(gru.call(see.call(x).permute(0, 3, 1, 2).flatten(2), null).Item1), see, gru, head);
            return Of(model, (plates, text), (o, t) => CTCLoss().call(F.log_softmax(o, 2).transpose(0, 1), t,
                full(t.shape[0], 12L, dtype: ScalarType.Int64), full(t.shape[0], 3L, dtype: ScalarType.Int64)), Adam(5e-3, 120));
        }),
        Sound("order of ten documents a query, every pair of unlike grades", () =>
        {
            var documents = randn(16, 10, 8);
            var worth = documents.narrow(2, 0, 1) + documents.narrow(2, 1, 1) * documents.narrow(2, 2, 1);
            var grades = (worth.squeeze(2) + 1.5).clamp(0, 3).floor();
            var body = Mlp([8, 48, 1]);
            return Of(new Net(x => body.call(x).squeeze(2), body), (documents, grades), (o, t) =>
            {
                var better = (t.unsqueeze(2) > t.unsqueeze(1)).Real();
                return (F.softplus(o.unsqueeze(1) - o.unsqueeze(2), 1, 20) * better).sum() / better.sum();
            }, Adam(5e-3, 150));
        }),
        Sound("pictures and captions, learned temperature", () =>
        {
            var seen = randn(48, 8);
            var (pictures, captions) = (seen.matmul(randn(8, 24)) / 3 + Noise(0.3, 48, 24), seen.matmul(randn(8, 16)) / 3);
            var (look, read, heat) = (Mlp([24, 48, 12]), Mlp([16, 48, 12], () => GELU()), new Held(full(1, (float)Math.Log(1 / 0.07))));
            var model = new Net(x => F.normalize(look.call(x.narrow(1, 0, 24)), dim: 1)
                .matmul(F.normalize(read.call(x.narrow(1, 24, 16)), dim: 1).t()) * heat.Value.exp(), look, read, heat);
            return Of(model, (cat([pictures, captions + Noise(0.1, 48, 16)], 1), arange(48)), (o, t) =>
                (F.cross_entropy(o, t) + F.cross_entropy(o.t(), t)) / 2, AdamW(2e-3, 100, 0.1));
        }),
        Sound("diffusion: the noise in points of a ring, last layer starts at zero", () =>
        {
            var (angle, time, noise) = (rand(128, 1) * 6.28, rand(128, 1), randn(128, 2));
            var points = cat([angle.cos(), angle.sin()], 1) * (1 + Noise(0.05, 128, 1));
            var noisy = (time * 1.57).cos() * points + (time * 1.57).sin() * noise;
            var waves = cat([(time * 3.14).sin(), (time * 3.14).cos(), (time * 6.28).sin(), (time * 6.28).cos()], 1);
            var model = Mlp([7, 96, 96, 2], () => SiLU());
            init.zeros_(((Linear)model[4]).weight!);
            init.zeros_(((Linear)model[4]).bias!);
            return Of(model, (cat([noisy, time, waves], 1), noise), Mse, Adam(3e-3, 300));
        }),
        Sound("a picture as a function of its coordinates, layers of sines", () =>
        {
            var line = linspace(-1, 1, 16);
            var at = stack([line.repeat_interleave(16), line.repeat(16)], 1);
            var picture = (at.Column(0) * 5).sin() * (at.Column(1) * 4 + 1).cos() + 0.5 * (at.square().sum(1, true) < 0.3).Real();
            var layers = new[] { Linear(2, 40), Linear(40, 40), Linear(40, 1) };
            init.uniform_(layers[0].weight!, -0.5, 0.5);
            foreach (var layer in layers.Skip(1)) init.uniform_(layer.weight!, -Math.Sqrt(6.0 / 40) / 30, Math.Sqrt(6.0 / 40) / 30);
            var model = new Net(x => layers[2].call((30 * layers[1].call((30 * layers[0].call(x)).sin())).sin()), layers);
            return Of(model, (at, picture), Mse, Adam(1e-3, 250));
        }),
        Sound("returns of a day, about 0.01, the last layer's answer times 0.01", () =>
        {
            var (x, y) = Smooth(80, 8);
            var body = Mlp([8, 48, 48, 1], () => ELU());
            return Of(new Net(v => body.call(v) * 0.01, body), (x, y * 0.01), Mse, Adam(3e-3, 250));
        }),
        Sound("hum of another machine: first block frozen, second at 0.0002, new head at 0.01", () =>
        {
            Module<Tensor, Tensor> Block(long from, long to) => Chain(Conv1d(from, to, 7, 2, 3L), BatchNorm1d(to), ReLU());
            var (first, second) = (Block(1, 12), Block(12, 24));
            (Tensor Input, Tensor Target) Hum(double from, double step, long kinds)
            {
                var kind = Picks(kinds, 48);
                var pace = from + step * kind.Real().unsqueeze(1);
                return (((pace * linspace(0, 6.28, 48) + rand(48, 1) * 6.28).sin() + Noise(0.3, 48, 48)).unsqueeze(1), kind);
            }
            Module<Tensor, Tensor> Under(Module<Tensor, Tensor> head) => Chain(first, second, AdaptiveAvgPool1d(1), Flatten(), head);
            Train(Of(Under(Linear(24, 4)), Hum(3, 3, 4), Entropy, Adam(3e-3, 60)));
            Frozen(first);
            var head = Linear(24, 3);
            return Of(Under(head), Hum(2, 4, 3), Entropy, With(1e-2, 120, _ => optim.AdamW(
                [new AdamW.ParamGroup(second.parameters(), 2e-4), new AdamW.ParamGroup(head.parameters(), 1e-2)], 1e-2)));
        }),
    ];

    public static Tensor Real(this Tensor x) => x.to_type(ScalarType.Float32);

    public static Tensor Whole(this Tensor x) => x.to_type(ScalarType.Int64);

    /// <summary>Colored pictures of stripes that go across, down or along either diagonal, four pixels each.</summary>
    private static (Tensor Input, Tensor Target) Weaves(long samples, int size)
    {
        var kind = Picks(4, samples);
        var (row, column) = (arange(size).view(1, size, 1), arange(size).view(1, 1, size));
        var (down, across) = (tensor(new long[] { 1, 0, 1, 1 })[kind], tensor(new long[] { 0, 1, 1, -1 })[kind]);
        var place = row * down.view(-1, 1, 1) + column * across.view(-1, 1, 1) + Picks(4, samples, 1, 1);
        var light = (place.remainder(4) < 2).Real().unsqueeze(1) - 0.5;
        return (light * (0.5 + rand(samples, 3, 1, 1)) + Noise(0.2, samples, 3, size, size), kind);
    }

    /// <summary>Adds numbers that it learns.</summary>
    private sealed class Held : Module<Tensor, Tensor>
    {
        public Held(Tensor start) : base("held") => register_parameter("value", Value = new Parameter(start));

        public Parameter Value { get; }

        public override Tensor forward(Tensor x) => x + Value;
    }

    /// <summary>Divides by the root of the mean square.</summary>
    private sealed class Rms : Module<Tensor, Tensor>
    {
        private readonly Parameter _gain;

        public Rms(long width) : base("rms") => register_parameter("gain", _gain = new Parameter(ones(width)));

        public override Tensor forward(Tensor x) => x * (x.square().mean([-1], true) + 1e-6).rsqrt() * _gain;
    }
}
