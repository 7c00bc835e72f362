// A small U-Net that marks discs in noisy pictures; cross-entropy and Dice together.
//
// site Main: foreach (picture, mask) in Batches(train) (inside for epoch, 1 to 4)
//   forward net; binary_cross_entropy_with_logits + dice; zero_grad(optimizer); backward; step(optimizer)
//   before each epoch's batches: train(net)
//   after each epoch: eval(net); no_grad; foreach (picture, mask) in Batches(test): forward net
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

class DoubleConv : Module<Tensor, Tensor>
{
    private readonly Sequential layers;

    public DoubleConv(long from, long to) : base(nameof(DoubleConv))
    {
        layers = Sequential(
            Conv2d(from, to, kernel_size: 3, padding: 1), BatchNorm2d(to), ReLU(inplace: true),
            Conv2d(to, to, kernel_size: 3, padding: 1), BatchNorm2d(to), ReLU(inplace: true));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => layers.forward(x);
}

class UNet : Module<Tensor, Tensor>
{
    private readonly DoubleConv down1 = new(1, 8), down2 = new(8, 16), bottom = new(16, 32), up2 = new(32, 16), up1 = new(16, 8);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly ConvTranspose2d rise2 = ConvTranspose2d(32, 16, kernel_size: 2, stride: 2);
    private readonly ConvTranspose2d rise1 = ConvTranspose2d(16, 8, kernel_size: 2, stride: 2);
    private readonly Conv2d output = Conv2d(8, 1, kernel_size: 1);

    public UNet() : base(nameof(UNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        var d1 = down1.forward(x);
        var d2 = down2.forward(pool.forward(d1));
        var b = bottom.forward(pool.forward(d2));
        var u2 = up2.forward(cat(new[] { rise2.forward(b), d2 }, 1));
        var u1 = up1.forward(cat(new[] { rise1.forward(u2), d1 }, 1));
        return output.forward(u1);
    }
}

static class Program
{
    const int Size = 32, BatchSize = 8;

    static (Tensor Pictures, Tensor Masks) Discs(int count)
    {
        var grid = arange(Size, dtype: float32);
        var centre = rand(count, 2, 1, 1) * 16 + 8;
        var radius = rand(count, 1, 1) * 4 + 3;
        var (dy, dx) = (grid.view(1, Size, 1) - centre.select(1, 0), grid.view(1, 1, Size) - centre.select(1, 1));
        var mask = (dy * dy + dx * dx < radius * radius).to(float32).unsqueeze(1);
        var picture = mask + 0.5 * randn_like(mask);
        return ((picture - picture.mean()) / picture.std(), mask);
    }

    static IEnumerable<(Tensor Picture, Tensor Mask)> Batches((Tensor Pictures, Tensor Masks) data)
    {
        foreach (var rows in randperm(data.Pictures.shape[0]).split(BatchSize))
            yield return (data.Pictures.index_select(0, rows), data.Masks.index_select(0, rows));
    }

    static Tensor Dice(Tensor probability, Tensor mask)
    {
        var axes = new long[] { 1, 2, 3 };
        var both = (probability * mask).sum(axes);
        return ((2 * both + 1) / (probability.sum(axes) + mask.sum(axes) + 1)).mean();
    }

    static void Main()
    {
        manual_seed(272);
        var (train, test) = (Discs(96), Discs(32));
        var net = new UNet();
        var optimizer = optim.Adam(net.parameters(), lr: 2e-3);
        for (int epoch = 1; epoch <= 4; epoch++)
        {
            using var epochScope = NewDisposeScope();
            net.train();
            float last = 0;
            foreach (var (picture, mask) in Batches(train))
            {
                using var scope = NewDisposeScope();
                var logits = net.forward(picture);
                var loss = binary_cross_entropy_with_logits(logits, mask) + (1 - Dice(logits.sigmoid(), mask));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                last = loss.item<float>();
            }

            net.eval();
            using var guard = no_grad();
            var dice = new List<float>();
            foreach (var (picture, mask) in Batches(test))
                dice.Add(Dice(net.forward(picture).gt(0).to(float32), mask).item<float>());
            Console.WriteLine($"epoch {epoch}: loss {last:F3}, Dice {dice.Average():F3}");
        }
    }
}
