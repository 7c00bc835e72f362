using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Regression on a table: columns and target standardized with the training
/// set's numbers, a checkpoint that holds the optimizer, resumed.
/// </summary>
public static class HousePrices
{
    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Sequential layers = Sequential(Linear(6, 64), ReLU(), Dropout(0.1), Linear(64, 64), ReLU(), Linear(64, 1));

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override Tensor forward(Tensor x) => layers.forward(x);
    }

    private static void Save(Network model, Adam optimizer, string folder)
    {
        model.save(Path.Combine(folder, "model.dat"));
        optimizer.save_state_dict(Path.Combine(folder, "optimizer.dat"));
    }

    private static (Network, Adam) Resume(string folder, Device device)
    {
        var model = new Network();
        if (File.Exists(Path.Combine(folder, "model.dat"))) model.load(Path.Combine(folder, "model.dat"));
        model.to(device);
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        if (File.Exists(Path.Combine(folder, "optimizer.dat"))) optimizer.load_state_dict(Path.Combine(folder, "optimizer.dat"));
        return (model, optimizer);
    }

    public static void Train(TrainingRun run, int steps)
    {
        var houses = rand(128, 6, device: run.Device) * tensor(new float[] { 300, 10, 5, 2000, 1, 50 }, device: run.Device);
        var prices = (houses.narrow(1, 0, 1) * 2000 + houses.narrow(1, 3, 1) * 30).log();
        var (columns, mean, deviation) = (houses.narrow(0, 0, 96), houses.narrow(0, 0, 96).mean([0]), houses.narrow(0, 0, 96).std(0));
        var (train, test) = ((columns - mean) / deviation, (houses.narrow(0, 96, 32) - mean) / deviation);
        var (center, spread) = (prices.mean(), prices.std());
        var targets = (prices - center) / spread;
        Save(new Network(), optim.Adam(new Network().parameters()), run.Folder);
        var (model, optimizer) = Resume(run.Folder, run.Device);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            model.train();
            var order = randperm(96, device: run.Device).narrow(0, 0, 32);
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(train.index_select(0, order)), targets.narrow(0, 0, 96).index_select(0, order));
            loss.backward();
            optimizer.step();
            if (step % 50 == 0) Save(model, optimizer, run.Folder);
            model.eval();
            using var guard = no_grad();
            run.Log(step, functional.l1_loss(model.forward(test), targets.narrow(0, 96, 32)).item<float>());
        }
        model.Dispose();
    }
}
