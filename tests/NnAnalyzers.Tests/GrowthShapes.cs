namespace NnAnalyzers.Tests;

/// <summary>Code of any size that a reader may find larger than it is: it doubles something, or leads everywhere from everywhere.</summary>
internal static class GrowthShapes
{
    /// <summary>By name: the smallest size that is tried, and the files of one size.</summary>
    public static readonly IReadOnlyDictionary<string, (int Smallest,
        Func<int, string[]> Code)> All = new Dictionary<string, (int, Func<int, string[]>)>
    {
        // ---- Values that double.
        ["a string in itself twice"] = (4, n => Net("var s = \"ab\";" + Repeat(n, "s = $\"{s}{s}\";") + "Console.WriteLine(s);")),
        ["a string in itself twice, in a loop"] = (4,
        n => Net($"var s = \"ab\"; for (var i = 0; i < {n}; i++) s = $\"{{s}}{{s}}\"; Console.WriteLine(s);")),
        ["a string plus itself"] = (4, n => Net("var s = \"ab\";" + Repeat(n, "s += s;") + "Console.WriteLine(s);")),
        ["string.Concat of a string with itself"] = (4,
        n => Net("var s = \"ab\";" + Repeat(n, "s = string.Concat(s, s);") + "Console.WriteLine(s);")),
        ["string.Join of a string with itself"] = (4,
        n => Net("var s = \"ab\";" + Repeat(n, "s = string.Join(\",\", s, s);") + "Console.WriteLine(s);")),
        ["a list added to itself"] = (32, n => Net(List + Repeat(n, "q.AddRange(q);") + Apply)),
        ["a list added to itself, in a loop"] = (32, n => Net(List + $"for (var i = 0; i < {n}; i++) q.AddRange(q);" + Apply)),
        ["a list added to itself, in training code"] = (32,
        n => Train(List + Repeat(n, "q.AddRange(q);") + "var x = randn(8, 4);" + Apply)),
        ["a list and itself"] = (32, n => Net(List + Repeat(n, "q = q.Concat(q).ToList();") + Apply)),
        ["a list and itself, spread"] = (4, n => Net(List + Repeat(n, "q = [.. q, .. q];") + Apply)),
        ["an insertion of a list into itself"] = (4, n => Net(List + Repeat(n, "q.InsertRange(0, q.ToArray());") + Apply)),
        ["a Sequential of itself twice"] = (32, n => Net(Self + Repeat(n, "s = Sequential(s, s);") + "return s.forward(x);")),
        ["a Sequential of itself twice, in a loop"] = (32,
        n => Net(Self + $"for (var i = 0; i < {n}; i++) s = Sequential(s, s);" + "return s.forward(x);")),
        ["a Sequential of itself twice, in training code"] = (32,
        n => Train(Self + Repeat(n, "s = Sequential(s, s);") + "var y = s.forward(randn(8, 4));")),
        ["a Sequential given a list that holds itself twice"] = (32,
        n => Net(Self + Repeat(n, "s = Sequential(new[] { s, ReLU(), s });") + "return s.forward(x);")),
        ["arrays in arrays, merged"] = (4, n => Net(Flags + "object[] a0 = { 1 }, b0 = { 2 };"
            + Lines(n, i =>
            $"object[] a{i + 1} = {{ a{i}, b{i} }}, b{i + 1} = f[{i}] == \"\" ? a{i + 1} : new object[] {{ b{i}, a{i} }};"))),
        ["arrays in arrays, merged by ifs"] = (4, n => Net(Flags + "object[] a = { 1 }, b = { 2 };"
            + Lines(n, i => $"if (f[{i}] == \"\") a = new object[] {{ a, b }}; else b = new object[] {{ b, a }};"))),
        ["tuples of tuples"] = (4, n => Net("(object, object) t = (1, 2);" + Repeat(n, "t = (t, t);") + "Console.WriteLine(t);")),
        ["tuples of tuples, merged"] = (4, n => Net(Flags + "(object, object) t = (1, 2), u = (3, 4);"
            + Lines(n, i => $"if (f[{i}] == \"\") t = (t, u); else u = (u, t);"))),
        ["dictionaries of lists"] = (4, n => Net("var d = new Dictionary<string, List<object>> { [\"0\"] = new() { 1 } };"
            + Lines(n, i => $"d[\"{i + 1}\"] = new List<object> {{ d[\"{i}\"], d[\"{i}\"] }};"))),
        ["lists of lists, taken apart"] = (32,
        n => Net("var q = new List<object> { 1 };" + Repeat(n, "q = q.SelectMany(e => new object[] { e, e }).ToList();"))),
        ["records in records"] = (4,
        n => Net("var r = new Pair(1, 2);" + Repeat(n, "r = r with { A = r, B = r };") + "Console.WriteLine(r);",
            more: "record Pair(object A, object B);")),
        ["a tensor joined with itself"] = (4, n => Net(Repeat(n, "x = cat(new[] { x, x }, 1);") + "return x;")),
        ["a tensor plus itself"] = (4, n => Net(Repeat(n, "x = x + x.relu();") + "return x;")),
        ["blocks with a shortcut"] = (4, n => Net(Repeat(n, "x = x + fc.forward(x);") + "return x;")),

        // ---- Sizes.
        ["a size over itself plus one"] = (4, n => Net("var h = x.shape[1];" + Repeat(n, "h = h / (h + 1);") + "return x.reshape(h, -1);")),
        ["a size times itself"] = (4,
        n => Net("var h = x.shape[1];" + Repeat(n, "h = (h * h + 1) / (h - 1);") + "return x.reshape(h, -1);")),
        ["two sizes added up in turn"] = (4,
        n => Net("long a = x.shape[0], b = x.shape[1];" + Repeat(n, "a = a + b; b = b + a;") + "return x.reshape(a, b);")),
        ["two sizes added up on either side of a branch"] = (4, n => Net(Flags + "long n = x.shape[0], m = x.shape[1];"
            + Lines(n, i => $"if (f[{i}] == \"\") n = n + m; else m = m + n;") + "return x.reshape(n, m);")),
        ["sizes merged in constructors"] = (6,
        n => [Code.Net("private readonly M0 m = new(3, 5);", "return m.forward(x);", more: Lines(n, i => $$"""
            class M{{i}} : Module<Tensor, Tensor>
            {
                private readonly M{{i + 1}} next;
                public M{{i}}(int a, int b) : base("m")
                {
                    if (Environment.TickCount > {{i}}) a = a + b; else b = b + a;
                    next = new M{{i + 1}}(a, b);
                    RegisterComponents();
                }
                public override Tensor forward(Tensor x) => next.forward(x);
            }
            """) + Last($"M{n}", "int a, int b", "Linear(a, b)"))]),
        ["a sum of many sizes"] = (50,
        n => Net(Lines(n, i => $"long s{i} = x.shape[{i}];") + "return x.reshape(" + Join(n, " + ", i => $"s{i}") + ");")),
        ["ranges at the end of the numbers"] = (4, n => Net("var all = new List<Module<Tensor, Tensor>>();"
            + $"foreach (var i in Enumerable.Range(int.MaxValue, {n})) all.Add(Linear(i, i + 1));"
            + "return Sequential(all.ToArray()).forward(x);")),
        ["many long ranges"] = (4,
        n => Net(Repeat(n, "foreach (var i in Enumerable.Range(0, 1_000_000_000)) x = x.relu();") + "return x;")),

        // ---- Classes and calls that lead to two of the next.
        ["modules that make two of the next"] = (32,
        n => [Code.Net("private readonly M0 m = new();", "return m.forward(x);", more: Lines(n, i => $$"""
            class M{{i}} : Module<Tensor, Tensor>
            {
                private readonly M{{i + 1}} a = new(), b = new();
                public M{{i}}() : base("m") => RegisterComponents();
                public override Tensor forward(Tensor x) => b.forward(a.forward(x));
            }
            """) + Last($"M{n}", "", "Linear(4, 4)"))]),
        ["modules that make two of the next, of other sizes"] = (32,
        n => [Code.Net("private readonly M0 m = new(4);", "return m.forward(x);",
            more: Lines(n, i => $$"""
            class M{{i}} : Module<Tensor, Tensor>
            {
                private readonly M{{i + 1}} a, b;
                public M{{i}}(int size) : base("m") { a = new(size); b = new(size + {{1 << i % 8}}); RegisterComponents(); }
                public override Tensor forward(Tensor x) => a.forward(x) + b.forward(x);
            }
            """) + Last($"M{n}", "int size", "Linear(4, size)"))]),
        ["objects that make two of the next"] = (32, n => Net("Console.WriteLine(new P0());",
            more: Lines(n, i => $"class P{i} {{ public P{i + 1} A = new(), B = new(); }}")
            + $"class P{n} {{ public Linear Fc = Linear(4, 4); }}")),
        ["methods that call the next twice"] = (32, n => Net("return T0(x);", Fc + Tree(n))),
        ["methods that enter one tree of calls"] = (1, n => [$$"""
            static class Tree { {{Tree(10, "public static")}} }
            static class Program { {{Lines(n, i => $"static void Train{i}(Tensor x) => functional.mse_loss(Tree.T0(x), x).backward();")}} }
            """]),
        ["methods that enter a growing tree of calls"] = (32, n => [$$"""
            static class Tree { {{Tree(n, "public static")}} }
            static class Program { {{Lines(n, i => $"static void Train{i}(Tensor x) => functional.mse_loss(Tree.T0(x), x).backward();")}} }
            """]),
        ["properties that ask the next twice"] = (32, n => Net("return x.reshape(P0, -1);",
            Fc + Lines(n, i => $"private long P{i} => P{i + 1} + P{i + 1};") + $"private long P{n} => 2;")),
        ["local functions that call the next twice"] = (32,
        n => Net("return L0(x);" + Lines(n, i => $"Tensor L{i}(Tensor t) => L{i + 1}(L{i + 1}(t));")
            + $"Tensor L{n}(Tensor t) => fc.forward(t);")),
        ["closures that call the last twice"] = (32, n => Net("Func<Tensor, Tensor> f0 = t => fc.forward(t);"
            + Lines(n, i => $"Func<Tensor, Tensor> f{i + 1} = t => f{i}(f{i}(t));") + $"return f{n}(x);")),
        ["functions made of functions"] = (4,
        n => Net("Func<Tensor, Tensor> f = t => fc.forward(t);" + Repeat(n, "f = Twice(f);") + "return f(x);",
            Fc + "private static Func<Tensor, Tensor> Twice(Func<Tensor, Tensor> f) => t => f(f(t));")),
        ["lambdas given to lambdas"] = (4, n => Net("Func<Func<Tensor, Tensor>, Tensor, Tensor> f0 = (g, t) => g(t);"
            + Lines(n, i => $"Func<Func<Tensor, Tensor>, Tensor, Tensor> f{i + 1} = (g, t) => f{i}(u => f{i}(g, u), t);")
            + $"return f{n}(t => fc.forward(t), x);")),
        ["iterators that go through the next twice"] = (32, n => Net("foreach (var t in I0(x)) x = t; return x;", Fc + Lines(n, i =>
            $"private IEnumerable<Tensor> I{i}(Tensor t) {{ foreach (var u in I{i + 1}(t)) yield return u; "
            + $"foreach (var u in I{i + 1}(t)) yield return u; }}")
            + $"private IEnumerable<Tensor> I{n}(Tensor t) {{ yield return fc.forward(t); }}")),
        ["static fields made of the next twice"] = (4, n => Net("return x.reshape(Sizes.S0, -1);", more:
            $"static class Sizes {{ {Lines(n, i =>
                $"public static readonly long S{n - i} = {(i == 0 ? "1" : $"S{n - i + 1} + S{n - i + 1}")};")}"
            + "public static readonly long S0 = S1 + S1; }")),
        ["base calls made twice"] = (32, n => [Code.Net("private readonly Last m = new();", "return m.forward(x);",
            more: Ancestors(n, "base.forward(base.forward(x))"))]),

        // ---- Recursion.
        ["recursion"] = (4,
        n => Net($"return R(x, {n});", Fc + "private Tensor R(Tensor t, int n) => n == 0 ? fc.forward(t) : R(R(t, n - 1), n - 1);")),
        ["recursion of unknown depth"] = (4, n => Net($"return {Nest(n, "R(", "x", ", (int)x.shape[0])")};",
            Fc + "private Tensor R(Tensor t, int n) => n == 0 ? fc.forward(t) : R(R(t, n - 1), n - 1);")),
        ["mutual recursion"] = (32, n => Net("return R0(x, 9);", Fc + Lines(n, i =>
            $"private Tensor R{i}(Tensor t, int k) => k == 0 ? fc.forward(t) : R{(i + 1) % n}(R{(i + 2) % n}(t, k - 1), k - 1);"))),
        ["recursion into other types"] = (4, n => Net($"return R<int>(x, {n});", Fc
            + "private Tensor R<T>(Tensor t, int n) => n == 0 ? fc.forward(t) : R<T[]>(R<List<T>>(t, n - 1), n - 1);")),
        ["a factory that never ends"] = (4,
        n => Net(Lines(n, i => $"var o{i} = Make<int>();") + "return x;", more: "static class Factory { }",
            fields: Fc + "private static object Make<T>() => new object[] { Make<List<T>>(), Make<T[]>() };")),
        ["a module that makes itself"] = (4, n => [Code.Net("private readonly Self m = new(" + n + ");", "return m.forward(x);", more: """
            class Self : Module<Tensor, Tensor>
            {
                private readonly Self? a, b;
                private readonly Linear fc = Linear(4, 4);
                public Self(int depth) : base("s")
                {
                    if (depth > 0) { a = new Self(depth - 1); b = new Self(depth - 1); }
                    RegisterComponents();
                }
                public override Tensor forward(Tensor x) => a is null || b is null ? fc.forward(x) : b.forward(a.forward(x));
            }
            """)]),

        // ---- Branches.
        ["ifs one after the other"] = (8, n => Net(Flags + Lines(n, i => $"if (f[{i}] == \"\") x = x.relu();") + "return x;")),
        ["ifs one after the other, with layers"] = (8,
        n => Net(Flags + Lines(n, i => $"if (f[{i}] == \"\") x = fc.forward(x); else x = x.tanh();") + "return x;")),
        ["choices one after the other"] = (8, n => Net(Flags + Lines(n, i => $"x = f[{i}] == \"\" ? x.relu() : x.tanh();") + "return x;")),
        ["choices one after the other, in training code"] = (8, n => Train(Flags + "var x = randn(8, 4);"
            + Lines(n, i => $"x = f[{i}] == \"\" ? x.relu() : x.tanh();") + "functional.mse_loss(x, randn(8, 4)).backward();")),
        ["choices of layers"] = (32,
        n => Net(Flags + Self + Lines(n, i => $"s = f[{i}] == \"\" ? s : Sequential(s, Tanh());") + "return s.forward(x);")),
        ["ifs in ifs"] = (8,
        n => Net(Flags + Nest(n, i => $"if (f[{i}] == \"\") {{ x = x.relu();", "x = x.tanh();", "} else x = x.sigmoid();") + "return x;")),
        ["choices in choices"] = (8, n => Net(Flags + "return " + Join(n, " : ", i => $"f[{i}] == \"\" ? x.relu()") + " : x;")),
        ["returns in ifs"] = (128, n => Net(Flags + Lines(n, i => $"if (f[{i}] == \"\") return fc.forward(x) * {i};") + "return x;")),
        ["helpers that return in ifs"] = (8, n => Net($"return {Nest(n, "H(", "x", ")")};",
            Fc + "private Tensor H(Tensor t) { if (Environment.TickCount > 1) return fc.forward(t); if (Environment.TickCount > 0) return "
            + "t; return t.relu(); }")),
        ["cases of a switch"] = (8,
        n => Net(Flags + "switch (f[0]) { " + Lines(n, i => $"case \"{i}\": x = fc.forward(x).relu(); break;") + " } return x;")),
        ["switches one after the other"] = (8,
        n => Net(Flags + Lines(n, i => $"switch (f[{i}]) {{ case \"a\": x = x.relu(); break; case \"b\": x = x.tanh(); break; }}")
            + "return x;")),
        ["arms of a switch expression"] = (8,
        n => Net(Flags + "return f[0] switch { " + Lines(n, i => $"\"{i}\" => fc.forward(x) * {i},") + " _ => x };")),
        ["switch expressions one after the other"] = (8, n => Net(Flags
            + Lines(n, i => $"x = f[{i}] switch {{ \"a\" => x.relu(), \"b\" => x.tanh(), _ => x }};") + "return x;")),
        ["a long condition"] = (8, n => Net(Flags + "if (" + Join(n, " && ", i => $"f[{i}] == \"{i}\"") + ") x = x.relu(); return x;")),
        ["tries in tries"] = (4,
        n => Net(Nest(n, "try { x = x.relu(); ", "x = x.tanh();", " } catch (Exception) { x = x.sigmoid(); } finally { x = x + 1; }")
            + "return x;")),
        ["tries in catches"] = (4, n => Net(Nest(n, "try { x = x.relu(); } catch (Exception) { ", "x = x.tanh();", " }") + "return x;")),
        ["tries one after the other"] = (8,
        n => Net(Repeat(n, "try { x = fc.forward(x); } catch (Exception) { x = x.relu(); }") + "return x;")),

        // ---- Loops.
        ["a loop that makes layers"] = (4,
        n => Net($"var all = new List<Module<Tensor, Tensor>>(); for (var i = 0; i < {n}; i++) all.Add(Linear(4, 4));"
            + "return Sequential(all.ToArray()).forward(x);")),
        ["a long loop that makes layers"] = (1000,
        n => Net($"var all = new List<Module<Tensor, Tensor>>(); for (var i = 0; i < {n}000; i++) all.Add(Linear(4, 4));"
            + "return Sequential(all.ToArray()).forward(x);")),
        ["loops one after the other"] = (4, n => Net(Repeat(n, "for (var i = 0; i < 32; i++) x = fc.forward(x);") + "return x;")),
        ["loops in loops, twice each"] = (32,
        n => Net(Nest(n, i => $"for (var i{i} = 0; i{i} < 2; i{i}++) {{", "x = fc.forward(x);", "}") + "return x;")),
        ["loops in loops, long"] = (32,
        n => Net(Nest(n, i => $"for (var i{i} = 0; i{i} < 1000; i{i}++) {{ x = x.relu();", "x = fc.forward(x);", "}") + "return x;")),
        ["loops in loops, of unknown length"] = (2,
        n => Net(Nest(n, "while (x.shape[0] > 1) { x = x.relu(); ", "x = fc.forward(x);", "}") + "return x;")),
        ["loops over lists in loops over lists"] = (32, n => Net("var all = new[] { Linear(4, 4), Linear(4, 4) };"
            + Nest(n, i => $"foreach (var l{i} in all) {{ x = l{i}.forward(x);", "x = x.relu();", "}") + "return x;")),
        ["methods with loops that call the next"] = (32, n => Net("return T0(x);", Fc
            + Lines(n, i => $"private Tensor T{i}(Tensor t) {{ for (var i = 0; i < 3; i++) t = T{i + 1}(t); return t; }}")
            + $"private Tensor T{n}(Tensor t) => fc.forward(t);")),

        // ---- Long and deep code.
        ["a long sum"] = (250, n => Net("return " + Join(n, " + ", _ => "x") + ";")),
        ["a long sum of numbers"] = (250, n => Net("var k = x.shape[0]; return x.reshape(" + Join(n, " + ", i => $"k * {i}") + ", -1);")),
        ["a long chain of calls"] = (625, n => Net("return x" + Repeat(n, ".relu()") + ";")),
        ["calls in calls"] = (25, n => Net("return " + Nest(n, "functional.relu(", "x", ")") + ";")),
        ["casts of casts"] = (25, n => Net("return " + Nest(n, "(Tensor)(object)(", "x", ")") + ";")),
        ["an array of many numbers"] = (10_000,
        n => Net($"var a = new[] {{ {Join(n, ", ", i => $"{i}")} }}; return fc.forward(x + a[0]);")),
        ["a list of many layers"] = (100,
        n => Net($"return Sequential(new Module<Tensor, Tensor>[] {{ {Join(n, ", ", _ => "Linear(4, 4)")} }}).forward(x);")),
        ["many fields"] = (50,
        n => Net(Lines(n, i => $"x = fc{i}.forward(x);") + "return x;", Lines(n, i => $"private readonly Linear fc{i} = Linear(4, 4);"))),
        ["a chain of queries"] = (8,
        n => Net("var q = Enumerable.Range(0, 4)" + Repeat(n, ".Select(i => i + 1).Where(i => i > 0)")
        + "; return x.reshape(q.First(), -1);")),
        ["queries of queries"] = (32,
        n => Net(List + Repeat(n, "q = q.Select(m => (Module<Tensor, Tensor>)Sequential(m, m)).ToList();") + Apply)),
        ["a chain of joined strings"] = (8,
        n => Net("var s = \"a\";" + Lines(n, i => $"s = string.Join(\"{i}\", s, \"b\") + string.Concat(s, \"c\");")
        + "Console.WriteLine(s);")),
        ["one long file"] = (50, n => [$$"""
            static class Program
            {
            {{Lines(n, i => $$"""
                static void Train{{i}}()
                {
                    var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));
                    functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();
                }
            """)}}
            }
            """]),
        ["one long method"] = (25, n => Train(Lines(n, i => $"var m{i} = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));"
            + $" functional.mse_loss(m{i}.forward(randn(8, 4)), randn(8, 1)).backward();"))),
        ["many losses of one network"] = (8, n => Train("var m = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));"
            + Repeat(n, "functional.mse_loss(m.forward(randn(8, 4)), randn(8, 1)).backward();"))),
        ["many losses of one class"] = (8, n => [Code.Net(Fc, "return fc.forward(x).relu();",
            more: $"static class Others {{ {Lines(n, i =>
                $"static void Train{i}() => functional.mse_loss(new Net().forward(randn(8, 4)), randn(8, 4)).backward();")} }}")]),
        ["training code that shares helpers"] = (8, n => [$$"""
            static class Helpers { {{Lines(8, i =>
                $"public static Tensor H{i}(Tensor t) => H{i + 1}(t).relu();")}} public static Tensor H8(Tensor t) => t; }
            static class Program { {{Lines(n, i =>
                $"static void Train{i}(Tensor x) => functional.mse_loss(Helpers.H0(Linear(4, 4).forward(x)), x).backward();")}} }
            """]),
        ["many optimizers"] = (8,
        n => Train("var m = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));" + Lines(n, i => $"var o{i} = optim.Adam(m.parameters());")
            + "functional.mse_loss(m.forward(randn(8, 4)), randn(8, 1)).backward();" + Lines(n, i => $"o{i}.step();"))),

        // ---- Types and files.
        ["implementations of one interface"] = (8, n => [Code.Net("private readonly IBlock m = new B0();", "return m.Apply(x);",
            more: "interface IBlock { Tensor Apply(Tensor t); }"
            + Lines(n, i => $"class B{i} : IBlock {{ public Tensor Apply(Tensor t) => Linear(4, 4).forward(t) * {i}; }}"))]),
        ["implementations that hold one of any kind"] = (8,
        n => [Code.Net("private readonly IBlock m = new B0(null!);", "return m.Apply(x);",
            more: "interface IBlock { Tensor Apply(Tensor t); }"
            + Lines(n, i => $"class B{i}(IBlock next) : IBlock {{ public Tensor Apply(Tensor t) => next.Apply(next.Apply(t)); }}"))]),
        ["deep inheritance"] = (4,
        n => [Code.Net("private readonly Last m = new();", "return m.forward(x);", more: Ancestors(n, "base.forward(x)"))]),
        ["one partial class in many files"] = (4, n => [Code.Net(Fc, "return x;").Replace("class Net", "partial class Net"),
            .. Enumerable.Range(0, n).Select(i => $$"""
                partial class Net
                {
                    private readonly Linear fc{{i}} = Linear(4, 4);
                    public Tensor M{{i}}(Tensor t) => {{(i == 0 ? "" : $"M{i - 1}")}}(fc{{i}}.forward(t));
                }
                """)]),
        ["many files with a network each"] = (4, n => Files(n, i => $$"""
            class Net{{i}} : Module<Tensor, Tensor>
            {
                private readonly Linear fc = Linear(4, 1);
                public Net{{i}}() : base("n") => RegisterComponents();
                public override Tensor forward(Tensor x) => fc.forward(x).relu();
                public static void Train() => functional.mse_loss(new Net{{i}}().forward(randn(8, 4)), randn(8, 1)).backward();
            }
            """)),
        ["a ring of files"] = (4, n => Files(n, i => Link(i, (i + 1) % n))),
        ["a chain of files"] = (4, n => Files(n, i => Link(i, Math.Min(i + 1, n - 1)))),
        ["files that all use one"] = (4, n => Files(n, i => Link(i, 0))),
        ["one file that uses all"] = (4, n => [.. Files(n, i => Link(i, i)),
            $"static class All {{ static void Train(Tensor x) {{ {Lines(n, i =>
                $"functional.mse_loss(new Net{i}().forward(x), x).backward();")} }} }}"]),
    };

    private const string Fc = "private readonly Linear fc = Linear(4, 4);";

    /// <summary>Conditions nobody knows.</summary>
    private const string Flags = "var f = Environment.GetCommandLineArgs();";
    private const string List = "var q = new List<Module<Tensor, Tensor>> { ReLU(), Linear(4, 4) };";
    private const string Self = "Module<Tensor, Tensor> s = Linear(4, 4);";
    private const string Apply = "x = Sequential(q.ToArray()).forward(x);";

    private static string Join(int n, string between, Func<int, string> one) => string.Join(between, Enumerable.Range(0, n).Select(one));
    private static string Lines(int n, Func<int, string> line) => Join(n, "\n", line) + "\n";
    private static string Repeat(int n, string code) => Join(n, "\n", _ => code);
    private static string Nest(int n, Func<int, string> before, string inner, string after) => Lines(n, before) + inner + Repeat(n, after);
    private static string Nest(int n, string before, string inner, string after) => Nest(n, _ => before, inner, after);
    private static string[] Files(int n, Func<int, string> file) => Enumerable.Range(0, n).Select(file).ToArray();

    private static string[] Net(string forward, string fields = Fc, string more = "") =>
        [Code.Net(fields, forward.Contains("return ", StringComparison.Ordinal) ? forward : forward + " return fc.forward(x);",
        target: "randn(8, 4)", more: more)];

    private static string[] Train(string body) =>
        [Code.Method(body + " functional.mse_loss(Linear(4, 1).forward(randn(8, 4)), randn(8, 1)).backward();")];

    /// <summary>Methods of which each calls the next twice.</summary>
    private static string Tree(int depth, string modifiers = "private") =>
        Lines(depth, i => $"{modifiers} Tensor T{i}(Tensor t) => T{i + 1}(T{i + 1}(t));")
        + $"{modifiers} Tensor T{depth}(Tensor t) => Linear(4, 4).forward(t);";

    private static string Last(string name, string parameters, string layer) => $$"""

        class {{name}} : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer;
            public {{name}}({{parameters}}) : base("last") { layer = {{layer}}; RegisterComponents(); }
            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """;

    /// <summary>A module with many ancestors, none of which stands for itself.</summary>
    private static string Ancestors(int n, string forward) => $$"""
        abstract class A0 : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 4);
            protected A0() : base("a") { }
            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        {{Lines(n, i => $"abstract class A{i + 1} : A{i} {{ public override Tensor forward(Tensor x) => {forward}.relu(); }}")}}
        class Last : A{{n}} { public Last() => RegisterComponents(); }
        """;

    /// <summary>A file with a network and training code that uses the network of another.</summary>
    private static string Link(int i, int other) => $$"""
        class Net{{i}} : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 4);
            public Net{{i}}() : base("n") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.forward(x).relu();
            public static void Train(Tensor x) => functional.mse_loss(new Net{{other}}().forward(x), x).backward();
        }
        """;
}
