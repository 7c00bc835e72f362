using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Tool.Formats;

namespace NnAnalyzers.Tool.Sources;

/// <summary>
/// The cells of a notebook, or a script with what it loads, as one program: directives, then statements in the order of the cells, then
/// types. Every part stands in the program as it stands in its cell, so what is found there and changed there is found and changed in the
/// cell.
/// </summary>
internal sealed class Script
{
    private sealed record Part(int Start, int Length, Notebook File, Cell Cell, int InCell);

    private static readonly ConcurrentDictionary<string, Script> Opened = new(StringComparer.Ordinal);
    private static readonly CSharpParseOptions Parse = new(LanguageVersion.Preview, kind: SourceCodeKind.Script);

    private readonly StringBuilder _program = new();
    private readonly List<Part> _parts = [];
    private readonly List<Notebook> _files = [];
    private readonly List<string> _packages = [], _sources = [], _assemblies = [];

    public string FilePath { get; }

    /// <summary>The name its program has, so that lines of an .editorconfig for C# count for it.</summary>
    public string ProgramPath => FilePath + ".cs";

    public SourceText Program { get; }

    /// <summary>What <c>#r "nuget: .."</c> names, as name and version; the version is * where none is given.</summary>
    public IEnumerable<(string Name, string Version)> Packages => _packages.Select(p => p.Split(',', StringSplitOptions.TrimEntries))
        .Select(p => (p[0], p.Length > 1 && p[1].Length > 0 ? p[1] : "*"));

    /// <summary>Where packages come from besides the usual places (<c>#i "nuget: .."</c>).</summary>
    public IReadOnlyList<string> PackageSources => _sources;

    /// <summary>Files of assemblies (<c>#r "..dll"</c>).</summary>
    public IReadOnlyList<string> Assemblies => _assemblies;

    public IEnumerable<string> Files => _files.Select(f => f.Path);

    /// <summary>Whether it may: packages are not restored for a script that no rule is about.</summary>
    public bool UsesTorchSharp => _files.Any(f => f.Text.ToString().Contains("TorchSharp", StringComparison.OrdinalIgnoreCase));

    public bool IsEmpty => _parts.Count == 0;

    /// <param name="skipped">Told what it loads that cannot be read.</param>
    public static Script Read(string path, List<string> skipped)
    {
        var script = new Script(path, skipped);
        Opened[script.ProgramPath] = script;
        return script;
    }

    private Script(string path, List<string> skipped)
    {
        FilePath = path;
        var cells = new List<(Notebook File, Cell Cell, CompilationUnitSyntax Unit, string Code)>();
        void Read(Notebook file)
        {
            _files.Add(file);
            foreach (var cell in file.Cells)
            {
                var directives = new List<string>();
                var code = Notebook.Code(cell, directives);
                foreach (var directive in directives) Take(directive, file.Path);
                cells.Add((file, cell, SyntaxFactory.ParseCompilationUnit(code, options: Parse), code));
            }
        }
        void Take(string directive, string from)
        {
            var what = directive.Split('"') is [_, var quoted, ..] ? quoted : directive.Split(' ', 2)[^1];
            var file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from)!, what));
            if (what.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase))
                (directive.StartsWith("#i", StringComparison.Ordinal) ? _sources : _packages).Add(what["nuget:".Length..].Trim());
            else if (directive.StartsWith("#load", StringComparison.Ordinal))
            {
                if (InputFile.Trouble(file, InputFile.MostOfSource) is { } trouble) skipped.Add($"{from}: {directive}: {trouble}");
                else if (_files.All(f => f.Path != file)) Read(Notebook.Read(file));
            }
            else if (directive.StartsWith("#r", StringComparison.Ordinal) && File.Exists(file)) _assemblies.Add(file);
        }
        Read(Notebook.Read(path));

        void Copy(Notebook file, Cell cell, TextSpan span, string code)
        {
            if (span.IsEmpty) return;
            _parts.Add(new(_program.Length, span.Length, file, cell, span.Start));
            _program.Append(code, span.Start, span.Length);
        }
        foreach (var (file, cell, unit, code) in cells)
            foreach (var directive in unit.Usings) Copy(file, cell, directive.FullSpan, code);
        // In a script extensions are called by their name, too.
        var extensions = cells.SelectMany(c => c.Unit.Members.OfType<MethodDeclarationSyntax>().Where(IsExtension)).ToList();
        for (var i = 0; i < extensions.Count; i++) _program.Append(CultureInfo.InvariantCulture, $"\nusing static Extensions{i};\n");
        var (names, braces) = (new HashSet<string>(StringComparer.Ordinal), 0);
        var types = new List<(Notebook File, Cell Cell, MemberDeclarationSyntax Member, string Code)>();
        foreach (var (file, cell, unit, code) in cells)
        {
            foreach (var member in unit.Members)
            {
                if (Statement(member) is not { } statement)
                {
                    types.Add((file, cell, member, code));
                    continue;
                }
                // A name that is declared again hides the one before, as it does in a notebook.
                if (statement.Names.Any(names.Contains))
                {
                    _program.Append("\n{\n");
                    braces++;
                }
                names.UnionWith(statement.Names);
                var (begin, isShown) = (member.SpanStart, IsShown(member));
                Copy(file, cell, TextSpan.FromBounds(member.FullSpan.Start, begin), code);
                if (isShown) _program.Append("System.Console.WriteLine(");
                Copy(file, cell, TextSpan.FromBounds(statement.Start, member.FullSpan.End), code);
                _program.Append(isShown ? "\n);\n" : member.GetLastToken(includeZeroWidth: true).IsMissing ? "\n;\n" : "");
            }
            Copy(file, cell, unit.EndOfFileToken.FullSpan, code);
            _program.Append('\n');
        }
        _program.Append('}', braces).Append('\n');
        foreach (var (at, (file, cell, member, code)) in types.Index())
        {
            // The last class of a name is the one that counts; the ones before are read apart. Extensions need a class around them.
            var around = member is MethodDeclarationSyntax method ? $"static class Extensions{extensions.IndexOf(method)} {{\n"
                : types.Skip(at + 1).Any(t => NameOf(t.Member) == NameOf(member)) ? $"namespace Before{at} {{\n" : "";
            _program.Append(around);
            Copy(file, cell, member.FullSpan, code);
            if (around.Length > 0) _program.Append("\n}\n");
        }
        Program = SourceText.From(_program.ToString(), Encoding.UTF8);
    }

    /// <summary>From where on a member is a statement of the program, and the names it declares; null for a type.</summary>
    private static (int Start, IReadOnlyList<string> Names)? Statement(MemberDeclarationSyntax member) => member switch
    {
        GlobalStatementSyntax global => (member.SpanStart, Declared(global.Statement)),
        // What a script declares at its top lives as long as the script, whoever may see it.
        FieldDeclarationSyntax { Declaration: var declaration } field => (
            field.Modifiers.Any(SyntaxKind.ConstKeyword) ? member.SpanStart : declaration.SpanStart,
            declaration.Variables.Select(v => v.Identifier.Text).ToList()),
        MethodDeclarationSyntax method when !IsExtension(method) => (
            method.Modifiers.Where(m => m.IsKind(SyntaxKind.AsyncKeyword)).Select(m => m.SpanStart).Append(method.ReturnType.SpanStart)
                .First(),
            [method.Identifier.Text]),
        MethodDeclarationSyntax or BaseTypeDeclarationSyntax or DelegateDeclarationSyntax or BaseNamespaceDeclarationSyntax => null,
        _ => (member.SpanStart, []),
    };

    private static bool IsExtension(MethodDeclarationSyntax method) =>
        method.ParameterList.Parameters.FirstOrDefault()?.Modifiers.Any(SyntaxKind.ThisKeyword) == true;

    private static List<string> Declared(StatementSyntax statement) => statement switch
    {
        LocalDeclarationStatementSyntax local => local.Declaration.Variables.Select(v => v.Identifier.Text).ToList(),
        LocalFunctionStatementSyntax function => [function.Identifier.Text],
        ExpressionStatementSyntax expression => expression.DescendantNodes(n => n is not AnonymousFunctionExpressionSyntax)
            .OfType<SingleVariableDesignationSyntax>().Select(d => d.Identifier.Text).ToList(),
        _ => [],
    };

    /// <summary>The last line of a cell is a value to be shown.</summary>
    private static bool IsShown(MemberDeclarationSyntax member) =>
        member is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true, Expression: var value } }
        && value is not (InvocationExpressionSyntax or AssignmentExpressionSyntax or AwaitExpressionSyntax
            or BaseObjectCreationExpressionSyntax or PostfixUnaryExpressionSyntax
            or PrefixUnaryExpressionSyntax { OperatorToken.RawKind: (int)SyntaxKind.PlusPlusToken or (int)SyntaxKind.MinusMinusToken });

    private static string? NameOf(MemberDeclarationSyntax member) => member switch
    {
        TypeDeclarationSyntax type => $"{type.Identifier.Text}`{type.TypeParameterList?.Parameters.Count ?? 0}",
        BaseTypeDeclarationSyntax type => type.Identifier.Text + "`0",
        DelegateDeclarationSyntax type => $"{type.Identifier.Text}`{type.TypeParameterList?.Parameters.Count ?? 0}",
        _ => null,
    };

    /// <summary>The script that a program was made of.</summary>
    public static Script? Of(string? program) => program is not null && Opened.TryGetValue(program, out var script) ? script : null;

    /// <summary>Where something of the program stands: its file, with its cell, and the place there.</summary>
    public FileLinePositionSpan Place(TextSpan span) => PartAt(span) is not { } part ? new(FilePath, default)
        : new(part.Cell.Number == 0 ? part.File.Path : $"{part.File.Path} cell {part.Cell.Number}",
            part.Cell.Text.Lines.GetLinePositionSpan(InCell(part, span)));

    /// <summary>A place in the file itself, as other tools read it; any other place as it is.</summary>
    public static Location InFile(Location place)
    {
        if (Of(place.SourceTree?.FilePath) is not { } script || script.PartAt(place.SourceSpan) is not { } part) return place;
        var span = InCell(part, place.SourceSpan);
        int At(int i) => i < part.Cell.Glyphs.Count ? part.Cell.Glyphs[i].At : part.Cell.InFile.End;
        var file = TextSpan.FromBounds(At(span.Start), span.IsEmpty ? At(span.Start) : At(span.End - 1)
            + part.Cell.Glyphs[span.End - 1].Written.Length);
        return Location.Create(part.File.Path, file, part.File.Text.Lines.GetLinePositionSpan(file));
    }

    /// <summary>What is found, at its places in the file; the fix is for the program, so it is left out.</summary>
    public static Entry InFile(Entry entry) => Of(entry.Place.SourceTree?.FilePath) is null ? entry : entry with
    {
        Place = InFile(entry.Place), Related = entry.Related.Select(r => (r.What, InFile(r.Place))).ToList(), Finding = null,
    };

    /// <summary>Whether all that a fix changes stands in cells.</summary>
    public static bool Fits(Diagnostic finding)
    {
        if (Of(finding.Location.SourceTree?.FilePath) is not { } script) return true;
        var parts = script.PartsIn(finding.Location.SourceTree!.GetText());
        return FixProperties.Read(finding.Properties)
            .All(e => e.Path == script.ProgramPath && parts.Any(p => p.Start <= e.Span.Start && e.Span.End <= p.Start + p.Length));
    }

    /// <summary>Where the parts are after changes to them.</summary>
    private List<Part> PartsIn(SourceText text)
    {
        var parts = _parts.ToList();
        foreach (var change in text.GetTextChanges(Program).Reverse())
        {
            var at = PartAt(change.Span) is { } changed ? _parts.IndexOf(changed) : -1;
            var more = change.NewText!.Length - change.Span.Length;
            for (var i = Math.Max(at, 0); i < parts.Count; i++)
                if (i == at) parts[i] = parts[i] with { Length = parts[i].Length + more };
                else if (_parts[i].Start >= change.Span.End) parts[i] = parts[i] with { Start = parts[i].Start + more };
        }
        return parts;
    }

    private Part? PartAt(TextSpan span) => _parts.FirstOrDefault(p => p.Start <= span.Start && span.Start < p.Start + p.Length)
        ?? _parts.FirstOrDefault(p => p.Start <= span.Start && span.Start <= p.Start + p.Length);

    private static TextSpan InCell(Part part, TextSpan span) => TextSpan.FromBounds(span.Start - part.Start + part.InCell,
        Math.Min(span.End - part.Start, part.Length) + part.InCell);

    /// <summary>The files that a change of the program changes.</summary>
    /// <exception cref="ToolException">It changes what stands between cells.</exception>
    public IEnumerable<(string Path, SourceText Old, SourceText New)> Changes(SourceText fresh)
    {
        var found = new List<(Part Part, TextChange Change)>();
        foreach (var change in fresh.GetTextChanges(Program))
            found.Add(PartAt(change.Span) is { } part && change.Span.End <= part.Start + part.Length
                ? (part, new TextChange(InCell(part, change.Span), change.NewText!))
                : throw new ToolException($"{FilePath}: the fixes reach over several cells: apply them one rule at a time (--rule)"));
        foreach (var file in found.GroupBy(f => f.Part.File))
            yield return (file.Key.Path, file.Key.Text, file.Key.With(file.GroupBy(f => f.Part.Cell)
                .Select(c => (c.Key, (IReadOnlyList<TextChange>)c.Select(f => f.Change).ToList()))));
    }
}
