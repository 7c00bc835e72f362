using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Slices, ranges, TensorIndex, writing into a part, where and masks.
class Pieces : Module<Tensor, Tensor>
{
    private readonly Conv1d conv = Conv1d(4, 8, 3, padding: 1L);
    public Pieces() : base("pieces") => RegisterComponents();
    public override Tensor forward(Tensor x)
    {
        x = conv.forward(x);
        var left = x[.., ..4];
        var right = x[TensorIndex.Ellipsis, TensorIndex.Slice(1, null)];
        var padded = zeros_like(x);
        padded[.., 0] = left.mean(new long[] { 1 });
        return where(x.gt(0), padded, x).narrow(1, 0, 4);
    }
}
