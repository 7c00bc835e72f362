namespace NnAnalyzers.Faults;

/// <summary>Networks as one should write them; no probe should say anything against them.</summary>
internal static class Healthy
{
    public static readonly Func<Tensor, Tensor, Tensor> Mse = (o, t) => F.mse_loss(o, t), Entropy = (o, t) => F.cross_entropy(o, t),
        Binary = (o, t) => F.binary_cross_entropy_with_logits(o, t);

    public static Tensor Labels(int count, int classes) => arange(count) % classes;

    /// <summary>A target that depends on the input, mean 0 and deviation 1.</summary>
    public static Tensor Curve(Tensor x) =>
        (x.sin().sum(1, keepdim: true) is var y && true ? (y - y.mean()) / (y.std() + 1e-6) : y).detach();

    public static Setup Regression(nn.Module<Tensor, Tensor> model, int features = 8, int count = 32) =>
        randn(count, features) is var x ? Setup.Of(model, x, Curve(x), Mse) : null!;
    public static Setup Classes(nn.Module<Tensor, Tensor> model, int features = 8, int count = 32, int classes = 4) =>
        randn(count, features) is var x ? Setup.Of(model, x, x.narrow(1, 0, classes).argmax(1), Entropy) : null!;
    public static Setup Pictures(nn.Module<Tensor, Tensor> model, int channels = 1, int size = 8, int count = 16, int classes = 4) =>
        Setup.Of(model, randn(count, channels, size, size), Labels(count, classes), Entropy);

    /// <summary>TorchSharp 0.107.0 leaves the weight and bias of GroupNorm as the memory it finds.</summary>
    internal static GroupNorm Group(int groups, int channels)
    {
        var norm = GroupNorm(groups, channels);
        init.ones_(norm.weight!);
        init.zeros_(norm.bias!);
        return norm;
    }

    public static readonly IReadOnlyList<Case> All =
    [
        new("linear regression", "", () => randn(64, 4) is var x ? Setup.Of(Linear(4, 1), x,
            x.matmul(randn(4, 1)) is var y ? y / y.std() : x, Mse) with { Options = new() { LearningRate = 1e-2, Steps = 300 } } : null!),
        new("logistic regression", "", () => randn(32, 20) is var x ? Setup.Of(Linear(20, 1), x, x.narrow(1, 0, 1).gt(0).to(float32),
            Binary) with { Options = new() { LearningRate = 1e-2, Steps = 300 } } : null!),
        new("MLP, regression", "", () => Regression(Sequential(Linear(8, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1)))),
        new("MLP, classes", "", () => Classes(Sequential(Linear(8, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 4)))),
        new("MLP, GELU and LayerNorm", "",
            () => Classes(Sequential(Linear(8, 64), nn.LayerNorm(64), GELU(), Linear(64, 64), nn.LayerNorm(64), GELU(), Linear(64, 4)))),
        new("MLP, tanh", "", () => Regression(Sequential(Linear(8, 64), Tanh(), Linear(64, 64), Tanh(), Linear(64, 1)))),
        new("MLP, batch norm and dropout", "", () => Classes(
            Sequential(Linear(8, 64), BatchNorm1d(64), ReLU(), Dropout(0.2), Linear(64, 64), BatchNorm1d(64), ReLU(), Linear(64, 4)))),
        new("CNN, classes", "", () => Pictures(Sequential(Conv2d(1, 16, 3, padding: 1L), ReLU(), MaxPool2d(2),
            Conv2d(16, 32, 3, padding: 1L), ReLU(), Flatten(), Linear(32 * 16, 4)))),
        new("CNN, batch norm", "", () => Pictures(Sequential(Conv2d(1, 16, 3, padding: 1L, bias: false), BatchNorm2d(16), ReLU(),
            Conv2d(16, 32, 3, padding: 1L, bias: false), BatchNorm2d(32), ReLU(), AdaptiveAvgPool2d(2), Flatten(), Linear(128, 4)))),
        new("CNN, group norm", "", () => Pictures(Sequential(Conv2d(1, 16, 3, padding: 1L), Group(4, 16), ReLU(),
            Conv2d(16, 32, 3, padding: 1L), Group(4, 32), ReLU(), AdaptiveAvgPool2d(2), Flatten(), Linear(128, 4)))),
        new("residual CNN", "", () =>
        {
            var (stem, a, b, head) = (Conv2d(1, 16, 3, padding: 1L), Conv2d(16, 16, 3, padding: 1L),
                Conv2d(16, 16, 3, padding: 1L), Linear(16 * 16, 4));
            return Pictures(new Net(x => { x = F.relu(stem.forward(x)); x =
                F.relu(x + b.forward(F.relu(a.forward(x)))); return head.forward(F.max_pool2d(x, 2).flatten(1)); }, stem, a, b, head));
        }),
        new("U-Net, a class a pixel", "", () =>
        {
            var (down, mid, up, head) = (Conv2d(1, 16, 3, padding: 1L), Conv2d(16, 32, 3, padding: 1L),
                ConvTranspose2d(32, 16, 2, stride: 2L), Conv2d(32, 2, 3, padding: 1L));
            var x = randn(8, 1, 8, 8);
            return Setup.Of(new Net(p => { var d = F.relu(down.forward(p)); var m =
                F.relu(mid.forward(F.max_pool2d(d, 2))); return head.forward(cat([d, F.relu(up.forward(m))], 1)); }, down, mid, up, head),
                x, x.squeeze(1).gt(0).to(int64), Entropy);
        }),
        new("LSTM, classes", "", () =>
        {
            var (lstm, head) = (LSTM(6, 32, batchFirst: true), Linear(32, 4));
            return Setup.Of(new Net(x => head.forward(lstm.forward(x).Item1.select(1, -1)), lstm, head),
                randn(16, 7, 6), Labels(16, 4), Entropy);
        }),
        new("GRU, regression", "", () =>
        {
            var (gru, head) = (GRU(6, 32, batchFirst: true), Linear(32, 1));
            var x = randn(16, 7, 6);
            return Setup.Of(new Net(i => head.forward(gru.forward(i).Item1.select(1, -1)), gru, head), x, Curve(x.mean([1])), Mse);
        }),
        new("transformer encoder", "", () =>
        {
            var (embed, encoder, head) = (Linear(6, 32), TransformerEncoder(TransformerEncoderLayer(32, 4, 64, 0), 2), Linear(32, 4));
            return Setup.Of(new Net(x => head.forward(encoder.forward(embed.forward(x).transpose(0, 1), null!, null!).mean([0])), embed,
                encoder, head), randn(16, 7, 6), Labels(16, 4), Entropy);
        }),
        new("bag of words", "", () =>
        {
            var (embed, head) = (Embedding(50, 16), Linear(16, 4));
            return Setup.Of(new Net(x => head.forward(embed.forward(x).mean([1])), embed, head),
                randint(0, 50, [16, 10], int64), Labels(16, 4), Entropy);
        }),
        new("text CNN", "", () =>
        {
            var (embed, conv, head) = (Embedding(50, 16), Conv1d(16, 32, 3, padding: 1L), Linear(32, 4));
            return Setup.Of(new Net(x => head.forward(F.relu(conv.forward(embed.forward(x).transpose(1, 2))).amax([-1L])), embed, conv,
                head), randint(0, 50, [16, 10], int64), Labels(16, 4), Entropy);
        }),
        new("autoencoder", "", () => randn(16, 3).matmul(randn(3, 12)) is var x ? Setup.Of(Sequential(Linear(12, 64), ReLU(), Linear(64, 8),
            Linear(8, 64), ReLU(), Linear(64, 12)), x / x.std(), x / x.std(), Mse) : null!),
        new("convolutional autoencoder", "", () => randn(4, 1, 8, 8) is var x ? Setup.Of(Sequential(Conv2d(1, 32, 3, padding: 1L), ReLU(),
            Conv2d(32, 32, 3, padding: 1L), ReLU(), Conv2d(32, 1, 3, padding: 1L)), x, x, Mse) : null!),
        new("VAE", "", () =>
        {
            var (encode, decode) = (Linear(12, 32), Sequential(Linear(8, 64), ReLU(), Linear(64, 12)));
            var (mean, spread) = (Linear(32, 8), Linear(32, 8));
            var x = randn(16, 3).matmul(randn(3, 12));
            x /= x.std();
            return Setup.Of(new Net(i => { var h = F.relu(encode.forward(i)); var m = mean.forward(h); return decode.forward(
                m + randn_like(m) * (spread.forward(h) * 0.1 - 4).exp()); }, encode, mean, spread, decode), x, x, Mse);
        }),
        new("GAN, discriminator", "", () => cat([randn(16, 8) + 1, randn(16, 8) - 1]) is var x ? Setup.Of(Sequential(Linear(8, 64),
            LeakyReLU(0.2), Linear(64, 64), LeakyReLU(0.2), Linear(64, 1)), x, cat([ones(16, 1), zeros(16, 1)]), Binary) : null!),
        new("GAN, generator",
            "", () => randn(16, 8) is var z ? Setup.Of(Sequential(Linear(8, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 12), Tanh()), z,
                (z.matmul(randn(8, 12)) * 0.3).tanh(), Mse) : null!),
        new("DQN head, smooth L1", "",
            () => randn(32, 8) is var x ? Setup.Of(Sequential(Linear(8, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 4)), x,
                randn(32, 4), (o, t) => F.smooth_l1_loss(o, t)) : null!),
        new("mixture of experts", "", () =>
        {
            var (gate, one, two) = (Linear(8, 2), Sequential(Linear(8, 64), ReLU(), Linear(64, 1)),
                Sequential(Linear(8, 64), ReLU(), Linear(64, 1)));
            return Regression(new Net(x => { var g = F.softmax(gate.forward(x), 1); return g.narrow(1, 0, 1) * one.forward(x)
                + g.narrow(1, 1, 1) * two.forward(x); }, gate, one, two));
        }),
        new("checkpoint with the optimizer's state", [], () => Sessions.Run(saveOptimizer: true, saveBuffers: true)),
    ];
}
