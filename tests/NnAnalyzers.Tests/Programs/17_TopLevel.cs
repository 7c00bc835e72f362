// A whole program in top-level statements: a spam filter from counts of words.
//
// site top level: foreach batch in loader (inside for epoch, 6 times)
//   zero_grad(optimizer); forward model; criterion (BCEWithLogitsLoss); backward; step(optimizer)
//   before each epoch's batches: train(model)
//   after each epoch: eval(model); no_grad; forward model
//   after the epochs: save(model)
using System;
using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

const int words = 100;
const int batch_size = 32;
set_default_dtype(float32);
manual_seed(12);

var (mails, spam) = Sample(800);
var (test_mails, test_spam) = Sample(200);
var loader = MakeLoader(mails, spam);

var model = Sequential(
    Linear(words, 32),
    ReLU(),
    Dropout(0.3),
    Linear(32, 1));
var criterion = BCEWithLogitsLoss();
var optimizer = optim.Adam(model.parameters(), lr: 0.002);

for (int epoch = 0; epoch < 6; epoch++)
{
    model.train();
    double running = 0;
    foreach (var (x, y) in loader())
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var logits = model.forward(x);
        var loss = criterion.forward(logits, y);
        loss.backward();
        optimizer.step();
        running += loss.item<float>() * y.shape[0];
    }

    model.eval();
    using (no_grad())
    {
        using var scope = NewDisposeScope();
        var guesses = model.forward(test_mails) > 0;
        var accuracy = guesses.eq(test_spam > 0.5).to(float32).mean().item<float>();
        Console.WriteLine($"epoch {epoch + 1}: loss {running / mails.shape[0]:F4}, accuracy {accuracy:P1}");
    }
}

model.save("spam.dat");
return 0;

static Func<IEnumerable<(Tensor, Tensor)>> MakeLoader(Tensor x, Tensor y)
{
    IEnumerable<(Tensor, Tensor)> Iterate()
    {
        using var order = randperm(x.shape[0]);
        for (long i = 0; i < x.shape[0]; i += batch_size)
        {
            using var rows = order.narrow(0, i, Math.Min(batch_size, x.shape[0] - i));
            using var inputs = x.index_select(0, rows);
            using var targets = y.index_select(0, rows);
            yield return (inputs, targets);
        }
    }
    return Iterate;
}

// Log counts, brought to about unit scale; spam uses the first twenty words more often.
static (Tensor, Tensor) Sample(int count)
{
    var spam = (rand(count, 1) < 0.4).to(float32);
    var rate = ones(count, words) * 0.6;
    rate.narrow(1, 0, 20).add_(spam * 0.8);
    var counts = poisson(rate);
    return ((counts.log1p() - 0.4) / 0.45, spam);
}
