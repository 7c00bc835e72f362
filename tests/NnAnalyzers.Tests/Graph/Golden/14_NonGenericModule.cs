using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// The non-generic Module with a Forward of its own.
class Plain : Module
{
    private readonly Linear fc;
    private readonly Dropout drop;
    public Plain(int size) : base("plain") { fc = Linear(size, size / 2); drop = Dropout(0.5); RegisterComponents(); }
    public Tensor Forward(Tensor x, bool normalize = false)
    {
        x = drop.forward(fc.forward(x));
        if (normalize) x = functional.normalize(x);
        return x;
    }
}
