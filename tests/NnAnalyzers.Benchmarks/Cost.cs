using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace NnAnalyzers.Benchmarks;

/// <summary>
/// CPU seconds, not time by the clock, of analysing real code on one thread: the empty analyzer alone, with the rules, and with the
/// analyzers of the SDK. Each in a process of its own, so that none is warmed by another, and compiled once and for all, so that
/// what is read last is no faster than what is read first. The least of the passes counts; what is allocated moves
/// less from run to run.
/// </summary>
internal static class Cost
{
    private const int Passes = 3, Rounds = 3;
    private const string Empty = "empty", Rules = "rules", Warnings = "sdk-warnings", All = "sdk-all";

    private static readonly (string Setup, string Name)[] Setups =
    [
        (Empty, "empty analyzer"), (Rules, "empty + all rules"), (Warnings, "empty + SDK analyzers, warnings only"),
        (All, "empty + SDK analyzers, all that are on"),
    ];

    public static void Print(string[] folders)
    {
        Console.WriteLine($"{"set-up",-40}{"CPU s per pass",16}{"least to most",18}{"more than empty",18}{"MB allocated",20}");
        var (empty, emptyMemory) = (0.0, 0.0);
        // In turn, so that a busy minute of the machine does not fall upon one of them.
        var rounds = Enumerable.Range(0, Rounds).SelectMany(_ => Setups)
            .SelectMany(s => Ask(s.Setup, folders).Select(p => (s.Setup, Pass: p))).ToLookup(p => p.Setup, p => p.Pass);
        foreach (var (setup, name) in Setups)
        {
            var passes = rounds[setup];
            // Other work on the machine only ever adds.
            var (least, memory) = (passes.Min(p => p.Seconds), passes.Min(p => p.Bytes) / 1e6);
            if (setup == Empty) (empty, emptyMemory) = (least, memory);
            var spread = Text($"{least:0.00} to {passes.Max(p => p.Seconds):0.00}");
            var more = setup == Empty ? "" : Text($"{least - empty:0.00} ({100 * (least - empty) / empty:0} %)");
            var allocated = setup == Empty ? Text($"{memory:0}")
                : Text($"{memory:0} ({100 * (memory - emptyMemory) / emptyMemory:+0;-0} %)");
            Console.WriteLine(Text($"{name,-40}{least,16:0.00}{spread,18}{more,18}{allocated,20}"));
        }
        static string Text(FormattableString text) => FormattableString.Invariant(text);
    }

    /// <summary>One set-up in this process: a line for each pass after the first, its seconds and what it allocates.</summary>
    public static void Measure(string setup, string[] folders)
    {
        var projects = folders.Select(RealCode.Trees).ToList();
        var analyzers = Analyzers(setup).ToArray();
        var off = setup == Warnings ? analyzers.SelectMany(a => a.SupportedDiagnostics).DistinctBy(d => d.Id)
            .Where(d => d.DefaultSeverity < DiagnosticSeverity.Warning && d.Id != "EMPTY")
            .ToImmutableDictionary(d => d.Id, _ => ReportDiagnostic.Suppress) : ImmutableDictionary<string, ReportDiagnostic>.Empty;
        for (var pass = 0; pass <= Passes; pass++)
        {
            // A compilation keeps what it has bound, so each pass needs its own; making them is not counted.
            var compilations = projects.Select(RealCode.Compile)
                .Select(c => c.WithOptions(c.Options.WithSpecificDiagnosticOptions(off))).ToList();
            GC.Collect();
            var (before, allocated) = (Process.GetCurrentProcess().TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true));
            var failed = compilations.SelectMany(c => Benchmarks.Measure.Run(c, analyzers)).Where(d => d.Id == "AD0001").ToList();
            var took = Process.GetCurrentProcess().TotalProcessorTime - before;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            if (pass == 0) foreach (var failure in failed) Console.Error.WriteLine(failure.GetMessage(CultureInfo.InvariantCulture));
            else Console.WriteLine(FormattableString.Invariant($"{took.TotalSeconds} {allocated}"));
        }
    }

    private static IEnumerable<DiagnosticAnalyzer> Analyzers(string setup)
    {
        yield return new EmptyAnalyzer();
        if (setup == Rules) yield return new NetworkAnalyzer();
        if (setup is not (Warnings or All)) yield break;
        var folder = Path.Combine(AppContext.BaseDirectory, "netanalyzers");
        foreach (var name in new[] { "Microsoft.CodeAnalysis.NetAnalyzers.dll", "Microsoft.CodeAnalysis.CSharp.NetAnalyzers.dll" })
            foreach (var type in Types(Assembly.LoadFrom(Path.Combine(folder, name))))
                if (type is { IsAbstract: false } && type.IsSubclassOf(typeof(DiagnosticAnalyzer))
                    && type.GetCustomAttribute<DiagnosticAnalyzerAttribute>()?.Languages.Contains(LanguageNames.CSharp) == true)
                    yield return (DiagnosticAnalyzer)Activator.CreateInstance(type)!;
    }

    /// <summary>Code fixes lie beside the analyzers and want workspaces, which are not here.</summary>
    private static IEnumerable<Type> Types(Assembly assembly)
    {
        try { return assembly.GetTypes(); }
        catch (ReflectionTypeLoadException error) { return error.Types.OfType<Type>(); }
    }

    private static List<(double Seconds, double Bytes)> Ask(string setup, string[] folders)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(Cost).Assembly.Location);
        foreach (var argument in new[] { "cost-of", setup }.Concat(folders)) start.ArgumentList.Add(argument);
        // No method is compiled a second time, behind the passes and at their expense.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{setup} ended with exit code {process.ExitCode}");
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray())
            .Select(l => (l[0], l[1])).ToList();
    }
}
