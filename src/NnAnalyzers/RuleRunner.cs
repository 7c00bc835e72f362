using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers;

/// <summary>
/// Asks the rules. Each network, site and loss is asked about once, when a file that it reaches is looked at; one place gets one finding,
/// from
/// the rule that stands first in the catalog. A rule that throws is a finding itself, and the others go on.
/// </summary>
internal sealed class RuleRunner(ProjectGraph project, IReadOnlyList<Rule> rules)
{
    internal static readonly DiagnosticDescriptor RuleFailed = new("NN0000", "A rule failed",
        "Rule {0} failed here and was skipped: {1}", "Internal", DiagnosticSeverity.Hidden, isEnabledByDefault: true,
        helpLinkUri: Rule.PageOf("NN0000"));

    private readonly Reached _asked = new();
    private readonly HashSet<SyntaxTree> _files = [];
    private readonly Dictionary<SyntaxTree, List<Answer>> _answers = [];

    /// <summary>The losses whose targets some reading knows, with the steps that decide what they get.</summary>
    private readonly HashSet<(SyntaxNode? Loss, Op Op, SyntaxNode? End)> _known = [];

    /// <param name="Use">The loss it is about, if it is about one.</param>
    private sealed record Answer(Rule Rule, Diagnostic Diagnostic, LossUse? Use)
    {
        public bool HasFix => Diagnostic.Properties.ContainsKey(FixProperties.Title);
    }

    /// <summary>
    /// What the rules find in one file: they are asked about everything in the files that lead to it, since a network may be trained in one
    /// file, written in a second and put together by helpers of a third.
    /// </summary>
    public IReadOnlyList<Diagnostic> In(SyntaxTree tree, CancellationToken cancellation)
    {
        project.StopWith(cancellation);
        project.Read(tree);
        var files = project.Files.Reaching(tree, _asked);
        var sites = files.SelectMany(project.SitesIn).ToList();
        var networks = files.SelectMany(project.NetworksIn).ToList();
        // A Sequential is known once a loss has met it.
        var uses = sites.SelectMany(project.LossesOf).Concat(networks.SelectMany(project.LossesOf)).ToList();
        foreach (var network in networks.Concat(files.SelectMany(project.ContainersIn)))
            Ask(network.Tree ?? tree, r => r.Check(network, project));
        foreach (var site in sites) Ask(site.Body.SyntaxTree, r => r.Check(site, project));
        if (_files.Add(tree)) Ask(tree, r => r.Check(tree, project));
        foreach (var use in uses)
        {
            if (use.Target?.Range is not null)
                foreach (var end in use.Ends) _known.Add((use.Loss.Syntax, use.Op, end.Last.Syntax));
            Ask(use.Loss.Syntax?.SyntaxTree ?? tree, r => r.Check(use, project), use);
        }
        var failed =
            project.Failures.Where(f => f.Place.SyntaxTree == tree).Select(f => Failed("(reading)", f.Place.GetLocation(), f.Error))
            .ToList();
        if (!_answers.TryGetValue(tree, out var answers)) return failed;
        // Rules ask in any order; the same findings come out.
        return answers.Where(IsBest).OrderBy(a => RuleCatalog.PlaceOf(a.Rule)).ThenBy(a => !a.HasFix).ThenBy(a => Text(a.Diagnostic),
            StringComparer.Ordinal)
            .GroupBy(a => a.Diagnostic.Location.SourceSpan).SelectMany(g => g.First().Diagnostic.Id == "NN0000" ? g.Take(2) : g.Take(1))
            .Select(a => a.Diagnostic).Concat(failed).OrderBy(d => d.Location.SourceSpan.Start).ToList();
    }

    private static string Text(Diagnostic diagnostic) => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The same line is read once for each caller; a reading that knows its targets counts.</summary>
    private bool IsBest(Answer answer) =>
        answer.Use is not { } use || use.Target?.Range is not null
        || !use.Ends.Any(e => _known.Contains((use.Loss.Syntax, use.Op, e.Last.Syntax)));

    private void Ask(SyntaxTree where, Func<Rule, IEnumerable<Finding>> subject, LossUse? use = null)
    {
        foreach (var rule in rules)
            foreach (var diagnostic in Ask(rule, where, subject, use))
            {
                var tree = diagnostic.Location.SourceTree!;
                if (!_answers.TryGetValue(tree, out var list)) _answers[tree] = list = [];
                list.Add(new(rule, diagnostic, use));
            }
    }

    /// <summary>What one rule says of one subject; a rule that fails says so itself.</summary>
    private static IReadOnlyList<Diagnostic> Ask(Rule rule, SyntaxTree where, Func<Rule, IEnumerable<Finding>> subject,
        LossUse? use)
    {
        try
        {
            var findings = subject(rule);
            // Most rules have nothing to ask of most subjects.
            return findings is Finding[] { Length: 0 } ? []
                : findings.Select(f => f.Near("the loss", use?.Loss.Syntax).ToDiagnostic()).ToList();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return [Failed(rule.Id, Location.Create(where, default), error)];
        }
    }

    internal static Diagnostic Failed(string rule, Location place, Exception error) =>
        Diagnostic.Create(RuleFailed, place, rule,
        $"{error.GetType().Name}: {error.Message} {error.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}");
}
