using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit.Abstractions;

namespace NnAnalyzers.Tests;

/// <summary>
/// Code as it is while somebody types: every sample, example and golden network, cut off at a token, or with a token gone, doubled or
/// swapped with the
/// next. Nothing may fail or hang, two runs find the same, and a fix of code that compiles gives code that compiles.
/// <para>The suite takes a fixed number of them, in groups that run side by side. All, or other ones for as long as one likes:
/// <c>NN_SOAK_SECONDS=3600 NN_SOAK_SEED=1 dotnet test tests/NnAnalyzers.Tests --filter Typing</c>; groups that find the time over try
/// nothing.</para>
/// </summary>
public abstract class TypingTests(int group, ITestOutputHelper output)
{
    // xunit runs classes in parallel, and only classes.
    public class Group0(ITestOutputHelper output) : TypingTests(0, output);
    public class Group1(ITestOutputHelper output) : TypingTests(1, output);
    public class Group2(ITestOutputHelper output) : TypingTests(2, output);
    public class Group3(ITestOutputHelper output) : TypingTests(3, output);
    public class Group4(ITestOutputHelper output) : TypingTests(4, output);
    public class Group5(ITestOutputHelper output) : TypingTests(5, output);
    public class Group6(ITestOutputHelper output) : TypingTests(6, output);
    public class Group7(ITestOutputHelper output) : TypingTests(7, output);

    private const int Groups = 8;

    /// <summary>However many texts there are, so that the suite takes as long when there are more.</summary>
    private const int Variants = 500;
    private static readonly Stopwatch Clock = Stopwatch.StartNew();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string Root =
        typeof(TypingTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers = [new NetworkAnalyzer()];

    private static readonly Lazy<(Text Text, SyntaxToken Token)[]> Tokens = new(() => Texts()
        .SelectMany(t => CSharpSyntaxTree.ParseText(t.Code).GetRoot().DescendantTokens().Where(k => k.Span.Length > 0).Select(k => (t, k)))
        .ToArray());

    private sealed record Text(string Name, string Code, bool HasOwnUsings);

    private static IEnumerable<Text> Texts()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Root, "samples/Training"), "*.cs")
            .Concat(Directory.GetFiles(Path.Combine(Root, "samples/Clean"), "*.cs")).Order(StringComparer.Ordinal))
            yield return new(Path.GetFileName(file), File.ReadAllText(file), true);
        foreach (var file in Directory.GetFiles(Path.Combine(Root, "tests/NnAnalyzers.Tests/Graph/Golden"), "*.cs")
            .Order(StringComparer.Ordinal)) yield return new(Path.GetFileName(file), File.ReadAllText(file), false);
        foreach (var file in Directory.GetFiles(Path.Combine(Root, "docs/rules"), "NN*.md").Order(StringComparer.Ordinal))
            foreach (var block in File.ReadAllText(file).Split("```csharp ").Skip(1))
                yield return new(Path.GetFileName(file), block[(block.IndexOf('\n') + 1)..block.IndexOf("```", StringComparison.Ordinal)],
                    false);
    }

    /// <summary>The ways one token can be mistyped.</summary>
    private static string Mistype(string code, SyntaxToken token, int way)
    {
        var (at, end) = (token.SpanStart, token.Span.End);
        var next = token.GetNextToken();
        return way switch
        {
            0 => code[..at],
            1 => code[..at] + code[end..],
            2 => code[..end] + " " + token.Text + code[end..],
            _ => next.Span.Length == 0 ? code[..at]
                : code[..at] + next.Text + code[end..next.SpanStart] + token.Text + code[next.Span.End..],
        };
    }

    [Fact]
    public async Task Nothing_fails_while_code_is_typed()
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("NN_SOAK_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("NN_SOAK_SEED") ?? "0", CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        var (tried, fixes, slowest) = (0, 0, TimeSpan.Zero);
        var failures = new List<string>();
        var chosen = seconds > 0 ? Forever(new Random(seed * Groups + group), () => Clock.Elapsed.TotalSeconds < seconds) : Share(group);
        foreach (var (text, token, way) in chosen)
        {
            var name = $"{text.Name}, token {token.SpanStart} '{token.Text}', {new[] { "cut off", "deleted", "doubled", "swapped" }[way]}";
            var (took, count, wrong) = await TryAsync(text, Mistype(text.Code, token, way));
            // A slow moment of the machine is no hang.
            if (took > Patience) (took, _, wrong) = await TryAsync(text, Mistype(text.Code, token, way));
            if (took > Patience) wrong ??= $"took {took.TotalSeconds:0.0} s";
            if (took > slowest) slowest = took;
            (tried, fixes) = (tried + 1, fixes + count);
            if (wrong is not null) failures.Add($"{name}: {wrong}");
            if (failures.Count >= 20) break;
        }
        output.WriteLine($"{tried} of {Tokens.Value.Length * 4} mistyped texts, {fixes} fixes applied, "
            + $"the slowest analysis {slowest.TotalMilliseconds:0} ms, {watch.Elapsed.TotalSeconds:0} s");
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    /// <summary>Every so-many-th token of all code, each in one way; the ways take turns within a group.</summary>
    private static IEnumerable<(Text, SyntaxToken, int Way)> Share(int group)
    {
        for (var i = group; i < Variants; i += Groups)
            if (Tokens.Value[(int)((long)i * Tokens.Value.Length / Variants)] is var (text, token))
                yield return (text, token, i / Groups % 4);
    }

    private static IEnumerable<(Text, SyntaxToken, int Way)> Forever(Random random, Func<bool> goOn)
    {
        while (goOn())
            if (Tokens.Value[random.Next(Tokens.Value.Length)] is var (text, token)) yield return (text, token, random.Next(4));
    }

    private static async Task<(TimeSpan Took, int Fixes, string? Wrong)> TryAsync(Text text, string code)
    {
        var compilation = text.HasOwnUsings ? Verify.CompileFiles(Verify.GlobalUsings, code) : Verify.Compile(code);
        var compiles = !compilation.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error);
        var watch = Stopwatch.StartNew();
        var found = await FindAsync(compilation, concurrent: true);
        var took = watch.Elapsed;
        if (found.FirstOrDefault(d => d.Id is "AD0001" or "NN0000") is { } failed)
            return (took, 0, failed.GetMessage(CultureInfo.InvariantCulture));
        // A compilation of its own: what one run keeps must not make another find more or less.
        var again =
            await FindAsync(CSharpCompilation.Create("Again", compilation.SyntaxTrees, compilation.References, compilation.Options),
            concurrent: false);
        if (!found.Select(Key).SequenceEqual(again.Select(Key)))
            return (took, 0, $"found {string.Join("; ", found.Select(Key))}, then {string.Join("; ", again.Select(Key))}");
        if (!compiles) return (took, 0, null);
        var fixable = found.Where(d => d.Properties.ContainsKey(FixProperties.Title)).ToList();
        foreach (var (diagnostics,
            what) in fixable.Select(d => (new[] { d }, d.Id)).Append((fixable.ToArray(), "all fixes")).Where(f => f.Item1.Length > 0))
            if (await BreaksAsync(compilation, diagnostics) is { } error) return (took, fixable.Count, $"{what}: {error}");
        return (took, fixable.Count, null);
    }

    private static string Key(Diagnostic d) =>
        $"{d.Id} {d.Location.SourceSpan} {d.GetMessage(CultureInfo.InvariantCulture)} "
            + $"{d.Properties.GetValueOrDefault(FixProperties.Edits)}";

    private static async Task<IReadOnlyList<Diagnostic>> FindAsync(Compilation compilation, bool concurrent) =>
        (await compilation.WithAnalyzers(Analyzers,
        new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrent, logAnalyzerExecutionTime: false))
        .GetAnalyzerDiagnosticsAsync())
            .OrderBy(d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start)
            .ThenBy(d => d.Id, StringComparer.Ordinal).ToList();

    private static async Task<string?> BreaksAsync(CSharpCompilation compilation, IReadOnlyList<Diagnostic> diagnostics)
    {
        using var workspace = new AdhocWorkspace();
        var mended = await Verify.MendAsync(workspace, compilation, diagnostics);
        return (await mended.GetCompilationAsync())!.GetDiagnostics()
            .FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error)?.ToString();
    }
}
