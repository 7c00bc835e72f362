using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// using var, dispose scopes with MoveToOuter, in-place operations, clone and detach.
class Scopes : Module<Tensor, Tensor>
{
    private readonly Linear a = Linear(4, 8), b = Linear(8, 8), c = Linear(8, 1);
    public Scopes() : base("scopes") => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        using var hidden = a.forward(x);
        hidden.relu_();
        using (var more = b.forward(hidden))
        {
            return scope.MoveToOuter(c.forward(functional.relu(more, inplace: true)).clone());
        }
    }
}
