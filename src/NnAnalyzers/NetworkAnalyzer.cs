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
            ProjectGraph? project = null;
            start.RegisterSemanticModelAction(model =>
            {
                // One file at a time: each asks for what leads to it, and nothing is read twice.
                lock (gate)
                    foreach (var finding in Find(start.Compilation, torch, ref project, model.SemanticModel.SyntaxTree, model.CancellationToken)) model.ReportDiagnostic(finding);
            });
        });
    }

    private static IReadOnlyList<Diagnostic> Find(Compilation compilation, TorchSymbols torch, ref ProjectGraph? project, SyntaxTree tree, CancellationToken cancellation)
    {
        try
        {
            // A reading that was cut off leaves nothing behind.
            project ??= new ProjectGraph(compilation, torch);
            return project.In(tree, RuleCatalog.All, cancellation);
        }
        catch (OperationCanceledException)
        {
            project = null;
            throw;
        }
        catch (Exception error)
        {
            project = null;
            return [Failed("(reading)", Location.Create(tree, default), error)];
        }
    }

    internal static Diagnostic Failed(string rule, Location place, Exception error) =>
        Diagnostic.Create(RuleFailed, place, rule, $"{error.GetType().Name}: {error.Message} {error.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}");

    /// <summary>What one rule says of one subject; a rule that fails says so itself.</summary>
    internal static IReadOnlyList<(Rule Rule, Diagnostic Diagnostic)> Ask(Rule rule, SyntaxTree tree, Func<Rule, IEnumerable<Finding>> subject)
    {
        try
        {
            var findings = subject(rule);
            // Most rules have nothing to ask of most subjects.
            if (findings is Finding[] { Length: 0 }) return [];
            var all = new List<(Rule, Diagnostic)>();
            foreach (var finding in findings) all.Add((rule, finding.ToDiagnostic()));
            return all;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return [(rule, Failed(rule.Id, Location.Create(tree, default), error))];
        }
    }
}
