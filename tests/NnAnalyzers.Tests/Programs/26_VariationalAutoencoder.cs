// A variational autoencoder for small pictures of bars: reconstruction and the KL term in one loss.
//
// site Epoch: foreach picture in Shuffle(data).chunk(20) (called from Main inside for epoch, 12 times)
//   forward vae; binary_cross_entropy_with_logits + KL; zero_grad(optimizer); backward; step(optimizer)
//   before the batches: train(vae)
//   after the epochs: eval(vae); no_grad; decode vae
using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

internal sealed class Vae : Module<Tensor, (Tensor Logits, Tensor Mu, Tensor LogVar)>
{
    private readonly Linear encode, mu, logVar, expand, decode;

    public int Latent { get; }

    public Vae(int pixels, int hidden, int latent) : base(nameof(Vae))
    {
        Latent = latent;
        encode = Linear(pixels, hidden);
        mu = Linear(hidden, latent);
        logVar = Linear(hidden, latent);
        expand = Linear(latent, hidden);
        decode = Linear(hidden, pixels);
        RegisterComponents();
    }

    public Tensor Decode(Tensor z) => decode.forward(functional.relu(expand.forward(z)));

    private Tensor Draw(Tensor mean, Tensor logVariance)
    {
        if (!training) return mean;
        var std = (0.5 * logVariance).exp();
        return mean + std * randn_like(std);
    }

    public override (Tensor Logits, Tensor Mu, Tensor LogVar) forward(Tensor x)
    {
        var h = functional.relu(encode.forward(x));
        var (m, v) = (mu.forward(h), logVar.forward(h));
        return (Decode(Draw(m, v)), m, v);
    }
}

internal static class Program
{
    private const int Side = 8, Pixels = Side * Side;

    /// <summary>Pictures with a bar across and a bar down, pixels between 0 and 1.</summary>
    private static Tensor Bars(int count)
    {
        var across = functional.one_hot(randint(0, Side, count, dtype: int64), Side).to(float32).unsqueeze(2);
        var down = functional.one_hot(randint(0, Side, count, dtype: int64), Side).to(float32).unsqueeze(1);
        return (across + down).clamp(0, 1).view(count, Pixels);
    }

    private static Tensor Loss(Tensor logits, Tensor x, Tensor mu, Tensor logVar)
    {
        var reconstruction = functional.binary_cross_entropy_with_logits(logits, x, reduction: Reduction.Sum);
        var divergence = -0.5 * (1 + logVar - mu.pow(2) - logVar.exp()).sum();
        return (reconstruction + divergence) / x.shape[0];
    }

    private static double Epoch(Vae vae, optim.Optimizer optimizer, Tensor data)
    {
        vae.train();
        using var scope = NewDisposeScope();
        var sum = 0.0;
        var order = randperm(data.shape[0]);
        foreach (var picture in data.index_select(0, order).chunk(20))
        {
            var (logits, mu, logVar) = vae.forward(picture);
            var loss = Loss(logits, picture, mu, logVar);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            sum += loss.item<float>();
        }
        return sum / 20;
    }

    private static void Main()
    {
        manual_seed(26);
        using var data = Bars(800);
        using var vae = new Vae(Pixels, hidden: 128, latent: 4);
        using var optimizer = optim.Adam(vae.parameters(), lr: 1e-3);
        for (var epoch = 1; epoch <= 12; epoch++)
        {
            var loss = Epoch(vae, optimizer, data);
            Console.WriteLine($"epoch {epoch}: {loss:F2}");
        }

        vae.eval();
        using (no_grad())
        {
            using var scope = NewDisposeScope();
            var picture = sigmoid(vae.Decode(randn(1, vae.Latent))).view(Side, Side);
            for (var y = 0; y < Side; y++)
            {
                for (var x = 0; x < Side; x++) Console.Write(picture[y, x].item<float>() > 0.5f ? '#' : '.');
                Console.WriteLine();
            }
        }
    }
}
