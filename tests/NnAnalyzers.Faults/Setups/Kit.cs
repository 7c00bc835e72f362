namespace NnAnalyzers.Faults;

/// <summary>Parts and data that set-ups share.</summary>
internal static class Kit
{
    public static readonly Func<Tensor, Tensor, Tensor> Mse = (o, t) => F.mse_loss(o, t), Entropy = (o, t) => F.cross_entropy(o, t),
        Binary = (o, t) => F.binary_cross_entropy_with_logits(o, t), Huber = (o, t) => F.huber_loss(o, t),
        EachStep = (o, t) => F.cross_entropy(o.flatten(0, 1), t.flatten());

    public static ProbeOptions Adam(double rate, int steps) => new() { LearningRate = rate, Steps = steps };

    public static ProbeOptions With(double rate, int steps, Func<IEnumerable<Parameter>, optim.Optimizer> optimizer) =>
        new() { LearningRate = rate, Steps = steps, Optimizer = optimizer };

    public static ProbeOptions Sgd(double rate, int steps, double momentum = 0.9, double decay = 0) =>
        With(rate, steps, p => optim.SGD(p, rate, momentum, weight_decay: decay));

    public static ProbeOptions AdamW(double rate, int steps, double decay = 0.01) =>
        With(rate, steps, p => optim.AdamW(p, rate, weight_decay: decay));

    public static Setup Of(Module<Tensor, Tensor> model, (Tensor Input, Tensor Target) data, Func<Tensor, Tensor, Tensor> loss,
        ProbeOptions options) => new(model, model.call, data.Input, data.Target, loss) { Options = options };

    /// <summary>Trains a set-up on its own batch as its options say; its losses, one a step.</summary>
    public static List<double> Train(Setup setup)
    {
        var parameters = setup.Model.parameters().ToList();
        var optimizer = setup.Options.Optimizer?.Invoke(parameters) ?? optim.Adam(parameters, setup.Options.LearningRate);
        setup.Model.train();
        var losses = new List<double>();
        for (var step = 0; step < setup.Options.Steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = setup.Loss(setup.Forward(setup.Input), setup.Target);
            losses.Add(loss.ToDouble());
            loss.backward();
            optimizer.step();
        }
        return losses;
    }

    // Networks

    public static Sequential Chain(params Module<Tensor, Tensor>[] layers) => Sequential(layers);

    /// <summary>Linear layers with an activation between them, ReLU unless told otherwise.</summary>
    public static Sequential Mlp(long[] widths, Func<Module<Tensor, Tensor>>? activation = null)
    {
        var layers = new List<Module<Tensor, Tensor>>();
        for (var i = 1; i < widths.Length; i++)
        {
            if (i > 1) layers.Add(activation?.Invoke() ?? ReLU());
            layers.Add(Linear(widths[i - 1], widths[i]));
        }
        return Sequential([.. layers]);
    }

    /// <summary>The body's answer on top of its input.</summary>
    public static Net Skip(Module<Tensor, Tensor> body) => new(x => x + body.call(x), body);

    /// <summary>Where <paramref name="hidden"/> of so many positions is true, nothing is read.</summary>
    public static Net Attention(long width, long heads, Func<long, Tensor>? hidden = null)
    {
        var (qkv, mix) = (Linear(width, 3 * width), Linear(width, width));
        return new(x =>
        {
            var (n, t) = (x.shape[0], x.shape[1]);
            var p = qkv.call(x).view(n, t, 3, heads, width / heads).permute(2, 0, 3, 1, 4);
            var scores = p[0].matmul(p[1].transpose(-2, -1)) / Math.Sqrt((double)width / heads);
            if (hidden is not null) scores = scores.masked_fill(hidden(t), -1e9);
            return mix.call(scores.softmax(-1).matmul(p[2]).transpose(1, 2).reshape(n, t, width));
        }, qkv, mix);
    }

    public static Tensor Future(long length) => ones(length, length).triu(1).to_type(ScalarType.Bool);

    /// <summary>Token numbers (N, T) as vectors (N, T, width) that know their position.</summary>
    public static Net Positioned(Embedding words, long length, long width)
    {
        var places = Embedding(length, width);
        init.normal_(places.weight!, 0, 0.02);
        return new(x => words.call(x) + places.call(arange(x.shape[1])), words, places);
    }

    public static Embedding Words(long count, long width, double scale = 0.02, long? padding = null)
    {
        var words = padding is null ? Embedding(count, width) : Embedding(count, width, padding_idx: padding);
        using (no_grad()) words.weight!.mul_(scale);
        return words;
    }

    /// <summary>TorchSharp 0.107.0 leaves weight and bias as the memory it finds.</summary>
    public static GroupNorm Grouped(long groups, long channels)
    {
        var norm = GroupNorm(groups, channels);
        init.ones_(norm.weight!);
        init.zeros_(norm.bias!);
        return norm;
    }

    public static T Frozen<T>(T module) where T : Module
    {
        foreach (var parameter in module.parameters()) parameter.requires_grad = false;
        return module;
    }

    /// <summary>Does something with every weight (not bias) of a network.</summary>
    public static T Weights<T>(T module, Action<Tensor> change) where T : Module
    {
        using (no_grad())
            foreach (var (name, parameter) in module.named_parameters())
                if (name.EndsWith("weight") && parameter.dim() > 1) change(parameter);
        return module;
    }

    // Data

    public static Tensor Noise(double scale, params long[] shape) => randn(shape) * scale;

    public static Tensor Column(this Tensor x, long at) => x.narrow(1, at, 1);

    public static Tensor Picks(long below, params long[] shape) => randint(0, below, shape, dtype: ScalarType.Int64);

    /// <summary>Features and something smooth of them with mean 0 and deviation of about 1, with a little noise.</summary>
    public static (Tensor Input, Tensor Target) Smooth(long samples, long features, double noise = 0.1)
    {
        var x = randn(samples, features);
        var y = (x.Column(0) * 1.3).sin() + 0.5 * x.Column(1) * x.Column(2) + 0.4 * x.Column(features - 1) + Noise(noise, samples, 1);
        return (x, y);
    }

    /// <summary>Classes that lie around centers of their own.</summary>
    public static (Tensor Input, Tensor Target) Blobs(long samples, long classes, long features, double apart = 1.5)
    {
        var y = arange(samples).remainder(classes)[randperm(samples)];
        return (randn(classes, features)[y] * apart + randn(samples, features), y);
    }

    /// <summary>Grey pictures with a stroke across, down or aslant.</summary>
    public static (Tensor Input, Tensor Target) Strokes(long samples, int size, int kinds = 3, double noise = 0.2)
    {
        var (x, y) = (zeros(samples, 1, size, size), Picks(kinds, samples));
        for (var i = 0; i < samples; i++)
        {
            var (kind, at) = (y[i].ToInt64(), 1 + randint(0, size - 2, [1]).ToInt32());
            for (var k = 1; k < size - 1; k++)
            {
                var (row, column) = kind switch { 0 => (at, k), 1 => (k, at), 2 => (k, (k + at) % size), _ => (k, (size - k + at) % size) };
                x[i, 0, row, column] = 1;
            }
        }
        return (x + Noise(noise, samples, 1, size, size), y);
    }

    /// <summary>Pictures of a bright spot, where it is (from 0 to 1), and which pixels it covers.</summary>
    public static (Tensor Input, Tensor Place, Tensor Covered) Spots(long samples, int size, double radius = 2.5)
    {
        var place = 0.2 + 0.6 * rand(samples, 2);
        var (row, column) = (arange(size).view(1, size, 1), arange(size).view(1, 1, size));
        var far = (row - place[.., 0].view(-1, 1, 1) * size).square() + (column - place[.., 1].view(-1, 1, 1) * size).square();
        var light = (-far / (2 * radius)).exp().unsqueeze(1);
        return (light + Noise(0.1, samples, 1, size, size), place, (far < radius * radius).to_type(ScalarType.Int64));
    }

    /// <summary>Sentences that count on in steps of their own, and the word that follows each.</summary>
    public static (Tensor Input, Tensor Target) Counting(long samples, long length, long words)
    {
        var all = (Picks(words, samples, 1) + arange(length + 1) * (1 + Picks(3, samples, 1))).remainder(words);
        return (all.narrow(1, 0, length).contiguous(), all.narrow(1, 1, length).contiguous());
    }
}
