using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Partial classes, a primary constructor, auto-properties.
partial class Parts(int width) : Module<Tensor, Tensor>("parts")
{
    public Linear First { get; } = Linear(4, width);
}
partial class Parts
{
    private Linear Second { get; set; } = Linear(width, 1);
    public override Tensor forward(Tensor x) => Second.forward(First.forward(x).relu());
}
