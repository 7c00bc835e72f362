using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>A layer made in forward is another one each time: it never learns, and is always in training mode.</summary>
internal sealed class NN7003_LayerBuiltInForward() : Rule("NN7003", RuleLevel.Likely, Category.Modules, RuleSource.TorchSharp,
    "Layer made in forward", "{0} is made anew in each forward pass: {1}")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project)
    {
        var (names, told) = (new List<string>(), new HashSet<SyntaxNode>());
        foreach (var layer in network.MadeInForward.Where(l => project.HasState(l, orMode: true)).GroupBy(l => l.Syntax)
            .Select(g => g.First()))
        {
            if (layer.Syntax is not ExpressionSyntax made || network.Membership?.Of(layer) is not null
                || network.Steps.FirstOrDefault(s => s.Layer == layer) is not { PredictionOnly: false } step
                || step.When.Path.Decides(Truth.Training) is not null || Scope.IsKeptOrChanged(layer.Creation!)) continue;
            var learns = project.HasState(layer);
            // What is in a Sequential is made with it.
            var whole = made.Ancestors().OfType<InvocationExpressionSyntax>().LastOrDefault(i => Effects.NameOf(i) == "Sequential"
                && i.ArgumentList.Span.Contains(made.Span)) ?? made;
            if (!told.Add(whole)) continue;
            yield return At(whole, whole == made ? layer.Op.Name : "Sequential",
                learns ? "what it learns is lost" : "eval() does not reach it, so it drops values then, too")
                .Near("where it is applied", step)
                .Fix(learns ? "Make it once, as a field" : "Make it once, as a field, so that it knows the mode",
                    network.Membership?.Registers != true ? null : Edit.MakeField(
                    network.MadeInForward.FirstOrDefault(l => l.Syntax == whole)?.Creation, network.Type!, names));
        }
    }
}
