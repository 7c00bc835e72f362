using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Both branches of an if, a conditional, a switch expression.
enum Act { Relu, Tanh }
class Branches : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> first, act, norm;
    private readonly Linear last = Linear(8, 1);

    public Branches(bool wide, bool normalize, Act kind) : base("branches")
    {
        if (wide) first = Sequential(Linear(4, 64), ReLU(), Linear(64, 8));
        else first = Linear(4, 8);
        norm = normalize ? LayerNorm(8) : Identity();
        act = kind switch { Act.Relu => ReLU(), Act.Tanh => Tanh(), _ => throw new ArgumentException() };
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => last.forward(act.forward(norm.forward(first.forward(x))));
}
