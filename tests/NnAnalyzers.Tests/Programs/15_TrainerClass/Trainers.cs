// A trainer behind an interface; a derived trainer overrides the step it calls.
//
// site TrainerBase.Fit: foreach batch in data.Batches() (inside for epoch, 10 times)
//   in MixupTrainer.Step, the one that runs: forward Model; cross_entropy, twice, weighed
//   in TrainerBase.Step, which it overrides: forward Model; cross_entropy
//   in Descend, called by both: zero_grad(Optimizer); backward; step(Optimizer)
//   before each epoch's batches: train(Model)
//   after each epoch: eval(Model); no_grad; forward Model
using System;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace TrainerClass;

public interface ITrainer
{
    void Fit(IBatches data, int epochs);
    double Evaluate(Tensor x, Tensor y);
}

public class TrainerBase : ITrainer
{
    protected nn.Module<Tensor, Tensor> Model { get; }
    protected optim.Optimizer Optimizer { get; }

    public TrainerBase(nn.Module<Tensor, Tensor> model, double rate)
    {
        Model = model;
        Optimizer = optim.SGD(model.parameters(), rate, momentum: 0.9, weight_decay: 5e-4);
    }

    public void Fit(IBatches data, int epochs)
    {
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            Model.train();
            double loss = 0;
            var batches = 0;
            foreach (var (x, y) in data.Batches())
            {
                using var scope = NewDisposeScope();
                loss += Step(x, y);
                batches++;
            }
            OnEpochEnd(epoch, loss / batches, Evaluate(data.HeldX, data.HeldY));
        }
    }

    public double Evaluate(Tensor x, Tensor y)
    {
        Model.eval();
        using (no_grad())
        {
            using var scope = NewDisposeScope();
            return Model.forward(x).argmax(1).eq(y).to(float32).mean().item<float>();
        }
    }

    protected virtual double Step(Tensor x, Tensor y)
    {
        var loss = cross_entropy(Model.forward(x), y);
        return Descend(loss);
    }

    protected double Descend(Tensor loss)
    {
        Optimizer.zero_grad();
        loss.backward();
        Optimizer.step();
        return loss.item<float>();
    }

    protected virtual void OnEpochEnd(int epoch, double loss, double accuracy) =>
        Console.WriteLine($"[{GetType().Name}] {epoch}: {loss:F3} / {accuracy:P1}");
}

/// <summary>Trains on blends of two samples each (mixup).</summary>
public sealed class MixupTrainer : TrainerBase
{
    private readonly Random random = new(17);

    public MixupTrainer(nn.Module<Tensor, Tensor> model, double rate) : base(model, rate) { }

    protected override double Step(Tensor x, Tensor y)
    {
        var share = 0.5 + 0.5 * random.NextDouble();
        var partner = randperm(x.shape[0]);
        var mixed = share * x + (1 - share) * x.index_select(0, partner);
        var output = Model.forward(mixed);
        var loss = share * cross_entropy(output, y) + (1 - share) * cross_entropy(output, y.index_select(0, partner));
        return Descend(loss);
    }
}
