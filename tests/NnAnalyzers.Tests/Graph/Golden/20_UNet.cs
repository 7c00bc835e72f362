using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Skips kept in a list, upsampling, concatenation of channels.
class UNet : Module<Tensor, Tensor>
{
    private readonly ModuleList<Conv2d> down = ModuleList(Conv2d(1, 8, 3, padding: 1L), Conv2d(8, 16, 3, padding: 1L));
    private readonly ConvTranspose2d up = ConvTranspose2d(16, 8, 2, stride: 2);
    private readonly Conv2d last = Conv2d(16, 1, 1);
    public UNet() : base("unet") => RegisterComponents();
    public override Tensor forward(Tensor x)
    {
        var skips = new List<Tensor>();
        for (var i = 0; i < down.Count; i++)
        {
            x = functional.relu(down[i].forward(x));
            skips.Add(x);
            if (i < down.Count - 1) x = functional.max_pool2d(x, 2);
        }
        x = up.forward(x);
        return last.forward(cat(new[] { x, skips[0] }, 1));
    }
}
