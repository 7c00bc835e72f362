using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Sizes from a settings object, records with `with`, a dictionary of modules.
record Settings { public int Width { get; init; } = 8; public int Classes { get; init; } = 3; }
class Configured : Module<Tensor, Tensor>
{
    private readonly ModuleDict<Module<Tensor, Tensor>> parts;
    public Configured(Settings settings) : base("configured")
    {
        var wide = settings with { Width = 32 };
        parts = ModuleDict<Module<Tensor, Tensor>>(("body", Linear(4, wide.Width)), ("head", Linear(wide.Width, settings.Classes)));
        RegisterComponents();
    }
    public override Tensor forward(Tensor x) => parts["head"].forward(parts["body"].forward(x).relu());
}
