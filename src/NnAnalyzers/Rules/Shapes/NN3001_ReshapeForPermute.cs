using System.Collections.Immutable;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A reshape is used to reorder axes: sizes come out right, values do not.</summary>
internal sealed class NN3001_ReshapeForPermute() : Rule("NN3001", RuleLevel.Proven, Category.Shapes, RuleSource.Article,
    "Reshape used to reorder axes",
    "{0} to {1} reads the values of {2} in their old order and scrambles them; permute({3}) moves the axes")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => network.Steps.SelectMany(Judge);
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) => site.Steps.SelectMany(Judge);

    private IEnumerable<Finding> Judge(Step step)
    {
        if (step.Op.Name is not ("view" or "reshape") || step.Layer is not null || step.Input is not { } source || step.Syntax is null
            || Order(source, step) is not { } order) yield break;
        var axes = string.Join(", ", order);
        // view wants memory in order, which permute does not leave.
        var contiguous = step.Users.Any(u => u.Op.Name == "view") ? ".contiguous()" : "";
        var from = source.Shape.HasRank ? source.Shape : (object)"the same tensor";
        yield return At(step.Syntax, step.Op.Name, step.Shape, from, axes)
            .Fix("Move the axes with permute",
            Edit.Operand(step) is { } operand ? Edit.Replace(step.Syntax, $"{Edit.Receiver(operand)}.permute({axes}){contiguous}") : null);
    }

    /// <summary>The order that turns the source's axes into the target's, if the target is nothing but another order of them.</summary>
    private static IReadOnlyList<int>? Order(Step source, Step step)
    {
        if (!step.Shape.HasRank || step.Shape.Dims is not { Length: > 1 } target) return null;
        var from = source.Shape.HasRank ? source.Shape.Dims : OwnAxes(target);
        if (from is not { } axes || axes.Length != target.Length || axes.Concat(target).Any(d => !d.IsKnown)) return null;
        // Axes of size 1 may stand anywhere.
        if (axes.Where(d => d.Size != 1).SequenceEqual(target.Where(d => d.Size != 1))) return null;
        var free = Enumerable.Range(0, axes.Length).ToList();
        var order = new List<int>();
        foreach (var dim in target)
        {
            var axis = free.FindIndex(i => axes[i].Equals(dim));
            if (axis < 0) return null;
            order.Add(free[axis]);
            free.RemoveAt(axis);
        }
        return order;
    }

    /// <summary>
    /// Of a tensor whose shape is not known: all its axes in order, if the target names each of them once (x.shape[0], x.shape[2], ..).
    /// </summary>
    private static ImmutableArray<Dim>? OwnAxes(ImmutableArray<Dim> target)
    {
        var axes = target.Select(d => d.Symbol).OfType<Axis>().OrderBy(a => a.Index).ToList();
        return axes.Count == target.Length && axes.Select((a, i) => a.Index == i && a.Tensor == axes[0].Tensor).All(same => same)
            ? axes.Select(Dim.Named).ToImmutableArray() : null;
    }

    public override IEnumerable<Finding> Elsewhere(ProjectGraph project) =>
        from network in project.Networks
        from step in network.Steps
        where step.Op.Name is "view" or "reshape" && step.Layer is null && step.Syntax is not null && step.Shape.Rank is 3 or 4
        && !Judge(step).Any()
        select At(step.Syntax!, step.Op.Name).Fix("Swap two axes", Edit.Replace(step.Syntax!, $"{step.Syntax}.transpose(1, 2)"));
}
