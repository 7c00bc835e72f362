using NnAnalyzers;
using NnAnalyzers.Benchmarks;
var n = 200; double e = 1e9, b = 1e9, bind = 1e9;
for (var i = 0; i < 8; i++)
{
    bind = Math.Min(bind, Measure.Binding(SyntheticCode.Project(n)).TotalMilliseconds);
    e = Math.Min(e, Measure.Analysis(SyntheticCode.Project(n), new EmptyAnalyzer()).TotalMilliseconds);
    b = Math.Min(b, Measure.Analysis(SyntheticCode.Project(n), new EmptyAnalyzer(), new NetworkAnalyzer()).TotalMilliseconds);
}
Console.WriteLine($"bind {bind:0} empty {e:0} both {b:0}: {100 * (b - e) / bind:0.0} % of binding");
