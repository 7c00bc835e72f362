using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// ModuleList: given, added to, in a loop, by index, First and Skip.
class Lists : Module<Tensor, Tensor>
{
    private readonly ModuleList<Linear> stack = ModuleList(Linear(4, 8), Linear(8, 8));
    private readonly ModuleList<Module<Tensor, Tensor>> more = new();

    public Lists() : base("lists")
    {
        for (var i = 0; i < 3; i++) more.Add(i == 2 ? Linear(8, 1) : Linear(8, 8));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        foreach (var layer in stack) x = functional.relu(layer.forward(x));
        x = more.First().forward(x);
        foreach (var layer in more.Skip(1)) x = layer.forward(x.tanh());
        for (var i = 0; i < stack.Count; i++) x = x + 0 * stack[i].weight!.sum();
        return x;
    }
}
