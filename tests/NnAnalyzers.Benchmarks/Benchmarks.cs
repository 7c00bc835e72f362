using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace NnAnalyzers.Benchmarks;

/// <summary>A whole build: all files at once, beside an analyzer that does nothing and the binding any build needs.</summary>
[MemoryDiagnoser]
public class Build
{
    [Params(200, 2000)]
    public int Models { get; set; }

    private CSharpCompilation _project = null!;

    // A compilation keeps what it has bound, so each run needs one of its own; parsing is not counted.
    [IterationSetup]
    public void Make() => _project = SyntheticCode.Project(Models);

    [Benchmark]
    public void Binding() => Measure.Binding(_project);

    [Benchmark(Baseline = true)]
    public void Empty() => Measure.Run(_project, new EmptyAnalyzer());

    [Benchmark]
    public void Rules() => Measure.Run(_project, new EmptyAnalyzer(), new NetworkAnalyzer());
}

/// <summary>A build of code that does not use TorchSharp.</summary>
public class BuildWithoutTorchSharp
{
    private CSharpCompilation _project = null!;

    [IterationSetup]
    public void Make() => _project = SyntheticCode.Other(4000);

    [Benchmark(Baseline = true)]
    public void Empty() => Measure.Run(_project, new EmptyAnalyzer());

    [Benchmark]
    public void Rules() => Measure.Run(_project, new EmptyAnalyzer(), new NetworkAnalyzer());
}

/// <summary>One edit while typing: a file of a project of 200 models changes, and that file is asked about.</summary>
public class Edit
{
    private CSharpCompilation _project = null!;
    private int _edits;

    [GlobalSetup]
    public void Open()
    {
        _project = SyntheticCode.Project(200);
        Measure.Run(_project, new NetworkAnalyzer());
    }

    [Benchmark(Baseline = true)]
    public int Empty() => Type(new EmptyAnalyzer());

    [Benchmark]
    public int Rules() => Type(new EmptyAnalyzer(), new NetworkAnalyzer());

    private int Type(params DiagnosticAnalyzer[] analyzers)
    {
        var edited = SyntheticCode.Tree(100, ++_edits);
        var project = _project.ReplaceSyntaxTree(_project.SyntaxTrees[100], edited);
        var model = project.GetSemanticModel(edited);
        return Measure.With(project, analyzers).GetAnalyzerSemanticDiagnosticsAsync(model, null, default).GetAwaiter().GetResult().Length;
    }
}
