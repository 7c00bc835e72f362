using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>
/// The inputs are shuffled and their targets are not, or by another permutation: each input is taught another one's answer.
/// </summary>
internal sealed class NN6007_TargetsNotPermutedAlong() : Rule("NN6007", RuleLevel.Likely, Category.Data, RuleSource.Peers,
    "Targets are not permuted along", "The inputs of {0} are put into another order by a permutation, their targets {1}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from use in project.LossesOf(site)
        where use is { NetworkInputs: [_], Loss.PredictionOnly: false } && site.Teaches(use.Loss)
        let target = use.Target
        where target is not null
        let inputs = Order.Way(use.NetworkInputs[0])
        let picked = inputs.FirstOrDefault(s => Order.IndexOf(s) is not null)
        let permutation = picked is null ? null : Order.PermutationOf(Order.IndexOf(picked)!)
        where permutation is not null && inputs.Count(s => Order.IndexOf(s) is not null) == 1
        let targets = Order.Way(target)
        let start = targets[targets.Count - 1]
        let others = targets.Select(Order.IndexOf).Where(i => i is not null).Select(i => Order.PermutationOf(i!)).ToList()
        // An index that is not known may be the right one; a target made of the inputs has their order.
        where others.Count < 2 && (others.Count == 0 || others[0] is { } other && other != permutation)
            && start != inputs[inputs.Count - 1] && start != permutation
            && Order.HasOwn(start, besides: picked, like: inputs[inputs.Count - 1])
        let place = use.SyntaxOf(target) ?? use.Loss.Syntax
        where place is not null
        select At(place, use.Ends.FirstOrDefault()?.Network?.Name ?? "the network", others.Count == 0 ? "are not" : "by another one")
            .Near("the permutation of the inputs", permutation)
            .Fix("Put the targets into the same order", others.Count > 0 ? null : Edit.OrderAs(picked, targets));
}
