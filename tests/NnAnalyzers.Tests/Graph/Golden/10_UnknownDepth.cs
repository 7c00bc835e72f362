using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// As many blocks as asked for: a loop that is read once.
class Deep : Module<Tensor, Tensor>
{
    private readonly ModuleList<Linear> layers = new();
    private readonly Linear head;

    public Deep(int width, int depth, int outputs) : base("deep")
    {
        for (var i = 0; i < depth; i++) layers.Add(Linear(width, width));
        head = Linear(width, outputs);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        foreach (var layer in layers) x = x + functional.relu(layer.forward(x));
        return head.forward(x);
    }
}
