using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace NnAnalyzers.Benchmarks;

/// <summary>
/// Does what any analyzer of operations makes the compiler do, and nothing else: every method is bound and its operations are made. The
/// SDK's own analyzers, which are on by default, do that much in any project.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class EmptyAnalyzer : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor Nothing = new("EMPTY", "Nothing", "Nothing", "Nothing",
        DiagnosticSeverity.Hidden, isEnabledByDefault: true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Nothing);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(_ => { }, OperationKind.Invocation);
    }
}

/// <summary>Times of one run after another, on one thread.</summary>
internal static class Measure
{
    /// <summary>Binds every method of the code, as a compiler must.</summary>
    public static TimeSpan Binding(CSharpCompilation project) => Time(() => project.GetDiagnostics());

    public static TimeSpan Analysis(CSharpCompilation project, params DiagnosticAnalyzer[] analyzers) =>
        Time(() => Run(project, analyzers));

    public static ImmutableArray<Diagnostic> Run(CSharpCompilation project, params DiagnosticAnalyzer[] analyzers) =>
        With(project, analyzers).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();

    public static CompilationWithAnalyzers With(CSharpCompilation project, params DiagnosticAnalyzer[] analyzers) =>
        project.WithAnalyzers(analyzers.ToImmutableArray(),
            new CompilationWithAnalyzersOptions(new AnalyzerOptions(ImmutableArray<AdditionalText>.Empty), null, concurrentAnalysis: false,
                logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: false));

    /// <summary>
    /// The cost of all rules beside the empty analyzer and the binding of the
    /// same code, each measured in turn, the best of several rounds.
    /// </summary>
    public static Shares Share(Func<CSharpCompilation> project, int rounds)
    {
        var (binding, empty, rules) = (double.MaxValue, double.MaxValue, double.MaxValue);
        for (var i = 0; i < rounds; i++)
        {
            binding = Math.Min(binding, Binding(project()).TotalMilliseconds);
            empty = Math.Min(empty, Analysis(project(), new EmptyAnalyzer()).TotalMilliseconds);
            rules = Math.Min(rules, Analysis(project(), new EmptyAnalyzer(), new NetworkAnalyzer()).TotalMilliseconds);
        }
        return new(binding, empty, rules);
    }

    public static TimeSpan Time(Action action)
    {
        GC.Collect();
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed;
    }
}

/// <summary>Milliseconds of binding, of the empty analyzer and of that with all rules.</summary>
internal sealed record Shares(double Binding, double Empty, double Rules)
{
    /// <summary>What the rules add, as a share of binding.</summary>
    public double OfBinding => (Rules - Empty) / Binding;

    public override string ToString() =>
        FormattableString.Invariant($"binding {Binding:0} ms, empty {Empty:0} ms, with all rules {Rules:0} ms: {OfBinding:P1} of binding");
}
