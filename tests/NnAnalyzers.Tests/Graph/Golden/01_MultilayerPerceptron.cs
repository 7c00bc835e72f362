using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Layers assigned in the constructor; constants through arithmetic and const fields; a parameter that is assigned again.
class Perceptron : Module<Tensor, Tensor>
{
    private const int Side = 28, Width = 512 / 4;
    private readonly Linear input, output;

    public Perceptron(int classes = 10) : base("perceptron")
    {
        input = Linear(Side * Side, Width);
        output = Linear(Width, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = x.flatten(1);
        x = input.forward(x).relu();
        return output.forward(x);
    }
}
