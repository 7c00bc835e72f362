using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers;

/// <summary>
/// One replacement of text, and the vocabulary fixes are written in. Each word answers null when the code has a form
/// it cannot change safely; the finding then comes without a fix.
/// </summary>
internal sealed partial record Edit(SyntaxTree Tree, TextSpan Span, string Text)
{
    /// <summary>Puts text in the place of some code; comments in that code which the text does not have go in front.</summary>
    public static IEnumerable<Edit> Replace(SyntaxNode node, string text)
    {
        var comments =
            node.DescendantTrivia()
            .Where(t => t.Kind() is SyntaxKind.MultiLineCommentTrivia or SyntaxKind.SingleLineCommentTrivia && node.Span.Contains(t.Span)
            && !text.Contains(t.ToString()))
            .Select(t => t + (t.IsKind(SyntaxKind.SingleLineCommentTrivia) ? NewLine(node) + Indentation(node) : " "));
        return [new(node.SyntaxTree, node.Span, string.Concat(comments) + text)];
    }

    /// <summary>Takes an operation out of the data flow: what went into it comes out.</summary>
    public static IEnumerable<Edit>? Unwrap(Step step)
    {
        if (step.Syntax is not ExpressionSyntax expression) return null;
        if (step.Layer is { Creation: { } creation } layer && creation == step.Operation)
            return layer.IsMadeRepeatedly ? null : RemoveElement(expression);
        // The other steps this code makes are meant to be there.
        if (step.IsMadeRepeatedly) return null;
        if (Operand(step) is not { } operand) return null;
        var statement = expression.FirstAncestorOrSelf<StatementSyntax>();
        // x = relu(x); and x.relu_(); have nothing left to say.
        if (statement is ExpressionStatementSyntax { Expression: var whole } &&
            (whole == expression
            || whole is AssignmentExpressionSyntax { Left: var left, Right: var right } && right == expression
            && left.ToString() == operand.ToString()))
            return Delete(statement);
        var text = operand.ToString();
        if (expression.Parent is MemberAccessExpressionSyntax or ElementAccessExpressionSyntax) text = Receiver(operand);
        return Replace(expression, text);
    }

    /// <summary>
    /// Calls another operation of the same form: <paramref name="module"/> for a layer, <paramref name="function"/> for a function or
    /// method.
    /// </summary>
    /// <param name="isAlone">The other operation takes nothing but the tensor.</param>
    public static IEnumerable<Edit>? Rename(Step step, string module, string function, bool isAlone = false)
    {
        if ((step.Layer?.Creation ?? step.Operation) is not { Syntax: InvocationExpressionSyntax call } made
            || NameOf(call) is not { } name) return null;
        if (step.Layer is not null)
            return Retype(made, step.Op.Name, module) is { } typed
                ? [.. typed, .. Replace(name, module), .. isAlone ? Replace(call.ArgumentList, "()") : []] : null;
        // torch itself has some of the functions only.
        if (made is IInvocationOperation { TargetMethod.ContainingType: { Name: "torch" } torch } && torch.GetMembers(function).IsEmpty)
            function = "nn.functional." + function;
        if (!isAlone) return Replace(name, function);
        var isOnTensor = made is IInvocationOperation { Instance: not null };
        return Operand(step) is not { } operand ? null
            : [.. Replace(name, function), .. Replace(call.ArgumentList, isOnTensor ? "()" : $"({operand})")];
    }

    /// <summary>
    /// The variable that a layer is kept in says another type, where it says the layer's own; null where that may not be: others see the
    /// variable, it gets more than this layer, or more is done with it than to call it.
    /// </summary>
    private static IEnumerable<Edit>? Retype(IOperation made, string from, string to)
    {
        var keeper = made.Syntax.Parent switch
        {
            EqualsValueClauseSyntax { Parent: { } own } => own,
            AssignmentExpressionSyntax { Left: var left } => made.SemanticModel?.GetSymbolInfo(left).Symbol is { } symbol
                ? symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() : made.Syntax,
            _ => null, // of a Sequential or an argument nothing has the type
        };
        if (keeper is null) return [];
        var (type, kept, rest) = keeper switch
        {
            VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax own } one => (own.Type, one.Identifier, own.Variables.Count),
            PropertyDeclarationSyntax property => (property.Type, property.Identifier, 1),
            _ => default,
        };
        if (type is null) return null;
        if (type.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().LastOrDefault() is not { } said || said.Identifier.Text != from)
            return [];
        var member = keeper.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        var isOpen = member is BaseFieldDeclarationSyntax or PropertyDeclarationSyntax && member.Modifiers.Any(m =>
            m.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword or SyntaxKind.ProtectedKeyword);
        var uses = keeper.SyntaxTree.GetRoot().DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => n.Identifier.Text == kept.Text).Select(n => n.Parent is MemberAccessExpressionSyntax
                { Expression: ThisExpressionSyntax } own ? (ExpressionSyntax)own : n);
        return !isOpen && rest == 1 && uses.All(u => u.Parent is MemberAccessExpressionSyntax access && access.Expression == u
            || u.Parent is AssignmentExpressionSyntax set && set.Left == u && set.Right == made.Syntax) ? Replace(said, to) : null;
    }

    /// <summary>Applies another loss of the same form.</summary>
    public static IEnumerable<Edit>? RenameLoss(Step loss, string module, string function) =>
        loss.Layer is null or { Arguments.Count: 0 }
        || loss.Layer.Creation is IInvocationOperation made && made.Arguments.All(a => a.ArgumentKind == ArgumentKind.DefaultValue)
        ? Rename(loss, module, function) : null;

    /// <summary>
    /// Calls another method of the same class with other arguments; null where the type that comes out now is written in the file.
    /// </summary>
    public static IEnumerable<Edit>? Recall(IOperation call, string name, IEnumerable<string?> arguments)
    {
        if (call.Syntax is not InvocationExpressionSyntax invocation || NameOf(invocation) is not { } called
            || call.Syntax.SyntaxTree.GetRoot().DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(n => n.Identifier.Text == called.Identifier.Text && !IsCalled(n))) return null;
        return [.. Replace(called, name),
            .. Replace(invocation.ArgumentList, $"({string.Join(", ", arguments.Where(a => a is not null))})")];
    }

    private static bool IsCalled(ExpressionSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? IsCalled(access)
        : name.Parent is InvocationExpressionSyntax call && call.Expression == name;

    /// <summary>Takes away a variable with the statements that use it; null where anything else uses it.</summary>
    public static IEnumerable<Edit>? DeleteVariable(LocalDeclarationStatementSyntax? declaration, IEnumerable<StatementSyntax?> uses)
    {
        if (declaration is null || BlockOf(declaration) is not { } block) return null;
        var (name, statements) = (declaration.Declaration.Variables[0].Identifier.Text, uses.ToList());
        if (statements.Any(s => s is not ExpressionStatementSyntax) || block.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(n => n.Identifier.Text == name && !statements.Contains(n.FirstAncestorOrSelf<StatementSyntax>()))) return null;
        var deleted = statements.Prepend(declaration).Select(s => Delete(s!)).ToList();
        return deleted.Contains(null) ? null : deleted.SelectMany(d => d!);
    }

    private static SimpleNameSyntax? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };

    /// <summary>An expression as it can stand before a dot.</summary>
    public static string Receiver(ExpressionSyntax expression) =>
        expression is BinaryExpressionSyntax or ConditionalExpressionSyntax or CastExpressionSyntax or PrefixUnaryExpressionSyntax
        or AwaitExpressionSyntax or AssignmentExpressionSyntax or LambdaExpressionSyntax ? $"({expression})" : expression.ToString();

    /// <summary>The tensor an operation works on, as written.</summary>
    public static ExpressionSyntax? Operand(Step step) => step.Operation switch
    {
        IInvocationOperation { Instance: not null,
            Syntax: InvocationExpressionSyntax { Expression: var callee } } call when step.Layer is null
            && call.TargetMethod.ContainingType.Name == "Tensor" => (callee as MemberAccessExpressionSyntax)?.Expression,
        IInvocationOperation call =>
            (call.Arguments.OrderBy(a => a.Parameter?.Ordinal)
            .FirstOrDefault(a => a.ArgumentKind == ArgumentKind.Explicit && a.Parameter?.Type.Name == "Tensor"
            || a.Parameter?.Type.TypeKind == TypeKind.TypeParameter)?.Syntax as ArgumentSyntax)?.Expression
            ?? (call.Arguments.FirstOrDefault(a => a.Syntax is ArgumentSyntax)?.Syntax as ArgumentSyntax)?.Expression,
        _ => null,
    };

    /// <summary>Removes an element of a Sequential in any of its forms: argument, named tuple, list item, append, Add.</summary>
    private static IEnumerable<Edit>? RemoveElement(ExpressionSyntax element)
    {
        SyntaxNode node = element;
        if (node.Parent is CastExpressionSyntax or ParenthesizedExpressionSyntax) node = node.Parent;
        if (node.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax tuple }) node = tuple;
        switch (node.Parent)
        {
            case ArgumentSyntax 
            {
                Parent: ArgumentListSyntax
                {
                    Parent: InvocationExpressionSyntax
                    {
                        Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "append", Expression: var receiver }
                    } call
                }
            }:
                if (call.Parent is ExpressionStatementSyntax whole) return Delete(whole);
                return [new(call.SyntaxTree, TextSpan.FromBounds(receiver.Span.End, call.Span.End), "")];
            case ArgumentSyntax 
            {
                Parent: ArgumentListSyntax
                {
                    Parent: InvocationExpressionSyntax
                    {
                        Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Add" },
                        Parent: ExpressionStatementSyntax statement
                    }
                }
            }:
                return Delete(statement);
            case ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax { Expression: var callee } } } argument
                when callee.ToString().EndsWith("Sequential", StringComparison.Ordinal):
                return RemoveFromList(argument);
            case InitializerExpressionSyntax or CollectionElementSyntax:
                return RemoveFromList(node.Parent is CollectionElementSyntax item ? item : node);
            default:
                return null;
        }
    }

    /// <summary>
    /// Adds an operation behind a step: a <paramref name="module"/> behind an element of a Sequential, else a call of
    /// <paramref name="function"/>, with {0} for what it works on.
    /// </summary>
    public static IEnumerable<Edit>? Append(Step step, string prefix, string module, string function)
    {
        if (step.Syntax is not ExpressionSyntax expression || step.IsMadeRepeatedly || step.Layer?.IsMadeRepeatedly == true) return null;
        if (step.Layer is not { Creation: { } creation } || creation != step.Operation)
            return Replace(expression, prefix + string.Format(System.Globalization.CultureInfo.InvariantCulture, function, expression));
        return expression.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: var callee } }
            && callee.ToString().EndsWith("Sequential", StringComparison.Ordinal)
            ? [new(expression.SyntaxTree, new TextSpan(expression.Span.End, 0), ", " + prefix + module)] : null;
    }

    /// <summary>Adds an activation behind a step; null for one whose arguments nobody says.</summary>
    public static IEnumerable<Edit>? Activate(Step step, string activation)
    {
        var function = activation switch
        {
            "ReLU" or "GELU" or "SiLU" or "Tanh" => activation.ToLowerInvariant(),
            _ => null,
        };
        if (step.Operation is not { } operation) return null;
        var isElement = step.Layer?.Creation == operation;
        return function is null ? null : Append(step, isElement ? PrefixOf(step.Layer!) : Scope.FunctionsAt(operation), activation + "()",
            function + "({0})");
    }

    /// <summary>Draws weights with a scale that follows their fan-in.</summary>
    /// <param name="steps">Those of the networks they may be in, as far as these are known.</param>
    public static (string Title, IEnumerable<Edit>? Edits) Rescale(Initialization start, IReadOnlyList<Step> steps)
    {
        const string scale = "Scale the weights to their fan-in (Kaiming)";
        if (!start.IsInPlace)
            return ("Scale the weight to its fan-in", start.Scaled is { } scaled ? Replace(start.Place, scaled) : null);
        if (start.Names is not var (init, tensor)) return (scale, null);
        if (!start.IsOfAll) return (scale, Replace(start.Place,
            Initialization.Kaiming(init, tensor, steps.FirstOrDefault(s => s.Layer == start.Layer)?.NextActivation)));
        if (start.Place.Parent is not ExpressionStatementSyntax statement) return (scale, null);
        var (scales, biases) = (start.Picks(".weight", 1), start.Picks(".bias", 1));
        if (scales == false && biases == false) return (scale, Replace(start.Place, Initialization.Kaiming(init, tensor)));
        // Vectors have no fan-in. Biases start at zero; the scale of a normalization must not, and stays what it was made.
        var matrices = $"if ({tensor}.dim() > 1) {Initialization.Kaiming(init, tensor)};";
        return biases != false && steps.Any(s => s.HasWeights) && !steps.Any(s => s.Role == Role.Normalization)
            ? (scale + ", biases to zero", Rewrite(statement, $"{matrices}\nelse {init}zeros_({tensor});"))
            : (scale, Rewrite(statement, statement.Parent is IfStatementSyntax { Else: not null } ? $"{{ {matrices} }}" : matrices));
    }

    /// <summary>How the code names the class of TorchSharp that a layer comes from, with a dot; empty where it leaves that out.</summary>
    public static string PrefixOf(Layer layer) =>
        layer.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var from } } ? from + "." : "";

    /// <summary>Gives a layer another size, where it is written at the layer as a number or a product of numbers.</summary>
    public static IEnumerable<Edit>? SetSize(Layer layer, string parameter, string size) =>
        layer is { Builder: null, IsMadeRepeatedly: false } && layer.Arguments.TryGetValue(parameter, out var argument)
        && argument.Operation is IArgumentOperation { Syntax: ArgumentSyntax { Expression: var written } }
        && written.DescendantNodesAndSelf()
        .All(n => n is LiteralExpressionSyntax or BinaryExpressionSyntax or ParenthesizedExpressionSyntax) ? Replace(written, size) : null;

    /// <summary>Removes an argument that is optional.</summary>
    public static IEnumerable<Edit>? RemoveArgument(IOperation argument) =>
        argument is IArgumentOperation { ArgumentKind: ArgumentKind.Explicit,
        Syntax: ArgumentSyntax { Parent: ArgumentListSyntax list } syntax }
            ? list.Arguments.SkipWhile(a => a != syntax).Skip(1).All(a => a.NameColon is not null) ? RemoveFromList(syntax)
            : Replace(syntax.Expression, "true")
            : null;

    /// <summary>Adds a number to what a function or method works on.</summary>
    public static IEnumerable<Edit>? AddInside(Step step, string number)
    {
        if (Operand(step) is not { } operand || IsInPlace(step)) return null;
        var isReceiver = operand.Parent is MemberAccessExpressionSyntax;
        var isPlain = operand is IdentifierNameSyntax or InvocationExpressionSyntax or MemberAccessExpressionSyntax
            or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax or BinaryExpressionSyntax
            { RawKind: (int)SyntaxKind.AddExpression or (int)SyntaxKind.SubtractExpression or (int)SyntaxKind.MultiplyExpression
                or (int)SyntaxKind.DivideExpression };
        var open = (isReceiver ? "(" : "") + (isPlain ? "" : "(");
        var close = (isPlain ? "" : ")") + " + " + number + (isReceiver ? ")" : "");
        if (operand.Parent is MemberAccessExpressionSyntax && operand is ParenthesizedExpressionSyntax { Expression: BinaryExpressionSyntax
            { RawKind: (int)SyntaxKind.AddExpression or (int)SyntaxKind.SubtractExpression } sum })
            return [new(operand.SyntaxTree, new TextSpan(sum.Span.End, 0), " + " + number)];
        var closing = new Edit(operand.SyntaxTree, new TextSpan(operand.Span.End, 0), close);
        return open.Length == 0 ? [closing] : [new(operand.SyntaxTree, new TextSpan(operand.SpanStart, 0), open), closing];
    }

    private static bool IsInPlace(Step step) =>
        step.Operation is IInvocationOperation { TargetMethod.Name: var name } && name.EndsWith("_", StringComparison.Ordinal);

    /// <summary>
    /// One function in the place of two: <c>log(softmax(x, 1))</c> becomes <c>log_softmax(x, 1)</c>. What stands in a variable that nobody
    /// else reads is changed there.
    /// </summary>
    /// <param name="function">Its call, with {0} for what the inner one works on.</param>
    public static IEnumerable<Edit>? Merge(Step outer, Step inner, string function)
    {
        if (outer.Syntax is not ExpressionSyntax place
            || inner is not { Layer: null, Syntax: ExpressionSyntax written, Operation: { } made }
            || outer.IsMadeRepeatedly != inner.IsMadeRepeatedly || IsInPlace(outer) || IsInPlace(inner)
            || Operand(inner) is not { } operand) return null;
        var text = Scope.FunctionsAt(made) + string.Format(System.Globalization.CultureInfo.InvariantCulture, function, operand);
        if (place.Span.Contains(written.Span)) return Replace(place, text);
        return outer.Input == inner && inner.Users.All(u => u == outer) && !inner.IsReadOut && Operand(outer) is IdentifierNameSyntax
            && Unwrap(outer) is { } unwrapped ? [.. Replace(written, text), .. unwrapped] : null;
    }

    /// <summary>Lets the first two arguments of a call change places; names they are given with stay.</summary>
    public static IEnumerable<Edit>? Swap(IOperation? call) =>
        call is IInvocationOperation { Syntax: InvocationExpressionSyntax { ArgumentList.Arguments: { Count: >= 2 } given } }
        && given[0].NameColon is null == given[1].NameColon is null && (given[0].NameColon is null
            || call is IInvocationOperation { Arguments: var bound } && bound.Count(a => a.Parameter?.Ordinal < 2
            && (a.Syntax == given[0] || a.Syntax == given[1])) == 2)
        ? [new(given[0].SyntaxTree, given[0].Expression.Span, given[1].Expression.ToString()),
            new(given[0].SyntaxTree, given[1].Expression.Span, given[0].Expression.ToString())] : null;

    /// <summary>Gives a parameter another value, whether the call names it, places it or leaves it out.</summary>
    public static IEnumerable<Edit>? SetArgument(IInvocationOperation call, IParameterSymbol parameter, string value)
    {
        if (call.Syntax is not InvocationExpressionSyntax { ArgumentList: { } list }) return null;
        var written =
            call.Arguments.FirstOrDefault(a =>
            SymbolEqualityComparer.Default.Equals(a.Parameter?.OriginalDefinition, parameter.OriginalDefinition)
            && a.ArgumentKind == ArgumentKind.Explicit);
        return Give(list, written?.Syntax as ArgumentSyntax, parameter.Name, value);
    }

    /// <summary>Puts a value in the place of an argument, or adds it by its name where none is written.</summary>
    private static IEnumerable<Edit> Give(ArgumentListSyntax list, ArgumentSyntax? written, string name, string value) =>
        written is not null ? Replace(written.Expression, value)
        : [new(list.SyntaxTree, new TextSpan(list.CloseParenToken.SpanStart, 0),
            (list.Arguments.Count > 0 ? ", " : "") + $"{name}: {value}")];

    /// <summary>Says the activation, or the slope, that comes behind the layer, to what scales its weights.</summary>
    /// <param name="init">How the code names <c>torch.nn.init</c>, with a dot.</param>
    public static IEnumerable<Edit>? Assume(Gain gain, IInvocationOperation call, string init) =>
        call.TargetMethod.Parameters.FirstOrDefault(p => p.Name == (gain.IsOfSlope ? "a" : "nonlinearity")) is { } parameter
        ? SetArgument(call, parameter, gain.IsOfSlope ? NumberText(gain.Slope) : $"{init}NonlinearityType.{gain.Wanted}") : null;

    /// <summary>
    /// Gives a step the axis it works along, where that is written at it; a reduction has to keep its axis for what follows.
    /// </summary>
    public static IEnumerable<Edit>? SetAxis(Step step, int axis) =>
        step is { IsMadeRepeatedly: false, Layer: null or { IsMadeRepeatedly: false } }
        && step.Arguments.TryGetValue("dim", out var dim) && dim is { IsWrittenThere: true, Operation: IArgumentOperation
            { ArgumentKind: ArgumentKind.Explicit, Value.Type.SpecialType: SpecialType.System_Int64, Syntax: ArgumentSyntax written } }
        && (step.Role != Role.Reduction || step.Arguments.ValueOf("keepdim") is { Flag: true })
        ? Replace(written.Expression, axis.ToString(System.Globalization.CultureInfo.InvariantCulture)) : null;

    /// <summary>An argument as it is written in a call, by position or with its name; null if it is left out.</summary>
    public static string? Written(Argument argument, bool named = false) =>
        argument.Operation is IArgumentOperation { ArgumentKind: ArgumentKind.Explicit, Syntax: ArgumentSyntax written }
            ? (named ? argument.Name + ": " : "") + written.Expression : null;

    /// <summary>
    /// Gives a number where it is written: in the call, or where what stands there is declared if nothing else uses that.
    /// </summary>
    public static IEnumerable<Edit>? SetNumber(IOperation creation, Argument argument, double value)
    {
        if (creation is not IInvocationOperation call || argument.Operation is not IArgumentOperation { Parameter: { } parameter } given)
            return null;
        var text = NumberText(value);
        return given.ArgumentKind == ArgumentKind.Explicit && DeclaredNumber(given.Value) is { } written ? Replace(written, text)
            : SetArgument(call, parameter, text);
    }

    /// <summary>As code has it: <c>1e-3</c>, <c>0.05</c>.</summary>
    public static string NumberText(double value) => value == 0 ? "0" : Math.Abs(value) is >= 0.01 and < 1e4
        ? value.ToString("0.###############", System.Globalization.CultureInfo.InvariantCulture)
        : value.ToString("0.###e0", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The number a name was declared with, if it is written there and this is its only use in the file.</summary>
    private static ExpressionSyntax? DeclaredNumber(IOperation use)
    {
        var symbol = Argument.Bare(use) switch
        {
            ILocalReferenceOperation local => local.Local,
            IFieldReferenceOperation field => field.Field,
            _ => (ISymbol?)null,
        };
        return symbol?.DeclaringSyntaxReferences is [var reference] && reference.SyntaxTree == use.Syntax.SyntaxTree
            && symbol is not IFieldSymbol { DeclaredAccessibility: not Accessibility.Private }
            && reference.GetSyntax() is VariableDeclaratorSyntax
            {
                Initializer.Value: LiteralExpressionSyntax or PrefixUnaryExpressionSyntax,
            } declared
            && use.Syntax.SyntaxTree.GetRoot().DescendantNodes().OfType<IdentifierNameSyntax>()
            .Count(n => n.Identifier.Text == symbol.Name) == 1 ? declared.Initializer.Value : null;
    }

    /// <summary>The text of a node of a helper with the helper's parameters replaced by what one call gives for them.</summary>
    public static string? Inline(BuilderCall builder, SyntaxNode node)
    {
        if (builder.Call.Syntax.SyntaxTree != node.SyntaxTree
            || builder.Helper.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } helper
            || !helper.Span.Contains(node.Span)) return null;
        var locals = NamesDeclaredIn(helper);
        var text = new System.Text.StringBuilder(node.ToString());
        foreach (var name in node.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Where(n => n.Parent is not (NameColonSyntax or MemberAccessExpressionSyntax)
            || n.Parent is MemberAccessExpressionSyntax m && m.Expression == n).Reverse())
        {
            if (locals.Contains(name.Identifier.ValueText)) return null;
            if (builder.Helper.Parameters.FirstOrDefault(p => p.Name == name.Identifier.Text) is not { } parameter) continue;
            var given = builder.Call.Arguments.FirstOrDefault(a => a.Parameter?.Name == parameter.Name);
            var value = given?.Syntax is ArgumentSyntax written
                ? name.Parent is ArgumentSyntax or EqualsValueClauseSyntax ? written.Expression.ToString() : Receiver(written.Expression)
                : given?.Value.ConstantValue is { HasValue: true, Value: { } constant }
                ? SymbolDisplay.FormatPrimitive(constant, true, false) : null;
            if (value is null) return null;
            text.Remove(name.SpanStart - node.SpanStart, name.Span.Length).Insert(name.SpanStart - node.SpanStart, value);
        }
        return text.ToString();
    }

    /// <summary>A text with more behind it, as code: inside a literal, else added.</summary>
    public static string Suffixed(string code, string suffix) =>
        code.Length > 1 && code[0] == '"' && code[code.Length - 1] == '"' && !code.StartsWith("\"\"\"", StringComparison.Ordinal)
        && code.IndexOf('"', 1) == code.Length - 1 ? code.Insert(code.Length - 1, suffix) : $"{code} + \"{suffix}\"";

    /// <summary>Several edits as one; null where one of them cannot be made.</summary>
    public static IEnumerable<Edit>? All(IEnumerable<IEnumerable<Edit>?> edits)
    {
        var all = edits.ToList();
        return all.Contains(null) ? null : all.SelectMany(e => e!).Distinct();
    }

    /// <summary>Calculates with an expression where it stands: {0} is the expression, so that it can stand before a dot.</summary>
    public static IEnumerable<Edit> Calculate(ExpressionSyntax expression, string formula)
    {
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, formula, Receiver(expression));
        if (text.StartsWith("(", StringComparison.Ordinal) && SyntaxFactory.ParseExpression(text) is ParenthesizedExpressionSyntax whole)
            text = whole.Expression.ToString();
        var isPart = expression.Parent is MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or BinaryExpressionSyntax
            or CastExpressionSyntax or AwaitExpressionSyntax;
        return Replace(expression, isPart && !IsPrimary(SyntaxFactory.ParseExpression(text)) ? $"({text})" : text);
    }

    private static bool IsPrimary(ExpressionSyntax expression) => expression is InvocationExpressionSyntax or MemberAccessExpressionSyntax
        or ElementAccessExpressionSyntax or SimpleNameSyntax or ParenthesizedExpressionSyntax or LiteralExpressionSyntax;

    /// <summary>
    /// Scales a tensor where it stands, or the pictures of a data set that is opened there, as other data is scaled; null where that cannot
    /// be said there.
    /// </summary>
    /// <param name="scalings">What is done to the other data and not to this.</param>
    public static IEnumerable<Edit>? Treat(Feed like, IEnumerable<Step> scalings, SyntaxNode place)
    {
        if (place is not ExpressionSyntax expression) return null;
        if (like.Origin?.Kind == OriginKind.Picture)
            return like.Start.Operation is IInvocationOperation opened && opened.Arguments.FirstOrDefault(a =>
                a is { ArgumentKind: ArgumentKind.Explicit, Parameter.Name: "target_transform" or "transform" }) is { } transform
                && place is InvocationExpressionSyntax { ArgumentList: { } list } && !IsGiven(list, transform.Parameter!)
                && Scope.TextAt(Lasting(like, transform), place) is { } same
                ? [new(place.SyntaxTree, new TextSpan(list.CloseParenToken.SpanStart, 0), $", {transform.Parameter!.Name}: {same}")] : null;
        var formula = "{0}";
        foreach (var step in scalings)
            if (Applied(step, formula, place) is { } next) formula = next;
            else return null;
        return Calculate(expression, formula);
    }

    private static bool IsGiven(ArgumentListSyntax list, IParameterSymbol parameter) =>
        list.Arguments.Count(a => a.NameColon is null) > parameter.Ordinal
        || list.Arguments.Any(a => a.NameColon?.Name.Identifier.ValueText == parameter.Name);

    /// <summary>The one part of a transform that is no augmentation, where there is some.</summary>
    private static IOperation Lasting(Feed like, IOperation transform) =>
        like.Way.Where(s => s.Operation is IInvocationOperation made && DataSets.IsTransform(made.TargetMethod)).ToList() is var parts
        && parts.Where(s => !Treatment.IsAugmentation(s)).ToList() is [{ Operation: { } only }] && parts.Count > 1 ? only : transform;

    /// <summary>A step written behind a formula for what it works on.</summary>
    private static string? Applied(Step step, string formula, SyntaxNode place)
    {
        switch (step.Operation)
        {
            case IBinaryOperation { Syntax: BinaryExpressionSyntax written } binary when step.Inputs.Count > 0
                && step.Arguments.ValueOf("left") == step.Inputs[0] && TextOf(binary.RightOperand) is { } right:
                return $"({formula} {written.OperatorToken} {Receiver(SyntaxFactory.ParseExpression(right))})";
            case IInvocationOperation { Instance: not null, TargetMethod.ContainingType.Name: "Tensor" } call:
                var arguments = call.Arguments.Where(a => a.ArgumentKind == ArgumentKind.Explicit).Select(TextOf).ToList();
                // What is asked about keeps its own numbers.
                return arguments.Contains(null) ? null : $"{formula}.{call.TargetMethod.Name.TrimEnd('_')}({string.Join(", ", arguments)})";
            case IInvocationOperation { Arguments: [_, ..] only } call when step.Inputs.Count == 1
                && only.Count(a => a.ArgumentKind == ArgumentKind.Explicit) == 1:
                return $"{formula}.{call.TargetMethod.Name.TrimEnd('_')}()";
            default:
                return null;
        }

        // In a formula braces stand for what they hold.
        string? TextOf(IOperation operation) => Scope.TextAt(operation, place)?.Replace("{", "{{").Replace("}", "}}");
    }

    /// <summary>
    /// Gives what goes into a network a mean of 0 and a deviation of 1, as the training data has them; null where that data has no name.
    /// </summary>
    /// <param name="data">The training data, by the variable that holds it and where that is declared.</param>
    /// <param name="given">Everything that the network is given.</param>
    /// <param name="isWhole">The data may be whole numbers, which have no mean.</param>
    public static IEnumerable<Edit>? Standardize((Step Tensor, ILocalSymbol Variable, StatementSyntax Declared)? data,
        IEnumerable<ExpressionSyntax?> given, bool isWhole = false)
    {
        if (data is not var (tensor, variable, declared)) return null;
        var (x, shape) = (variable.Name, tensor.Shape);
        var (mean, deviation) = (x + "Mean", x + "Deviation");
        var names = declared.SyntaxTree.GetRoot().DescendantTokens().Select(t => t.ValueText);
        if (names.Any(n => n == mean || n == deviation)) return null;
        // Tables have their columns last; of pictures all pixels are alike.
        var numbers = isWhole ? $"{x}.to(TorchSharp.torch.float32)" : x;
        var axes = !shape.HasRank || shape.Rank == 2 ? "new[] { 0L }" : shape.Rank == 3 ? "new[] { 0L, 1L }" : "";
        return All(given.Distinct().Select(argument => argument is null || !IsAfter(declared, argument) ? null
            : Calculate(argument, $"({{0}} - {mean}) / {deviation}"))
            .Prepend(InsertAfter(declared, $"var ({mean}, {deviation}) = ({numbers}.mean({axes}), {numbers}.std({axes}));\n"
            + $"{deviation}.masked_fill_({deviation}.eq(0), 1);")));

        static bool IsAfter(StatementSyntax declared, SyntaxNode place) =>
            BlockOf(declared) is { } block && block.Span.Contains(place.Span) && declared.Span.End < place.SpanStart
            && !place.Ancestors().TakeWhile(a => a != block).Any(a => a switch
            {
                LocalFunctionStatementSyntax { Modifiers: var own } => own,
                AnonymousFunctionExpressionSyntax { Modifiers: var own } => own,
                _ => default,
            } is var modifiers && modifiers.Any(SyntaxKind.StaticKeyword));
    }

    /// <summary>
    /// Makes a second module where a variable is only another name for one, and loads it with the first's weights; null where the module is
    /// not made in the same block, or is moved before the variable is declared.
    /// </summary>
    /// <param name="load">The call that loads it, on the variable.</param>
    public static IEnumerable<Edit>? Duplicate(Layer module, IOperation load)
    {
        if (load is not IInvocationOperation { Instance: { } loaded } || Scope.SymbolOf(loaded) is not ILocalSymbol second
            || second.DeclaringSyntaxReferences is not [var reference] || module.Creation is not { } creation
            || reference.GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: IdentifierNameSyntax first } declared
            || declared.FirstAncestorOrSelf<StatementSyntax>() is not LocalDeclarationStatementSyntax
                { Declaration.Variables.Count: 1 } place
            || creation.Syntax.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is not { Initializer.Value: { } making } made
            || made.FirstAncestorOrSelf<StatementSyntax>() is not { } statement || BlockOf(statement) is not { } block
            || block != BlockOf(place) || creation.Descendants().Any(o => o is IAssignmentOperation or IIncrementOrDecrementOperation)
            || block.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(m => m.SpanStart > statement.Span.End
                && m.SpanStart < place.SpanStart && Effects.OfModule(m.Name.Identifier.ValueText) == EventKind.Move)) return null;
        return InsertAfter(place, $"{second.Name}.load_state_dict({first}.state_dict());") is { } insertion
            ? [.. Replace(first, making.ToString()), .. insertion] : null;
    }

    /// <summary>
    /// Detaches what a variable is set to from its graph, before it is moved out of a dispose scope; null where something else is moved
    /// out, and what comes of it here would be disposed of.
    /// </summary>
    /// <param name="set">The assignment, and the value where it is of this variable alone.</param>
    /// <param name="loop">The loop in which the variable is used.</param>
    public static IEnumerable<Edit>? Detach(ISymbol variable, (ExpressionSyntax Place, ExpressionSyntax? Value) set, SyntaxNode loop)
    {
        static bool Moves(SyntaxNode node) => node is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "MoveToOuterDisposeScope"
            or "DetachFromDisposeScope" or "DetatchFromDisposeScope" or "MoveToOtherDisposeScope" };
        if (set.Value is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax moved } && Moves(moved))
            return Calculate(moved.Expression, "{0}.detach()");
        return loop.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(m => Moves(m)
            && (m.Expression.ToString() != variable.Name || m.SpanStart < set.Place.Span.End)) ? null
            : set.Value is { } value ? Calculate(value, "{0}.detach()")
            : Then(set.Place, $"{variable.Name} = {variable.Name}.detach();");
    }

    /// <summary>Leaves out what turns the sign of a value.</summary>
    public static IEnumerable<Edit>? Unsign(Step sign) => sign.Operation switch
    {
        IUnaryOperation { Syntax: ExpressionSyntax whole, Operand.Syntax: ExpressionSyntax part } => Keep(whole, part),
        IBinaryOperation { Syntax: ExpressionSyntax whole } both when sign.Op.Name is "mul" or "sub" =>
            (sign.Arguments.ValueOf("left") is Step ? both.LeftOperand : both.RightOperand).Syntax is ExpressionSyntax part
                ? Keep(whole, part) : null,
        IInvocationOperation { Instance.Syntax: ExpressionSyntax part, Syntax: ExpressionSyntax whole } when sign.Op.Name == "neg" =>
            Keep(whole, part),
        _ => null,
    };

    /// <summary>
    /// Leaves out calculations that one expression does one after the other: what the first works on stays. Null where they are apart.
    /// </summary>
    public static IEnumerable<Edit>? Undo(IReadOnlyList<Step> scalings)
    {
        if (scalings[scalings.Count - 1].Syntax is not ExpressionSyntax { Parent: not StatementSyntax } whole) return null;
        ExpressionSyntax? part = null;
        foreach (var scaling in scalings.Reverse())
        {
            if (part is not null && part != scaling.Syntax) return null;
            part = scaling.Operation switch
            {
                IBinaryOperation both => (scaling.Arguments.ValueOf("left") is Step ? both.LeftOperand : both.RightOperand).Syntax,
                IInvocationOperation { Instance.Syntax: var on } => on,
                _ => null,
            } as ExpressionSyntax;
            while (part is ParenthesizedExpressionSyntax { Expression: var inside }) part = inside;
            if (part is null) return null;
        }
        // Nothing is done any more: x = x.
        return whole.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression,
                Parent: ExpressionStatementSyntax statement } set && set.Left.ToString() == part!.ToString()
            ? Delete(statement) : Keep(whole, part!);
    }

    /// <summary>
    /// Puts the samples of one tensor into the order of another: by the same index as that, before or in place of what picks a part of
    /// them. Null where the index has no name there.
    /// </summary>
    /// <param name="like">The step that puts the other into its order.</param>
    /// <param name="way">The way back from the tensor to where its samples come in.</param>
    public static IEnumerable<Edit>? OrderAs(Step like, IReadOnlyList<Step> way)
    {
        if (Graph.Order.IndexOf(like) is not { } index || like.Operation is not { } picked || like.Arguments.Count == 0) return null;
        var given = picked switch
        {
            IInvocationOperation call => call.Arguments.LastOrDefault()?.Value,
            IPropertyReferenceOperation { Arguments: [var only] } => Argument.Bare(only.Value),
            _ => null,
        };
        if (given is IArrayCreationOperation { Initializer.ElementValues: [var one] }) given = Argument.Bare(one);
        // What picks a part of a permutation picks the same part of the targets.
        var isPart = index.Op.Name != "randperm";
        var picks = way.Take(way.Count - 1).Where(s => s.Op.Name is "narrow" or "slice" or "index").ToList();
        var before = isPart ? picks.Count == 1 ? picks[0] : null : way.Count > 1 ? way[way.Count - 2] : null;
        if (before?.Operation?.Syntax is not ExpressionSyntax whole || Base(before.Operation) is not { } named) return null;
        return given is not null && Scope.TextAt(given, whole) is { } text
            ? Replace(isPart ? whole : named, $"{named}.index_select(0, {text})") : null;

        static ExpressionSyntax? Base(IOperation step) => step switch
        {
            IInvocationOperation { Instance.Syntax: IdentifierNameSyntax on } => on,
            IPropertyReferenceOperation { Instance.Syntax: IdentifierNameSyntax on } => on,
            _ => null,
        };
    }

    /// <summary>Gives a parameter of a call or creation another value; null where it has none of this name.</summary>
    public static IEnumerable<Edit>? SetArgument(IOperation made, string parameter, string value)
    {
        var (arguments, list) = made switch
        {
            IInvocationOperation call => (call.Arguments, (call.Syntax as InvocationExpressionSyntax)?.ArgumentList),
            IObjectCreationOperation creation =>
                (creation.Arguments, (creation.Syntax as BaseObjectCreationExpressionSyntax)?.ArgumentList),
            _ => default,
        };
        if (list is null || arguments.FirstOrDefault(a => a.Parameter?.Name == parameter) is not { } given) return null;
        // What is calculated there is somebody's choice.
        return given.ArgumentKind != ArgumentKind.Explicit ? Give(list, null, parameter, value)
            : given.Syntax is ArgumentSyntax { Expression: LiteralExpressionSyntax } written ? Give(list, written, parameter, value) : null;
    }

    /// <summary>Puts a part of an expression in its place.</summary>
    private static IEnumerable<Edit> Keep(ExpressionSyntax whole, ExpressionSyntax part)
    {
        while (whole.Parent is ParenthesizedExpressionSyntax around) whole = around;
        while (part is ParenthesizedExpressionSyntax { Expression: var inside }) part = inside;
        return Replace(whole, whole.Parent is MemberAccessExpressionSyntax or BinaryExpressionSyntax or PrefixUnaryExpressionSyntax
            ? Receiver(part) : part.ToString());
    }

    /// <summary>The text of an object creation with an optional parameter given that was left out; null if it has none such.</summary>
    public static string? WithOptional(IObjectCreationOperation creation, Func<IParameterSymbol, bool> wanted, string value) =>
        creation.Syntax is BaseObjectCreationExpressionSyntax { ArgumentList: { } list }
        && creation.Arguments.FirstOrDefault(a => a.ArgumentKind == ArgumentKind.DefaultValue && a.Parameter is { } p
        && wanted(p)) is { Parameter: { } slot }
            ? creation.Syntax.ToString().Insert(list.CloseParenToken.SpanStart - creation.Syntax.SpanStart,
            (list.Arguments.Count > 0 ? ", " : "") + $"{slot.Name}: {value}")
            : null;

    private static IEnumerable<Edit> RemoveFromList(SyntaxNode item)
    {
        var siblings = item.Parent!.ChildNodesAndTokens().ToList();
        var index = siblings.IndexOf(item);
        SyntaxToken? Comma(int at) =>
            at >= 0 && at < siblings.Count && siblings[at].IsKind(SyntaxKind.CommaToken) ? siblings[at].AsToken() : null;
        bool HasComment(int from, int to) => item.SyntaxTree.GetRoot().DescendantTrivia(TextSpan.FromBounds(from, to))
            .Any(t => t.Span.Start >= from && t.Span.End <= to
            && (t.IsKind(SyntaxKind.SingleLineCommentTrivia) || t.IsKind(SyntaxKind.MultiLineCommentTrivia) || t.IsDirective));
        if (Comma(index - 1) is { } before)
        {
            if (!HasComment(before.SpanStart, item.SpanStart))
                return [new(item.SyntaxTree, TextSpan.FromBounds(before.SpanStart, item.Span.End), "")];
            return [new(item.SyntaxTree, before.Span, ""), new(item.SyntaxTree, item.Span, "")];
        }
        if (Comma(index + 1) is { } after && index + 2 < siblings.Count)
        {
            var next = siblings[index + 2].SpanStart;
            return [new(item.SyntaxTree, TextSpan.FromBounds(item.SpanStart, HasComment(after.Span.End, next) ? after.Span.End : next),
                "")];
        }
        return [new(item.SyntaxTree, item.Span, "")];
    }
}

/// <summary>Carries a fix inside a diagnostic, so that it travels to the code fix provider and into SARIF logs.</summary>
internal static class FixProperties
{
    public const string Title = "nn.fix.title", Edits = "nn.fix.edits";

    public static ImmutableDictionary<string, string?> Write(string title, IEnumerable<Edit> edits) =>
        ImmutableDictionary<string, string?>.Empty.Add(Title, title).Add(Edits,
        string.Join("\n", edits.OrderBy(e => e.Span.Start).Select(e =>
            string.Join("\t", Uri.EscapeDataString(e.Tree.FilePath),
            e.Span.Start.ToString(System.Globalization.CultureInfo.InvariantCulture),
                e.Span.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), Uri.EscapeDataString(e.Text),
                Uri.EscapeDataString(e.Tree.GetText().ToString(e.Span))))));

    /// <summary>The edits of a diagnostic: file, span, new text, and the text that must still stand there.</summary>
    public static ImmutableArray<(string Path, TextSpan Span, string Text,
        string Old)> Read(ImmutableDictionary<string, string?> properties) =>
        !properties.TryGetValue(Edits, out var edits) || edits is null ? ImmutableArray<(string, TextSpan, string, string)>.Empty
            : edits.Split('\n').Select(l => l.Split('\t')).Where(p => p.Length == 5).Select(p => (
                Uri.UnescapeDataString(p[0]),
                new TextSpan(int.Parse(p[1], System.Globalization.CultureInfo.InvariantCulture),
                int.Parse(p[2], System.Globalization.CultureInfo.InvariantCulture)),
                Uri.UnescapeDataString(p[3]), Uri.UnescapeDataString(p[4]))).ToImmutableArray();
}
