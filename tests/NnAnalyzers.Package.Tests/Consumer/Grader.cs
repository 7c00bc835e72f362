using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>Gives one of three grades.</summary>
public static class Grader
{
    public static TorchSharp.Modules.Sequential Create() => Sequential(
        ("hidden", Linear(6, 16)),
        ("act", ReLU()),
        ("grades", Linear(16, 3)),
        ("probabilities", Softmax(1)));

    public static void Train(Tensor work, Tensor grade)
    {
        var model = Create();
        var optimizer = optim.Adam(model.parameters());
        optimizer.zero_grad();
        var loss = functional.cross_entropy(model.forward(work), grade);
        loss.backward();
        optimizer.step();
    }
}
