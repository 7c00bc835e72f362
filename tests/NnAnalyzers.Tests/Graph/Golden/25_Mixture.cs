using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// A gate over experts: tensors gathered in a list by LINQ, stacked and weighed.
class Mixture : Module<Tensor, Tensor>
{
    private readonly ModuleList<Linear> experts = ModuleList(Enumerable.Range(0, 3).Select(_ => Linear(8, 4)).ToArray());
    private readonly Linear gate = Linear(8, 3);
    public Mixture() : base("mixture") => RegisterComponents();
    public override Tensor forward(Tensor x)
    {
        var weights = functional.softmax(gate.forward(x), -1).unsqueeze(-1);
        var outputs = experts.Select(e => e.forward(x)).ToList();
        return (stack(outputs, 1) * weights).sum(1);
    }
}
