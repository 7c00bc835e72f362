// Training that stops when the validation loss has not improved for a while, and gives up when the loss is not a number.
//
// site Fit: for start over the rows (inside for epoch, at most 200; the epochs end early by break, the method by return)
//   zero_grad(optimizer); forward model; BCEWithLogitsLoss; [return if the loss is not finite]; backward; step(optimizer)
//   before each epoch's batches: train(model)
//   after each epoch: eval(model); no_grad; forward model; BCEWithLogitsLoss; save(model) if best, break after 8 without
//   after the epochs: load(model)
using System;
using System.IO;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

class ChurnModel : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> layers;

    public ChurnModel(int inputs) : base(nameof(ChurnModel))
    {
        layers = Sequential(Linear(inputs, 48), ReLU(), Dropout(0.2), Linear(48, 24), ReLU(), Dropout(0.2), Linear(24, 1));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => layers.forward(x);
}

class Program
{
    const int Patience = 8;
    const string BestFile = "churn-best.dat";

    static void Main()
    {
        manual_seed(3);
        var x = randn(1000, 12);
        var y = (x.matmul(randn(12, 1)) + 0.8 * randn(1000, 1) > 0).to(float32);
        using var model = new ChurnModel(12);
        if (!Fit(model, x[..800], y[..800], x[800..], y[800..]))
        {
            Console.Error.WriteLine("training diverged");
            Environment.ExitCode = 1;
        }
    }

    static bool Fit(ChurnModel model, Tensor x, Tensor y, Tensor validX, Tensor validY)
    {
        var criterion = BCEWithLogitsLoss();
        var optimizer = optim.AdamW(model.parameters(), lr: 2e-3, weight_decay: 1e-2);
        double best = double.PositiveInfinity;
        int since = 0;

        for (int epoch = 0; epoch < 200; epoch++)
        {
            model.train();
            using var perm = randperm(x.shape[0]);
            for (long start = 0; start < x.shape[0]; start += 50)
            {
                using var d = NewDisposeScope();
                var rows = perm.narrow(0, start, 50);
                optimizer.zero_grad();
                var loss = criterion.forward(model.forward(x.index_select(0, rows)), y.index_select(0, rows));
                if (!float.IsFinite(loss.item<float>())) return false;
                loss.backward();
                optimizer.step();
            }

            double validation = Validate(model, criterion, validX, validY);
            if (validation < best - 1e-4)
            {
                best = validation;
                since = 0;
                model.save(BestFile);
            }
            else if (++since >= Patience)
            {
                Console.WriteLine($"stopped after epoch {epoch}");
                break;
            }
        }

        if (File.Exists(BestFile)) model.load(BestFile);
        Console.WriteLine($"best validation loss {best:F4}");
        return true;
    }

    static double Validate(ChurnModel model, Loss<Tensor, Tensor, Tensor> criterion, Tensor x, Tensor y)
    {
        model.eval();
        using (no_grad())
        using (NewDisposeScope())
        {
            return criterion.forward(model.forward(x), y).item<float>();
        }
    }
}
