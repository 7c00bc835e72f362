// A small network fitted to a curve by L-BFGS, whose closure is called as often as the line search likes.
//
// site Fit: for iteration, 15 times
//   step(optimizer) calls the closure: zero_grad(optimizer); forward network; mse_loss; backward
//   before: train(network)
//   after: eval(network); no_grad; forward network; mse_loss
using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

namespace CurveFitting;

sealed class Curve : Module<Tensor, Tensor>
{
    readonly Linear first, second, last;

    public Curve(int width) : base(nameof(Curve))
    {
        first = Linear(1, width);
        second = Linear(width, width);
        last = Linear(width, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor t)
    {
        using var h1 = tanh(first.forward(t));
        using var h2 = tanh(second.forward(h1));
        return last.forward(h2);
    }
}

static class Program
{
    static void Main()
    {
        manual_seed(0);
        using var t = linspace(-1, 1, 200).unsqueeze(1);
        using var noise = randn_like(t) * 0.02;
        using var y = (t * 4).sin() * (-t).exp() * 0.5 + noise;
        using var network = new Curve(width: 24);
        Fit(network, t, y);
    }

    static void Fit(Curve network, Tensor t, Tensor y)
    {
        // All points at once: a line search wants the same loss from one call to the next.
        var optimizer = optim.LBFGS(network.parameters(), lr: 0.5, max_iter: 10);
        network.train();

        Tensor Closure()
        {
            optimizer.zero_grad();
            var prediction = network.forward(t);
            var loss = mse_loss(prediction, y);
            loss.backward();
            return loss;
        }

        for (var iteration = 0; iteration < 15; iteration++)
        {
            using var scope = NewDisposeScope();
            var loss = optimizer.step(Closure);
            Console.WriteLine($"{iteration,3}  {loss.item<float>():E3}");
        }

        network.eval();
        using var _ = no_grad();
        using var prediction = network.forward(t);
        using var error = mse_loss(prediction, y);
        Console.WriteLine($"final {error.item<float>():E3}");
    }
}
