using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Training;

/// <summary>Prints a training site as rounds of ordered events, as text or as a Mermaid flow chart.</summary>
internal static class SitePrinter
{
    /// <summary>Longer code is cut where it is quoted.</summary>
    private const int MaxQuote = 40;

    /// <summary>Whether anything happens at a site that a person would call training or the use of a network.</summary>
    public static bool IsWorthPrinting(TrainingSite site) =>
        site.Events.Any(e => e.Kind is EventKind.Apply or EventKind.Loss or EventKind.Backward or EventKind.Step);

    public static string Text(TrainingSite site)
    {
        var text = new StringBuilder().Append("site ").Append(NameOf(site)).Append('\n');
        foreach (var (depth, words, _) in Lines(site)) text.Append(' ', 2 * depth).Append(words).Append('\n');
        return text.ToString();
    }

    /// <summary>What happens at a site, in order: a round with its words, then what happens in it, one deeper.</summary>
    public static IEnumerable<(int Depth, string Words, Event? Happened)> Lines(TrainingSite site) => Lines(Round.Of(site), site, 1);

    private static IEnumerable<(int Depth, string Words, Event? Happened)> Lines(Round round, TrainingSite site, int depth)
    {
        foreach (var part in round.Parts)
            if (part is Round inner)
            {
                if (!inner.Events.Any(e => WordsOf(e) is not null)) continue;
                yield return (depth, Describe(inner), null);
                foreach (var line in Lines(inner, site, depth + 1)) yield return line;
            }
            else if (Describe((Event)part, site) is { } words) yield return (depth, words, (Event)part);
    }

    public static string Mermaid(TrainingSite site)
    {
        var (text, nodes, loops, last) = (new StringBuilder("flowchart TD\n"), 0, 0, (string?)null);
        Print(Round.Of(site), 1);
        return text.ToString();

        void Print(Round round, int depth)
        {
            foreach (var part in round.Parts)
                if (part is Round inner)
                {
                    if (!inner.Events.Any(e => WordsOf(e) is not null)) continue;
                    Line(depth, $"subgraph r{loops++}[\"{GraphPrinter.Escape(Describe(inner))}\"]");
                    var first = $"e{nodes}";
                    Print(inner, depth + 1);
                    Line(depth, "end");
                    if (last != first) Line(depth, $"{last} -.-> {first}");
                }
                else if (Describe((Event)part, site) is { } words)
                {
                    var node = $"e{nodes++}";
                    Line(depth, $"{node}[\"{GraphPrinter.Escape(words)}\"]");
                    if (last is not null) Line(depth, $"{last} --> {node}");
                    last = node;
                }
        }

        void Line(int depth, string line) => text.Append(' ', 2 * depth).Append(line).Append('\n');
    }

    public static string NameOf(TrainingSite site) =>
        site.Name == site.Method.Name ? $"{site.Method.ContainingType.Name}.{site.Name}" : site.Name;

    /// <summary><c>for epoch: 20 times</c></summary>
    private static string Describe(Round round)
    {
        var loop = round.Loop!.Operation.Syntax switch
        {
            ForStatementSyntax { Declaration.Variables: [var counter, ..] } => $"for {counter.Identifier}",
            ForEachStatementSyntax each => $"foreach {each.Identifier} in {Quote(each.Expression)}",
            ForEachVariableStatementSyntax each => $"foreach {Quote(each.Variable)} in {Quote(each.Expression)}",
            WhileStatementSyntax loops => $"while {Quote(loops.Condition)}",
            DoStatementSyntax loops => $"do while {Quote(loops.Condition)}",
            var other => Quote(other),
        };
        var trips = !round.Trips.IsKnown ? round.EndsEarly ? ", ends early" : ""
            : $": {(round.EndsEarly ? "at most " : "")}{round.Trips} times";
        var all = round.Outer?.Loop is not null && round.AllTrips.Size is { } n ? $", {n} in all" : "";
        return loop + trips + all + (round.Loop.IsUnrolled ? ", one after the other" : "");
    }

    private static string? Describe(Event happened, TrainingSite site)
    {
        if (WordsOf(happened) is not { } words) return null;
        var notes = new List<string>();
        if (happened.Kind == EventKind.Apply) notes.Add(Mode.Of(happened, site).ToString());
        if (happened.Kind is EventKind.Apply or EventKind.Loss && happened.When.StopsGradients) notes.Add("no gradients");
        if (happened.Kind == EventKind.Apply && happened.When.Open.Scope is not null) notes.Add("in a dispose scope");
        if (happened.When.Path.Words is { Length: > 0 } conditions) notes.Add($"if {conditions}");
        return notes.Count == 0 ? words : $"{words} [{string.Join(", ", notes)}]";
    }

    /// <summary>Null for what only the reading itself needs to know.</summary>
    private static string? WordsOf(Event e) => e.Kind switch
    {
        EventKind.CreateModel => $"make {NameOf(e.Subject)}",
        EventKind.CreateOptimizer => $"make {NameOf(e.Subject)} ({((Optimizer)e.Subject).Kind}) over {Over((Optimizer)e.Subject)}",
        EventKind.CreateScheduler =>
            $"make {NameOf(e.Subject)} ({((Scheduler)e.Subject).Kind}) for {NameOf(((Scheduler)e.Subject).Optimizer)}",
        EventKind.Move => $"move {NameOf(e.Subject)}",
        EventKind.Load => $"load {NameOf(e.Subject)}",
        EventKind.LoadOptimizer => $"load the state of {NameOf(e.Subject)}",
        EventKind.Save => $"save {NameOf(e.Subject)}",
        EventKind.SaveOptimizer => $"save the state of {NameOf(e.Subject)}",
        EventKind.Train when e.Arguments.First is { Flag: not true } on =>
            on.Flag == false ? $"eval {NameOf(e.Subject)}" : $"train or eval {NameOf(e.Subject)}",
        EventKind.Train => $"train {NameOf(e.Subject)}",
        EventKind.Eval => $"eval {NameOf(e.Subject)}",
        EventKind.ZeroGrad => $"zero_grad {NameOf(e.Subject)}",
        EventKind.Apply => $"apply {NameOf(e.Subject)} to {Given(e)}",
        EventKind.Loss => $"{NameOf(e.Subject)} of {Given(e)}",
        EventKind.Backward => $"backward from {string.Join(" and ", LossesBehind((Step)e.Subject).Select(NameOf).Distinct())}",
        EventKind.Clip => "clip gradients",
        EventKind.Step => $"step {NameOf(e.Subject)}",
        EventKind.StepScheduler => $"step {NameOf(e.Subject)}",
        EventKind.SetRate => $"set the rate of {NameOf(e.Subject)}"
            + (TrainingSite.FactorOf(e) is { } factor ? $" to {factor:0.####} of it" : ""),
        EventKind.Grow => $"add to {NameOf(e.Subject)}",
        EventKind.Escape => $"hand {NameOf(e.Subject)} to code that is not read",
        _ => null,
    };

    private static string NameOf(Value? value) => value switch
    {
        Layer layer => layer.Name,
        Optimizer optimizer => optimizer.Name,
        Scheduler scheduler => scheduler.Name,
        Step step => step.Name,
        Instance instance => instance.Type.Name,
        ParameterOf parameter => $"{parameter.Layer.Name}.{parameter.Name ?? "parameters"}",
        PartsOf parts => $"parts of {parts.Model.Name}",
        null => "?",
        _ => value.ToString() ?? "?",
    };

    private static string Over(Optimizer optimizer) =>
        optimizer.Models.Count == 0 ? "?" : string.Join(" and ", optimizer.Models.Select(NameOf).Distinct());

    /// <summary>What a network or loss is given, as it is written.</summary>
    private static string Given(Event e) => e.Arguments.Count == 0 ? "?" : string.Join(", ", e.Arguments
        .Where(a => a.Value is Step).Select(a => Quote(a.Operation?.Syntax)).DefaultIfEmpty("?"));

    /// <summary>The losses a value is put together from, or what it is.</summary>
    private static IEnumerable<Step> LossesBehind(Step step)
    {
        var (open, seen, found) = (new Queue<Step>([step]), new HashSet<Step>(), new List<Step>());
        while (open.Count > 0 && seen.Count < 64)
            if (open.Dequeue() is var next && seen.Add(next))
                if (next.Op.Role == Torch.Role.Loss) found.Add(next);
                else if (next.Kind != StepKind.Network)
                    foreach (var input in next.Inputs) open.Enqueue(input);
        return found.Count > 0 ? found : [step];
    }

    private static string Quote(SyntaxNode? code)
    {
        var text = System.Text.RegularExpressions.Regex.Replace(code?.ToString() ?? "?", @"\s+", " ");
        return text.Length <= MaxQuote ? text : text.Substring(0, MaxQuote - 1) + "…";
    }
}
