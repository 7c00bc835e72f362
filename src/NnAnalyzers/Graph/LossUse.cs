using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>A loss applied to a network's output.</summary>
/// <param name="Loss">The loss step; its first input is the prediction, its second the target.</param>
/// <param name="Ends">The steps that decide the prediction.</param>
/// <param name="NetworkInputs">What the networks on the way were given.</param>
internal sealed record LossUse(Step Loss, IReadOnlyList<LossEnd> Ends, IReadOnlyList<Step> NetworkInputs)
{
    public Op Op => Loss.Op;

    /// <summary>What the loss is given, as it is.</summary>
    public Step? Prediction => Loss.Input;

    /// <summary>What the prediction is compared with.</summary>
    public Step? Target => Loss.Inputs.Count > 1 ? Loss.Inputs[1] : null;

    /// <summary>The code that gives one of the two sides; null where that cannot be told.</summary>
    public ExpressionSyntax? SyntaxOf(Step side) => Loss.Operation is IBinaryOperation difference
        ? (side == Loss.Arguments.ValueOf("left") ? difference.LeftOperand : difference.RightOperand).Syntax as ExpressionSyntax
        : Loss.Syntax is InvocationExpressionSyntax { ArgumentList.Arguments: { Count: >= 2 } given }
        && given.Take(2).All(a => a.NameColon is null) ? given[side == Prediction ? 0 : 1].Expression : null;

    /// <summary>The target is given, as far as its steps are read: no network had a hand in it.</summary>
    public bool IsSupervised => Target is not null && !Loss.PredictionOnly && IsGiven(Target, _ => true);

    /// <summary>No network had a hand in a tensor.</summary>
    /// <param name="isData">Of a step that is not read: whether data comes out of it.</param>
    public static bool IsGiven(Step side, Func<Step, bool> isData)
    {
        var (open, seen) = (new Queue<Step>([side]), new HashSet<Step>());
        while (open.Count > 0)
        {
            var step = open.Dequeue();
            if (step.Layer is not null || step.Kind is StepKind.Network || step.Kind == StepKind.Unknown && !isData(step)) return false;
            foreach (var input in step.Inputs.Where(seen.Add)) open.Enqueue(input);
        }
        return true;
    }

    /// <summary>What a loader gives under a key, whoever has made the loader.</summary>
    public static bool IsOfBatch(Step step) =>
        step.Operation is IPropertyReferenceOperation { Property.IsIndexer: true, Arguments: [{ Value.ConstantValue.Value: string }],
            Instance.Type.Name: "Dictionary" or "IDictionary" };

    /// <summary>The axis that holds the classes: the second, or the only one of a single sample.</summary>
    public Dim Classes => !Fit.IsOverClasses(Op.Domain) || Prediction is not { } p ? Dim.Unknown
        : p.Shape is { HasRank: true, Rank: 1 } ? p.Shape.At(0) : p.Shape.HasRank ? p.Shape.At(1) : Dim.Unknown;

    /// <summary>
    /// Whether the targets lack the class axis, as class numbers do; null where nothing tells, false for a loss over no classes.
    /// </summary>
    public bool? TakesClassNumbers => !Fit.IsOverClasses(Op.Domain) ? false
        : Prediction is { Shape: { HasRank: true } p } && Target is { Shape: { HasRank: true } t }
        // One sample without a batch may have its number alone or in a row of one.
        ? p.Rank == t.Rank + 1 ? true : p.Rank == t.Rank && p.Rank > 1 ? false : null : null;

    /// <summary>Cross-entropy over one class: always 0.</summary>
    public bool IsOverOneClass => Classes.Size == 1 && Op.Domain == LossDomain.Logits;

    /// <summary>
    /// Wherever the loss is applied to its network, this step decides what it gets, or another of its kind; not only by one setting while
    /// another one picks the loss. Of several networks that training code chooses from, each has to fit a loss that is always this one.
    /// </summary>
    public bool IsSure(LossEnd end) => Loss.When.Path.Implies(end.Path)
        || Ends.Where(e => IsPicked || end.Network is null || e.Network is null || e.Network == end.Network).All(e => IsLike(e, end));

    private static bool IsLike(LossEnd a, LossEnd b) =>
        a.Half is null != b.Half is null || a.Last.Op == b.Last.Op && a.Last.Kind == StepKind.Operation;

    /// <summary>Whether a setting may have picked this loss among others for the same layers.</summary>
    private bool IsPicked => !Loss.When.Path.IsAlways && (Loss.Body is not { } body
        || body.Steps.Any(s => s.Role == Role.Loss && s.Op != Loss.Op && !s.When.Path.CanMeet(Loss.When.Path)
            && LayersBehind(s).Intersect(LayersBehind(Loss)).Any()));

    /// <summary>The layers, or networks, that came last before a loss, each way back.</summary>
    private static IEnumerable<Layer> LayersBehind(Step loss)
    {
        var (open, seen) = (new Queue<Step>(loss.Inputs.Take(1)), new HashSet<Step>());
        while (open.Count > 0)
            if (open.Dequeue() is var step && step.Layer is { } layer) yield return layer;
            else foreach (var input in step.Inputs.Where(seen.Add)) open.Enqueue(input);
    }

    /// <summary>
    /// Whether an activation right before the loss takes away values the loss needs. A regression loss needs the range of
    /// its targets: known bounds are compared; of targets nobody knows only a rectifier is sure to miss some. A loss on
    /// logits needs both signs.
    /// </summary>
    public bool IsCutBy(LossEnd end) =>
        end.Last.Op is { CutsRange: true } activation && end.Last.IsActivation && !Loss.PredictionOnly && IsSure(end) && end.Domain switch
    {
        LossDomain.AnyNumber when Target is null || NetworkInputs.Contains(Target) => false,
        LossDomain.AnyNumber when Target.Range is { } targets => !activation.Range.Covers(targets),
        // Of targets that nobody knows only a rectifier is sure to miss some.
        LossDomain.AnyNumber => Fit.Of(activation) == Kind.Rectified,
        var wanted => Fit.Of(activation, wanted)?.Rule == "NN1001",
    };
}

/// <summary>A step that decides what a loss gets.</summary>
/// <param name="Network">The network it is in; null for a step of the training code itself.</param>
/// <param name="Domain">What is wanted of it.</param>
/// <param name="Half">The log-softmax or sigmoid between it and the loss, with which the loss is whole.</param>
/// <param name="Path">The conditions under which it decides.</param>
internal sealed record LossEnd(Step Last, Network? Network, LossDomain Domain, Step? Half, CodePath Path);
