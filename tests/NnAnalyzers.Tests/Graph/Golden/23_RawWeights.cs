using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Parameters of one's own, functional layers, einsum.
class Raw : Module<Tensor, Tensor>
{
    private readonly Parameter weight, scale;
    public Raw() : base("raw")
    {
        weight = Parameter(randn(16, 4) * 0.1);
        scale = new Parameter(ones(16));
        RegisterComponents();
    }
    public override Tensor forward(Tensor x)
    {
        var y = functional.linear(x, weight) * scale;
        return torch.einsum("bi,bi->b", y, y).unsqueeze(-1);
    }
}
