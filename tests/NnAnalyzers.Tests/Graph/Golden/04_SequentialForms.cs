using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Sequential: positional, named, from a list, from LINQ, by append, nested.
class Forms : Module<Tensor, Tensor>
{
    private readonly Sequential positional = Sequential(Linear(4, 8), ReLU());
    private readonly Sequential named = Sequential(("fc", Linear(8, 8)), ("act", Tanh()));
    private readonly Sequential listed, made, appended, nested;

    public Forms() : base("forms")
    {
        var layers = new List<Module<Tensor, Tensor>> { Linear(8, 8) };
        layers.Add(Sigmoid());
        listed = Sequential(layers.ToArray());
        made = Sequential(Enumerable.Range(0, 2).Select(i => ($"fc{i}", (Module<Tensor, Tensor>)Linear(8, 8))));
        appended = Sequential().append(Linear(8, 8)).append("drop", Dropout(0.1));
        nested = Sequential(Sequential(Linear(8, 4), ReLU()), Linear(4, 1));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) =>
        nested.forward(appended.forward(made.forward(listed.forward(named.forward(positional.forward(x))))));
}
