using System.Xml.Linq;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using NnAnalyzers.Torch;
using NnAnalyzers.Reading;

namespace NnAnalyzers.Tests;

/// <summary>
/// Holds rule, page, sample, evidence and release row together. With NN_UPDATE=1 in the environment the generated parts
/// are rewritten instead of compared.
/// </summary>
public class CatalogTests
{
    private static readonly string Root = typeof(CatalogTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;
    private static readonly bool Update = Environment.GetEnvironmentVariable("NN_UPDATE") == "1";

    public static TheoryData<string> RuleIds => [.. RuleCatalog.All.Select(r => r.Id)];

    private static IEnumerable<Rule> Ordered => RuleCatalog.All.OrderBy(r => r.Id, StringComparer.Ordinal);
    private static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    /// <summary>The text between the marks (to the end of the file if there is no second) must be what the rules say.</summary>
    private static void Generated(string path, string begin, string expected, string? end = "<!-- end -->")
    {
        var text = Read(path);
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        Assert.True(from >= 0, $"{path} lacks {begin}");
        from += begin.Length + 1;
        var to = end is null ? text.Length : text.IndexOf(end, from, StringComparison.Ordinal);
        if (Update) File.WriteAllText(Path.Combine(Root, path), text[..from] + expected + text[to..]);
        else Assert.True(text[from..to] == expected, $"{path} is out of date: run the tests once with NN_UPDATE=1\n{expected}");
    }

    private static string Severity(Rule rule) => rule.Descriptor.DefaultSeverity.ToString().ToLowerInvariant();

    private static string Source(Rule rule) =>
        rule.Source switch { RuleSource.Article => "the article", RuleSource.TorchSharp => "TorchSharp users", _ => "peer tools" };

    private static string Table(string prefix) => "| rule | what it finds | level |\n|---|---|---|\n"
        + string.Concat(Ordered.Select(r => $"| [{r.Id}]({prefix}{r.Id}.md) | {r.Descriptor.Title} | {r.Level} ({Severity(r)}) |\n"));

    [Fact]
    public void Lists_of_rules_are_up_to_date()
    {
        Generated("README.md", "<!-- rules: generated -->", Table("docs/rules/"));
        Generated("docs/rules/README.md", "<!-- rules: generated -->", Table(""));
        Generated("src/NnAnalyzers/AnalyzerReleases.Unshipped.md", "--------|----------|----------|-------",
            "NN0000 | Internal | Hidden | A rule failed\n" + string.Concat(Ordered.Select(
                r => $"{r.Id} | {r.Descriptor.Category} | {r.Descriptor.DefaultSeverity} | {r.Descriptor.Title}\n")), end: null);
    }

    [Fact]
    public void The_tables_of_what_fits_are_up_to_date()
    {
        static string Table(IReadOnlyList<IReadOnlyList<string>> rows) => string.Concat(rows.Select((r, i) =>
            $"| {string.Join(" | ", r)} |\n" + (i == 0 ? string.Concat(r.Select(_ => "|---")) + "|\n" : "")));
        Generated("docs/fit.md", "<!-- outputs: generated -->", Table(FitTable.Outputs));
        Generated("docs/fit.md", "<!-- targets: generated -->", Table(FitTable.Targets));
    }

    [Fact]
    public void Presets_are_up_to_date()
    {
        const string folder = "src/NnAnalyzers.CodeFixes/build/config";
        var version = XDocument.Parse(Read("Directory.Build.props")).Descendants("Version").Single().Value;
        var releases = Release.Read(Read("src/NnAnalyzers/AnalyzerReleases.Shipped.md"),
            Read("src/NnAnalyzers/AnalyzerReleases.Unshipped.md"), version[..version.LastIndexOf('.')]);
        var files = releases.Prepend(null).SelectMany(r => Preset.All.Select(p => (Name: p.FileName(r), Text: p.Text(r)))).ToList();
        if (Update) foreach (var (name, text) in files) File.WriteAllText(Path.Combine(Root, folder, name), text);
        foreach (var (name, text) in files) Assert.True(Read($"{folder}/{name}") == text,
            $"{name} is out of date: run the tests once with NN_UPDATE=1");
        Assert.Equal(files.Select(f => f.Name).Order(), Directory.GetFiles(Path.Combine(Root, folder)).Select(Path.GetFileName).Order());
        Generated("docs/configuration.md", "<!-- modes: generated -->",
            "| mode | what it sets |\n|---|---|\n" + string.Concat(Preset.All.Select(p => $"| `{p.Name}` | {p.Says} |\n")));
    }

    /// <summary>NN1001 came later, NN1004 was raised later, NN1008 came later and is only advice, NN4005 is as it was.</summary>
    [Fact]
    public void What_came_after_a_release_is_a_suggestion_at_most()
    {
        string Table(string kind, params string[] lines) =>
            $"### {kind} Rules\n\nRule ID | Category | Severity | Notes\n--------|--\n{string.Join('\n', lines)}\n\n";
        var releases = Release.Read("## Release 0.1\n\n" + Table("New", "NN1004 | Architecture | Info | a", "NN4005 | Training | Info | b")
            + "## Release 0.2\n\n" + Table("New", "NN1001 | Architecture | Warning | c")
            + Table("Changed", "NN1004 | Architecture | Warning | Architecture | Info | a"),
            Table("New", "NN1008 | Architecture | Hidden | d"), "0.3");
        Assert.Equal(["0.1: NN1001 NN1004 NN1008", "0.2: NN1008", "0.3: "],
            releases.Select(r => $"{r.Version}: {string.Join(" ", r.Later)}"));
        string In(string mode) => string.Join(" ", new[] { "NN1001", "NN1004", "NN1008", "NN4005" }.Select(rule => Preset.Find(mode)!
            .Text(releases[0]).Split($"dotnet_diagnostic.{rule}.severity = ") is [_, var rest] ? rest.Split('\n')[0] : "-"));
        Assert.Equal("suggestion suggestion - -", In("Default"));
        Assert.Equal("suggestion suggestion silent error", In("Strict"));
        Assert.Equal("suggestion suggestion suggestion warning", In("All"));
        Assert.Equal("none none none none", In("None"));
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Every_rule_has_a_page_a_sample_and_a_file_of_its_name(string id)
    {
        var rule = RuleCatalog.Find(id)!;
        var name = rule.GetType().Name;
        Assert.StartsWith(id + "_", name, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(Root, "src/NnAnalyzers/Rules"), name + ".cs", SearchOption.AllDirectories));
        // A rule without a fix has nothing to train, and may not warn.
        var page = Read($"docs/rules/{id}.md");
        if (page.Contains("There is no fix") || page.Contains("Nothing to train")) Assert.NotEqual(RuleLevel.Proven, rule.Level);
        else Assert.NotEmpty(Samples(name[(id.Length + 1)..]));
        Assert.StartsWith($"# {id}: {rule.Descriptor.Title}\n", Read($"docs/rules/{id}.md"), StringComparison.Ordinal);
        Assert.EndsWith($"docs/rules/{id}.md", rule.Descriptor.HelpLinkUri, StringComparison.Ordinal);
        Assert.True(rule.Descriptor.IsEnabledByDefault);
        Generated($"docs/rules/{id}.md", "<!-- generated from the rule -->", $"Level: {rule.Level} ({Severity(rule)}) · "
            + $"Category: {rule.Descriptor.Category} · From: {Source(rule)} · [all rules](README.md)\n");
        foreach (var section in new[] { "What it finds", "Why", "Example", "Silent", "Configure", "Evidence" })
            Assert.Contains($"\n## {section}\n", Read($"docs/rules/{id}.md"));
    }

    /// <summary>The programs that show what a mistake does: one of its name, or several (<c>PlainSgd.Picture.cs</c>).</summary>
    private static IEnumerable<string> Samples(string mistake) =>
        Directory.EnumerateFiles(Path.Combine(Root, "samples/Training"), mistake + ".*cs").Select(f => Path.GetFileName(f)!);

    /// <summary>Of the rules that warn ten seeds; of the others five, some in a file of their own.</summary>
    private static readonly string[] Evidence = ["docs/evidence/cpu.json", "docs/evidence/cpu-5-seeds.json",
        .. Directory.EnumerateFiles(Path.Combine(Root, "docs/evidence/rules"), "*.json").Order(StringComparer.Ordinal)];

    private static readonly Lazy<IReadOnlyList<JsonElement>> Verdicts = new(() => Evidence
        .SelectMany(f => JsonDocument.Parse(Read(f)).RootElement.GetProperty("verdicts").EnumerateArray())
        .OrderBy(v => v.GetProperty("id").GetString(), StringComparer.Ordinal).ToList());

    private static readonly Lazy<IReadOnlyDictionary<string, string>> Judgements = new(() =>
        JsonDocument.Parse(Read(Evidence[0])).RootElement.GetProperty("rules").EnumerateArray()
        .ToDictionary(r => Text(r, "rule"), r => Text(r, "judgement")));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void A_rule_that_warns_has_evidence(string id)
    {
        if (RuleCatalog.Find(id)!.Level == RuleLevel.Proven) Assert.Equal("proven", Judgements.Value[id]);
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Every_program_of_a_rule_was_run(string id)
    {
        var places = Verdicts.Value.Where(v => Text(v, "rule") == id).Select(v => Path.GetFileName(Text(v, "place").Split('(')[0]));
        Assert.Equal(Samples(RuleCatalog.Find(id)!.GetType().Name[(id.Length + 1)..]).Order(), places.Order());
    }

    [Fact]
    public void The_tables_of_evidence_show_the_figures_that_were_measured()
    {
        string ProgramOf(JsonElement e) => Path.GetFileNameWithoutExtension(Text(e, "place").Split('(')[0]);
        var table = new StringBuilder("| rule | program | flagged | fixed | nothing changed | random edit | steps to target | last loss, "
            + "flagged | last loss, fixed | verdict |\n|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var v in Verdicts.Value)
            table.Append(CultureInfo.InvariantCulture, $"| {v.GetProperty("rule")} | {ProgramOf(v)} | {Share(v.GetProperty("flagged"))} "
                + $"| {Share(v.GetProperty("fixed"))} | {Share(v.GetProperty("nothing"))} | {Share(v.GetProperty("random"))} "
                + $"| {Number(v.GetProperty("fixed"), "medianSteps")} | {Number(v.GetProperty("flagged"), "medianLoss")} "
                + $"| {Number(v.GetProperty("fixed"), "medianLoss")} | {v.GetProperty("judgement")} |\n");
        Generated("docs/evidence/README.md", "<!-- cpu.json: generated -->", table.ToString());

        table = new StringBuilder("| rule | programs | seeds | helped | no difference | worse | fixed run better: median (least to most) | "
            + "verdict |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var rule in Verdicts.Value.GroupBy(v => Text(v, "rule")).OrderBy(g => g.Key, StringComparer.Ordinal))
            table.Append(RowOf(rule.Key, rule.ToList()));
        Generated("README.md", "<!-- cpu.json: generated -->", table.ToString());
    }

    private static string RowOf(string rule, IReadOnlyList<JsonElement> programs)
    {
        int Count(params string[] judgements) => programs.Count(p => judgements.Contains(Text(p, "judgement")));
        var (helped, worse) = (Count("helps"), Count("harms"));
        // The share of pairs in which the fixed run is the better one, ties as half.
        var effects = programs.Select(p => 0.5 + (p.GetProperty("better").GetInt32() - p.GetProperty("worse").GetInt32())
            / (2.0 * p.GetProperty("fixed").GetProperty("runs").GetInt32())).Order().ToList();
        var verdict = Judgements.Value.TryGetValue(rule, out var judged) ? judged
            : worse > 0 ? helped > 0 ? "helps and harms" : "harms"
            : helped == programs.Count ? "helps (few programs or seeds)" : helped > 0 ? "helps in some" : "no effect shown";
        var median = (effects[(effects.Count - 1) / 2] + effects[effects.Count / 2]) / 2;
        return string.Create(CultureInfo.InvariantCulture, $"| [{rule}](docs/rules/{rule}.md) | {programs.Count} | "
            + $"{programs.Max(p => p.GetProperty("fixed").GetProperty("runs").GetInt32())} | {helped} "
            + $"| {programs.Count - helped - worse} | {worse} | {median:0.00} ({effects[0]:0.00} to {effects[^1]:0.00}) | {verdict} |\n");
    }

    /// <summary>Every rule that is a tip of the article has its row, and every row something real that stands for it.</summary>
    [Fact]
    public void The_checklist_of_the_article_is_complete()
    {
        var rows = Read("docs/article.md").Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();
        Assert.All(rows, r => Assert.Equal(6, r.Split('|').Length));
        var named = rows.SelectMany(r => Regex.Matches(r.Split('|')[2], @"NN\d{4}(?=\])").Select(m => m.Value));
        Assert.Equal(RuleCatalog.All.Where(r => r.Source == RuleSource.Article).Select(r => r.Id).Order(), named.Distinct().Order());
        var probes = Read("docs/probes.md");
        Assert.All(rows, r => Assert.Matches(@"NN\d{4}|probe |case study", r.Split('|')[2]));
        Assert.All(rows.SelectMany(r => Regex.Matches(r.Split('|')[2], @"probe (\w+)").Select(m => m.Groups[1].Value)),
            p => Assert.Contains($"| {p} |", probes));
        Assert.All(Regex.Matches(string.Concat(rows), @"\]\(([^)#]+)").Select(m => m.Groups[1].Value),
            link => Assert.True(File.Exists(Path.Combine(Root, "docs", link)), link));
    }

    [Fact]
    public void The_table_of_experiments_shows_the_figures_that_were_measured()
    {
        using var evidence = JsonDocument.Parse(Read("docs/evidence/experiments.json"));
        var table = new StringBuilder("| claim | reached | median steps | median last loss | the claim |\n|---|---|---|---|---|\n");
        foreach (var claim in evidence.RootElement.GetProperty("claims").EnumerateArray())
        {
            var runs = claim.GetProperty("runs");
            table.Append(CultureInfo.InvariantCulture, $"| {claim.GetProperty("claim")} | {Share(runs)} | {Number(runs, "medianSteps")} "
                + $"| {Number(runs, "medianLoss")} | {claim.GetProperty("judgement")} |\n");
        }
        Generated("docs/experiments.md", "<!-- experiments.json: generated -->", table.ToString());
    }

    [Fact]
    public void The_table_of_the_articles_experiment_shows_what_was_measured()
    {
        using var evidence = JsonDocument.Parse(Read("docs/evidence/case-study.json"));
        var rows = evidence.RootElement.GetProperty("claims").EnumerateArray().Select(c => $"| {c.GetProperty("claim")} "
            + $"| {c.GetProperty("figure")} | {c.GetProperty("held")} of {c.GetProperty("runs").GetProperty("runs")} "
            + (c.GetProperty("judgement").GetString() is "reproduced" ? "| **reproduced** |\n" : $"| {c.GetProperty("judgement")} |\n"));
        Generated("docs/case-study.md", "<!-- case-study.json: generated -->",
            "| claim | ours, at the end | held in | |\n|---|---|---|---|\n" + string.Concat(rows));
    }

    private static string Number(JsonElement e, string name) =>
        e.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.Number
        ? v.GetDouble() is var d && d == 0 ? "0"
        : (Math.Abs(d) is >= 1e5 or < 1e-3) ? d.ToString("0.0e+0", CultureInfo.InvariantCulture)
        : d.ToString(Math.Abs(d) >= 100 ? "0" : "0.###", CultureInfo.InvariantCulture) : "–";

    private static string Share(JsonElement e) =>
        e.GetProperty("runs").GetInt32() == 0 ? "–" : $"{e.GetProperty("reached").GetInt32()}/{e.GetProperty("runs").GetInt32()}";

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task The_example_of_a_page_fires_and_its_fix_is_what_the_page_shows(string id)
    {
        var page = Read($"docs/rules/{id}.md");
        string Block(string kind) => page.Split($"```csharp {kind}\n")[1].Split("```")[0];
        var compilation = Verify.Compile(Block("flagged"));
        Assert.DoesNotContain(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        var untrained = !RuleCatalog.Find(id)!.ShowsInTraining;
        var finding = Assert.Single(await Verify.FindAsync(compilation, untrained));
        Assert.Equal(id, finding.Id);
        if (!page.Contains("```csharp fixed"))
        {
            Assert.False(finding.Properties.ContainsKey(FixProperties.Title));
            return;
        }
        // Marks the finding and lets the fix run over it.
        var text = compilation.SyntaxTrees.Single().GetText().ToString();
        var offset = text.Length - Block("flagged").Length;
        var span = finding.Location.SourceSpan;
        var marked = Block("flagged").Insert(span.End - offset, "|}").Insert(span.Start - offset, $"{{|{id}:");
        await (untrained ? Verify.Untrained.FixAsync(marked, Block("fixed")) : Verify.Sizes.FixAsync(marked, Block("fixed")));
    }

    /// <summary>Every name the catalog knows is a real one of the TorchSharp that is referenced.</summary>
    [Fact]
    public void The_catalog_names_what_TorchSharp_has()
    {
        static string Key(string name) => name.Replace("_", "").ToLowerInvariant();
        var names = new[] { typeof(TorchSharp.torch), typeof(TorchSharp.torch.nn), typeof(TorchSharp.torch.nn.functional),
            typeof(TorchSharp.torch.Tensor), typeof(TorchSharp.TensorExtensionMethods) }
            .SelectMany(t => t.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance))
            .Select(m => Key(m is PropertyInfo or MethodInfo { IsSpecialName: false } ? m.Name : "")).ToHashSet();
        var missing = Catalog.All.SelectMany(o => o.Aliases.Append(o.Name)).Where(n => !names.Contains(Key(n))).ToList();
        Assert.True(missing.Count == 0, "not in TorchSharp: " + string.Join(", ", missing));
    }

    /// <summary>Parameters the graph reads by name exist.</summary>
    [Fact]
    public void The_parameters_the_graph_reads_exist()
    {
        foreach (var op in Catalog.All.Where(o => o.In is not null || o.Bias is not null))
            foreach (var parameter in new[] { op.In, op.Out, op.Bias }.OfType<string>())
                Assert.True(
                    typeof(TorchSharp.torch.nn).GetMethods().Any(m => m.Name == op.Name && m.GetParameters().Any(p => p.Name == parameter)),
                    $"{op.Name} has no parameter {parameter}");
    }

    private static IEnumerable<string> NamesOf(Type type, Func<MethodInfo, bool> wanted) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(m => (!m.IsSpecialName && !m.Name.StartsWith("op_", StringComparison.Ordinal)
            || m.IsSpecialName && m.Name.StartsWith("get_", StringComparison.Ordinal)) && m.DeclaringType == type && wanted(m))
        .Select(m => m.Name.StartsWith("get_", StringComparison.Ordinal) && m.IsSpecialName ? m.Name[4..] : m.Name).Distinct();

    private static bool GivesTensors(MethodInfo method)
    {
        static bool IsTensor(Type t) => t == typeof(TorchSharp.torch.Tensor);
        var type = method.ReturnType;
        return IsTensor(type) || type.IsArray && IsTensor(type.GetElementType()!)
            || type.FullName?.StartsWith("System.ValueTuple", StringComparison.Ordinal) == true && type.GetGenericArguments().Any(IsTensor);
    }

    /// <summary>
    /// Every factory of torch.nn, every function of torch.nn.functional and torch, and every
    /// method and property of a tensor that gives tensors is classified, or opaque with a reason.
    /// </summary>
    [Fact]
    public void Everything_TorchSharp_offers_is_in_the_catalog()
    {
        // Indexers and what only moves bytes are no operations.
        var none = new HashSet<string> { "Item", "TensorItems", "ReadBytesFromStream", "alias_copy", "names", "bytes", "ToTensor" };
        var unknown = NamesOf(typeof(TorchSharp.torch.nn),
            m => typeof(TorchSharp.torch.nn.Module).IsAssignableFrom(m.ReturnType) || m.Name == "Parameter")
            .Concat(NamesOf(typeof(TorchSharp.torch.nn.functional), GivesTensors)).Concat(NamesOf(typeof(TorchSharp.torch), GivesTensors))
            .Concat(NamesOf(typeof(TorchSharp.torch.Tensor), GivesTensors))
            .Concat(NamesOf(typeof(TorchSharp.TensorExtensionMethods), GivesTensors))
            .Distinct().Where(n => !none.Contains(n) && Catalog.Find(n) is null).Order().ToList();
        Assert.True(unknown.Count == 0, "not in the catalog: " + string.Join(" ", unknown));
    }

    [Fact]
    public void Every_opaque_operation_has_a_reason() =>
        Assert.All(Catalog.All, o => Assert.True(o.Role != Role.Opaque || o.OpaqueReason is not null, o.Name));

    [Fact]
    public void Every_optimizer_and_scheduler_is_known()
    {
        Assert.Equal(NamesOf(typeof(TorchSharp.torch.optim), m => typeof(TorchSharp.torch.optim.Optimizer).IsAssignableFrom(m.ReturnType))
            .Order(), OptimizerCatalog.Optimizers.Select(o => o.Name).Order());
        Assert.Equal(NamesOf(typeof(TorchSharp.torch.optim.lr_scheduler), m => m.ReturnType.Name == "LRScheduler").Order(),
            OptimizerCatalog.Schedulers.Select(o => o.Name).Order());
        foreach (var optimizer in OptimizerCatalog.Optimizers)
            Assert.Contains(typeof(TorchSharp.torch.optim).GetMethods(),
                m => m.Name == optimizer.Name && m.GetParameters().Any(p => p.Name == optimizer.Rate));
    }
}
