using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Projects;

/// <summary>
/// What gradients pass on the way back from what goes backward: every step behind which something is learned, those inside networks and
/// modules too.
/// </summary>
internal sealed class GradientWay
{
    private const int MaxSteps = 8192, MaxDepth = 512;

    private readonly Dictionary<Step, bool> _seen = [];
    private readonly Dictionary<Step, Step> _given = [];
    private readonly List<Step> _steps = [];
    private readonly Func<Step, Network?> _networkOf;
    private readonly Func<Step, Network, Step, Step?> _givenTo;

    /// <param name="backward">What goes backward.</param>
    /// <param name="networkOf">The network that a step of training code applies.</param>
    /// <param name="givenTo">What such a step gives to an input of the network.</param>
    public GradientWay(IEnumerable<Step> backward, Func<Step, Network?> networkOf, Func<Step, Network, Step, Step?> givenTo)
    {
        (_networkOf, _givenTo) = (networkOf, givenTo);
        foreach (var step in backward) Reaches(step, 0);
    }

    /// <summary>The first ones to be worked out come first.</summary>
    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>Whether gradients pass a step.</summary>
    public bool Passes(Step step) => _seen.TryGetValue(step, out var reaches) && reaches;

    private bool Reaches(Step step, int depth)
    {
        if (_seen.TryGetValue(step, out var known)) return known;
        if (depth >= MaxDepth || _seen.Count >= MaxSteps) return false;
        _seen[step] = false;
        if (step.When.IsPrediction || step.Role == Role.Source || Flow.CutBy(step) is not null || !IsLearned(step, depth + 1)) return false;
        _steps.Add(step);
        return _seen[step] = true;
    }

    private bool IsLearned(Step step, int depth)
    {
        switch (step.Kind)
        {
            case StepKind.Network when _networkOf(step) is { } network:
                foreach (var input in network.Steps)
                    if (input.Kind == StepKind.Input && _givenTo(step, network, input) is { } given) _given[input] = given;
                return Ends(network.Outputs, depth) | All(step.Inputs, depth);
            case var _ when step.Inner is { } inner:
                for (var i = 0; i < step.Inputs.Count && i < inner.Inputs.Count; i++)
                    if (inner.Inputs[i] != step.Inputs[i]) _given[inner.Inputs[i]] = step.Inputs[i];
                return Ends(inner.Outputs, depth) | All(step.Inputs, depth);
            case StepKind.Network or StepKind.Module:
                return All(step.Inputs, depth) | true;
            case StepKind.Input:
                return Given(step) is { } outside && Reaches(outside, depth);
            case StepKind.Unknown:
                return false;
            default:
                return All(step.Inputs, depth) | (step.Layer is not null && step.Op is { HasWeights: true } or { Role: Role.Embedding }
                    || step.Op.Name == "Parameter" || step.Arguments.Written.Any(a => a is ParameterOf));
        }
    }

    private Step? Given(Step input) => _given.TryGetValue(input, out var given) ? given
        : input.Outer is { } outer ? _given.TryGetValue(outer, out var here) ? here : outer : null;

    /// <summary>All of them are looked at.</summary>
    private bool All(IEnumerable<Step> steps, int depth) => steps.Count(s => Reaches(s, depth)) > 0;

    private bool Ends(IEnumerable<Output> outputs, int depth) => All(outputs.Where(o => !o.PredictionOnly).Select(o => o.Step), depth);
}
