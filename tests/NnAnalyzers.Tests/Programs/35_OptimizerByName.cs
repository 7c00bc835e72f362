// The optimizer is picked by a switch over an enumeration; the rest does not care which it is.
//
// site Train: foreach (x, y) in batches (inside for epoch; called from Main for each kind of optimizer)
//   zero_grad(optimizer); forward model; CrossEntropyLoss; backward; step(optimizer)
//   before: model and optimizer (SGD, Adam, AdamW or RMSProp) made; train(model)
//   after the epochs: eval(model); no_grad; forward model
using System;
using System.Collections.Generic;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

public enum OptimizerKind { Sgd, Adam, AdamW, RmsProp }

public record Options(OptimizerKind Kind, double? LearningRate = null, double WeightDecay = 0, int Epochs = 6, int BatchSize = 40);

public class GlassNet : Module<Tensor, Tensor>
{
    private readonly Linear hidden1 = Linear(9, 40);
    private readonly Linear hidden2 = Linear(40, 40);
    private readonly Linear kinds = Linear(40, 6);

    public GlassNet() : base("glass") => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.leaky_relu(hidden1.forward(x), 0.01);
        x = functional.leaky_relu(hidden2.forward(x), 0.01);
        return kinds.forward(x);
    }
}

public static class Program
{
    private static optim.Optimizer CreateOptimizer(Options options, IEnumerable<Parameter> parameters) => options switch
    {
        { Kind: OptimizerKind.Sgd, LearningRate: var rate } => optim.SGD(parameters, rate ?? 0.05, momentum: 0.9, nesterov: true),
        { Kind: OptimizerKind.Adam } => optim.Adam(parameters, options.LearningRate ?? 1e-3, weight_decay: options.WeightDecay),
        { Kind: OptimizerKind.AdamW, WeightDecay: 0 } => optim.AdamW(parameters, options.LearningRate ?? 1e-3),
        { Kind: OptimizerKind.AdamW } => optim.AdamW(parameters, options.LearningRate ?? 1e-3, weight_decay: options.WeightDecay),
        { Kind: OptimizerKind.RmsProp } => optim.RMSProp(parameters, options.LearningRate ?? 1e-3, weight_decay: options.WeightDecay),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "no such optimizer"),
    };

    private static float Train(Options options, Tensor x, Tensor y, Tensor testX, Tensor testY)
    {
        using var model = new GlassNet();
        using var optimizer = CreateOptimizer(options, model.parameters());
        using var criterion = CrossEntropyLoss();
        model.train();
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            using var epochScope = NewDisposeScope();
            foreach (var rows in randperm(x.shape[0]).split(options.BatchSize))
            {
                optimizer.zero_grad();
                var output = model.forward(x.index_select(0, rows));
                var loss = criterion.forward(output, y.index_select(0, rows));
                loss.backward();
                optimizer.step();
            }
        }

        model.eval();
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        return model.forward(testX).argmax(1).eq(testY).to(float32).mean().item<float>();
    }

    public static void Main()
    {
        manual_seed(35);
        var centres = randn(6, 9);
        var y = randint(0, 6, 1000, dtype: int64);
        var x = (centres.index_select(0, y) + 0.6 * randn(1000, 9)) / 1.17;
        foreach (var kind in Enum.GetValues<OptimizerKind>())
        {
            var options = new Options(kind, WeightDecay: kind == OptimizerKind.AdamW ? 0.01 : 0);
            var accuracy = Train(options, x[..800], y[..800], x[800..], y[800..]);
            Console.WriteLine($"{kind}: {accuracy:P1}");
        }
    }
}
