using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers;

/// <summary>The one analyzer: reads the project's networks into a graph and asks every rule about it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NetworkAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        RuleCatalog.All.Select(r => r.Descriptor).Append(RuleRunner.RuleFailed).ToImmutableArray();

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (TorchSymbols.TryCreate(start.Compilation) is not { } torch) return;
            var gate = new object();
            RuleRunner? runner = null;
            start.RegisterSemanticModelAction(model =>
            {
                // One file at a time: each asks for what leads to it, and nothing is read twice.
                lock (gate)
                    foreach (var finding in Find(() => new ProjectGraph(start.Compilation, torch, model.CancellationToken,
                        start.Options.AnalyzerConfigOptionsProvider), ref runner, model.SemanticModel.SyntaxTree, model.CancellationToken))
                        model.ReportDiagnostic(finding);
            });
        });
    }

    private static IReadOnlyList<Diagnostic> Find(Func<ProjectGraph> read, ref RuleRunner? runner, SyntaxTree tree,
        CancellationToken cancellation)
    {
        try
        {
            // A reading that was cut off leaves nothing behind.
            runner ??= new RuleRunner(read(), RuleCatalog.All);
            return runner.In(tree, cancellation);
        }
        catch (OperationCanceledException)
        {
            runner = null;
            throw;
        }
        catch (Exception error)
        {
            runner = null;
            return [RuleRunner.Failed("(reading)", Location.Create(tree, default), error)];
        }
    }
}
