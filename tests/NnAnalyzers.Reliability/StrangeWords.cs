using static NnAnalyzers.Reliability.Strange;

namespace NnAnalyzers.Reliability;

/// <summary>Words of C# that networks are seldom written with.</summary>
internal static class StrangeWords
{
    public static readonly Strange[] All = new (string Name, string Code)[]
    {
        ("goto back", Net("again: x = fc.forward(x); if (x.shape[0] > 4) goto again; return x;")),
        ("goto into a loop", Net("goto inside; for (;;) { inside: x = fc.forward(x); goto outside; } outside: return x;")),
        ("goto itself", Net("here: goto here; return fc.forward(x);")),
        ("goto cases in a circle", Net("switch (x.shape[0]) { case 1: x = fc.forward(x); goto case 2; case 2: x = x.relu(); goto case "
            + "1; default: goto default; } return x;")),
        ("labels of the same name", Net("a: x = fc.forward(x); a: goto a; goto b; return x;")),
        ("break outside a loop", Net("break; continue; yield break; return fc.forward(x);")),
        ("yield in forward", Net("yield return fc.forward(x); return x;")),
        ("an iterator with try", Net("foreach (var t in Go(x)) x = t; return x;", Fc + " IEnumerable<Tensor> Go(Tensor x) { try { yield "
            + "return fc.forward(x); } "
            + "finally { x = x.relu(); } yield break; }")),
        ("unsafe pointers", Net("int n = 4; int* p = &n; *p = 8; p[0]++; return Linear(*p, p[0]).forward(x);", Fc, head: "unsafe class "
            + "Net : Module<Tensor, Tensor>")),
        ("fixed", Net("var a = new long[] { 4, 4 }; fixed (long* p = a) { return x.reshape(p[0], *(p + 1)); }", Fc, head: "unsafe class "
            + "Net : Module<Tensor, Tensor>")),
        ("stackalloc", Net("Span<long> s = stackalloc long[] { -1, 4 }; s[0] = 8; return fc.forward(x.reshape(s.ToArray()));")),
        ("function pointers", Net("delegate*<Tensor, Tensor> f = &Go; return f(fc.forward(x));", Fc + " static Tensor Go(Tensor x) => "
            + "x.relu();",
            head: "unsafe class Net : Module<Tensor, Tensor>")),
        ("ref locals", Net("ref var y = ref x; y = fc.forward(y); ref readonly var z = ref y; return z;")),
        ("ref returns", Net("At(0) = Linear(4, 8); return At(0).forward(x);", "private Linear[] all = { Linear(4, 4) }; ref Linear "
            + "At(int i) => ref all[i];")),
        ("ref fields", Net("var r = new R(ref x); r.T = fc.forward(r.T); return x;", more: "ref struct R { public ref Tensor T; public "
            + "R(ref Tensor t) { T = ref t; } }")),
        ("ref structs", Net("scoped var s = new S { L = fc }; return s.L.forward(x);", more: "readonly ref struct S { public Linear L { "
            + "get; init; } }")),
        ("in, out and ref", Net("Go(in x, out var y, ref x); return y;", Fc + " void Go(in Tensor a, out Tensor b, ref Tensor c) { b = "
            + "fc.forward(a); c = b; }")),
        ("out of a field", Net("Make(out other); return other.forward(x);", "private Linear other; static void Make(out Linear l) => l "
            + "= Linear(4, 4);")),
        ("async forward", Net("return await Task.FromResult(fc.forward(x));").Replace("override Tensor", "override async Task<Tensor>",
            StringComparison.Ordinal)),
        ("async void training", Train("await Task.Delay(1);", modifiers: "static async")),
        ("async streams", Train("await foreach (var t in Data()) functional.mse_loss(Linear(4, 1).forward(t), randn(8, 1)).backward();",
            "static partial class Training { static async IAsyncEnumerable<Tensor> Data() { while (true) { await Task.Yield(); yield "
                + "return randn(8, 4); } } }",
            "static async", "Task")),
        ("await using", Train("await using var s = new MemoryStream(); await foreach (var b in (IAsyncEnumerable<int>)null!) { }",
            modifiers: "static async", returns: "Task")),
        ("extension members", Net("return fc.Twice(x).Half;", more: "static class E { extension(Linear l) { public Tensor Twice(Tensor "
            + "x) => l.forward(l.forward(x)); } "
            + "extension(Tensor t) { public Tensor Half => t / 2; public static Tensor operator +(Tensor a, int b) => a; } }")),
        ("the field keyword", Net("return L.forward(x);", "private Linear L { get => field ??= Linear(4, 4); set => field = value; }")),
        ("patterns", Net("return x switch { { shape: [var n, > 2 and < 9 or 4, ..] } when n is not 0 => fc.forward(x), { shape.Length: "
            + "1 or 2 } t => t, null => x, "
            + "var (a, b) => x, _ => throw new Exception() };")),
        ("list patterns", Net("if (x.shape is [var n, .., var m]) return x.reshape(m, n); return x.shape is [1, .. var rest, 2] ? "
            + "x.reshape(rest) : fc.forward(x);")),
        ("declarations in conditions", Net("if (fc is Linear { weight: { } w } && w is not null or true) x = x.matmul(w); while (x is { "
            + "} y) { x = y; break; } return x;")),
        ("collection expressions", Net("long[] a = [-1, 4]; List<long> b = [.. a, .. a[1..], .. (IEnumerable<long>)[1]]; return "
            + "fc.forward(x.reshape([.. b[..2]]));")),
        ("collections in a Sequential", Net("Module<Tensor, Tensor>[] all = [fc, .. Enumerable.Repeat(ReLU(), 3)]; return "
            + "Sequential([.. all, .. all]).forward(x);")),
        ("a dictionary in brackets", Net("Dictionary<string, Linear> d = new() { [\"a\"] = fc, [\"b\"] = Linear(4, 4) }; return "
            + "d[\"b\"].forward(d[\"c\"].forward(x));")),
        ("primary constructors", Net("return new P(4, 8).forward(x);", more: "class P(int a, int b) : Module<Tensor, Tensor>(\"p\") { "
            + "readonly Linear l = Linear(a, b); "
            + "public P(int a) : this(a, a) { } public override Tensor forward(Tensor x) => l.forward(x) * b; }")),
        ("records", Net("var c = new C(4, 8) with { B = 4 }; var (a, b) = c; return Linear(a, c.B).forward(x);", more: "record C(int A, "
            + "int B) { public int D => A * B; }")),
        ("record structs", Net("return new C { A = 4 }.L.forward(x);", more: "readonly record struct C(int A, int B = 4) { public "
            + "Linear L => Linear(A, B); }")),
        ("a record for a module", Net("return x;", more: "record M(Linear L) : Module<Tensor, Tensor>(\"m\") { public override Tensor "
            + "forward(Tensor x) => L.forward(x); }")),
        ("a struct for a module", Net("return x;", more: "struct M : Module<Tensor, Tensor> { Linear l = Linear(4, 4); public override "
            + "Tensor forward(Tensor x) => l.forward(x); }")),
        ("required and init", Net("return new O { L = fc }.L.forward(x);", more: "class O { public required Linear L { get; init; } }")),
        ("classes of a file", Net("return new F().L.forward(x);", more: "file class F { public Linear L = Linear(4, 4); }")),
        ("static abstract members", Net("return Go<Make>(x);", Fc + " static Tensor Go<T>(Tensor x) where T : I<T> => T.Layer.forward(x "
            + "+ T.Size);",
            "interface I<T> where T : I<T> { static abstract Linear Layer { get; } static virtual int Size => 4; } class Make : I<Make> "
                + "{ public static Linear Layer => Linear(4, 4); }")),
        ("checked operators", Net("return new V(4) + new V(8) is var v ? Linear(v.N, 4).forward(x) : x;", more: "record struct V(int N) "
            + "{ public static V operator +(V a, V b) => new(a.N + b.N); "
            + "public static V operator checked +(V a, V b) => new(checked(a.N + b.N)); }")),
        ("generic math", Net("return Linear(Sum([1, 3]), 4).forward(x);", Fc + " static T Sum<T>(T[] a) where T : "
            + "System.Numerics.INumber<T> { var s = T.Zero; foreach (var e in a) s += e; return s; }")),
        ("dynamic", Net("dynamic d = fc; return d.forward(d.anything(x)[1] + d);")),
        ("__arglist", Net("Go(__arglist(1, x)); return fc.forward(x);", Fc + " static void Go(__arglist) { var r = __makeref(Hidden); "
            + "__refvalue(r, int) = 4; } static int Hidden;")),
        ("events", Net("Done += t => fc.forward(t); Done?.Invoke(x); return Done!(x);", Fc + " event Func<Tensor, Tensor> Done;")),
        ("indexes and ranges", Net("return fc.forward(x[^1..][..^0, 1..^1, ^2]) + x[.., 0, TensorIndex.Ellipsis];")),
        ("queries", Net("foreach (var l in from a in new[] { 4, 8 } join b in new[] { 4 } on a equals b into g from c in "
            + "g.DefaultIfEmpty() let d = a * c where d > 0 "
            + "orderby d descending group Linear(a, d) by d into h select h.First()) x = l.forward(x); return x;")),
        ("filters of exceptions", Net("try { x = fc.forward(x); } catch (Exception e) when (Go(x) is var y && y is null) { throw; } "
            + "catch { x = x.relu(); } return x;", Fc + " Tensor Go(Tensor t) => fc.forward(t);")),
        ("lock and using", Net("lock (this) { using var s = NewDisposeScope(); using (var g = no_grad()) x = fc.forward(x); return "
            + "x.MoveToOuterDisposeScope(); }")),
        ("fixed buffers", Net("B b = default; b.A[0] = 4; return Linear(b.A[0], 4).forward(x);", more: "unsafe struct B { public fixed "
            + "int A[4]; }", head: "unsafe class Net : Module<Tensor, Tensor>")),
        ("inline arrays", Net("var b = new B(); b[0] = 4; foreach (var e in b) x = Linear(e, b[^1]).forward(x); return x;",
            more: "[System.Runtime.CompilerServices.InlineArray(4)] struct B { int first; }")),
        ("explicit forward", Net("return ((I)this).forward(x);", Fc + " Tensor I.forward(Tensor x) => fc.forward(x);", "interface I { "
            + "Tensor forward(Tensor x); }", "class Net : Module<Tensor, Tensor>, I")),
        ("forward hidden by new", Net("return fc.forward(x);").Replace("override", "new", StringComparison.Ordinal)),
        ("forward of other types", Net("return fc.forward(x);", Fc + " public int forward(int x) => x; public Tensor forward(Tensor x, "
            + "params Tensor[] more) => forward(x, more);")),
        ("a static forward", Net("return Linear(4, 4).forward(x);").Replace("override", "static", StringComparison.Ordinal)),
        ("anonymous types", Net("var a = new { L = fc, N = new { M = 4 } }; var b = a with { L = Linear(4, a.N.M) }; return "
            + "b.L.forward(x);")),
        ("deconstruction", Net("(x, var (a, _), _) = (fc.forward(x), (4, 8), x); (var b, (a, b)) = (1, (2, 3)); return Linear(a, "
            + "b).forward(x);")),
        ("throw expressions", Net("return fc?.forward(x ?? throw new Exception())! ?? throw null!;")),
        ("conditional access", Net("return this?.fc?.forward(x)?.relu()?.shape?[0] is { } n ? x.reshape(n) : null!;")),
        ("assignment by conditional access", Net("this?.other = Linear(4, 4); other ??= fc; return other!.forward(x);", Fc + " Linear? "
            + "other;")),
        ("target-typed new", Net("List<Linear> l = new(4) { fc, new(), null! }; return new(x);")),
        ("out variables in arguments", Net("return Go(out var n, n = 4, Go(out _, out n)).forward(x);", Fc + " Linear Go(out int n, "
            + "params int[] more) { n = 4; return Linear(n, n); }")),
        ("lambdas with all there is", Net("var f = [Obsolete] static Tensor (ref Tensor t, int n = 4, params int[] more) => "
            + "t.reshape(n); var g = (scoped ref t) => t; return f(ref x);")),
        ("a lambda that is called at once", Net("return ((Func<Tensor, Tensor>)(t => fc.forward(t)))(x) + new Func<Tensor, "
            + "Tensor>(fc.forward)(x);")),
        ("method groups", Net("Func<Tensor, Tensor> f = fc.forward; f += functional.relu; var g = fc.forward; return f.Invoke(g(x));")),
        ("generic local functions", Net("return L<int>(x); static Tensor L<T>(Tensor t) where T : unmanaged { return M(t); static "
            + "Tensor M(Tensor t) => L<long>(t); }")),
        ("finalizers and destructors", Net("return fc.forward(x);", Fc + " ~Net() { fc.forward(randn(1)); } static Net() { new Net(); }")),
        ("volatile, extern, const", Net("return fc.forward(x);", "volatile Linear fc = Linear(4, 4); const Linear None = null; extern "
            + "static Tensor Go(Tensor x);")),
        ("interceptors", Net("return fc.forward(x);", more: "static class I { "
            + "[System.Runtime.CompilerServices.InterceptsLocation(\"Strange0.cs\", 1, 1)] public static Tensor F(this Linear l, Tensor "
            + "x) => x; }")),
        ("partial properties and events", Net("return L.forward(x);", "partial Linear L { get; } partial Linear L => Linear(4, 4);",
            head: "partial class Net : Module<Tensor, Tensor>")),
        ("nullable of everything", Net("Tensor?[]?[]? a = null!; int? n = null; n += n ?? a?.Length; return Linear(n!.Value, n ?? "
            + "4)!.forward(x!)!;")),
        ("params of spans", Net("return Go(4, 4).forward(x);", Fc + " static Linear Go(params ReadOnlySpan<int> n) => Linear(n[0], "
            + "n[1]);")),
        ("nameof, typeof, sizeof, default", Net("Console.WriteLine(nameof(fc.forward) + typeof(Module<,>) + default(Tensor)); return "
            + "Linear(sizeof(int), nameof(Net).Length + 1).forward(x);")),
        ("operators of compound assignment", Net("x += fc.forward(x); x *= 2; x -= x; x /= x; x %= 3; x <<= 1; x &= x; x ??= x; x >>>= "
            + "1; return x;")),
        ("increments everywhere", Net("var i = 3; return Linear(++i, i++ + --i - i-- + ~i + +i).forward(x);")),
        ("assignment as a value", Net("Linear a, b, c; a = b = c = fc; return (x = a.forward(x = b.forward(x)));")),
        ("a module given by ref", Net("Swap(ref fc, ref other); return other.forward(fc.forward(x));", "private Linear fc = Linear(4, "
            + "4), other = Linear(4, 8); "
            + "static void Swap<T>(ref T a, ref T b) => (a, b) = (b, a);")),
        ("loops with odd heads", Net("for (int i = 0, j = 9; i < j; i += 2, j--) x = fc.forward(x); for (; ; ) { if (x.shape[0] > 1) "
            + "break; continue; } for (Go(); Go(); Go()) ; return x;", Fc + " bool Go() => false;")),
        ("foreach with deconstruction", Net("foreach (var (k, (l, n)) in new Dictionary<int, (Linear, int)> { [1] = (fc, 4) }) x = "
            + "l.forward(x) * (k + n); return x;")),
        ("foreach over what is none", Net("foreach (var l in fc) x = l.forward(x); foreach (int i in 4) x = x * i; foreach (var in x) { "
            + "} return x;")),
        ("switch on types", Net("foreach (var m in new object[] { fc, 1, \"a\" }) x = m switch { Linear l when l.bias is not null => "
            + "l.forward(x), int n => x * n, string { Length: var k } => x + k, _ => x }; return x;")),
        ("misuse of torch", Net("return torch.nn.functional(x).relu.forward() + Linear + torch + nn.Sequential.Add(Linear);")),
        ("missing methods", Net("return fc.backwards(x.relux(4)).Foo<int>.Bar[1](x, , y);")),
        ("too few arguments", Net("return functional.mse_loss() + fc.forward() + Sequential().forward() + x.reshape() + cat() + "
            + "Conv2d().forward(x) + x.permute();")),
        ("too many arguments", Net("return functional.mse_loss(x, x, x, x, x, 1, 2) + fc.forward(x, x, x) + x.reshape(1, x, \"a\") + "
            + "Linear(1, 2, 3, 4, 5, 6, 7).forward(x);")),
        ("arguments of wrong names", Net("return Linear(inputSize: 4, hidden: 4, inputSize: 4).forward(tensor: x, x: x) + x.sum(axis: "
            + "1, dim: 1, dim: 2);")),
        ("arguments of wrong types", Net("return Linear(\"4\", null, 1.5).forward(4) + x.reshape(x, fc, \"a\") + cat(x, x) + "
            + "functional.mse_loss(1, \"a\") + x.permute(new object());")),
        ("two trainings in one", Train("var m = Linear(4, 1); var o = optim.SGD(m.parameters(), 0.1); var o2 = "
            + "optim.Adam(optim.SGD(o.parameters(), o)); o.step().backward().step(); o.zero_grad(o2);")),
        ("training without anything", Train("Tensor loss; loss.backward(); optim.Optimizer o; o.step(); model.forward(loss);")),
    }.Select(p => new Strange("words", p.Name, () => [p.Code])).ToArray();
}
