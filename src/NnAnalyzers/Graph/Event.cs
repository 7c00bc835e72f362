using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Something that happens to a model, an optimizer or what saves them, in the order it is written.</summary>
internal sealed record Event(EventKind Kind, Value Subject, IOperation Operation)
{
    /// <summary>The module it happens to, to it or to its parameters; null for anything else.</summary>
    public Layer? Module => (Subject as ParameterOf)?.Layer ?? Subject as Layer;

    /// <summary>Under which conditions, in which loops and modes it happens.</summary>
    public Moment When { get; init; } = Moment.Start;

    /// <summary>The loops around it, innermost first, through calls.</summary>
    public IEnumerable<Loop> Loops => Loop.From(When.Loop);

    /// <summary>Its place among all events of the reading.</summary>
    public int Order { get; init; }
    public Arguments Arguments { get; init; } = Arguments.None;

    /// <summary>On one side of a branch that was not decided.</summary>
    public bool Conditional => !When.Path.IsAlways;

    /// <summary>Of a loss that goes backward: its graph is kept, or that is not known.</summary>
    public bool KeepsGraph => Arguments.ValueOf("retain_graph") is not (null or Constant { Raw: false or null });

    /// <summary>Whether what saves and what loads surely name the same file.</summary>
    public bool SharesFile(Event other) =>
        Arguments.Count > 0 && other.Arguments.Count > 0 && Text.AreSame(Arguments[0].Value, other.Arguments[0].Value);

    /// <summary>The statement it happens in, if that declares one variable with what is made.</summary>
    public LocalDeclarationStatementSyntax? Declaration =>
        Operation.Syntax.FirstAncestorOrSelf<StatementSyntax>() is LocalDeclarationStatementSyntax
        {
            Declaration.Variables.Count: 1
        } declaration ? declaration : null;

    /// <summary>The statement it happens in.</summary>
    public StatementSyntax? Statement => Operation.Syntax.FirstAncestorOrSelf<StatementSyntax>();

    /// <summary>The name of that variable.</summary>
    public string? Variable => Declaration?.Declaration.Variables[0].Identifier.Text;
}
