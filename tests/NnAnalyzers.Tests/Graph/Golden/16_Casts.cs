using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Casts before forward, children() with a type switch, pattern matching on modules.
class Casts : Module<Tensor, Tensor>
{
    private readonly Module _conv1 = Conv2d(1, 4, 3);
    private readonly ModuleList<Module> steps = ModuleList<Module>(Conv2d(4, 8, 3), MaxPool2d(2), Flatten());
    public Casts() : base("casts")
    {
        RegisterComponents();
        foreach (var child in children())
            switch (child)
            {
                case Conv2d conv: init.kaiming_normal_(conv.weight); break;
                case Linear linear: init.zeros_(linear.bias); break;
            }
    }
    public override Tensor forward(Tensor x)
    {
        x = ((Conv2d)_conv1).forward(x);
        foreach (var step in steps)
            switch (step)
            {
                case Conv2d conv: x = functional.relu(conv.forward(x)); break;
                case Module<Tensor, Tensor> other: x = other.forward(x); break;
            }
        return x;
    }
}
