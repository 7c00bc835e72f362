// A generative adversarial network for points on a ring: two networks, two optimizers.
//
// site Train: foreach real in batches (inside for epoch, 1 to 10)
//   zero_grad(optD); forward D (real); BCEWithLogitsLoss; forward G; forward D (fake, detached); BCEWithLogitsLoss; backward; step(optD);
//   zero_grad(optG); forward D (fake); BCEWithLogitsLoss; backward; step(optG)
//   before: train(G); train(D)
//   after each epoch: eval(G); no_grad; forward G; train(G)
using System;
using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

public class Generator : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> main = Sequential(
        Linear(8, 64), LeakyReLU(0.2), Linear(64, 64), LeakyReLU(0.2), Linear(64, 2));

    public Generator() : base("G") => RegisterComponents();

    public override Tensor forward(Tensor z) => main.forward(z);
}

public class Discriminator : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> main = Sequential(
        Linear(2, 64), LeakyReLU(0.2), Linear(64, 64), LeakyReLU(0.2), Linear(64, 1));

    public Discriminator() : base("D") => RegisterComponents();

    public override Tensor forward(Tensor x) => main.forward(x);
}

public static class RingGan
{
    private const int LatentSize = 8;

    public static void Main()
    {
        random.manual_seed(42);
        Train(new Generator(), new Discriminator(), epochs: 10);
    }

    private static IEnumerable<Tensor> Batches(Tensor data, int size)
    {
        using var order = randperm(data.shape[0]);
        for (long start = 0; start + size <= data.shape[0]; start += size)
        {
            using var rows = order.narrow(0, start, size);
            yield return data.index_select(0, rows);
        }
    }

    private static void Train(Generator G, Discriminator D, int epochs)
    {
        using var angle = rand(2000, 1) * (2 * Math.PI);
        using var points = cat(new[] { angle.cos(), angle.sin() }, 1) + 0.03 * randn(2000, 2);
        var criterion = BCEWithLogitsLoss();
        var optD = optim.Adam(D.parameters(), lr: 2e-4, beta1: 0.5, beta2: 0.999);
        var optG = optim.Adam(G.parameters(), lr: 2e-4, beta1: 0.5, beta2: 0.999);

        G.train();
        D.train();
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            float lossD = 0, lossG = 0;
            foreach (var real in Batches(points, 100))
            {
                using var scope = NewDisposeScope();
                var ones_ = ones(real.shape[0], 1);
                var zeros_ = zeros(real.shape[0], 1);

                optD.zero_grad();
                var errorReal = criterion.forward(D.forward(real), ones_);
                var fake = G.forward(randn(real.shape[0], LatentSize));
                var errorFake = criterion.forward(D.forward(fake.detach()), zeros_);
                var errorD = errorReal + errorFake;
                errorD.backward();
                optD.step();

                optG.zero_grad();
                var errorG = criterion.forward(D.forward(fake), ones_);
                errorG.backward();
                optG.step();

                lossD = errorD.item<float>();
                lossG = errorG.item<float>();
                real.Dispose();
            }

            G.eval();
            using (no_grad())
            {
                using var scope = NewDisposeScope();
                var radius = G.forward(randn(256, LatentSize)).norm(1).mean();
                Console.WriteLine($"[{epoch}/{epochs}] D {lossD:F3} G {lossG:F3} radius {radius.item<float>():F3}");
            }
            G.train();
        }
    }
}
