using System.Collections.Immutable;
using System.Globalization;

namespace NnAnalyzers.Shapes;

/// <summary>
/// The size of one axis: a sum of products of symbols with whole coefficients, kept in one normal form so that equal sizes compare
/// equal however they were computed; or unknown.
/// </summary>
internal readonly struct Dim : IEquatable<Dim>
{
    /// <summary>Sizes with more terms, longer products or larger numbers are no sizes of networks; they become unknown.</summary>
    private const int MaxLength = 16;
    private const long MaxFactor = 1L << 31;
    private const long MaxSize = 1L << 62;
    private const int MaxWeight = 64;

    private readonly long _constant;

    /// <summary>Everything but the constant; empty for a number, default for unknown.</summary>
    private readonly ImmutableArray<Term> _terms;

    private Dim(long constant, ImmutableArray<Term> terms) => (_constant, _terms) = (constant, terms);

    public static readonly Dim Unknown = default;

    public static Dim Of(long size) => new(size, ImmutableArray<Term>.Empty);

    /// <summary>A size that is only known by name; the same symbol is the same size.</summary>
    public static Dim Named(object symbol) => new(0, ImmutableArray.Create(new Term(1, ImmutableArray.Create(symbol))));

    public bool IsKnown => !_terms.IsDefault;

    /// <summary>The number, if it is one.</summary>
    public long? Size => !_terms.IsDefault && _terms.Length == 0 ? _constant : null;

    /// <summary>The symbol, if it is nothing but one.</summary>
    public object? Symbol =>
        !_terms.IsDefault && _constant == 0 && _terms.Length == 1 && _terms[0] is { Coefficient: 1, Atoms: { Length: 1 } atoms } ? atoms[0]
        : null;

    /// <summary>One product of symbols; the order of the symbols is that of their first use and says nothing.</summary>
    private readonly record struct Term(long Coefficient, ImmutableArray<object> Atoms)
    {
        public bool HasAtomsOf(Term other) => Atoms.Length == other.Atoms.Length && Without(other.Atoms) is { Length: 0 };

        /// <summary>The symbols left after taking others away; null if one of those is not there.</summary>
        public object[]? Without(ImmutableArray<object> others)
        {
            var left = new List<object>(Atoms);
            foreach (var atom in others)
                if (!left.Remove(atom)) return null;
            return left.ToArray();
        }
    }

    /// <summary>The whole part of a quotient that does not come out even.</summary>
    private sealed record Quotient(Dim Dividend, Dim Divisor)
    {
        public int Weight { get; } = Dividend.Weight + Divisor.Weight + 1;

        public override string ToString() => $"⌊{Dividend.Bracketed()}/{Divisor.Bracketed()}⌋";
    }

    private static Dim Sum(long constant, IEnumerable<Term> terms)
    {
        var sums = new List<Term>();
        foreach (var term in terms)
        {
            var at = sums.FindIndex(t => t.HasAtomsOf(term));
            if (at < 0) sums.Add(term);
            else if (Magnitude(sums[at].Coefficient + term.Coefficient) > MaxSize) return Unknown;
            else sums[at] = sums[at] with { Coefficient = sums[at].Coefficient + term.Coefficient };
        }
        sums.RemoveAll(t => t.Coefficient == 0);
        var sum = new Dim(constant, sums.ToImmutableArray());
        return sums.Count > MaxLength || sum.Weight > MaxWeight ? Unknown : sum;
    }

    public static Dim operator +(Dim a, Dim b) =>
        !a.IsKnown || !b.IsKnown || Magnitude(a._constant) > MaxSize || Magnitude(b._constant) > MaxSize
            || Magnitude(a._constant + b._constant) > MaxSize ? Unknown
        : b._terms.Length == 0 ? new(a._constant + b._constant, a._terms) : a._terms.Length == 0 ? new(a._constant + b._constant, b._terms)
        : Sum(a._constant + b._constant, a._terms.Concat(b._terms));

    public static Dim operator -(Dim a, Dim b) => b.Size is { } number ? a + Of(-number) : a + b * Of(-1);

    public static Dim operator *(Dim a, Dim b)
    {
        if (!a.IsKnown || !b.IsKnown) return Unknown;
        if (b.Size == 1) return a;
        if (a.Size == 1) return b;
        if (a.Largest > MaxFactor || b.Largest > MaxFactor || a.Longest + b.Longest > MaxLength) return Unknown;
        if (a.Size is { } x && b.Size is { } y) return Of(x * y);
        IEnumerable<Term> All(Dim d) => d._constant == 0 ? d._terms : d._terms.Insert(0, new(d._constant, ImmutableArray<object>.Empty));
        var products =
            (from s in All(a) from t in All(b) select new Term(s.Coefficient * t.Coefficient, s.Atoms.AddRange(t.Atoms))).ToList();
        return Sum(products.Where(t => t.Atoms.Length == 0).Sum(t => t.Coefficient), products.Where(t => t.Atoms.Length > 0));
    }

    /// <summary>How many symbols stand in it, those of quotients counted too.</summary>
    private int Weight => _terms.IsDefault ? 0 : _terms.Sum(t => t.Atoms.Sum(a => a is Quotient q ? q.Weight : 1));

    private long Largest => _terms.Aggregate(Magnitude(_constant), (most, t) => Math.Max(most, Magnitude(t.Coefficient)));
    private int Longest => _terms.Length == 0 ? 0 : _terms.Max(t => t.Atoms.Length);
    private static long Magnitude(long number) => number == long.MinValue ? long.MaxValue : Math.Abs(number);

    /// <summary>The quotient if it comes out even whatever the symbols are; otherwise unknown.</summary>
    public Dim ExactlyBy(Dim divisor)
    {
        if (!IsKnown || !divisor.IsKnown) return Unknown;
        if (Equals(divisor)) return Of(1);
        if (divisor.Size is { } number)
            return number is not (0 or -1) && _constant % number == 0 && _terms.All(t => t.Coefficient % number == 0)
                ? new(_constant / number, _terms.Select(t => t with { Coefficient = t.Coefficient / number }).ToImmutableArray()) : Unknown;
        if (divisor._constant != 0 || divisor._terms.Length != 1) return Unknown;
        // By one product: it must be part of every term.
        if (_constant != 0) return Unknown;
        var by = divisor._terms[0];
        var quotients = new List<Term>();
        foreach (var term in _terms)
        {
            if (term.Coefficient % by.Coefficient != 0 || term.Without(by.Atoms) is not { } left) return Unknown;
            quotients.Add(new(term.Coefficient / by.Coefficient, left.ToImmutableArray()));
        }
        return Sum(quotients.Where(t => t.Atoms.Length == 0).Sum(t => t.Coefficient), quotients.Where(t => t.Atoms.Length > 0));
    }

    /// <summary>The whole part of the quotient.</summary>
    public static Dim operator /(Dim a, Dim b)
    {
        if (b.Size == 1) return a;
        if (a.Size is { } x && b.Size is { } y) return y is 0 or -1 ? Unknown : Of(x / y);
        if (!a.IsKnown || !b.IsKnown) return Unknown;
        if (a.ExactlyBy(b) is { IsKnown: true } exact) return exact;
        // ⌊(⌊n / k⌋ + c) / m⌋ = ⌊(n + c·k) / (k·m)⌋: two halvings are one quartering.
        if (b.Size is > 0 && a._terms.Length == 1 && a._terms[0] is { Coefficient: 1, Atoms: { Length: 1 } atoms }
            && atoms[0] is Quotient { Divisor.Size: > 0 } inner)
            return (inner.Dividend + Of(a._constant) * inner.Divisor) / (inner.Divisor * b);
        return a.Weight + b.Weight > MaxWeight ? Unknown : Named(new Quotient(a, b));
    }

    /// <summary>The remainder, where it is a number: the divisor goes into all that is not.</summary>
    public static Dim operator %(Dim a, Dim b) =>
        a.Size is { } x && b.Size is { } y ? y is 0 or -1 ? Unknown : Of(x % y) : a.ExactlyBy(b).IsKnown ? Of(0) : Unknown;

    /// <summary>
    /// The two cannot be the same size, whatever whole numbers the symbols are: they differ by a number, or by what no multiple of the
    /// coefficients can be (64·h·w is never 9217). Nothing else counts, since a symbol may stand for a padding or an offset of 0.
    /// </summary>
    public bool SurelyDiffersFrom(Dim other)
    {
        var difference = this - other;
        if (!difference.IsKnown) return false;
        var divisor = GreatestCommonDivisor(0, difference._terms);
        return divisor == 0 ? difference._constant != 0 : difference._constant % divisor != 0;
    }

    /// <summary>The largest number it is a multiple of, whatever whole numbers the symbols are; 0 if not known.</summary>
    public long Content => IsKnown ? GreatestCommonDivisor(_constant, _terms) : 0;

    private static long GreatestCommonDivisor(long first, ImmutableArray<Term> terms) =>
        terms.Aggregate(Magnitude(first), (d, t) => GreatestCommonDivisor(d, t.Coefficient));

    /// <summary>Never negative.</summary>
    public static long GreatestCommonDivisor(long a, long b)
    {
        for ((a, b) = (Magnitude(a), Magnitude(b)); b != 0; (a, b) = (b, a % b)) { }
        return a;
    }

    /// <summary>
    /// Whether the other is this size but for what its symbols are called; <paramref name="names"/> gets what each is called there.
    /// </summary>
    public bool IsLike(Dim other, Dictionary<object, object> names)
    {
        if (_terms.IsDefault || other._terms.IsDefault || _constant != other._constant || _terms.Length != other._terms.Length)
            return false;
        for (var i = 0; i < _terms.Length; i++)
        {
            var ((coefficient, atoms), (itsCoefficient, itsAtoms)) = (_terms[i], other._terms[i]);
            if (coefficient != itsCoefficient || atoms.Length != itsAtoms.Length) return false;
            for (var k = 0; k < atoms.Length; k++)
                if (!IsLike(atoms[k], itsAtoms[k], names)) return false;
        }
        return true;
    }

    private static bool IsLike(object atom, object other, Dictionary<object, object> names)
    {
        if (atom is Quotient a) return other is Quotient b && a.Dividend.IsLike(b.Dividend, names) && a.Divisor.IsLike(b.Divisor, names);
        if (names.TryGetValue(atom, out var known)) return known.Equals(other);
        if (other is Quotient || names.ContainsValue(other)) return false;
        names[atom] = other;
        return true;
    }

    /// <summary>The same size with symbols replaced.</summary>
    public Dim Replace(Func<object, Dim?> symbols)
    {
        if (!IsKnown || _terms.Length == 0) return this;
        var sum = Of(_constant);
        foreach (var term in _terms)
            sum += term.Atoms.Aggregate(Of(term.Coefficient), (product, atom) => product * (symbols(atom)
                ?? (atom is Quotient q ? q.Dividend.Replace(symbols) / q.Divisor.Replace(symbols) : Named(atom))));
        return sum;
    }

    /// <summary>The two are surely the same size; an unknown size equals nothing.</summary>
    public bool Equals(Dim other)
    {
        if (_terms.IsDefault || other._terms.IsDefault || _constant != other._constant || _terms.Length != other._terms.Length)
            return false;
        foreach (var term in _terms)
            if (!other._terms.Any(t => t.Coefficient == term.Coefficient && t.HasAtomsOf(term))) return false;
        return true;
    }

    public override bool Equals(object? obj) => obj is Dim other && Equals(other);

    public override int GetHashCode() => _terms.IsDefault ? -1 : _constant.GetHashCode() * 31 + _terms.Length;

    /// <summary>What this is the remainder of, where it was computed as one: n − 4·⌊n / 4⌋.</summary>
    private (Dim Dividend, long Divisor)? Remainder
    {
        get
        {
            foreach (var term in _terms)
                if (term is { Coefficient: < 0, Atoms: [Quotient { Dividend: var dividend, Divisor.Size: { } divisor } whole] }
                    && divisor == -term.Coefficient && Equals(dividend - Of(divisor) * Named(whole))) return (dividend, divisor);
            return null;
        }
    }

    private string Bracketed() => Size is not null || Symbol is not null ? ToString() : $"({this})";

    public override string ToString()
    {
        if (!IsKnown) return "?";
        if (_terms.Length == 0) return _constant.ToString(CultureInfo.InvariantCulture);
        if (Remainder is var (dividend, divisor)) return $"{dividend.Bracketed()} % {divisor}";
        var text = string.Concat(_terms.Select((t, i) =>
            (t.Coefficient < 0 ? "-" : i > 0 ? "+" : "")
            + string.Join("·",
            (Math.Abs(t.Coefficient) == 1 ? [] : new[] { Math.Abs(t.Coefficient).ToString(CultureInfo.InvariantCulture) })
            .Concat(t.Atoms.Select(a => a.ToString()!)))));
        return _constant == 0 ? text : text + _constant.ToString("+0;-0", CultureInfo.InvariantCulture);
    }
}

/// <summary>Axis number <paramref name="Index"/> of a tensor whose size is not known.</summary>
internal sealed record Axis(object Tensor, int Index)
{
    public override string ToString() => Index == 0 ? "N" : $"{Tensor}[{Index}]";
    public bool Equals(Axis? other) => other is not null && ReferenceEquals(Tensor, other.Tensor) && Index == other.Index;
    public override int GetHashCode() => Index;
}

/// <summary>A number of the user's code that is not known: a constructor's parameter, a setting.</summary>
internal sealed class Symbol(string name)
{
    /// <summary>Longer names are not for people.</summary>
    private const int MaxName = 32;

    /// <summary>One size or another, depending on a branch.</summary>
    public Symbol(Dim a, Dim b) : this($"{a}|{b}") => Origins = (a, b);

    /// <summary>The sizes it is one of.</summary>
    public (Dim A, Dim B)? Origins { get; }

    /// <summary>The smaller one of two, as the length of a batch is written that may be the last.</summary>
    public bool IsSmaller { get; init; }

    public override string ToString() => _name;

    private readonly string _name = name.Length <= MaxName ? name : name.Substring(0, MaxName - 1) + "…";
}
