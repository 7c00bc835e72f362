using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Layers from constructor parameters, a default behind ??, a delegate, a factory of TorchSharp's as a value.
class HandedIn : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> fc, act, norm;

    public HandedIn(Func<long, Module<Tensor, Tensor>>? normLayer = null, Module<Tensor, Tensor>? activation = null) : base("handed")
    {
        normLayer ??= width => LayerNorm(width);
        fc = Linear(4, 8);
        norm = normLayer(8);
        act = activation ?? SiLU();
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => act.forward(norm.forward(fc.forward(x)));
}
