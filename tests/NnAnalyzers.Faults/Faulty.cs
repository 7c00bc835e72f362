using static NnAnalyzers.Faults.Healthy;

namespace NnAnalyzers.Faults;

/// <summary>Networks with one mistake each, and the probes that are there to notice it.</summary>
internal static class Faulty
{
    private static Sequential Mlp(int inputs = 8, int outputs = 1) =>
        Sequential(Linear(inputs, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, outputs));

    /// <summary>Sets every weight of a kind.</summary>
    private static T Init<T>(T model, Action<Tensor> weight, Action<Tensor>? bias = null) where T : nn.Module
    {
        using var guard = no_grad();
        foreach (var (_, parameter) in model.named_parameters())
            if (parameter.dim() > 1) weight(parameter); else bias?.Invoke(parameter);
        return model;
    }

    private static Sequential Deep(int depth, int width, Func<nn.Module<Tensor, Tensor>> activation, int inputs = 8)
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        for (var i = 0; i < depth; i++) layers.AddRange([Linear(i == 0 ? inputs : width, width), activation()]);
        return Sequential(layers.Append(Linear(width, 1)).ToArray());
    }

    public static readonly IReadOnlyList<Case> All =
    [
        // GradientFlow
        new("layers in a list, not registered", "WeightCheck", () => { var hidden = new List<Linear>
            { Linear(8, 32), Linear(32, 1) }; return Regression(new Net(x => hidden[1].forward(F.relu(hidden[0].forward(x))))); }),
        new("all parameters frozen", "WeightCheck",
            () => { var m = Mlp(); foreach (var p in m.parameters()) p.requires_grad = false; return Regression(m); }),
        new("first layer frozen by mistake", "WeightCheck",
            () => { var m = Mlp(); foreach (var p in m.parameters().Take(2)) p.requires_grad = false; return Regression(m); }),
        new("dead ReLU, bias −20", "GradientFlow OverfitOneBatch",
            () => { var m = Mlp(); using (no_grad()) m.parameters().ElementAt(1).fill_(-20); return Regression(m); }),
        new("dead ReLU, functional", "GradientFlow", () =>
        {
            var (a, b) = (Linear(8, 64), Linear(64, 1));
            using (no_grad()) a.bias!.fill_(-20);
            return Regression(new Net(x => b.forward(F.relu(a.forward(x))), a, b));
        }),
        new("dead ReLU in the second layer", "GradientFlow",
            () => { var m = Mlp(); using (no_grad()) m.parameters().ElementAt(3).fill_(-20); return Regression(m); }),
        new("vanishing, 12 sigmoid layers", "GradientFlow", () => Regression(Deep(12, 32, () => Sigmoid()))),
        new("vanishing, weights N(0, 0.001)", "GradientFlow",
            () => Regression(Init(Deep(6, 32, () => Tanh()), w => init.normal_(w, 0, 1e-3)))),
        new("vanishing, 20 tanh layers of half the gain", "GradientFlow",
            () => Regression(Init(Deep(20, 32, () => Tanh()), w => init.normal_(w, 0, 0.5 / Math.Sqrt(32))))),
        new("exploding, weights N(0, 1), 6 layers", "GradientFlow InitialLoss",
            () => Regression(Init(Deep(6, 64, () => ReLU()), w => init.normal_(w, 0, 1)))),
        new("exploding, weights N(0, 1), convolutions", "GradientFlow InitialLoss",
            () => Pictures(Init(Sequential(Conv2d(1, 32, 3, padding: 1L), ReLU(), Conv2d(32, 32, 3, padding: 1L), ReLU(),
                Conv2d(32, 32, 3, padding: 1L), ReLU(), Flatten(), Linear(32 * 64, 4)), w => init.normal_(w, 0, 1)))),
        new("saturated tanh", "GradientFlow",
            () => Regression(Init(Sequential(Linear(8, 64), Tanh(), Linear(64, 64), Tanh(), Linear(64, 1)), w => init.normal_(w, 0, 20)))),
        new("saturated sigmoid", "GradientFlow",
            () => Regression(Init(Sequential(Linear(8, 64), Sigmoid(), Linear(64, 1)), w => init.normal_(w, 0, 50)))),
        new("NaN in the second layer: logarithm", "GradientFlow InitialLoss",
            () => { var (a, b) = (Linear(8, 32), Linear(32, 1)); return Regression(new Net(x => b.forward(a.forward(x).log()), a, b)); }),
        new("NaN in the gradient: square root of 0", "GradientFlow", () => { var (a, b) = (Linear(8, 32), Linear(32, 1)); return Regression(
            new Net(x => { var h = a.forward(x); return b.forward(h) + (h - h.detach()).pow(2).sum(1, keepdim: true).sqrt(); }, a, b)); }),
        new("NaN weights in layer 2", "GradientFlow InitialLoss",
            () => { var m = Mlp(); using (no_grad()) m.parameters().ElementAt(2).fill_(float.NaN); return Regression(m); }),
        new("division by a spread of 0", "GradientFlow InitialLoss",
            () => { var a = Linear(8, 1); return Regression(new Net(x => a.forward((x - x) / (x - x).std()), a)); }),
        new("detached in the middle", "GradientFlow", () => { var (a,
            b) = (Linear(8, 32), Linear(32, 1)); return Regression(new Net(x => b.forward(F.relu(a.forward(x)).detach()), a, b)); }),
        new("a layer that is not used", "GradientFlow", () => { var (a, b, c) =
            (Linear(8, 32), Linear(32, 32), Linear(32, 1)); return Regression(new Net(x => c.forward(F.relu(a.forward(x))), a, b, c)); }),
        new("no_grad left in forward", "GradientFlow",
            () => { var m = Mlp(); return Regression(new Net(x => { using (no_grad()) return m.forward(x); }, m)); }),
        new("argmax before the loss", "GradientFlow", () => { var m = Mlp(outputs: 4); return Setup.Of(
            new Net(x => m.forward(x).argmax(1, keepdim: true).to(float32), m), randn(32, 8), randn(32, 1), Mse); }),
        new("all weights the same", "WeightCheck", () => Regression(Init(Mlp(), w => w.fill_(0.1)))),
        new("all weights 0", "GradientFlow OverfitOneBatch", () => Regression(Init(Mlp(), w => w.fill_(0), b => b.fill_(0)))),
        new("optimizer of another model", "OptimizerCheck OverfitOneBatch",
            () => Regression(Mlp()) with { Options = new() { Steps = 300, Optimizer = _ => optim.Adam(Linear(2, 2).parameters(), 1e-3) } }),
        // InitialLoss
        new("last layer a hundred times too large", "InitialLoss",
            () => { var m = Mlp(outputs: 4); using (no_grad()) m.parameters().ElementAt(4).mul_(100); return Classes(m); }),
        new("targets about 1000", "DataCheck",
            () => { var x = randn(32, 8); return Setup.Of(Mlp(), x, Curve(x) + 1000, Mse); }),
        // OverfitOneBatch
        new("ReLU on the output, targets below 0", "OverfitOneBatch",
            () => { var x = randn(32, 8); return Setup.Of(Sequential(Linear(8, 64), ReLU(), Linear(64, 1), ReLU()), x, Curve(x), Mse); }),
        new("sigmoid on the output, targets −2..2", "OverfitOneBatch", () => { var x =
            randn(32, 8); return Setup.Of(Sequential(Linear(8, 64), ReLU(), Linear(64, 1), Sigmoid()), x, Curve(x), Mse); }),
        new("softmax before cross-entropy", "LossFit", () => Classes(Sequential(Linear(8, 64), ReLU(), Linear(64, 4), Softmax(1)))),
        new("wrong sign of the loss", "SimplerLoss",
            () => { var x = randn(32, 8); return Setup.Of(Mlp(), x, Curve(x), (o, t) => -F.mse_loss(o, t)); }),
        new("no bias where the target needs one", "OverfitOneBatch", () => { var a = Linear(8, 1, hasBias: false); var x = randn(32, 8)
            * 0.1; return Setup.Of(a, x, ones(32, 1) * 3 + x.narrow(1, 0, 1), Mse); }),
        new("targets of shape (N), outputs of (N, 1)", "OverfitOneBatch",
            () => { var x = randn(32, 8); return Setup.Of(Mlp(), x, Curve(x).squeeze(1), Mse); }),
        // Half of its loss can be learned, and the outputs go with the targets: nothing that the probes measure is wrong.
        new("one output for four classes",
            "", () => { var x = randn(32, 8); return Setup.Of(Mlp(), x, Labels(32, 4).unsqueeze(1).to(float32) % 4,
                (o, t) => F.binary_cross_entropy_with_logits(o, t.clamp(0, 1)) + (t.gt(1).to(float32) * o.sigmoid()).mean()); }),
        new("labels that contradict each other", "OverfitOneBatch",
            () => { var x = randn(1, 8).repeat(32, 1); return Setup.Of(Mlp(outputs: 4), x, Labels(32, 4), Entropy); }),
        // LearningRateSweep
        new("learning rate 10", "LearningRateSweep OptimizerCheck",
            () => Regression(Mlp()) with { Options = new() { LearningRate = 10, Steps = 300 } }),
        new("learning rate 1", "LearningRateSweep OverfitOneBatch",
            () => Classes(Mlp(outputs: 4)) with { Options = new() { LearningRate = 1, Steps = 300 } }),
        new("learning rate 1e-8", "LearningRateSweep OverfitOneBatch",
            () => Regression(Mlp()) with { Options = new() { LearningRate = 1e-8, Steps = 300 } }),
        new("SGD at 5", "LearningRateSweep OverfitOneBatch",
            () => Regression(Mlp()) with { Options = new() { LearningRate = 5, Steps = 300, Optimizer = p => optim.SGD(p, 5) } }),
        // BatchIndependence
        new("reshape that mixes the batch", "BatchIndependence", () => { var (a, b) = (Linear(8, 32), Linear(32, 1)); return Regression(
            new Net(x => b.forward(F.relu(a.forward(x)).t().reshape(x.shape[0], 32)), a, b)); }),
        new("softmax over the batch", "BatchIndependence", () => { var m =
            Mlp(outputs: 4); return Setup.Of(new Net(x => F.softmax(m.forward(x), 0), m), randn(16, 8), rand(16, 4) / 4, Mse); }),
        new("the batch's mean taken off", "BatchIndependence",
            () => { var m = Mlp(); return Regression(new Net(x => m.forward(x - x.mean([0], keepdim: true)), m)); }),
        new("flatten(0) takes the batch in", "BatchIndependence",
            () => { var a = Linear(8 * 16, 16); return Setup.Of(new Net(x => a.forward(x.flatten(0)), a), randn(16, 8), randn(16), Mse); }),
        new("encoder takes the batch for the sequence", "BatchIndependence", () =>
        {
            var (embed, encoder, head) = (Linear(6, 32), TransformerEncoder(TransformerEncoderLayer(32, 4, 64, 0), 1), Linear(32, 4));
            return Setup.Of(new Net(x => head.forward(encoder.forward(embed.forward(x), null!, null!).mean([1])), embed, encoder, head),
                randn(16, 7, 6), Labels(16, 4), Entropy);
        }),
        new("LSTM without batchFirst", "BatchIndependence", () =>
        {
            var (lstm, head) = (LSTM(6, 32), Linear(32, 4));
            return Setup.Of(new Net(x => head.forward(lstm.forward(x).Item1.select(1, -1)), lstm, head),
                randn(16, 7, 6), Labels(16, 4), Entropy);
        }),
        // InputDependence
        new("input times 0", "InputDependence OverfitOneBatch",
            () => { var m = Mlp(); return Regression(new Net(x => m.forward(x * 0), m)); }),
        new("answers from the bias only", "InputDependence OverfitOneBatch", () => { var (a,
            b) = (Linear(8, 32), Linear(32, 4)); return Classes(new Net(x => b.forward(F.relu(a.forward(x) - 100)), a, b)); }),
        new("the same row for all samples", "BatchIndependence OverfitOneBatch",
            () => { var m = Mlp(outputs: 4); return Classes(new Net(x => m.forward(x.narrow(0, 0, 1)).expand(x.shape[0], 4), m)); }),
        // Data
        new("inputs of 10,000", "NormalizationCheck", () => { var x = randn(32, 8); return Setup.Of(Mlp(), x * 1e4, Curve(x), Mse); }),
        new("inputs of a millionth", "NormalizationCheck",
            () => { var x = randn(32, 8); return Setup.Of(Mlp(), x * 1e-6, Curve(x), Mse); }),
        new("test inputs not normalized", "NormalizationCheck",
            () => Regression(Mlp()) with { Options = new() { Steps = 300, TestInput = randn(32, 8) * 50 + 100 } }),
        new("pixels of 0 to 255", "PictureCheck NormalizationCheck",
            () => { var s = Pictures(Sequential(Conv2d(1, 16, 3, padding: 1L), ReLU(), Flatten(), Linear(16 * 64, 4))); return s with
                { Input = randint(0, 256, [16, 1, 8, 8]).to(float32) }; }),
        new("pictures cut off at 1", "PictureCheck",
            () => { var s = Pictures(Sequential(Conv2d(1, 16, 3, padding: 1L), ReLU(), Flatten(), Linear(16 * 64, 4))); return s with
                { Input = (randn(16, 1, 8, 8) * 2).clamp(0, 1) }; }),
        // WithoutNormalization
        new("batch norm over N(0, 1) convolutions", "WithoutNormalization", () => Pictures(Init(Sequential(Conv2d(1, 64, 3, padding: 1L),
            BatchNorm2d(64), ReLU(), Conv2d(64, 64, 3, padding: 1L), BatchNorm2d(64), ReLU(), Conv2d(64, 64, 3, padding: 1L),
            BatchNorm2d(64), ReLU(), AdaptiveAvgPool2d(2), Flatten(), Linear(256, 4)), w => init.normal_(w, 0, 1)))),
        new("layer norm over N(0, 1) layers", "WithoutNormalization",
            () => Classes(Init(Sequential(Linear(8, 64), nn.LayerNorm(64), ReLU(), Linear(64, 64), nn.LayerNorm(64), ReLU(), Linear(64, 64),
                nn.LayerNorm(64), ReLU(), Linear(64, 4)), w => init.normal_(w, 0, 1)))),
        new("group norm over N(0, 1) convolutions", "WithoutNormalization", () => Pictures(Init(Sequential(Conv2d(1, 64, 3, padding: 1L),
            Group(8, 64), ReLU(), Conv2d(64, 64, 3, padding: 1L), Group(8, 64), ReLU(), Conv2d(64, 64, 3, padding: 1L), Group(8, 64),
            ReLU(), AdaptiveAvgPool2d(2), Flatten(), Linear(256, 4)), w => init.normal_(w, 0, 1)))),
        new("batch norm over N(0, 1) layers", "WithoutNormalization", () => Classes(Init(Sequential(Linear(8, 64), BatchNorm1d(64), ReLU(),
            Linear(64, 64), BatchNorm1d(64), ReLU(), Linear(64, 64), BatchNorm1d(64), ReLU(), Linear(64, 4)), w => init.normal_(w, 0, 1)))),
        // SimplerLoss
        new("a loss that rewards distance", "SimplerLoss",
            () => { var x = randn(32, 8); return Setup.Of(Mlp(), x, Curve(x), (o, t) => (-(o - t).abs()).exp().mean()); }),
        new("a loss that does not see the target", "SimplerLoss InputDependence",
            () => { var x = randn(32, 8); return Setup.Of(Mlp(), x, Curve(x), (o, _) => o.pow(2).mean()); }),
        // BatchSizeSweep
        new("blows up in small batches", "OptimizerCheck OverfitOneBatch", () =>
        {
            var x = randn(64, 8) * 3;
            return Setup.Of(Linear(8, 1), x, Curve(x), Mse)
                with { Options = new() { LearningRate = 0.08, Steps = 300, Optimizer = p => optim.SGD(p, 0.08) } };
        }),
        // CheckpointRoundTrip
        new("optimizer's state not restored", ["CheckpointRoundTrip"], () => Sessions.Run(saveOptimizer: false, saveBuffers: true)),
        new("buffers not restored", ["CheckpointRoundTrip"], () => Sessions.Run(saveOptimizer: true, saveBuffers: false)),
    ];
}
