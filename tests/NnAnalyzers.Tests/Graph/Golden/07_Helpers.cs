using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Helper methods that return layers, lists of layers, and work on tensors; a local function.
class Helpers : Module<Tensor, Tensor>
{
    private readonly Sequential body;
    private readonly Linear head;

    public Helpers(int width = 16) : base("helpers")
    {
        var layers = new List<Module<Tensor, Tensor>>();
        layers.AddRange(Block(3, width));
        layers.AddRange(Block(width, width * 2));
        body = Sequential(layers);
        head = Dense(width * 2, 10);
        RegisterComponents();
    }

    private static IEnumerable<Module<Tensor, Tensor>> Block(int from, int to)
    {
        yield return Conv2d(from, to, 3, padding: 1);
        yield return ReLU();
        yield return MaxPool2d(2);
    }

    private static Linear Dense(int from, int to) => Linear(from, to);

    private Tensor Pool(Tensor x) => x.mean(new long[] { 2, 3 });

    public override Tensor forward(Tensor x)
    {
        return Last(Pool(body.forward(x)));
        Tensor Last(Tensor y) => head.forward(functional.dropout(y, 0.2, training));
    }
}
