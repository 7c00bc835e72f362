using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using nn = TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;
using T = TorchSharp.torch.Tensor;

// Aliases of every kind, and full names.
class Aliases : nn.Module<T, T>
{
    private readonly nn.Module<T, T> fc = nn.Linear(4, 8);
    private readonly TorchSharp.Modules.Linear head = torch.nn.Linear(8, 2);

    public Aliases() : base("aliases") => RegisterComponents();

    public override T forward(T x) => F.log_softmax(head.forward(F.relu(fc.forward(x))), dim: -1);
}
