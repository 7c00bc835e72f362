using System.Diagnostics.CodeAnalysis;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

public static class Excused
{
    public static void ByPragma(Tensor x, Tensor y)
    {
#pragma warning disable NN1004 // the scale is known to be right
        var model = Sequential(Linear(4, 8, hasBias: false), ReLU(), Linear(8, 1));
#pragma warning restore NN1004
        functional.mse_loss(model.forward(x), y).backward();
    }

    [SuppressMessage("Architecture", "NN1004:Layer without a bias", Justification = "the scale is known to be right")]
    public static void ByAttribute(Tensor x, Tensor y)
    {
        var model = Sequential(Linear(4, 8, hasBias: false), ReLU(), Linear(8, 1));
        functional.mse_loss(model.forward(x), y).backward();
    }
}
