using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Torch;
using NnAnalyzers.Projects;

namespace NnAnalyzers.Benchmarks;

/// <summary>
/// Plants one mistake after another into code and tells which the rules notice: sizes that are off by one, a loss that applies the
/// softmax of the network again, an activation or a softmax around what a forward method returns; in training code another optimizer, a
/// rate a thousand times as large, a decay, state that is not saved or not loaded, a loss that is clamped; a tanh for a rectifier; what
/// <see cref="PlantedLayers"/>, <see cref="PlantedData"/> and <see cref="PlantedTraining"/> plant. Not every plant is a mistake: the
/// input of a first layer and the
/// classes of a last one may be any number, and most modules are blocks.
/// </summary>
internal static class Planted
{
    public static void Print(CSharpCompilation all, int files, bool onlyModules)
    {
        var before = Find(all).Select(Told).ToHashSet();
        var project = new ProjectGraph(all, TorchSymbols.TryCreate(all)!);
        var own = all.SyntaxTrees.Take(files).ToDictionary(t => t, t => project.Files.Reaching(t, new()).ToHashSet());
        var noticed = new SortedDictionary<string, (int All, int Hits)>(StringComparer.Ordinal);
        foreach (var tree in own.Keys)
        {
            // Other files have nothing to do with it.
            var near = own.Keys.Where(t => own[tree].Contains(t) || own[t].Contains(tree)).Select(t => t.FilePath).ToHashSet();
            var model = all.GetSemanticModel(tree);
            foreach (var (kind, rules, at, change) in tree.GetRoot().DescendantNodes().SelectMany(n => onlyModules
                ? PlantedModules.In(n) : Plants(n).Concat(PlantedModules.In(n)).Concat(PlantedLayers.In(n))
                .Concat(PlantedData.In(n, model)).Concat(PlantedTraining.In(n))))
            {
                var planted = all.ReplaceSyntaxTree(tree, With(tree, change));
                if (PlantedLayers.ChangesSizes(kind)) planted = Fitted(planted, before, near);
                var found = Find(planted, near).Select(Told).Except(before).ToList();
                var hit = found.FirstOrDefault(f => rules.Contains(f.Id, StringComparison.Ordinal)).Id;
                var others = string.Join(' ', found.Select(f => f.Id).Distinct().Where(id => id != hit));
                var place = $"{Path.GetFileName(tree.FilePath)}({at.GetLocation().GetLineSpan().StartLinePosition.Line + 1})";
                var text = string.Join(' ', at.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                // A person would not leave it like that.
                var fits = !PlantedLayers.ChangesSizes(kind) || !found.Any(f => f.Id is "NN3003" or "NN3009");
                if (fits) noticed[kind] = noticed.TryGetValue(kind, out var n) ? (n.All + 1, n.Hits + (hit is null ? 0 : 1))
                    : (1, hit is null ? 0 : 1);
                Console.WriteLine($"{(fits ? hit ?? "-" : "no fit"),-7}{others,-7} {kind,-24} {place}: "
                    + text[..Math.Min(text.Length, 200)]);
            }
        }
        foreach (var (kind, (count, hits)) in noticed) Console.WriteLine($"{kind}: {hits} of {count}");
    }

    private static SyntaxTree With(SyntaxTree tree, IEnumerable<TextChange> changes) =>
        tree.WithChangedText(tree.GetText().WithChanges(changes.OrderBy(c => c.Span.Start)));

    /// <summary>The code with its sizes made to fit again, as NN3003 says.</summary>
    private static CSharpCompilation Fitted(CSharpCompilation code, HashSet<(string Id, string Message)> before,
        HashSet<string> near)
    {
        for (var round = 0; round < 8; round++)
        {
            var edits = Find(code, near, [RuleCatalog.Find("NN3003")!]).Where(d => !before.Contains(Told(d)))
                .SelectMany(d => FixProperties.Read(d.Properties)).Distinct().GroupBy(e => e.Path).ToList();
            if (edits.Count == 0) break;
            foreach (var file in edits)
            {
                var tree = code.SyntaxTrees.First(t => t.FilePath == file.Key);
                code = code.ReplaceSyntaxTree(tree, With(tree, file.GroupBy(e => e.Span)
                    .Select(e => new TextChange(e.Key, e.First().Text))));
            }
        }
        return code;
    }

    private static IEnumerable<Diagnostic> Find(CSharpCompilation code, HashSet<string>? files = null, IReadOnlyList<Rule>? rules = null)
    {
        var runner = new RuleRunner(new ProjectGraph(code, TorchSymbols.TryCreate(code)!), rules ?? RuleCatalog.All);
        return code.SyntaxTrees.Where(t => files?.Contains(t.FilePath) != false).SelectMany(t => runner.In(t, default));
    }

    private static (string Id, string Message) Told(Diagnostic found) => (found.Id, found.GetMessage(CultureInfo.InvariantCulture));

    private static IEnumerable<Plant> Plants(SyntaxNode node)
    {
        if (node is InvocationExpressionSyntax { ArgumentList.Arguments: var arguments } call)
        {
            var name = call.Expression switch { SimpleNameSyntax n => n, MemberAccessExpressionSyntax m => m.Name, _ => null };
            if (name?.Identifier.Text is "Linear" or "Conv1d" or "Conv2d" && arguments.Count >= 2)
                for (var i = 0; i < 2; i++)
                    yield return new($"{name.Identifier.Text} {(i == 0 ? "in" : "out")} + 1", "NN3003", node,
                        [new(new TextSpan(arguments[i].Span.End, 0), " + 1")]);
            if (name?.Identifier.Text is "NLLLoss" or "nll_loss") yield return new("cross-entropy for NLL", "NN1002", node,
                [new(name.Span, name.Identifier.Text == "NLLLoss" ? "CrossEntropyLoss" : "cross_entropy")]);
            if (name?.Identifier.Text is "ReLU" or "relu" && arguments.Count <= 1) yield return new("tanh for ReLU", "NN1006", node,
                [new(call.Span, name.Identifier.Text == "ReLU" ? call.ToString().Replace("ReLU(" + arguments, "Tanh(")
                    : call.ToString().Replace("relu(", "tanh("))]);
            if (name?.Identifier.Text is "backward" && call.Expression is MemberAccessExpressionSyntax { Expression: var loss })
                yield return new("loss clamped", "NN4008", node, [new(new TextSpan(loss.Span.End, 0), ".clamp(0, 10)")]);
            foreach (var plant in name is null ? [] : InOptimizer(call, name, arguments)) yield return plant;
        }
        var returned = node switch { ReturnStatementSyntax r => r.Expression,
            ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax } a => a.Expression, _ => null };
        if (returned is null or TupleExpressionSyntax
            || node.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.Text is not ("forward" or "Forward")) yield break;
        yield return new("ReLU around the output", "NN1001", returned,
            [new(returned.Span, $"TorchSharp.torch.nn.functional.relu({returned})")]);
        yield return new("softmax around the output", "NN1002", returned,
            [new(returned.Span, $"TorchSharp.torch.nn.functional.softmax({returned}, 1)")]);
    }

    /// <summary>Mistakes in how a network is trained and kept.</summary>
    private static IEnumerable<Plant> InOptimizer(InvocationExpressionSyntax call,
        SimpleNameSyntax name, SeparatedSyntaxList<ArgumentSyntax> arguments)
    {
        switch (name.Identifier.Text)
        {
            case "Adam" or "AdamW" or "SGD" when arguments.Count > 0 && call.Expression.ToString().Contains("optim"):
                if (name.Identifier.Text != "SGD")
                    yield return new("SGD for Adam", "NN4001", call, [new(call.Span, $"TorchSharp.torch.optim.SGD({arguments[0]}, 0.01)")]);
                var rate = arguments.Skip(1).FirstOrDefault(a => a.NameColon?.Name.Identifier.Text is null or "lr" or "learningRate");
                yield return new("rate × 1000", "NN4003", call, [rate is null ? new(new TextSpan(call.Span.End - 1, 0), ", lr: 1.0")
                    : new(rate.Expression.Span, $"{rate.Expression} * 1000")]);
                if (name.Identifier.Text == "Adam" && call.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is
                    { Declaration.Variables: [var made], Parent: BlockSyntax block } declaration && block.DescendantNodes()
                    .OfType<ExpressionStatementSyntax>().FirstOrDefault(s => s.ToString() == $"{made.Identifier}.step();") is { } step)
                    yield return new("decay added", "NN4002", call, [new(new TextSpan(declaration.Span.End, 0),
                        $" var planted = TorchSharp.torch.optim.lr_scheduler.StepLR({made.Identifier}, 10, 0.5);"),
                        new(new TextSpan(step.Span.End, 0), " planted.step();")]);
                break;
            case "StepLR" or "ExponentialLR" or "MultiStepLR" when arguments.Count > 1:
                var gamma = arguments.Last();
                yield return new("gamma to nothing", "NN4004", call, [new(gamma.Expression.Span, "1e-4")]);
                break;
            case "save_state_dict" or "load_state_dict" when call.Parent is ExpressionStatementSyntax statement
                && call.Expression.ToString().Contains("ptim", StringComparison.Ordinal):
                var saves = name.Identifier.Text == "save_state_dict";
                yield return new(saves ? "state not saved" : "state not loaded", saves ? "NN5002" : "NN5004", call,
                    [new(statement.Span, ";")]);
                break;
        }
    }
}

/// <summary>One mistake.</summary>
/// <param name="Rules">Those that should notice it.</param>
internal sealed record Plant(string Kind, string Rules, SyntaxNode At, params TextChange[] Change);
