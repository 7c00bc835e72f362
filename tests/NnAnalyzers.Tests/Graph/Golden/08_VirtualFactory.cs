using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// A base class of the user's with a virtual factory; the derived class's override is the one that is read.
abstract class Base : Module<Tensor, Tensor>
{
    protected readonly Module<Tensor, Tensor> body;
    protected Base(string name, int width) : base(name) { body = Make(width); RegisterComponents(); }
    protected abstract Module<Tensor, Tensor> Make(int width);
    public override Tensor forward(Tensor x) => Finish(body.forward(x));
    protected virtual Tensor Finish(Tensor x) => x;
}
class Wide : Base
{
    public Wide() : base("wide", 32) { }
    protected override Module<Tensor, Tensor> Make(int width) => Sequential(Linear(4, width), ReLU(), Linear(width, 3));
    protected override Tensor Finish(Tensor x) => functional.softmax(x, 1);
}
