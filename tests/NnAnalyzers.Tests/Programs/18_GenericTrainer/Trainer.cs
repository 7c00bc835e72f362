// A trainer generic in its model; Program.cs trains two kinds of model with it.
//
// site Trainer<TModel>.Run: for start over the rows, batchSize at a time (inside for epoch, settings.Epochs times)
//   zero_grad(_optimizer); forward _model; _loss (handed in: mse_loss); backward; step(_optimizer)
//   before each epoch's batches: train(_model)
//   after each epoch: eval(_model); no_grad; forward _model; _loss
using System;
using TorchSharp;
using static TorchSharp.torch;

namespace Generic;

public sealed record Settings(int Epochs = 8, int BatchSize = 32, double LearningRate = 1e-3, int Seed = 5);

public sealed class Trainer<TModel> : IDisposable where TModel : nn.Module<Tensor, Tensor>
{
    private readonly TModel _model;
    private readonly Settings _settings;
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly optim.Optimizer _optimizer;

    public Trainer(TModel model, Func<Tensor, Tensor, Tensor> loss, Settings settings)
    {
        (_model, _loss, _settings) = (model, loss, settings);
        _optimizer = optim.AdamW(model.parameters(), settings.LearningRate);
    }

    public event Action<int, double, double>? EpochEnded;

    public TModel Run(Tensor x, Tensor y, Tensor validX, Tensor validY)
    {
        for (var epoch = 1; epoch <= _settings.Epochs; epoch++)
        {
            _model.train();
            using var perm = randperm(x.size(0));
            var sum = 0.0;
            for (var start = 0L; start < x.size(0); start += _settings.BatchSize)
            {
                using (NewDisposeScope())
                {
                    var length = Math.Min(_settings.BatchSize, x.size(0) - start);
                    var rows = perm.narrow(0, start, length);
                    _optimizer.zero_grad();
                    var loss = _loss(_model.forward(x.index_select(0, rows)), y.index_select(0, rows));
                    loss.backward();
                    _optimizer.step();
                    sum += loss.ToDouble() * length;
                }
            }
            EpochEnded?.Invoke(epoch, sum / x.size(0), Validate(validX, validY));
        }
        return _model;
    }

    private double Validate(Tensor x, Tensor y)
    {
        _model.eval();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return _loss(_model.forward(x), y).ToDouble();
    }

    public void Dispose() => _optimizer.Dispose();
}
