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

    /// <summary>The model is asked in the middle of a program: its parts stay in the modes they are in.</summary>
    internal bool IsRunning { get; init; }

    /// <summary>One sample can be taken out of the batch: the first axis of input and target holds them.</summary>
    internal bool HasSamples { get; init; } = true;

    /// <summary>Parameters that other optimizers of the program hold.</summary>
    internal IReadOnlySet<IntPtr>? HeldElsewhere { get; init; }

    /// <summary>The input can be replaced by another.</summary>
    internal bool HasInput { get; init; } = true;
}
