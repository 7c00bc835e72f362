using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Attention: heads split and merged, a mask that may be missing, shapes taken apart.
class Attention : Module<Tensor, Tensor>
{
    private readonly Linear qkv, output;
    private readonly int heads;
    public Attention(int size = 64, int heads = 4) : base("attention")
    {
        this.heads = heads;
        qkv = Linear(size, 3 * size);
        output = Linear(size, size);
        RegisterComponents();
    }
    public override Tensor forward(Tensor x)
    {
        var (b, t, c) = (x.shape[0], x.shape[1], x.shape[2]);
        var parts = qkv.forward(x).chunk(3, -1);
        var q = parts[0].view(b, t, heads, c / heads).transpose(1, 2);
        var k = parts[1].view(b, t, heads, c / heads).transpose(1, 2);
        var v = parts[2].view(b, t, heads, c / heads).transpose(1, 2);
        var scores = functional.softmax(matmul(q, k.transpose(-2, -1)) / Math.Sqrt(c / heads), -1);
        return output.forward(matmul(scores, v).transpose(1, 2).reshape(b, t, c));
    }
}
