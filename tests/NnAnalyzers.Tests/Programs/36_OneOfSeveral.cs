// A name picks one of three networks; all that follows is done to the one that was picked.
//
// site Main: epoch, 1 to 8
//   before: make one of three models; optimizer (Adam) over it
//   training: train(model); 10 batches: zero_grad(optimizer); forward model; NLLLoss of log_softmax; backward; step(optimizer)
//   evaluation: eval(model); no_grad; forward model; NLLLoss
using System;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

internal sealed class Narrow : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> hidden = Linear(12, 24), output = Linear(24, 3);

    public Narrow() : base("narrow") => RegisterComponents();

    public override Tensor forward(Tensor input) => output.call(functional.relu(hidden.call(input)));
}

internal sealed class Dropped : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> hidden = Linear(12, 96), drop = Dropout(0.3), output = Linear(96, 3);

    public Dropped() : base("dropped") => RegisterComponents();

    public override Tensor forward(Tensor input) => output.call(drop.call(functional.gelu(hidden.call(input))));
}

internal static class Program
{
    private static void Main(string[] args)
    {
        manual_seed(36);
        Tensor inputs = randn(800, 12), kinds = inputs.narrow(1, 0, 3).argmax(1);

        Module<Tensor, Tensor> model;
        switch (args.Length > 0 ? args[0].ToLowerInvariant() : "narrow")
        {
            case "narrow":
                model = new Narrow();
                break;
            case "dropped":
                model = new Dropped();
                break;
            case "plain":
                model = Sequential(Linear(12, 64), SiLU(), Linear(64, 3));
                break;
            default:
                throw new ArgumentException("narrow, dropped or plain", nameof(args));
        }

        var loss = NLLLoss();
        using var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        for (var epoch = 1; epoch <= 8; epoch++)
        {
            Train(model, optimizer, loss, inputs.narrow(0, 0, 640), kinds.narrow(0, 0, 640));
            Console.WriteLine($"epoch {epoch}: {Test(model, loss, inputs.narrow(0, 640, 160), kinds.narrow(0, 640, 160)):F4}");
        }
    }

    private static void Train(Module<Tensor, Tensor> model, optim.Optimizer optimizer, Loss<Tensor, Tensor, Tensor> loss, Tensor inputs,
        Tensor kinds)
    {
        model.train();
        for (var batch = 0; batch < 10; batch++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var guessed = functional.log_softmax(model.call(inputs.narrow(0, batch * 64, 64)), 1);
            loss.call(guessed, kinds.narrow(0, batch * 64, 64)).backward();
            optimizer.step();
        }
    }

    private static float Test(Module<Tensor, Tensor> model, Loss<Tensor, Tensor, Tensor> loss, Tensor inputs, Tensor kinds)
    {
        model.eval();
        using var still = no_grad();
        return loss.call(functional.log_softmax(model.call(inputs), 1), kinds).item<float>();
    }
}
