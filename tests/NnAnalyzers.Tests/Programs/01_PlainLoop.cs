// A regression of fuel consumption from seven measurements, all in one method.
//
// site Main: for start over the rows, 64 at a time (inside for epoch, 20 times)
//   zero_grad(optimizer); forward model; MSELoss; backward; step(optimizer)
//   before the epochs: train(model)
//   after the epochs: eval(model); no_grad; forward model; MSELoss
using System;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

internal static class Program
{
    private static void Main()
    {
        const int rows = 640, held = 160, features = 7, batchSize = 64, epochs = 20;
        manual_seed(7);

        var raw = rand(rows + held, features) * 120 + 30;
        var consumption = raw.matmul(rand(features, 1)) / 40 + 0.3 * randn(rows + held, 1);

        // The scale comes from the training rows alone.
        var known = raw.slice(0, 0, rows, 1);
        var inputs = (raw - known.mean(new long[] { 0 }, keepdim: true)) / known.std(0, keepdim: true);
        var knownTargets = consumption.slice(0, 0, rows, 1);
        var targets = (consumption - knownTargets.mean()) / knownTargets.std();
        var (trainX, trainY) = (inputs.slice(0, 0, rows, 1), targets.slice(0, 0, rows, 1));
        var (testX, testY) = (inputs.slice(0, rows, rows + held, 1), targets.slice(0, rows, rows + held, 1));

        using var model = Sequential(
            ("hidden1", Linear(features, 64)),
            ("relu1", ReLU()),
            ("hidden2", Linear(64, 64)),
            ("relu2", ReLU()),
            ("output", Linear(64, 1)));
        using var loss = MSELoss();
        using var optimizer = optim.Adam(model.parameters(), lr: 1e-3);

        model.train();
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            using var scope = NewDisposeScope();
            var order = randperm(rows);
            var total = 0.0;
            for (var start = 0; start < rows; start += batchSize)
            {
                var index = order.slice(0, start, start + batchSize, 1);
                var x = trainX.index_select(0, index);
                var y = trainY.index_select(0, index);

                optimizer.zero_grad();
                var prediction = model.forward(x);
                var error = loss.forward(prediction, y);
                error.backward();
                optimizer.step();
                total += error.item<float>() * batchSize;
            }
            Console.WriteLine($"epoch {epoch,2}: loss {total / rows:F4}");
        }

        model.eval();
        using (no_grad())
        {
            var error = loss.forward(model.forward(testX), testY);
            Console.WriteLine($"test: loss {error.item<float>():F4}");
        }
    }
}
