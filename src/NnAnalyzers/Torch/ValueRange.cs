namespace NnAnalyzers.Torch;

/// <summary>The values a number or tensor can take: bounds, either of which may be open (infinite).</summary>
internal readonly record struct ValueRange(double Low, double High)
{
    public static readonly ValueRange Any = new(double.NegativeInfinity, double.PositiveInfinity);

    public bool Covers(ValueRange other) => Low <= other.Low && High >= other.High;

    public bool IsBounded => !double.IsInfinity(Low) || !double.IsInfinity(High);

    /// <summary>The largest value there may be without its sign.</summary>
    public double Magnitude => Math.Max(Math.Abs(Low), Math.Abs(High));

    public ValueRange Join(ValueRange other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    /// <summary>What comes out of <c>add</c>, <c>sub</c>, <c>mul</c>, <c>div</c> or <c>pow</c>; null where nothing tells.</summary>
    public static ValueRange? Combine(string op, ValueRange a, ValueRange b)
    {
        var isOpen = !a.IsBounded || !b.IsBounded;
        return op switch
        {
            "add" or "sub" or "mul" or "div" when isOpen => Any,
            "add" => Around(a.Low + b.Low, a.High + b.High),
            "sub" => Around(a.Low - b.High, a.High - b.Low),
            "mul" => Around(a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High),
            "pow" when b is (2, 2) => a.Through("square"),
            // e^(b·ln a): its extremes lie at the ends.
            "pow" when a.Low >= 0 =>
                Around(Math.Pow(a.Low, b.Low), Math.Pow(a.Low, b.High), Math.Pow(a.High, b.Low), Math.Pow(a.High, b.High)),
            "div" when b.Low == b.High && b.Low != 0 => Around(a.Low / b.Low, a.High / b.Low),
            _ => null,
        };
    }

    /// <summary>What a function that only rises makes of it; null for any other function.</summary>
    /// <param name="function">As TorchSharp calls it, or <c>System.Math</c> in small letters.</param>
    public ValueRange? Through(string function) => function switch
    {
        "exp" => Around(Math.Exp(Low), Math.Exp(High)),
        "log" => Around(Math.Log(Low), Math.Log(High)),
        "log10" => Around(Math.Log10(Low), Math.Log10(High)),
        "log2" => Around(Math.Log(Low) / Math.Log(2), Math.Log(High) / Math.Log(2)),
        "log1p" => Around(Math.Log(1 + Low), Math.Log(1 + High)),
        "sqrt" => Around(Math.Sqrt(Low), Math.Sqrt(High)),
        "tanh" => Around(Math.Tanh(Low), Math.Tanh(High)),
        "floor" => Around(Math.Floor(Low), Math.Floor(High)),
        "ceil" or "ceiling" => Around(Math.Ceiling(Low), Math.Ceiling(High)),
        "round" => Around(Math.Round(Low), Math.Round(High)),
        "abs" or "absolute" => Low >= 0 ? this : new(High <= 0 ? -High : 0, Magnitude),
        "square" => Low >= 0 ? Around(Low * Low, High * High) : new(0, Magnitude * Magnitude),
        _ => null,
    };

    private static ValueRange? Around(params double[] ends) => ends.Any(double.IsNaN) ? null : new(ends.Min(), ends.Max());

    public override string ToString() => this switch
    {
        { Low: 0, High: double.PositiveInfinity } => "values of 0 and more",
        { IsBounded: false } => "any value",
        _ => FormattableString.Invariant($"values from {Low:0.###} to {High:0.###}"),
    };
}
