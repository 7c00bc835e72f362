using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// A block of its own with a projection shortcut, made with numbers.
class Residual : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1, conv2;
    private readonly BatchNorm2d norm1, norm2;
    private readonly Module<Tensor, Tensor>? shortcut;

    public Residual(long from, long to, long stride = 1) : base("residual")
    {
        conv1 = Conv2d(from, to, 3, stride: stride, padding: 1L, bias: false);
        norm1 = BatchNorm2d(to);
        conv2 = Conv2d(to, to, 3, padding: 1L, bias: false);
        norm2 = BatchNorm2d(to);
        if (from != to || stride != 1) shortcut = Conv2d(from, to, 1, stride: stride);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var y = norm2.forward(conv2.forward(functional.relu(norm1.forward(conv1.forward(x)))));
        return functional.relu(y + (shortcut is null ? x : shortcut.forward(x)));
    }
}
class ResNet : Module<Tensor, Tensor>
{
    private readonly Sequential body = Sequential(new Residual(3, 16), new Residual(16, 16), new Residual(16, 32, stride: 2));
    private readonly Linear head = Linear(32, 10);
    public ResNet() : base("resnet") => RegisterComponents();
    public override Tensor forward(Tensor x) => head.forward(functional.adaptive_avg_pool2d(body.forward(x), 1).flatten(1));
}
