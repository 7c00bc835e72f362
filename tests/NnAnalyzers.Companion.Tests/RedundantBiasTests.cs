using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Companion.Tests;

/// <summary>What NN1005 says of a bias: what a normalization takes away has no gradient.</summary>
public class RedundantBiasTests
{
    [Fact]
    public void A_bias_before_a_normalization_of_each_channel_has_no_gradient() =>
        Assert.InRange(Share(new[] { Conv2d(3, 8, 3), (Module<Tensor, Tensor>)BatchNorm2d(8), ReLU(), Conv2d(8, 1, 3) }), 0, 1e-5);

    /// <summary>The same measured where it has one.</summary>
    [Fact]
    public void A_bias_before_an_activation_has_one() =>
        Assert.InRange(Share(new[] { Conv2d(3, 8, 3), (Module<Tensor, Tensor>)ReLU(), Conv2d(8, 1, 3) }), 0.01, double.MaxValue);

    /// <summary>The largest gradient of the first layer's bias, by the largest of its weights.</summary>
    private static double Share(Module<Tensor, Tensor>[] layers)
    {
        TorchLibrary.Load();
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        functional.mse_loss(Sequential(layers).forward(randn(16, 3, 12, 12)), randn(16, 1, 8, 8)).backward();
        var first = (Conv2d)layers[0];
        return (first.bias!.grad!.abs().max() / first.weight.grad!.abs().max()).item<float>();
    }
}
