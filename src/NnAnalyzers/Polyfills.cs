// What the compiler asks for and netstandard2.0 lacks. Written out, since a generator that hands over its files in another order each time
// makes another assembly of the same source.
#if NETSTANDARD2_0
#pragma warning disable IDE0130 // the compiler knows these names

namespace System
{
    /// <summary>A place counted from the start or the end, as in <c>list[^1]</c>.</summary>
    internal readonly struct Index(int value, bool fromEnd = false)
    {
        public int GetOffset(int length) => fromEnd ? length - value : value;
        public static implicit operator Index(int value) => new(value);
    }

    /// <summary>The places from one up to another, as in <c>text[1..]</c>.</summary>
    internal readonly struct Range(Index start, Index end)
    {
        public Index Start => start;
        public Index End => end;
        public static Range StartAt(Index start) => new(start, new Index(0, fromEnd: true));
        public static Range EndAt(Index end) => new(new Index(0), end);
        public static Range All => new(new Index(0), new Index(0, fromEnd: true));
    }
}

namespace System.Diagnostics.CodeAnalysis
{
    /// <summary>The parameter is not null when the method returns the value.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    internal sealed class NotNullWhenAttribute(bool returnValue) : Attribute
    {
        public bool ReturnValue => returnValue;
    }

    /// <summary>The method never returns.</summary>
    [AttributeUsage(AttributeTargets.Method, Inherited = false)]
    internal sealed class DoesNotReturnAttribute : Attribute;
}

namespace System.Runtime.CompilerServices
{
    /// <summary>Marks <c>init</c> setters.</summary>
    internal static class IsExternalInit;
}
#endif
