using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Training;

/// <summary>A network is applied and nothing learns from what comes out: it is read, as numbers.</summary>
/// <param name="Applied">Where.</param>
internal sealed record Evaluation(Event Applied, Step Output, TrainingSite Site)
{
    /// <summary>
    /// The evaluations of networks that do something else in training mode, where it surely is one: under no_grad, or where a program
    /// has trained and this is not what it trains on. Before that somebody looks whether the network runs at all.
    /// </summary>
    /// <param name="networkOf">The network a step of training code applies.</param>
    public static IEnumerable<Evaluation> In(TrainingSite site, Func<Step, Network?> networkOf) =>
        from applied in site.Of(EventKind.Apply)
        where applied.Subject is Layer && (applied.When.StopsGradients || site.Of(EventKind.Backward)
            .Any(b => b.Order < applied.Order || b.Loops.Intersect(applied.Loops).Any()))
        let output = site.Applied(applied)
        where output is not null && TrainingSite.IsRead(output) && !site.Teaches(output) && networkOf(output)?.HasModes == true
        select new Evaluation(applied, output, site);

    /// <summary>The network is in training mode, all of it, whoever calls this.</summary>
    public bool IsInTrainingMode => Site.Of(Applied.Subject).Where(e => e.Kind == EventKind.Apply && e.Operation == Applied.Operation)
        .All(e => Mode.Of(e, Site) is { First: true, Later: true }) && !IsSwitchedElsewhere && !Site.Of(EventKind.Eval)
        .Concat(Site.Of(EventKind.Train)).Any(e => e.Subject is not Layer whole || !Site.Of(whole).Any(a => a.Kind == EventKind.Apply));

    /// <summary>The class that makes it switches it in a method that is not called here, but may be before.</summary>
    private bool IsSwitchedElsewhere => Applied.Subject is not Layer { Creation.Syntax: var made }
        || made.FirstAncestorOrSelf<MemberDeclarationSyntax>() is BaseFieldDeclarationSyntax or PropertyDeclarationSyntax
            or ConstructorDeclarationSyntax && made.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.Members
            .Where(m => m.DescendantNodes().Any(n => n is SimpleNameSyntax { Identifier.ValueText: "eval" or "train" }))
            .Any(m => !Site.Trace.Entered.SelectMany(e => e.DeclaringSyntaxReferences).Any(r => r.SyntaxTree == m.SyntaxTree
                && r.Span == m.Span));

    /// <summary>Training mode is wanted here: it was just switched to, or the outputs for one input are many.</summary>
    public bool IsMeant => IsJustSwitched || IsRepeated || IsInFunction || IsGenerator;

    private bool IsJustSwitched =>
        Site.Of(Applied.Subject).LastOrDefault(e => e.Kind == EventKind.Train && e.Order < Applied.Order) is { } on
        && !Site.Of(EventKind.Backward).Any(e => e.Order > on.Order && e.Order < Applied.Order);

    /// <summary>Monte-Carlo dropout: a loop that trains nothing gives the same again, or several calls do.</summary>
    private bool IsRepeated => Output.Input is not { } given
        || Applied.Loops.TakeWhile(l => !Site.Trains(l)).Any(l => !Changes(given, l))
        || Site.Of(Applied.Subject).Any(e => e.Kind == EventKind.Apply && e.Operation != Applied.Operation
            && e.When.Loop == Applied.When.Loop && Before(e) == RoundsBefore && MemberOf(e) == MemberOf(Applied)
            && Site.Applied(e) is { } again && again.Input == given && !Site.Teaches(again));

    private static SyntaxNode? MemberOf(Event applied) => applied.Operation.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>();

    /// <summary>Each turn has a tensor of its own; what a foreach goes over, unless that is numbers, is one.</summary>
    private static bool Changes(Step given, Loop loop) => loop.Operation is IForEachLoopOperation each
        ? each.LoopControlVariable is not IVariableDeclaratorOperation { Symbol.Type.SpecialType: SpecialType.System_Int32 }
        : Flow.Behind(given).Any(s => Loop.From(s.When.Loop).Contains(loop));

    private bool IsInFunction => Applied.Operation.Syntax.FirstAncestorOrSelf<LambdaExpressionSyntax>() is not null;

    /// <summary>What it gives elsewhere goes into another network, as a generator's pictures do; these are looked at as they are.</summary>
    private bool IsGenerator => !IsFedOn(Output)
        && Site.Steps.Any(s => s.Kind == StepKind.Network && s.Layer == Output.Layer && IsFedOn(s));

    private static bool IsFedOn(Step output) =>
        Flow.MadeOf(output).Any(u => u.Kind == StepKind.Network && u.Layer != output.Layer);

    /// <summary>How often something went backward before, as the code is written.</summary>
    public int RoundsBefore => Before(Applied);

    private int Before(Event applied) => Site.Of(EventKind.Backward).Count(e => e.Order < applied.Order);

    /// <summary>Whether what trains afterwards, also in later turns, finds the mode this leaves.</summary>
    public bool IsBeforeTraining
    {
        get
        {
            var events = Site.Of(Applied.Subject).ToList();
            return events.Any(e => e.Kind == EventKind.Apply && e != Applied && Site.Applied(e) is { } output && Site.Teaches(output)
                && (e.Order > Applied.Order || e.Loops.Intersect(Applied.Loops).Any())
                && !events.Any(on => on.Kind == EventKind.Train && e.When.Path.Implies(on.When.Path) && IsBetween(on, e)));

            bool IsBetween(Event on, Event next) => next.Order > Applied.Order ? on.Order > Applied.Order && on.Order < next.Order
                : (on.Order > Applied.Order || on.Order < next.Order) && next.Loops.Intersect(Applied.Loops).First() is var loop
                && on.Loops.Contains(loop);
        }
    }
}
