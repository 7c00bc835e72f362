using static NnAnalyzers.Reliability.Strange;

namespace NnAnalyzers.Reliability;

/// <summary>Sizes, counts and rates beyond what there is: the largest numbers, less than nothing, no numbers.</summary>
internal static class StrangeSizes
{
    private static readonly string[] Numbers = ["int.MaxValue", "int.MinValue", "long.MaxValue", "long.MinValue", "0", "-1",
        "int.MaxValue * 2L", "unchecked(int.MaxValue * 2)",
        "1L << 62", "1 << 33", "1 >> -5", "checked(int.MaxValue + 1)", "1 / 0", "7 % 0", "long.MinValue / -1", "int.MinValue % -1",
            "(int)double.NaN",
        "(long)double.PositiveInfinity", "(int)1e300", "(int)decimal.MaxValue", "'a' * 'b'", "99999999999999999999", "(int)Math.Pow(2, "
            + "70)", "-(-2147483648)",
        "int.Parse(\"99999999999\")", "\"a\".Length - 2", "new int[0][5]", "Math.Abs(int.MinValue)", "(byte)300", "default",
            "sizeof(long) << 60", "uint.MaxValue"];

    /// <summary>Where a size is written.</summary>
    private static string Everywhere(string n) => Net($$"""
        x = Linear({{n}}, {{n}}).forward(x);
        x = Conv2d({{n}}, {{n}}, {{n}}, stride: {{n}}, padding: {{n}}, dilation: {{n}}, groups: {{n}}).forward(x);
        x = MaxPool2d({{n}}, {{n}}, {{n}}).forward(x);
        x = x.reshape({{n}}, -1, {{n}}).permute({{n}}, 0).transpose({{n}}, {{n}}).unsqueeze({{n}}).squeeze({{n}}).flatten({{n}}, {{n}});
        x = cat(new[] { x, x.narrow({{n}}, {{n}}, {{n}}) }, {{n}}) + stack(new[] { x }, {{n}});
        x = x.sum({{n}}) + x[{{n}}] + x.repeat({{n}}, {{n}});
        x = zeros({{n}}, {{n}}) + randn({{n}}) + arange({{n}}) + linspace(0, 1, {{n}}) + eye({{n}});
        x = x.split({{n}})[{{n}}] + x.chunk({{n}}, {{n}})[0];
        for (var i = {{n}}; i < {{n}}; i += {{n}}) x = Linear(i, i + {{n}}).forward(x);
        foreach (var i in Enumerable.Range({{n}}, {{n}})) x = fc.forward(x) * i;
        foreach (var l in Enumerable.Repeat(fc, {{n}})) x = l.forward(x);
        var text = new string('a', {{n}}).PadLeft({{n}}).Substring({{n}}); var many = new long[{{n}}]; many[{{n}}] = {{n}};
        x = x.reshape(many) * text.Length;
        x = Embedding({{n}}, {{n}}).forward(x) + LSTM({{n}}, {{n}}, {{n}}).forward(x).Item1;
        x = MultiheadAttention({{n}}, {{n}}).forward(x, x, x).Item1;
        return BatchNorm2d({{n}}).forward(LayerNorm({{n}}).forward(Dropout({{n}}).forward(Upsample(new[] { {{n}}, {{n}} }).forward(x))));
        """);

    /// <summary>The same where the types allow it, so that all is read.</summary>
    private static string Typed(string type, string n) => Net($$"""
        var n = ({{type}})({{n}});
        x = Linear(n, n + 1).forward(x.reshape(n * n, n - 1).permute((int)n, 0)).flatten((int)n);
        for (var i = n; i <= n; i++) x = x.reshape(i * i * i, i << 31);
        return Linear(n * n * n * n, 4).forward(cat(new[] { x, x }, (int)n).narrow((int)n, n, n));
        """);

    private static readonly (string Name, string Code)[] Others =
    [
        ("rates that are no numbers", Train("foreach (var lr in new[] { double.NaN, double.PositiveInfinity, -1, 0, double.Epsilon, "
            + "1e308 * 10, 0.0 / 0 }) "
            + "optim.Adam(Linear(4, 4).parameters(), lr, double.NaN, -1, double.MaxValue, double.NaN);")),
        ("a rate of NaN", Train("var m = Linear(4, 1); var o = optim.SGD(m.parameters(), double.NaN, momentum: double.NegativeInfinity);"
            + " functional.mse_loss(m.forward(randn(8, 4)), randn(8, 1)).backward(); o.step();")),
        ("a schedule of no steps", Train("var m = Linear(4, 1); var o = optim.SGD(m.parameters(), 0.1); var s = "
            + "optim.lr_scheduler.StepLR(o, 0, double.NaN); "
            + "for (var e = 0; e < int.MaxValue; e++) { functional.mse_loss(m.forward(randn(8, 4)), randn(8, 1)).backward(); o.step(); "
            + "s.step(); }")),
        ("a schedule of endless growth", Train("var m = Linear(4, 1); var o = optim.Adam(m.parameters()); var s = "
            + "optim.lr_scheduler.ExponentialLR(o, double.MaxValue); "
            + "for (long e = long.MinValue; e < long.MaxValue; e++) { functional.mse_loss(m.forward(randn(8, 4)), randn(8, "
            + "1)).backward(); o.step(); s.step(); }")),
        ("steps of no length", Train("for (var i = 0; i < 4; i += 0) Linear(i, 4); for (var i = 4; i > 0; i++) Linear(i, 4); for (var i "
            + "= int.MaxValue; i <= int.MaxValue; i++) Linear(i, i);")),
        ("two unknown axes", Net("return fc.forward(x.reshape(-1, -1).view(-1, -1, 0, -2).reshape(new long[0]).expand(-1, -5));")),
        ("axes that are not there", Net("return x.permute(0, 0, 7, -9).transpose(-9, 9).flatten(5, 2).squeeze(8).unsqueeze(-99).sum(new "
            + "long[] { 4, 4 }).movedim(new long[] { 9 }, new long[] { 9, 9 });")),
        ("a tensor of nothing", Net("return cat(new Tensor[0]) + stack(Array.Empty<Tensor>()) + zeros(0, 4).mean() + "
            + "Sequential().forward(x) + x.narrow(0, 0, 0).max();")),
        ("heads that do not divide", Net("return MultiheadAttention(7, 2).forward(x, x, x).Item1 + TransformerEncoderLayer(7, "
            + "3).forward(x, null, null) + GroupNorm(3, 7).forward(x);")),
        ("a product that overflows long", Net("long n = 1L << 40; return Linear(n * n, n * n * n).forward(x.reshape(n, n, n, "
            + "n).flatten());")),
        ("a product that comes out as nothing", Net("var n = 65536; return Linear(n * n, 4).forward(x.reshape(-1, n * n));")),
        ("sizes doubled a thousand times", Net("long n = 1; for (var i = 0; i < 1000; i++) n *= 2; " + Repeat(100, "n *= n; ") + " "
            + "return Linear(n, 4).forward(x.reshape(n, -1));")),
        ("symbols multiplied a hundred times", Net("var n = x.shape[0]; " + Repeat(100, "n = n * n + n; ") + " return x.reshape(n, "
            + "-1).reshape(-1, n / n, n % n, n / 0);")),
        ("the remainder of a symbol by nothing", Net("var n = x.shape[1]; return x.reshape(n / 0, n % 0, n / -1, 0 / n, n / n, n << 70, "
            + "n >> -1, -n, ~n);")),
        ("decimals and floats for sizes", Net("return Linear((int)(0.1m * 40), (int)(float.MaxValue * 2f)).forward(x.reshape((long)(1.0 "
            + "/ 0), (long)Math.Sqrt(-1), (long)Math.Log(0), (int)Math.Round(1e20)));")),
        ("numbers in texts", Net("return Linear(int.Parse(\"٤\"), Convert.ToInt32(\"0x7fffffffff\", "
            + "16)).forward(x.reshape(Convert.ToInt64(double.NaN), (int)'४'));")),
        ("enumerations out of range", Net("return Linear((int)(DayOfWeek)int.MaxValue, (int)DayOfWeek.Friday * "
            + "int.MaxValue).forward(x.reshape((long)(E)(-1)));", more: "enum E : ulong { A = ulong.MaxValue }")),
        ("weights of NaN", Net("init.normal_(fc.weight, double.NaN, double.PositiveInfinity); init.uniform_(fc.weight, 1, -1); "
            + "init.constant_(fc.weight, double.NaN); return fc.forward(x) * double.NaN / 0;")),
        ("inputs scaled by nothing", Net("return fc.forward((x - double.NaN) / 0.0).clamp(1, "
            + "-1).div(0).mul(double.PositiveInfinity).pow(double.NaN);")),
    ];

    public static readonly Strange[] All =
    [
        .. Numbers.Select(n => new Strange("sizes", n, () => [Everywhere(n)])),
        .. Numbers.Where(n => n != "default").Select(n => new Strange("sizes", $"long {n}", () => [Typed("long", n)])),
        .. Others.Select(o => new Strange("sizes", o.Name, () => [o.Code])),
    ];
}
