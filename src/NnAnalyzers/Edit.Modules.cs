using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers;

/// <summary>The words about how module classes keep and register their layers.</summary>
internal sealed partial record Edit
{
    /// <summary>The constructors of a class that run its own code and not another of its constructors first.</summary>
    public static IEnumerable<ConstructorDeclarationSyntax> ConstructorsOf(INamedTypeSymbol type) => type.InstanceConstructors
        .SelectMany(c => c.DeclaringSyntaxReferences).Select(r => r.GetSyntax()).OfType<ConstructorDeclarationSyntax>()
        .Where(c => c.Initializer?.IsKind(SyntaxKind.ThisConstructorInitializer) != true);

    private static bool HasPrimaryConstructor(INamedTypeSymbol type) =>
        type.InstanceConstructors.Any(c => c.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is TypeDeclarationSyntax));

    /// <summary>Registers the layers of a module at the end of its constructors; null where it has none that is written.</summary>
    public static IEnumerable<Edit>? Register(INamedTypeSymbol type) =>
        HasPrimaryConstructor(type) || ConstructorsOf(type).ToList() is not { Count: > 0 } all ? null
        : All(all.Select(c => LastIn(c, Effects.RegisterAll + "();")));

    /// <summary>
    /// Moves the call that registers to the end of its constructor; null where it stands elsewhere or others follow that one.
    /// </summary>
    public static IEnumerable<Edit>? MoveToEnd(SyntaxNode call, INamedTypeSymbol type) =>
        call.Parent is ExpressionStatementSyntax { Parent: BlockSyntax { Parent: ConstructorDeclarationSyntax constructor } } statement
        && constructor.Body!.Statements.Last() != statement && type.InstanceConstructors.SelectMany(c => c.DeclaringSyntaxReferences)
            .All(r => r.GetSyntax() is ConstructorDeclarationSyntax { Initializer: var first }
                && first?.IsKind(SyntaxKind.ThisConstructorInitializer) != true)
        && LastIn(constructor, statement.ToString()) is { } added && Delete(statement) is { } deleted ? [.. deleted, .. added] : null;

    /// <summary>
    /// Registers fields one by one at the end of the only constructor; null where one is not a layer in a field of its own.
    /// </summary>
    public static IEnumerable<Edit>? RegisterByName(IEnumerable<(ISymbol Field, string Path, Value Part)> late, INamedTypeSymbol type)
    {
        var parts = late.ToList();
        if (ConstructorsOf(type).ToList() is not [var only] || HasPrimaryConstructor(type) || parts.Any(p => p.Path != p.Field.Name
            || p.Part is not Layer || !SymbolEqualityComparer.Default.Equals(p.Field.ContainingType, type))) return null;
        return LastIn(only, string.Join("\n", parts.Select(p => $"register_module(nameof({p.Field.Name}), {p.Field.Name});")));
    }

    /// <summary>What the code at a place calls a class of layers.</summary>
    private static string ModuleAt(SemanticModel model, int place, string name) =>
        model.LookupNamespacesAndTypes(place, name: name).OfType<INamedTypeSymbol>().Any(t => t.ContainingNamespace?.ToString()
            == "TorchSharp.Modules") ? name : "TorchSharp.Modules." + name;

    /// <summary>
    /// Makes a layer once, in a field in front of the constructors; null where what it is made with is not known there.
    /// </summary>
    /// <param name="taken">Names that other layers got so; this one's is added.</param>
    public static IEnumerable<Edit>? MakeField(IOperation? creation, INamedTypeSymbol type, List<string> taken)
    {
        if (creation is not { Syntax: ExpressionSyntax made, SemanticModel: { } model, Type: INamedTypeSymbol kind }
            || made.FirstAncestorOrSelf<ClassDeclarationSyntax>() is not { } code || !type.DeclaringSyntaxReferences.Any(r =>
                r.SyntaxTree == code.SyntaxTree && r.Span == code.Span)
            || !creation.DescendantsAndSelf().All(IsSameAnywhere)) return null;
        var holder = made.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax
            { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declared } } variable }
            ? (declared, variable.Identifier.ValueText) : default;
        var wanted = holder.ValueText ?? char.ToLowerInvariant(kind.Name[0]) + kind.Name.Substring(1);
        var said = new HashSet<string>(code.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText));
        if (holder.declared is not null && (taken.Contains(wanted) || code.DescendantNodes().Any(n => n is VariableDeclaratorSyntax v
            && v.Identifier.ValueText == wanted && v != made.Parent!.Parent || n is ParameterSyntax p && p.Identifier.ValueText == wanted)
            || type.MemberNames.Contains(wanted))) return null;
        var name = holder.declared is not null ? wanted
            : new[] { wanted }.Concat(Enumerable.Range(2, 30).Select(i => wanted + i))
                .FirstOrDefault(n => !said.Contains(n) && !taken.Contains(n));
        if (name is null) return null;
        taken.Add(name);
        var typeName = kind.ContainingNamespace?.ToString() == "TorchSharp.Modules" ? ModuleAt(model, made.SpanStart, kind.Name)
            : kind.ToMinimalDisplayString(model, code.OpenBraceToken.Span.End);
        var field = $"private readonly {typeName} {name} = {made};";
        var last = code.Members.OfType<BaseFieldDeclarationSyntax>().LastOrDefault();
        var first = code.Members[0];
        var (at, text) = last is not null ? (EndOfLine(last), NewLine(last) + Indentation(last) + field)
            : (first.SpanStart, field + NewLine(first) + NewLine(first) + Indentation(first));
        var use = holder.declared is not null ? Delete(holder.declared) : Replace(made, name);
        return use is null ? null : [new(code.SyntaxTree, new TextSpan(at, 0), text), .. use];

        static bool IsSameAnywhere(IOperation operation) => operation switch
        {
            ILocalReferenceOperation or IParameterReferenceOperation or IInstanceReferenceOperation or IAnonymousFunctionOperation => false,
            IFieldReferenceOperation field => field.Field.IsStatic || field.Field.IsConst,
            _ => true,
        };
    }

    /// <summary>The end of a declaration, with the comment that stands behind it on its line.</summary>
    private static int EndOfLine(SyntaxNode declaration)
    {
        var line = Lines(declaration.SyntaxTree).GetLineFromPosition(declaration.Span.End);
        var rest = declaration.SyntaxTree.GetText().ToString(TextSpan.FromBounds(declaration.Span.End, line.End)).Trim();
        return rest.StartsWith("//", StringComparison.Ordinal) ? line.End : declaration.Span.End;
    }

    /// <summary>
    /// Makes another object for each place in place of one for all: only where the code repeats what it makes there, fills an array with
    /// it, or makes it just before the loop that adds it and uses it nowhere else.
    /// </summary>
    public static IEnumerable<Edit>? OneEach(IOperation repeated) =>
        repeated.Syntax is not InvocationExpressionSyntax call ? null
        : call.ArgumentList.Arguments is [{ NameColon: null } first, { NameColon: null } second] ? Effects.NameOf(call) switch
        {
            "Repeat" when IsMade(first) && first.Expression is not ImplicitObjectCreationExpressionSyntax
                && call.Expression is MemberAccessExpressionSyntax { Expression: var on } && KnowsLinq(on, repeated.SemanticModel) =>
                Replace(call, $"{on}.Range(0, {second}).Select(_ => {Typed(call, first.Expression)})"),
            "Fill" when IsMade(second) && call.Parent is ExpressionStatementSyntax statement && first.Expression is IdentifierNameSyntax
                or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } && Scope.Free(call, "i", "place") is { } i =>
                Rewrite(statement, $"for (var {i} = 0; {i} < {first}.Length; {i}++) {first}[{i}] = {second};"),
            _ => IntoLoop(call),
        } : IntoLoop(call);

    private static bool IsMade(ArgumentSyntax argument) =>
        argument.Expression is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax;

    private static bool KnowsLinq(ExpressionSyntax said, SemanticModel? model) => said is IdentifierNameSyntax
        ? model?.LookupNamespacesAndTypes(said.SpanStart, name: said.ToString()).OfType<INamedTypeSymbol>().Any() == true
        : said.SyntaxTree.GetRoot().DescendantNodes().OfType<UsingDirectiveSyntax>().Any(u => u.Name?.ToString() == "System.Linq");

    /// <summary>Moves the variable that each turn of a loop adds from just before the loop into it.</summary>
    private static IEnumerable<Edit>? IntoLoop(InvocationExpressionSyntax call)
    {
        var loop = call.Ancestors().TakeWhile(a => a is not (AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax))
            .OfType<StatementSyntax>().FirstOrDefault(s => s is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax);
        if (loop is null || BlockOf(loop) is not { } block || loop.ChildNodes().LastOrDefault() is not StatementSyntax body) return null;
        var around = block.ChildNodes().Select(n => n is GlobalStatementSyntax global ? global.Statement : n).ToList();
        if (around.ElementAtOrDefault(around.IndexOf(loop) - 1) is not LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0,
                Declaration.Variables: [{ Initializer.Value: InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax } made]
                } declared) return null;
        var (name, assigned, inside) = (made.Identifier.ValueText, Reading.Assigned.In(loop), NamesDeclaredIn(loop));
        var code = loop.FirstAncestorOrSelf<MemberDeclarationSyntax>(m => m is not GlobalStatementSyntax) ?? loop.SyntaxTree.GetRoot();
        return !call.ArgumentList.DescendantTokens().Any(t => t.ValueText == name) || assigned.Contains(name)
            || code.DescendantTokens().Any(t => t.ValueText == name && t != made.Identifier && !body.Span.Contains(t.Span))
            || made.Initializer.DescendantTokens().Any(t => inside.Contains(t.ValueText) || assigned.Contains(t.ValueText))
            ? null : All([Delete(declared),
                InsertBefore(body is BlockSyntax { Statements: [var start, ..] } ? start : body, declared.ToString())]);
    }

    /// <summary>An object as the type that the code says it wants.</summary>
    private static string Typed(InvocationExpressionSyntax call, ExpressionSyntax made) =>
        call.Expression is MemberAccessExpressionSyntax { Name: GenericNameSyntax { TypeArgumentList.Arguments: [var type] } }
            ? $"({type}){made}" : made.ToString();

    /// <summary>
    /// Keeps layers in a ModuleList or ModuleDict instead of an array, a list or a dictionary; null where the code does something with them
    /// that these cannot.
    /// </summary>
    /// <param name="registration">The call that registers them, if there is one.</param>
    public static IEnumerable<Edit>? KeepInModule(ISymbol field, SyntaxNode? registration)
    {
        if (Scope.DeclarationOf(field) is not { } declaration || field.ContainingType.DeclaringSyntaxReferences.Length != 1) return null;
        var (type, value, alone) = declaration switch
        {
            VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax all } one =>
                (all.Type, one.Initializer?.Value, all.Variables.Count == 1),
            PropertyDeclarationSyntax property => (property.Type, property.Initializer?.Value, true),
            _ => default,
        };
        var isArray = type is ArrayTypeSyntax { RankSpecifiers: [{ Rank: 1 }] };
        var element = type switch
        {
            ArrayTypeSyntax { ElementType: var inner } when isArray => inner,
            GenericNameSyntax { Identifier.ValueText: "List" or "IList" or "IReadOnlyList",
                TypeArgumentList.Arguments: [var inner] } => inner,
            _ => null,
        };
        var kept = field switch
        {
            IFieldSymbol { Type: IArrayTypeSymbol { ElementType: var one } } => one,
            IPropertySymbol { Type: IArrayTypeSymbol { ElementType: var one } } => one,
            IFieldSymbol { Type: INamedTypeSymbol { TypeArguments: [var one] } } => one,
            IPropertySymbol { Type: INamedTypeSymbol { TypeArguments: [var one] } } => one,
            _ => null,
        };
        if (!alone || element is null or NullableTypeSyntax || kept?.TypeKind != TypeKind.Class
            || declaration.SyntaxTree.Options is not CSharpParseOptions { LanguageVersion: >= LanguageVersion.CSharp9 }) return null;
        var code = declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>()!;
        if (field.DeclaredAccessibility != Accessibility.Private && IsSaidOutside(code, field.Name)) return null;
        var edits = new List<IEnumerable<Edit>?>();
        var name = declaration.SyntaxTree.GetText().ToString(element.Span);
        edits.Add(Replace(type!, $"@MODULE@<{name}>"));
        if (value is not null) edits.Add(Made(value, isArray, ""));
        foreach (var use in code.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == field.Name))
        {
            ExpressionSyntax said = use.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own ? own : use;
            edits.Add(said.Parent switch
            {
                AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } set when set.Left == said =>
                    Made(set.Right, isArray, $"@MODULE@<{name}>"),
                ForEachStatementSyntax loop when loop.Expression == said => [],
                // ref all[i] is a place of an array, and a module has none.
                ElementAccessExpressionSyntax { Parent: RefExpressionSyntax or ArgumentSyntax { RefKindKeyword.RawKind: not 0 } } => null,
                ElementAccessExpressionSyntax { Parent: not AssignmentExpressionSyntax, ArgumentList.Arguments: [var index] } access
                    when access.Expression == said && index.Expression is not RangeExpressionSyntax => [],
                ElementAccessExpressionSyntax { Parent: AssignmentExpressionSyntax set } access when access.Expression == said
                    && set.Right == access => [],
                MemberAccessExpressionSyntax access when access.Expression == said => access.Name.Identifier.ValueText switch
                {
                    "Length" when isArray => Replace(access.Name, "Count"),
                    "Add" => registration is not null && registration.SpanStart < said.SpanStart ? null : [],
                    "Count" or "Contains" or "IndexOf" or "Select" or "Aggregate" or "First" or "Last" or "Skip" or "Take" or "Zip"
                        or "Any" or "All" or "ToArray" or "ToList" or "Where" => [],
                    _ => null,
                },
                _ => null,
            });
        }
        return All(edits) is not { } done ? null : done.Select(e => e with { Text = e.Text.Replace("@MODULE@", Kind(code)) }).ToList();

        string Kind(TypeDeclarationSyntax at) => at.SyntaxTree.GetRoot().DescendantNodes().OfType<UsingDirectiveSyntax>()
            .Any(u => u.StaticKeyword == default && u.Alias is null && u.Name?.ToString() == "TorchSharp.Modules") ? "ModuleList"
            : "TorchSharp.Modules.ModuleList";

        static bool IsSaidOutside(TypeDeclarationSyntax code, string name) => code.SyntaxTree.GetRoot().DescendantTokens().Any(t =>
            t.ValueText == name && !code.Span.Contains(t.Span));

        // What is made in its place; the list that an expression gives becomes one of a module.
        static IEnumerable<Edit>? Made(ExpressionSyntax value, bool isArray, string type) => value switch
        {
            ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 0 } when !isArray => [],
            ObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 } } list when !isArray =>
                Replace(list.Type, type.Length > 0 ? type : "@MODULE@" + list.Type.ToString().Substring(list.Type.ToString().IndexOf('<'))),
            CollectionExpressionSyntax { Elements: [] } => Replace(value, $"new{(type.Length > 0 ? " " + type : "")}()"),
            CollectionExpressionSyntax { Elements: var all } list when all.All(e => e is ExpressionElementSyntax) =>
                [new(list.SyntaxTree, list.OpenBracketToken.Span, $"new{(type.Length > 0 ? " " + type : "")}("),
                    new(list.SyntaxTree, list.CloseBracketToken.Span, ")")],
            ImplicitArrayCreationExpressionSyntax { Initializer: var all } => Listed(value, all, type),
            ArrayCreationExpressionSyntax { Initializer: { } all } => Listed(value, all, type),
            InitializerExpressionSyntax all => Listed(value, all, type),
            InvocationExpressionSyntax call when isArray && Effects.NameOf(call) == "ToArray" =>
                [new(value.SyntaxTree, new TextSpan(value.SpanStart, 0), $"new{(type.Length > 0 ? " " + type : "")}("),
                    new(value.SyntaxTree, new TextSpan(value.Span.End, 0), ")")],
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: { } last } } call
                when Effects.NameOf(call) == "ToList" =>
                [new(value.SyntaxTree, new TextSpan(value.SpanStart, 0), $"new{(type.Length > 0 ? " " + type : "")}("),
                    new(value.SyntaxTree, last.Span, "ToArray"), new(value.SyntaxTree, new TextSpan(value.Span.End, 0), ")")],
            _ => null,
        };

        static IEnumerable<Edit>? Listed(ExpressionSyntax whole, InitializerExpressionSyntax all, string type)
        {
            var end = all.Expressions.SeparatorCount == all.Expressions.Count && all.Expressions.Count > 0
                ? all.Expressions.GetSeparator(all.Expressions.Count - 1).SpanStart : all.CloseBraceToken.SpanStart;
            var text = whole.SyntaxTree.GetText();
            var (from, to) = (all.OpenBraceToken.Span.End, end);
            while (from < to && text[from] == ' ') from++;
            while (to > from && text[to - 1] == ' ') to--;
            return [new(whole.SyntaxTree, TextSpan.FromBounds(whole.SpanStart, from), $"new{(type.Length > 0 ? " " + type : "")}("),
                new(whole.SyntaxTree, TextSpan.FromBounds(to, whole.Span.End), ")")];
        }
    }
}
