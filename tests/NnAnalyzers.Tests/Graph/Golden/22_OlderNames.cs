using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Parameter names of older versions: overload resolution fails, the call is read all the same.
class Older : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv = Conv2d(inputChannel: 1, outputChannel: 8, kernelSize: 3, padding: 1);
    private readonly Module<Tensor, Tensor> norm = BatchNorm2d(features: 8);
    private readonly Linear fc = Linear(8, 2, bias: false);
    public Older() : base("older") => RegisterComponents();
    public override Tensor forward(Tensor x) => fc.forward(norm.forward(conv.forward(x)).mean(new long[] { 2, 3 }));
}
