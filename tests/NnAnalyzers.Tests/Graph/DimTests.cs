using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;

namespace NnAnalyzers.Tests.Graph;

public class DimTests
{
    private static readonly Dim N = Dim.Named(new Symbol("n")), M = Dim.Named(new Symbol("m"));

    [Fact] public void Equal_however_computed() => Assert.Equal((N + Dim.Of(2)) * Dim.Of(3) - Dim.Of(6), N * Dim.Of(3));
    [Fact] public void Products_cancel() => Assert.Equal(M, (N * M * Dim.Of(4)).ExactlyBy(N * Dim.Of(4)));
    [Fact] public void A_sum_is_divided_term_by_term() =>
        Assert.Equal("n+2", ((N * Dim.Of(3)) + Dim.Of(6)).ExactlyBy(Dim.Of(3)).ToString());
    [Fact] public void What_does_not_come_out_even_keeps_its_floor() =>
        Assert.Equal("⌊(n-1)/2⌋+1", ((N - Dim.Of(1)) / Dim.Of(2) + Dim.Of(1)).ToString());
    [Fact] public void Two_halvings_are_one_quartering() => Assert.Equal(N / Dim.Of(4), N / Dim.Of(2) / Dim.Of(2));
    [Fact] public void Only_numbers_are_sure_to_differ()
    {
        Assert.True((N + Dim.Of(1)).SurelyDiffersFrom(N));
        Assert.False(N.SurelyDiffersFrom(M));
        Assert.False((N * Dim.Of(2)).SurelyDiffersFrom(N));
        Assert.False(Dim.Unknown.SurelyDiffersFrom(N));
    }
    [Fact] public void A_multiple_is_no_other_number()
    {
        Assert.True((N * M * Dim.Of(64)).SurelyDiffersFrom(Dim.Of(9217)));
        Assert.False((N * M * Dim.Of(64)).SurelyDiffersFrom(Dim.Of(9216)));
        Assert.True((N * Dim.Of(4) + Dim.Of(2)).SurelyDiffersFrom(M * Dim.Of(6) + Dim.Of(1)));
        Assert.Equal(6, (N * Dim.Of(12) - Dim.Of(18)).Content);
    }
    [Fact] public void Unknown_equals_nothing() { Assert.False(Dim.Unknown.Equals(Dim.Unknown)); Assert.False((N + Dim.Unknown).IsKnown); }
    [Fact] public void Symbols_are_replaced_under_the_floor() =>
        Assert.Equal(Dim.Of(4), ((N - Dim.Of(1)) / Dim.Of(2) + Dim.Of(1)).Replace(atom => atom is Symbol ? Dim.Of(8) : null));

    /// <summary>Numbers and products that no network has become unknown; nothing overflows and nothing grows without end.</summary>
    [Fact]
    public void Growth_ends()
    {
        var (big, power, sum) = (Dim.Of(3), N, N);
        for (var i = 0; i < 64; i++)
        {
            (big, power, sum) = (big * big, power * power, sum + Dim.Named(new Symbol("s" + i)));
            sum *= sum.IsKnown ? N + M : Dim.Unknown;
        }
        Assert.False(big.IsKnown || power.IsKnown || sum.IsKnown);
        Assert.False((Dim.Of(long.MinValue) / Dim.Of(-1)).IsKnown || (Dim.Of(long.MinValue) % Dim.Of(-1)).IsKnown
            || (Dim.Of(1) / Dim.Of(0)).IsKnown);
        Assert.Equal(long.MaxValue, Dim.Of(long.MinValue).Content);
        Assert.False((N * Dim.Of(2)).SurelyDiffersFrom(Dim.Of(long.MinValue)));
    }

    /// <summary>What lies beyond the largest number is not known; it does not come out small or negative.</summary>
    [Fact]
    public void Nothing_wraps_around()
    {
        var most = Dim.Of(long.MaxValue);
        Assert.False((most + Dim.Of(1)).IsKnown || (Dim.Of(-2) - most).IsKnown || (Dim.Of(0) - Dim.Of(long.MinValue)).IsKnown);
        var many = N * Dim.Of(1L << 31) * Dim.Of(1L << 30);
        Assert.True((many + many).IsKnown);
        Assert.False((many + many + many).IsKnown || (many + many + M + many).IsKnown);
        Assert.Equal(Dim.Of(1), ShapeFunctions.Extent(Dim.Of(5), 0, 5, long.MaxValue));
        Assert.Equal(Dim.Of(3), ShapeFunctions.Extent(Dim.Of(5), 0, 5, 2));
        Assert.False(ShapeFunctions.Extent(N, 1, long.MinValue, 1).IsKnown);
    }
}
