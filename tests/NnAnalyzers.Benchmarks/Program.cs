using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using Microsoft.CodeAnalysis;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using NnAnalyzers;
using NnAnalyzers.Benchmarks;

// scale MODELS (empty|rules): one analysis in this process, for its time and peak memory; anything else is for BenchmarkDotNet.
if (args is ["scale", var models, var which])
{
    var project = SyntheticCode.Project(int.Parse(models, CultureInfo.InvariantCulture));
    var time = which == "empty" ? Measure.Analysis(project, new EmptyAnalyzer())
        : Measure.Analysis(project, new EmptyAnalyzer(), new NetworkAnalyzer());
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{models} models, {which}: {time.TotalSeconds:0.0} s, peak {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576} MB"));
    return;
}
// share (MODELS|FOLDER) ROUNDS: what the rules cost as a share of binding, the best of several rounds, once everything is warm.
if (args is ["share", var code, var rounds])
{
    Console.WriteLine(Measure.Share(() => int.TryParse(code, CultureInfo.InvariantCulture, out var size) ? SyntheticCode.Project(size)
        : RealCode.Folder(code), int.Parse(rounds, CultureInfo.InvariantCulture)));
    return;
}
// planted FOLDER [BESIDE..]: which mistakes planted into real code the rules notice; folders and libraries it needs stand beside it.
// planted-modules: only those in modules, weights, losses and data.
if (args is ["planted" or "planted-modules", var folder, .. var beside])
{
    var trees = RealCode.Trees(folder);
    var libraries = beside.Where(b => b.EndsWith(".dll", StringComparison.Ordinal)).ToList();
    Planted.Print(RealCode.Compile(trees.Concat(beside.Except(libraries).SelectMany(f => RealCode.Trees(f).SkipLast(1))))
        .AddReferences(libraries.Select(l => MetadataReference.CreateFromFile(l))), trees.Count, args[0] == "planted-modules");
    return;
}
// ordinary NN TESTS [NAME..]: nn verify on ordinary programs with a mistake, told nothing but their path.
if (args is ["ordinary", var nn, var tests, .. var names])
{
    Ordinary.Print(nn, tests, names);
    return;
}
// cost FOLDER..: CPU seconds of analysing each folder as a project, with nothing, with the rules, and with the SDK's own analyzers.
if (args is ["cost", .. var folders] && folders.Length > 0)
{
    Cost.Print(folders);
    return;
}
// What cost asks a process of its own.
if (args is ["cost-of", var setup, .. var sources])
{
    Cost.Measure(setup, sources);
    return;
}
// colormaps FILE.png: one field of numbers in Jet and in Viridis, for the page of NN6005.
if (args is ["colormaps", var png])
{
    Pictures.WriteColormaps(png);
    return;
}
// case-study RESULTS.json FILE.svg: each stage's curves beside what it claims, for the page of the article's experiment.
if (args is ["case-study", var results, var svg])
{
    CaseStudyPicture.Write(results, svg);
    return;
}
// In this process: a project of BenchmarkDotNet's own would not know the pinned compiler.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
