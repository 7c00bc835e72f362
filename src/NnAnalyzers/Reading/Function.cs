using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;

namespace NnAnalyzers.Reading;

/// <summary>A lambda or a method handed around as a value, with the frame it was made in.</summary>
internal sealed class Function(IOperation? body, IMethodSymbol method, Frame? frame, Value? receiver) : Value
{
    public IOperation? Body => body;
    public IMethodSymbol Method => method;
    public Frame? Frame => frame;
    public Value? Receiver => receiver;

    /// <summary>The operation that made it.</summary>
    public IOperation? Site { get; set; }
}

/// <summary>One call of a method while it is read.</summary>
internal sealed class Frame(IMethodSymbol? method, Value? self, Frame? lexical, BuilderCall? builder) : Owner
{
    public override bool IsShortLived => true;

    public IMethodSymbol? Method => method;
    public Value? This => self;
    public Frame? Lexical => lexical;
    public BuilderCall? Builder => builder;

    /// <summary>The conditions under which it was entered.</summary>
    public CodePath Entry { get; init; } = CodePath.Always;

    /// <summary>Its parameters and the variables that were set.</summary>
    public List<ISymbol> Variables { get; } = [];

    /// <summary>The loop in which it was entered.</summary>
    public Loop? Loop { get; init; }
    public List<(Value Value, IOperation Operation, Moment When)> Returns { get; } = [];
    public bool IsIterator { get; set; }
}
