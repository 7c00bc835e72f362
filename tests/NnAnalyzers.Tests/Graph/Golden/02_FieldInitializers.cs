using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Field initializers; activation as module, function, torch function and tensor method.
class Fields : Module<Tensor, Tensor>
{
    private readonly Linear a = Linear(4, 8), b = Linear(8, 8), c = Linear(8, 8), d = Linear(8, 1);
    private readonly ReLU act = ReLU();

    public Fields() : base("fields") => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = act.call(a.call(x));
        x = functional.gelu(b.call(x));
        x = torch.tanh(c.call(x));
        return d.call(x.sigmoid());
    }
}
