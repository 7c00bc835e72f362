using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Runner;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Tool.Commands;
using NnAnalyzers.Tool.Formats;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Verify;

/// <summary>Which programs are wanted.</summary>
/// <param name="Rules">Of these rules; of all if there are none.</param>
/// <param name="Filter">A part of their name; null for any.</param>
/// <param name="IsQuick">Of each rule that warns the first program only, without controls.</param>
internal sealed record Wanted(IReadOnlyList<string> Rules, string? Filter, bool IsQuick = false)
{
    public bool IsAll => Rules.Count == 0 && Filter is null && !IsQuick;

    /// <param name="program">Its name in the plan: rule, namespace and class.</param>
    public bool Has(string rule, string program) => (Rules.Count == 0 || Rules.Contains(rule))
        && (Filter is null || program.Contains(Filter, StringComparison.OrdinalIgnoreCase));

    public override string ToString() =>
        string.Join(", ", Rules.Concat(Filter is null ? [] : [Filter]).Concat(IsQuick ? ["--quick (no rule that warns)"] : []));
}

/// <summary>Checks, fixes and compiles training programs into a job folder.</summary>
internal sealed class Planner(string folder, Plan limits, Wanted wanted, Action<string> say, Ordinary? ordinary = null)
{
    private readonly HashSet<string> _rulesPlanned = [];

    /// <summary>Programs that were left out to be quick.</summary>
    public int LeftOut { get; private set; }

    private const string Attribute = "NnAnalyzers.Companion.TrainingProgramAttribute";

    /// <summary>Prepares the folder and answers the plan that was saved in it.</summary>
    public async Task<Plan> PrepareAsync(string path, string? runtime, bool withLibTorch, CancellationToken cancellation)
    {
        using var sources = await SourceSet.OpenAsync(path, "Release", cancellation, toRun: true);
        var programs = new List<ProgramPlan>();
        var runtimeFiles = new RuntimeFiles(folder);
        string? libTorch = null;
        var trains = false;
        var starts = new List<(Project Project, Compilation Compilation, List<TrainingMethod> Methods)>();
        foreach (var project in sources.Programs)
        {
            var compilation = (await project.GetCompilationAsync(cancellation))!;
            var methods = TrainingMethods(compilation, cancellation).ToList();
            if (methods.Count == 0 && ordinary?.StartOf(compilation, cancellation) is { } start) methods.Add(start);
            if (methods.Count > 0) starts.Add((project, compilation, methods));
        }
        Name(starts.SelectMany(s => s.Methods.Select(m => (s.Project, m))).ToList());
        foreach (var (project, compilation, methods) in starts)
        {
            trains = true;
            if (compilation.GetDiagnostics(cancellation).FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error)
                throw new ToolException($"{Entry.Of(error).Line} (the code must compile before it can be verified)");
            var found = await PlanAsync(project, compilation, methods, cancellation);
            if (found.Count == 0) continue;
            programs.AddRange(found);
            libTorch = await runtimeFiles.CopyAsync(project, runtime, withLibTorch, cancellation) ?? libTorch;
        }
        if (!trains)
            throw new ToolException($"{path}: no training program: no project here has an entry point and calls backward; name a method "
                + "with --call, or mark one that takes a TrainingRun with [TrainingProgram]");
        if (programs.Count == 0) throw new ToolException(
            $"{path}: nothing to verify{(wanted.IsAll ? ": no finding with a fix in a training program" : $" for {wanted}")}");
        var plan = limits with { Programs = programs.OrderBy(p => p.Id, StringComparer.Ordinal).ToList(), LibTorch = libTorch };
        plan.Save(folder);
        return plan;
    }

    private readonly Dictionary<IMethodSymbol, string> _names = new(SymbolEqualityComparer.Default);

    /// <summary>
    /// Programs are called by their class; where that is not enough, by the method too; and where it still is not, by the project
    /// before all.
    /// </summary>
    private void Name(IReadOnlyList<(Project Project, TrainingMethod Program)> programs)
    {
        static string Of((Project Project, TrainingMethod Program) p, int words)
        {
            var (type, method) = (p.Program.Method.ContainingType, p.Program.Method.Name);
            var whole = type.ToDisplayString().Replace("NnAnalyzers.Samples.", "", StringComparison.Ordinal);
            var name = p.Program.IsOrdinary ? p.Project.AssemblyName : p.Program.Claim is not null
                ? (words == 0 ? type.Name : whole) + "." + method : words == 0 ? whole : whole + "." + method;
            return System.Text.RegularExpressions.Regex.Replace(words < 2 ? name : p.Project.Name + "." + name, @"[^\w.+\-]", "_");
        }
        foreach (var program in programs)
            _names[program.Program.Method] = Enumerable.Range(0, 3).Select(words => (Words: words, Name: Of(program, words)))
                .First(n => n.Words == 2 || programs.Count(p => Of(p, n.Words) == n.Name) == 1).Name;
    }

    private static IEnumerable<TrainingMethod> TrainingMethods(Compilation compilation, CancellationToken cancellation)
    {
        if (compilation.GetTypeByMetadataName(Attribute) is not { } attribute) yield break;
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (!tree.GetText(cancellation).ToString().Contains("TrainingProgram", StringComparison.Ordinal)) continue;
            var model = compilation.GetSemanticModel(tree);
            foreach (var syntax in tree.GetRoot(cancellation).DescendantNodes().OfType<MethodDeclarationSyntax>()
                .Where(m => m.AttributeLists.Count > 0))
            {
                if (model.GetDeclaredSymbol(syntax, cancellation) is not IMethodSymbol method || method.GetAttributes()
                    .FirstOrDefault(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, attribute)) is not { } mark) continue;
                double? Given(string name) => mark.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value as double?;
                var (loss, metric) = (Given("LossBelow"), Given("MetricAbove"));
                if (!method.IsStatic || method.IsGenericMethod || method.ContainingType.IsGenericType
                    || method.Parameters is not [{ Type.Name: "TrainingRun" }])
                    throw new ToolException($"{Analysis.Place(syntax.GetLocation())}: {method.Name} is no training program: "
                        + "it must be static and take one TrainingRun, and neither it nor its class may be generic");
                if (loss is null == metric is null)
                    throw new ToolException($"{Analysis.Place(syntax.GetLocation())}: {method.Name} needs exactly one target: "
                        + "[TrainingProgram(LossBelow = ..)] or [TrainingProgram(MetricAbove = ..)]");
                object? Word(string name) => mark.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value;
                yield return new(method, loss, metric, Word("Claim") as string, Word("ClaimedToFail") is true);
            }
        }
    }

    /// <summary>Where a program starts.</summary>
    /// <param name="IsOrdinary">It knows nothing of the companion.</param>
    public sealed record TrainingMethod(IMethodSymbol Method, double? LossBelow, double? MetricAbove, string? Claim, bool ClaimedToFail,
        bool IsOrdinary = false);

    private async Task<List<ProgramPlan>> PlanAsync(Project project, Compilation compilation, IReadOnlyList<TrainingMethod> methods,
        CancellationToken cancellation)
    {
        var root = Directory.GetCurrentDirectory();
        var findings = (await Analysis.FindAsync(project, cancellation)).Where(f => f.Id != "NN0000").ToList();
        foreach (var finding in findings) say(Entry.Of(finding).Line);
        var graph = (await Analysis.ReadAsync(project, cancellation))!;
        var edits = new Lazy<IReadOnlyList<Diagnostic>>(() => RuleCatalog.All.SelectMany(r => r.Elsewhere(graph))
            .Where(f => f.FixTitle is not null).DistinctBy(f => (f.Rule.Id, f.Place)).Select(f => f.ToDiagnostic()).ToList());
        var programs = new List<ProgramPlan>();
        foreach (var (method, lossBelow, metricAbove, claim, claimedToFail, isOrdinary) in methods
            .OrderBy(m => m.Method.ContainingType.ToDisplayString(), StringComparer.Ordinal))
        {
            if (claim is not null)
            {
                var name = $"claim.{_names[method]}";
                if (!wanted.Has("claim", name)) continue;
                programs.Add(new ProgramPlan
                {
                    Id = name, Rule = "claim", RuleTitle = claim, Message = "", Place = Analysis.Place(method.Locations[0]), FixTitle = "",
                    Diff = "", Claim = claim, ClaimedToFail = claimedToFail,
                    Method = Emitter.MetadataName(method.ContainingType) + "." + method.Name, LossBelow = lossBelow,
                    MetricAbove = metricAbove, Variants = [Emit(compilation, name, Variant.Flagged, null)],
                });
                continue;
            }
            var reach = new Reach(compilation, isOrdinary ? null : method, cancellation);
            var here = findings.Where(f => reach.Contains(f.Location) && f.Properties.ContainsKey(FixProperties.Title)
                && RuleCatalog.Find(f.Id)?.ShowsInTraining != false).ToList();
            foreach (var group in here.GroupBy(f => f.Id))
            {
                var id = $"{group.Key}.{_names[method]}";
                if (!wanted.Has(group.Key, id)) continue;
                if (wanted.IsQuick && (group.First().Severity < DiagnosticSeverity.Warning || !_rulesPlanned.Add(group.Key)))
                {
                    LeftOut++;
                    continue;
                }
                // Copies the program's files, so only where there is something to train.
                var watch = isOrdinary ? ordinary!.PlanOf(project, folder, method) : null;
                var fixedSolution = await EditApplier.ApplyAsync(project.Solution, group, cancellation);
                var changes = await Fixer.ChangesAsync(project.Solution, fixedSolution, cancellation);
                var variants = new List<Variant>
                {
                    Emit(compilation, id, Variant.Flagged, null, watch),
                    Emit((await fixedSolution.GetProject(project.Id)!.GetCompilationAsync(cancellation))!, id,
                        Variant.Fixed, group.First(), watch),
                };
                if (!wanted.IsQuick)
                {
                    // Controls: the same code with other seeds, and the edit of another rule somewhere in the same program.
                    variants.Add(variants[0] with { Name = Variant.Nothing, SeedOffset = limits.Seeds });
                    variants.AddRange(await RandomEditsAsync(project, edits.Value.Where(e => reach.Contains(e.Location)), group.Key, id,
                        watch, cancellation));
                }
                var first = group.First();
                programs.Add(new ProgramPlan
                {
                    Id = id, Rule = first.Id, RuleTitle = first.Descriptor.Title.ToString(CultureInfo.InvariantCulture),
                    Message = first.GetMessage(CultureInfo.InvariantCulture),
                    Place = Analysis.Place(first.Location) + (group.Count() > 1 ? $" and {group.Count() - 1} more" : ""),
                    FixTitle = first.Properties[FixProperties.Title]!, Diff = Fixer.Diff(changes, root),
                    Method = watch is not null && ordinary!.Call is null ? ""
                        : Emitter.MetadataName(method.ContainingType) + "." + method.Name,
                    LossBelow = lossBelow, MetricAbove = metricAbove, Variants = variants, Watch = watch,
                });
            }
        }
        return programs;
    }

    /// <summary>Of each seed an edit of another rule, drawn anew, that compiles.</summary>
    private async Task<IEnumerable<Variant>> RandomEditsAsync(Project project, IEnumerable<Diagnostic> edits, string rule, string id,
        WatchPlan? watch, CancellationToken cancellation)
    {
        var pool = edits.Where(e => e.Id != rule && e.Id != RuleCatalog.Find(rule)?.FixOf).ToList();
        var random = new Random(id.Aggregate(17, (h, c) => unchecked(h * 31 + c)));
        var compiled = new Dictionary<int, Variant?>();
        var variants = new List<Variant>();
        for (var seed = 0; seed < limits.Seeds; seed++)
            for (var attempt = 0; attempt < 5 && pool.Count > 0; attempt++)
            {
                var pick = random.Next(pool.Count);
                if (!compiled.TryGetValue(pick, out var made))
                {
                    var edited = (await EditApplier.ApplyAsync(project.Solution, [pool[pick]], cancellation)).GetProject(project.Id)!;
                    made = TryEmit((await edited.GetCompilationAsync(cancellation))!, id, $"{Variant.Random}-{pick}", watch).Variant;
                    if (made is not null) made = made with { Edit =
                        $"{pool[pick].Id}: {pool[pick].Properties[FixProperties.Title]} at {Analysis.Place(pool[pick].Location)}" };
                    compiled[pick] = made;
                }
                if (made is null) continue;
                variants.Add(made with { Name = $"{Variant.Random}-{seed}", ForSeed = seed });
                break;
            }
        return variants;
    }

    private Variant Emit(Compilation compilation, string id, string name, Diagnostic? fix, WatchPlan? watch = null)
    {
        var (variant, error) = TryEmit(compilation, id, name, watch);
        return variant ?? throw new ToolException(fix is null ? Entry.Of(error!).Line
            : $"{Analysis.Place(fix.Location)}: the fix of {fix.Id} does not "
                + $"compile: {error!.Id}: {error.GetMessage(CultureInfo.InvariantCulture)} (please report this)");
    }

    private (Variant? Variant, Diagnostic? Error) TryEmit(Compilation compilation, string id, string name, WatchPlan? watch)
    {
        if (watch is not null) compilation = Watching.Apply(compilation, CancellationToken.None);
        var path = Path.Combine("programs", id, name + ".dll");
        var (assembly, error) = Emitter.Emit(compilation);
        if (assembly is null) return (null, error);
        AtomicFile.Write(Path.Combine(folder, path), assembly);
        return (new Variant(name, path.Replace('\\', '/'))
            { Hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(assembly))[..16] }, null);
    }

    /// <summary>The code a training method can reach: the types it names, and the types those name.</summary>
    private sealed class Reach
    {
        private readonly HashSet<INamedTypeSymbol> _types = new(SymbolEqualityComparer.Default);

        private readonly bool _isWhole;

        /// <param name="method">Where it starts; null for all of the project.</param>
        public Reach(Compilation compilation, IMethodSymbol? method, CancellationToken cancellation)
        {
            _isWhole = method is null;
            var waiting = new Queue<INamedTypeSymbol>();
            void Visit(ITypeSymbol? type)
            {
                if (type is INamedTypeSymbol { OriginalDefinition: var named }
                    && SymbolEqualityComparer.Default.Equals(named.ContainingAssembly, compilation.Assembly)
                    && _types.Add(named)) waiting.Enqueue(named);
            }
            Visit(method?.ContainingType);
            while (waiting.TryDequeue(out var next))
                foreach (var reference in next.DeclaringSyntaxReferences)
                {
                    var model = compilation.GetSemanticModel(reference.SyntaxTree);
                    foreach (var name in reference.GetSyntax(cancellation).DescendantNodes().OfType<SimpleNameSyntax>())
                    {
                        var symbol = model.GetSymbolInfo(name, cancellation).Symbol;
                        Visit(symbol as ITypeSymbol ?? symbol?.ContainingType);
                    }
                }
        }

        public bool Contains(Location location) => _isWhole
            || _types.Any(t => t.DeclaringSyntaxReferences.Any(
                r => r.SyntaxTree.FilePath == location.SourceTree?.FilePath && r.Span.Contains(location.SourceSpan)));
    }
}
