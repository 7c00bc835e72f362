// A recurrent network that adds marked numbers of a long sequence; its gradients are clipped before each step.
//
// site Main: for step, 1 to 300
//   forward adder; MSELoss; zero_grad(optimizer); backward; clip(adder); step(optimizer)
//   before: train(adder)
//   after: eval(adder); no_grad; forward adder
using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

public class Adder : Module<Tensor, Tensor>
{
    private GRU gru;
    private Linear sum;

    public Adder(long hidden) : base("adder")
    {
        gru = GRU(2, hidden, numLayers: 1, batchFirst: true);
        sum = Linear(hidden, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor sequence)
    {
        var (all, _) = gru.forward(sequence);
        var last = all.select(1, all.shape[1] - 1);
        return sum.forward(last);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            gru.Dispose();
            sum.Dispose();
        }
        base.Dispose(disposing);
    }
}

public class Program
{
    const int Length = 30;
    const double MaxNorm = 1.0;

    /// <summary>Numbers between -1 and 1, two of which are marked; the target is their sum.</summary>
    static (Tensor Input, Tensor Target) NextBatch(int size)
    {
        Tensor numbers = rand(size, Length) * 2 - 1;
        Tensor first = functional.one_hot(randint(0, Length / 2, size, dtype: int64), Length);
        Tensor second = functional.one_hot(randint(Length / 2, Length, size, dtype: int64), Length);
        Tensor marks = (first + second).to(float32);
        return (stack(new[] { numbers, marks }, dim: 2), (numbers * marks).sum(1, keepdim: true));
    }

    public static void Main(string[] args)
    {
        manual_seed(330);
        using Adder adder = new Adder(hidden: 48);
        MSELoss criterion = MSELoss();
        Adam optimizer = optim.Adam(adder.parameters(), lr: 5e-3);
        double largest = 0;

        adder.train();
        for (int step = 1; step <= 300; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor input, Tensor target) = NextBatch(64);
            Tensor loss = criterion.forward(adder.forward(input), target);
            optimizer.zero_grad();
            loss.backward();
            double norm = nn.utils.clip_grad_norm_(adder.parameters(), MaxNorm);
            optimizer.step();

            largest = Math.Max(largest, norm);
            if (step % 50 == 0)
            {
                Console.WriteLine("step {0}: loss {1:F4}, norm {2:F2} (largest {3:F2})", step, loss.ToSingle(), norm, largest);
                largest = 0;
            }
        }

        adder.eval();
        using (no_grad())
        using (DisposeScope scope = NewDisposeScope())
        {
            (Tensor input, Tensor target) = NextBatch(256);
            Tensor off = (adder.forward(input) - target).abs();
            Console.WriteLine("mean error {0:F3}", off.mean().ToSingle());
        }
    }
}
