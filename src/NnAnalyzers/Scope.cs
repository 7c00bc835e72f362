using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;

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
        HolderOf(expression) is ILocalSymbol { DeclaringSyntaxReferences: [var reference] } local && CodeOf(reference.GetSyntax()) is { } code
        && !code.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == local.Name
            && !(n.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } set && set.Left == n));

    /// <summary>
    /// The only assignment of a variable in a loop, with the value where one is written for this variable alone; null if there are several.
    /// </summary>
    public static (ExpressionSyntax Place, ExpressionSyntax? Value)? LastAssignment(ISymbol variable, SyntaxNode loop)
    {
        bool Is(ExpressionSyntax target) => target is IdentifierNameSyntax name && name.Identifier.ValueText == variable.Name
            || target is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: var own } && own.Identifier.ValueText == variable.Name;
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
    public static string FunctionsAt(IOperation operation)
    {
        var names = operation.SemanticModel?.LookupNamespacesAndTypes(operation.Syntax.SpanStart, name: "functional");
        return names?.Any(n => n.ContainingType?.Name == "nn") == true ? "functional." : "TorchSharp.torch.nn.functional.";
    }

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
}
