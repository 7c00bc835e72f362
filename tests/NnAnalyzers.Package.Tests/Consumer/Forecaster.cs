using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>Predicts tomorrow's temperature anomaly.</summary>
public sealed class Forecaster : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> hidden = Linear(4, 32, hasBias: false); // four readings

    private readonly Module<Tensor, Tensor> output = Linear(32, 1);

    public Forecaster() : base("forecaster") => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(hidden.call(x));
        return functional.relu(output.call(x)); // one number
    }
}
