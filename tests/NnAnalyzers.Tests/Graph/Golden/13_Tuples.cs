using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Wider generics with tuples and optional tensors; several outputs; a tuple taken apart.
class Encoder : Module<Tensor, Tensor?, (Tensor mean, Tensor logVariance)>
{
    private readonly Linear hidden = Linear(784, 128), mean = Linear(128, 16), logVariance = Linear(128, 16);
    public Encoder() : base("encoder") => RegisterComponents();

    public override (Tensor mean, Tensor logVariance) forward(Tensor x, Tensor? mask)
    {
        if (mask is not null) x = x * mask;
        var h = functional.relu(hidden.forward(x));
        return (mean.forward(h), logVariance.forward(h));
    }
}
class Autoencoder : Module<Tensor, Tensor>
{
    private readonly Encoder encoder = new();
    private readonly Sequential decoder = Sequential(Linear(16, 128), ReLU(), Linear(128, 784), Sigmoid());
    public Autoencoder() : base("autoencoder") => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        var (mean, logVariance) = encoder.forward(x, null);
        return decoder.forward(mean + randn_like(mean) * (0.5 * logVariance).exp());
    }
}
