using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// The loss computed in forward; what is returned while predicting only.
class Classifier : Module<Tensor, Tensor?, (Tensor logits, Tensor? loss)>
{
    private readonly Linear fc = Linear(4, 3);
    public Classifier() : base("classifier") => RegisterComponents();
    public override (Tensor logits, Tensor? loss) forward(Tensor x, Tensor? y)
    {
        var logits = fc.forward(x);
        if (!training) return (functional.softmax(logits, -1), null);
        return (logits, functional.cross_entropy(logits, y!));
    }
}
