using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers;

/// <summary>The one analyzer: reads the project's networks into a graph and asks every rule about it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NetworkAnalyzer : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor RuleFailed = new("NN0000", "A rule failed",
        "Rule {0} failed here and was skipped: {1}", "Internal", DiagnosticSeverity.Hidden, isEnabledByDefault: true,
        helpLinkUri: "https://github.com/nnanalyzers/nnanalyzers/blob/main/docs/rules/NN0000.md");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        RuleCatalog.All.Select(r => r.Descriptor).Append(RuleFailed).ToImmutableArray();

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (TorchSymbols.TryCreate(start.Compilation) is not { } torch) return;
            var gate = new object();
            ILookup<SyntaxTree, Diagnostic>? findings = null;
            start.RegisterSemanticModelAction(model =>
            {
                // Built by the first file that asks; a cancelled attempt leaves nothing behind.
                lock (gate) findings ??= Analyze(start.Compilation, torch, model.CancellationToken).ToLookup(d => d.Location.SourceTree!);
                foreach (var finding in findings[model.SemanticModel.SyntaxTree]) model.ReportDiagnostic(finding);
            });
        });
    }

    private static List<Diagnostic> Analyze(Compilation compilation, TorchSymbols torch, CancellationToken cancellation)
    {
        ProjectGraph project;
        try
        {
            project = new ProjectGraph(compilation, torch, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            var anywhere = compilation.SyntaxTrees.FirstOrDefault();
            return anywhere is null ? [] : [Failed("(reading)", anywhere, error)];
        }
        return Find(project, RuleCatalog.All, cancellation).ToList();
    }

    private static Diagnostic Failed(string rule, SyntaxTree tree, Exception error) =>
        Diagnostic.Create(RuleFailed, Location.Create(tree, default), rule, $"{error.GetType().Name}: {error.Message} {error.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}");

    /// <summary>Asks the rules; one place gets one finding, from the rule that stands first in the catalog.</summary>
    internal static IEnumerable<Diagnostic> Find(ProjectGraph project, IEnumerable<Rule> rules, CancellationToken cancellation)
    {
        var taken = new HashSet<(SyntaxTree, Microsoft.CodeAnalysis.Text.TextSpan)>();
        var subjects = project.Networks.Select(n => (n.Tree, Ask: (Func<Rule, IEnumerable<Finding>>)(rule => rule.Check(n, project))))
            .Concat(project.Sites.Select(s => ((SyntaxTree?)s.Body.SyntaxTree, Ask: (Func<Rule, IEnumerable<Finding>>)(rule => rule.Check(s, project))))).ToList();
        foreach (var rule in rules)
            foreach (var (tree, ask) in subjects)
            {
                cancellation.ThrowIfCancellationRequested();
                List<Finding> found = [];
                Diagnostic? failure = null;
                try
                {
                    found = ask(rule).ToList();
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    failure = tree is null ? null : Failed(rule.Id, tree, error);
                }
                if (failure is not null) yield return failure;
                foreach (var finding in found)
                    if (taken.Add((finding.Place.SyntaxTree, finding.Place.Span))) yield return finding.ToDiagnostic();
            }
    }
}
