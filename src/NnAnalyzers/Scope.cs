using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers;

/// <summary>What code at a place can name.</summary>
internal static class Scope
{
    /// <summary>The local, field or property that is given what is made; null where it is given to nothing that has a name.</summary>
    public static ISymbol? HolderOf(IOperation creation)
    {
        var parent = creation.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation) parent = parent.Parent;
        return parent switch
        {
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declared } => declared.Symbol,
            IFieldInitializerOperation { InitializedFields: [var field] } => field,
            ISimpleAssignmentOperation assigned => Named(assigned.Target),
            _ => null,
        };
    }

    /// <summary>
    /// How code at a place, or behind its creation, calls an optimizer whose state can be saved: that is a method of the concrete ones.
    /// </summary>
    public static string? OptimizerAt(Event creation, SyntaxNode place) =>
        HolderOf(creation.Operation) is { } holder && TypeOf(holder)?.Name is not (null or "Optimizer")
        && (place == creation.Statement || IsKnownAt(holder, place)) ? holder.Name : null;

    /// <summary>
    /// A variable that holds one of these tensors outside the loops around what the last of them goes into, as it can be named there; the
    /// last one of them. Null where there is none.
    /// </summary>
    /// <param name="way">Each made of the one before.</param>
    /// <param name="applied">The step that applies a network to the last.</param>
    public static (Step Tensor, ILocalSymbol Variable, StatementSyntax Declared)? VariableOf(IReadOnlyList<Step> way, Step applied)
    {
        var place = applied.Syntax!;
        for (var i = way.Count - 1; i >= 0; i--)
            foreach (var symbol in new[] { (i + 1 < way.Count ? way[i + 1] : applied).Operation is { } use ? OperandOf(use) : null,
                way[i].Operation is { } creation ? HolderOf(creation) : null })
                if (symbol is ILocalSymbol { IsConst: false, Type.Name: "Tensor", DeclaringSyntaxReferences: [var reference] } local
                    && IsKnownAt(local, place) && reference.GetSyntax() is var declared && LastSet(local, declared) is { } statement
                    && !declared.Ancestors().Any(a => IsLoop(a) && a.Span.Contains(place.Span))) return (way[i], local, statement);
        return null;

        static bool IsLoop(SyntaxNode node) =>
            node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax;
    }

    /// <summary>The statement from which on a variable has its value; null where that depends.</summary>
    private static StatementSyntax? LastSet(ILocalSymbol local, SyntaxNode declared)
    {
        if (declared.FirstAncestorOrSelf<StatementSyntax>() is not { } first || Edit.BlockOf(first) is not { } block) return null;
        var last = block.DescendantNodes().OfType<AssignmentExpressionSyntax>().LastOrDefault(a => a.Left.DescendantNodesAndSelf()
            .OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == local.Name))?.Parent as SyntaxNode ?? first;
        return last is LocalDeclarationStatementSyntax or ExpressionStatementSyntax && Edit.BlockOf((StatementSyntax)last) == block
            ? (StatementSyntax)last : null;
    }

    /// <summary>What an operation works on, where that has a name.</summary>
    private static ISymbol? OperandOf(IOperation use) => use switch
    {
        IInvocationOperation { Instance: { } on, Arguments: var given } call => call.TargetMethod.ContainingType.Name == "Tensor" ? Held(on)
            : given.Select(a => Held(a.Value)).FirstOrDefault(s => s is not null),
        IInvocationOperation { Arguments: var given } => given.Select(a => Held(a.Value)).FirstOrDefault(s => s is not null),
        IPropertyReferenceOperation { Instance: { } on } => Held(on),
        _ => null,
    };

    private static ISymbol? Held(IOperation operation) => Named(Argument.Bare(operation));

    private static ISymbol? Named(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } field => field.Field,
        IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation } property => property.Property,
        _ => null,
    };

    private static ITypeSymbol? TypeOf(ISymbol holder) => holder switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    /// <summary>Whether a name that means a symbol where it is declared means it at a place too, and has its value there.</summary>
    public static bool IsKnownAt(ISymbol symbol, SyntaxNode place)
    {
        if (symbol is IFieldSymbol or IPropertySymbol)
            return place.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type && symbol.ContainingType.DeclaringSyntaxReferences
                .Any(r => r.SyntaxTree == type.SyntaxTree && r.Span == type.Span)
                && (symbol.IsStatic || place.FirstAncestorOrSelf<MemberDeclarationSyntax>(m => m is not GlobalStatementSyntax)?.Modifiers
                .Any(SyntaxKind.StaticKeyword) == false);
        if (symbol.DeclaringSyntaxReferences is not [var reference] || reference.SyntaxTree != place.SyntaxTree) return false;
        var declared = reference.GetSyntax();
        if (symbol is IParameterSymbol) return declared.Parent?.Parent?.Contains(place) == true;
        var scope = declared.FirstAncestorOrSelf<SyntaxNode>(n => n is BlockSyntax or CompilationUnitSyntax or ForEachStatementSyntax
            or ForStatementSyntax or SwitchSectionSyntax);
        return scope?.Contains(place) == true && declared.SpanStart < place.SpanStart;
    }

    /// <summary>The local, parameter, field or property that an operation reads or writes; null for anything else.</summary>
    public static ISymbol? SymbolOf(IOperation operation) =>
        Held(operation is IArgumentOperation argument ? argument.Value : operation);

    /// <summary>The assignment that an operation is, or whose value it gives; null if there is none.</summary>
    public static IAssignmentOperation? AssignmentOf(IOperation? value) => value switch
    {
        ICompoundAssignmentOperation compound => compound,
        { Parent: IConversionOperation { Parent: ISimpleAssignmentOperation converted } } => converted,
        { Parent: ISimpleAssignmentOperation plain } => plain,
        _ => null,
    };

    /// <summary>Whether an expression has the same value in every turn of a loop, as far as its text tells.</summary>
    public static bool IsSameOutside(IOperation expression, IOperation loop)
    {
        var assigned = Reading.Assigned.In(loop.Syntax);
        return expression.Descendants().All(o => o switch
        {
            ILocalReferenceOperation local => !assigned.Contains(local.Local.Name)
                && local.Local.DeclaringSyntaxReferences.All(r => !loop.Syntax.Span.Contains(r.Span)),
            IMemberReferenceOperation member => !assigned.Contains(member.Member.Name),
            _ => true,
        });
    }

    /// <summary>Whether what an expression gives is put into a local that nothing reads.</summary>
    public static bool IsNeverRead(IOperation expression) =>
        HolderOf(expression) is ILocalSymbol { DeclaringSyntaxReferences: [var reference] } local
        && CodeOf(reference.GetSyntax()) is { } code
        && !code.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == local.Name
            && !(n.Parent is AssignmentExpressionSyntax set && set.IsKind(SyntaxKind.SimpleAssignmentExpression) && set.Left == n));
    /// <summary>
    /// The only assignment of a variable in a loop, with the value where one is written for this variable alone; null if there are several.
    /// </summary>
    public static (ExpressionSyntax Place, ExpressionSyntax? Value)? LastAssignment(ISymbol variable, SyntaxNode loop)
    {
        bool Is(ExpressionSyntax target) =>
            (target is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: var own } ? own : target) is SimpleNameSyntax
            name && name.Identifier.ValueText == variable.Name;
        return loop.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(a => Is(a.Left)
            || a.Left is TupleExpressionSyntax several && several.Arguments.Any(t => Is(t.Expression))).ToList() is not [var only] ? null
            : only.Left is not TupleExpressionSyntax parts ? (only, only.Right)
            : only.Right is TupleExpressionSyntax values && values.Arguments.Count == parts.Arguments.Count
            ? (only, values.Arguments[parts.Arguments.TakeWhile(t => !Is(t.Expression)).Count()].Expression) : (only, null);
    }

    /// <summary>Whether two places are in one method, lambda or local function.</summary>
    public static bool IsSameCode(SyntaxNode a, SyntaxNode b) => a.SyntaxTree == b.SyntaxTree && CodeOf(a) == CodeOf(b);

    private static SyntaxNode? CodeOf(SyntaxNode place) => place.FirstAncestorOrSelf<SyntaxNode>(n =>
        n is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax
        or CompilationUnitSyntax);

    /// <summary>
    /// The prediction as it is written in the logarithm of a cross-entropy, and the target in the product; null where they have no names.
    /// </summary>
    public static (string Prediction, string Target)? NamesIn(WrittenEntropy entropy)
    {
        var (prediction, isMore) = (Edit.Operand(entropy.Log), true);
        while (isMore)
            (prediction, isMore) = prediction switch
            {
                ParenthesizedExpressionSyntax { Expression: var inner } => (inner, true),
                BinaryExpressionSyntax { Left: var left, Right: LiteralExpressionSyntax } => (left, true),
                InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var on,
                    Name.Identifier.Text: "clamp" or "clamp_min" or "clip" } } => (on, true),
                _ => (prediction, false),
            };
        return prediction is IdentifierNameSyntax && entropy.Product.Syntax is BinaryExpressionSyntax product
            && (product.Left.Span.Contains(entropy.Log.Syntax!.Span) ? product.Right : product.Left) is IdentifierNameSyntax target
            ? (prediction.ToString(), target.ToString()) : null;
    }

    /// <summary>How code at the place of an operation names the class of functions of TorchSharp, with a dot.</summary>
    public static string FunctionsAt(IOperation operation) => PartAt(operation, "functional");

    /// <summary>How it names a class within torch.nn, with a dot.</summary>
    public static string PartAt(IOperation operation, string part) =>
        Sees(operation, part, "nn") ? part + "." : $"TorchSharp.torch.nn.{part}.";

    /// <summary>How it names <c>torch</c>, with a dot.</summary>
    public static string TorchAt(IOperation operation) => Sees(operation, "torch", null) ? "torch." : "TorchSharp.torch.";

    private static bool Sees(IOperation operation, string type, string? within) => operation.SemanticModel?
        .LookupNamespacesAndTypes(operation.Syntax.SpanStart, name: type).Any(n => n.ContainingType?.Name == within) == true;

    /// <summary>The text of an expression, if it does nothing and gives at a place what it gives where it is written; else null.</summary>
    public static string? TextAt(IOperation expression, SyntaxNode place)
    {
        var bare = Argument.Bare(expression is IArgumentOperation argument ? argument.Value : expression);
        return bare.DescendantsAndSelf().All(o => o switch
        {
            ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation =>
                Named(o) is not { } symbol ? o is not (ILocalReferenceOperation or IParameterReferenceOperation)
                : !symbol.Locations.Any(l => l.IsInSource) || IsKnownAt(symbol, place),
            IInvocationOperation call => call.TargetMethod is { IsStatic: true, ContainingType.Name: "Path" } or
                { IsStatic: true, ContainingType.Name: "transforms" },
            IArrayCreationOperation or IArrayInitializerOperation => true,
            ILiteralOperation or IDefaultValueOperation or IArgumentOperation or IConversionOperation or IParenthesizedOperation
                or IInstanceReferenceOperation or IBinaryOperation or IInterpolatedStringOperation or IInterpolatedStringTextOperation
                or IInterpolationOperation => true,
            _ => false,
        }) ? bare.Syntax.ToString() : null;
    }

    /// <summary>
    /// The statement of a method that applies a network, with the loops and scopes around that nothing in between trains or leaves, and
    /// what the code calls the network there; null where it has no name there.
    /// </summary>
    /// <param name="trains">Whether something goes backward in a loop.</param>
    /// <param name="within">The loop to stay in; null for any.</param>
    public static (StatementSyntax Whole, string Model)? PlaceOf(Event applied, Func<Loop, bool> trains, SyntaxNode? within = null)
    {
        if (applied.Operation is not IInvocationOperation { Instance: { } on } call || applied.Statement is not { } whole
            || on.Type?.TypeKind != TypeKind.Class || NameOf(on) is not var (name, symbol)) return null;
        if (applied.Operation.Syntax.Ancestors().TakeWhile(a => a != whole).Any(a => a is LambdaExpressionSyntax)) return null;
        while (true)
        {
            var outer = whole.Parent is BlockSyntax { Parent: StatementSyntax around } && !(around is BlockSyntax or IfStatementSyntax
                or TryStatementSyntax) ? around : whole.Parent as StatementSyntax;
            if (outer is null or BlockSyntax || outer == within || outer is LocalFunctionStatementSyntax
                || symbol is not null && !IsKnownAt(symbol, outer)
                || applied.Loops.Any(l => l.Operation.Syntax == outer && within is null && trains(l))) break;
            whole = outer;
        }
        return (whole, name);
    }

    private static (string Name, ISymbol? Symbol)? NameOf(IOperation on) => on switch
    {
        IInstanceReferenceOperation => on.IsImplicit ? ("", null) : ("this.", null),
        ILocalReferenceOperation local => (local.Syntax + ".", local.Local),
        IParameterReferenceOperation parameter => (parameter.Syntax + ".", null),
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } or
            IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation } => (on.Syntax + ".", null),
        _ => null,
    };

    /// <summary>Whether somebody takes care of tensors in a loop, or in the method that applies a network there.</summary>
    public static bool DisposesIn(Loop loop, Event applied) =>
        new[] { loop.Operation.Syntax, applied.Operation.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>(m => m is
            BaseMethodDeclarationSyntax) }.OfType<SyntaxNode>().SelectMany(n => n.DescendantNodes()).Any(n => n switch
            {
                UsingStatementSyntax opened => !IsGradientSwitch(opened.Declaration ?? (SyntaxNode?)opened.Expression),
                LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } opened => loop.Operation.Syntax.Span.Contains(opened.Span)
                    && !IsGradientSwitch(opened.Declaration),
                IdentifierNameSyntax { Identifier.ValueText: var name } => name is "Dispose" or "DisposeEverything" or "Collect",
                _ => false,
            });

    private static bool IsGradientSwitch(SyntaxNode? opened) =>
        opened?.DescendantTokens().Any(t => Effects.Gradients(t.ValueText) is not null) == true;

    /// <summary>Whether a tensor that a loop makes may be of use after its turn: kept by something made outside, or returned.</summary>
    public static bool LetsOut(Loop loop) => loop.Operation is not ILoopOperation { Body: { Syntax: var body } turn }
        || turn.Descendants().Any(o => o switch
        {
            IAssignmentOperation set => set.Target.DescendantsAndSelf().Any(t => HoldsTensors(t.Type) && !IsMadeIn(t, body)
                && t is not (IInvocationOperation or IDiscardOperation or ITupleOperation or IDeclarationExpressionOperation)),
            IReturnOperation { ReturnedValue: { } value } => HoldsTensors(value.Type),
            IInvocationOperation { Instance: { } on } call => call.Arguments.Any(a => HoldsTensors(a.Value.Type))
                && on.Type is { } type && !IsTorch(type) && !IsMadeIn(on, body) && !IsModule(type),
            _ => false,
        });

    private static bool IsMadeIn(IOperation operation, SyntaxNode body) => operation switch
    {
        ILocalReferenceOperation { Local.DeclaringSyntaxReferences: [var declared] } => body.Span.Contains(declared.Span),
        IPropertyReferenceOperation { Instance: { } on } => IsMadeIn(on, body),
        IArrayElementReferenceOperation { ArrayReference: var on } => IsMadeIn(on, body),
        IConversionOperation { Operand: var on } => IsMadeIn(on, body),
        _ => false,
    };

    private static bool IsTorch(ITypeSymbol type) => type.ContainingNamespace?.ToString().StartsWith("TorchSharp", StringComparison.Ordinal)
        == true;

    private static bool IsModule(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
            if (type.Name == "Module" && IsTorch(type)) return true;
        return false;
    }

    private static bool HoldsTensors(ITypeSymbol? type) => type switch
    {
        { Name: "Tensor" } => IsTorch(type),
        IArrayTypeSymbol array => HoldsTensors(array.ElementType),
        INamedTypeSymbol { TypeArguments: var parts } => parts.Any(HoldsTensors),
        _ => false,
    };

    /// <summary>Where a field or property is declared; null for anything else.</summary>
    public static SyntaxNode? DeclarationOf(ISymbol field) => field.DeclaringSyntaxReferences is [var only]
        && only.GetSyntax() is VariableDeclaratorSyntax or PropertyDeclarationSyntax ? only.GetSyntax() : null;

    /// <summary>
    /// Whether what is made is kept for later, or more is done with it than to call it: its mode is switched, its weights are set.
    /// </summary>
    public static bool IsKeptOrChanged(IOperation creation)
    {
        var (parent, at) = (creation.Parent, creation);
        for (; parent is IConversionOperation or IParenthesizedOperation or IArrayInitializerOperation or IArrayCreationOperation
            or ITupleOperation; parent = parent.Parent) at = parent;
        if (parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Sequential" } whole })
            return IsKeptOrChanged(whole);
        if (parent is IInvocationOperation { TargetMethod.Name: "forward" or "call", Instance: { } on }) return on != at;
        return HolderOf(creation) is not ILocalSymbol local || CodeOf(creation.Syntax) is not { } code
            || code.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == local.Name
            && !(n.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "forward" or "call" or "Dispose" } call
            && call.Expression == n));
    }

    /// <summary>A name that nothing has at a place.</summary>
    public static string? Free(SyntaxNode place, params IReadOnlyList<string> names) =>
        (place.FirstAncestorOrSelf<MemberDeclarationSyntax>(m => m is not GlobalStatementSyntax) ?? place.SyntaxTree.GetRoot())
        .DescendantTokens().Select(t => t.ValueText).ToList() is var taken ? names.FirstOrDefault(n => !taken.Contains(n)) : null;

    /// <summary>
    /// The variable that is given what an expression gives, where nothing reads it afterwards: it is said nowhere again, or first where it
    /// is given something else. Null where it is read, and where a loop or a function makes the order of the text say little.
    /// </summary>
    public static (string Name, bool IsOverwritten)? UnreadVariable(SyntaxNode expression)
    {
        var (name, statement) = expression.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax
                { UsingKeyword.RawKind: 0 } declared } variable } => (variable.Identifier.ValueText, (StatementSyntax)declared),
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax left, Parent: ExpressionStatementSyntax set } assignment
                when assignment.Right == expression => (left.Identifier.ValueText, set),
            _ => default,
        };
        if (name is null or "" || name[0] == '_' || statement.FirstAncestorOrSelf<BaseMethodDeclarationSyntax>() is not { } method
            || method.DescendantNodes().Any(n => n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)
            || statement.Ancestors().TakeWhile(a => a != method).Any(a => a is not BlockSyntax)
            // A field, or what is handed back, is read elsewhere.
            || !method.DescendantNodes().Any(n => n is VariableDeclaratorSyntax { Identifier.ValueText: var own } && own == name
                || n is ParameterSyntax { Identifier.ValueText: var given, Modifiers.Count: 0 } && given == name)) return null;
        var next = method.DescendantNodes().OfType<IdentifierNameSyntax>()
            .FirstOrDefault(n => n.Identifier.ValueText == name && n.SpanStart > statement.Span.End);
        return next is null ? (name, false)
            : next.Parent is AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax again, OperatorToken.ValueText: "=" } other
                && other.Left == next && again.Parent == statement.Parent
                && !other.Right.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == name)
            ? (name, true) : null;
    }
}
