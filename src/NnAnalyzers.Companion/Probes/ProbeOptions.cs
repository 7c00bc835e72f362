using TorchSharp;
using TorchSharp.Modules;

namespace NnAnalyzers.Companion;

/// <summary>How the probes are run.</summary>
public sealed record ProbeOptions
{
    /// <summary>
    /// The learning rate you mean to use; the probes train with Adam at this rate unless <see cref="Optimizer"/> says otherwise.
    /// </summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Your optimizer for the given parameters.</summary>
    public Func<IEnumerable<Parameter>, torch.optim.Optimizer>? Optimizer { get; init; }

    /// <summary>Steps a short training takes at most.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>Inputs the model will meet after training, to compare with those it is trained on.</summary>
    public torch.Tensor? TestInput { get; init; }

    /// <summary>Seed of the probes' own random numbers.</summary>
    public int Seed { get; init; }

    /// <summary>Names of the probes to run; all if null.</summary>
    public IReadOnlyCollection<string>? Only { get; init; }
}
