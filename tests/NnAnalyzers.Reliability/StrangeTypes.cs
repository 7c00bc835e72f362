using static NnAnalyzers.Reliability.Strange;

namespace NnAnalyzers.Reliability;

/// <summary>Types that go round in circles, contradict each other or hold themselves.</summary>
internal static class StrangeTypes
{
    private const string Body = "{ public {0}() : base(\"m\") { } public override Tensor forward(Tensor x) => Linear(4, 4).forward(x); }";

    private static string Class(string head) => $"{head} " + Body.Replace("{0}", head.Split(' ')[^1].Split('<')[0],
        StringComparison.Ordinal);

    public static readonly Strange[] All = new (string Name, string[] Files)[]
    {
        ("cyclic base types", [Net("return new A().forward(x);", more: "class A : B { public override Tensor forward(Tensor x) => "
            + "base.forward(x); } "
            + "class B : A { public override Tensor forward(Tensor x) => base.forward(x); }")]),
        ("a module derived from itself", [Net("return fc.forward(x);", head: "class Net : Net")]),
        ("a cycle of three in three files", [Net("return new A().forward(x);"), Readings.Usings + "class A : B { Linear a = Linear(4, "
            + "4); }",
            Readings.Usings + "class B : C { Linear b = Linear(4, 4); }", Readings.Usings + "class C : A { Linear c = Linear(4, 4); }"]),
        ("cyclic interfaces", [Net("return x;", more: "interface I : J { Tensor forward(Tensor x); } interface J : I { } class K : I { "
            + "}")]),
        ("cyclic constructors", [Net("return x;", more: "class A : Module<Tensor, Tensor> { Linear a; A(int n) : this(n, 1) { a = "
            + "Linear(n, n); } "
            + "A(int n, int m) : this(n) { } public override Tensor forward(Tensor x) => a.forward(x); }")]),
        ("cyclic constraints", [Net("return x;", more: "class A<T, U> where T : U where U : T { T Make(T m) => m; }")]),
        ("cyclic constants", [Net("return Linear(A, B).forward(x);", Fc + " const int A = B + 1; const int B = A;")]),
        ("cyclic static fields", [Net("return Linear(A, B).forward(x);", Fc + " static readonly int A = B + 1; static readonly int B = "
            + "A + 1;")]),
        ("cyclic enum", [Net("return Linear((int)E.A, 4).forward(x);", more: "enum E { A = B, B = A }")]),
        ("a struct that holds itself", [Net("return new S().next.l.forward(x);", more: "struct S { public S next; public Linear l; }")]),
        ("a base type nested in what derives from it", [Net("return x;", more: "class A : A.B { class B : Module<Tensor, Tensor> { } }")]),
        ("generic base that grows", [Net("return new G<int>().forward(x);", more: "class G<T> : H<G<G<T>>> { } class H<T> : "
            + "Module<Tensor, Tensor> "
            + "{ public H() : base(\"h\") { } public override Tensor forward(Tensor x) => x; }")]),
        ("generic base of itself", [Net("return new G<int>().forward(x);", more: "class G<T> : G<G<T>> { public Tensor forward(Tensor "
            + "x) => x; }")]),
        ("generic fields that grow", [Net("return new G<int>().Go(x);", more: "class G<T> { G<G<T>> next = new(); public Tensor "
            + "Go(Tensor x) => "
            + "next.Go(Linear(4, 4).forward(x)); }")]),
        ("generic recursion", [Net("return Make<int>(x, 3);", Fc + " Tensor Make<T>(Tensor x, int n) => n == 0 ? x : "
            + "Make<List<T>>(fc.forward(x), n - 1);")]),
        ("generic recursion without end", [Net("return Make<int>(x);", Fc + " Tensor Make<T>(Tensor x) => Make<(T, "
            + "T)>(Make<T[]>(fc.forward(x)));")]),
        ("curiously recurring base", [Net("return new C().forward(x);", more: "abstract class Base<T> : Module<Tensor, Tensor> where T "
            + ": Base<T>, new() { "
            + "protected Base() : base(\"b\") { } T other = new(); public override Tensor forward(Tensor x) => other.forward(x); } "
            + "class C : Base<C> { }")]),
        ("partial classes of different bases", [Net("return new P().forward(x);", more: "partial class P : Module<Tensor, Tensor> { } "
            + "partial class P : Module<Tensor, Tensor, Tensor> { } partial class P : Linear { }")]),
        ("partial classes with two forwards", [Net("return fc.forward(x);", head: "partial class Net : Module<Tensor, Tensor>",
            more: "partial class Net { public override Tensor forward(Tensor x) => fc.forward(fc.forward(x)).relu(); }")]),
        ("partial classes with the same constructor", [Net("return fc.forward(x);", head: "partial class Net : Module<Tensor, Tensor>",
            more: "partial class Net { public Net() : base(\"other\") { } }")]),
        ("partial and not partial", [Net("return fc.forward(x);", more: "partial class Net { Linear other = Linear(1, 2); }")]),
        ("partial of other kinds", [Net("return fc.forward(x);", head: "partial class Net : Module<Tensor, Tensor>",
            more: "partial struct Net { } partial interface Net { } partial record Net { }")]),
        ("partial method without a body", [Net("return Go(x);", Fc + " public partial Tensor Go(Tensor x);", head: "partial class Net : "
            + "Module<Tensor, Tensor>")]),
        ("partial method with two bodies", [Net("return Go(x);", Fc + " public partial Tensor Go(Tensor x); public partial Tensor "
            + "Go(Tensor x) => x; "
            + "public partial Tensor Go(Tensor x) => fc.forward(x);", head: "partial class Net : Module<Tensor, Tensor>")]),
        ("the same class twice", [Net("return fc.forward(x);"), Net("return fc.forward(x).relu();")]),
        ("the same class fifty times", [.. Enumerable.Range(0, 50).Select(i => Net($"return fc.forward(x) * {i};"))]),
        ("fields of the same name", [Net("return fc.forward(x);", Fc + " ReLU fc = ReLU(); int fc;")]),
        ("a nested class of the same name", [Net("return new Net().forward(x);", Fc + " class Net { public Tensor forward(Tensor x) => "
            + "x; }")]),
        ("classes with the names of TorchSharp's", [Net("return new Linear().forward(x);", "", "class Linear { public Tensor "
            + "forward(Tensor x) => x; } "
            + "class Module<T, U> { public Module(string s) { } public virtual U forward(T t) => default; } class Tensor { } class "
            + "torch { }")]),
        ("a namespace named TorchSharp", [Net("return fc.forward(x);", more: "namespace TorchSharp { class Tensor { } namespace Modules "
            + "{ class Linear { } } }")]),
        ("torch declared again", [Readings.Usings + "namespace TorchSharp { public static class torch { public class Tensor { } public "
            + "static class nn { } } }",
            Net("return fc.forward(x);")]),
        ("an alias of itself", ["using A = B; using B = A; using torch = torch;\n" + Net("return fc.forward(x);")]),
        ("a static base", [Net("return x;", more: Class("class A : Math"))]),
        ("an enum for a base", [Net("return x;", more: Class("class A : DayOfWeek"))]),
        ("a sealed base", [Net("return new A().forward(x);", more: "sealed class S : Module<Tensor, Tensor> { } class A : S { }")]),
        ("a missing base", [Net("return fc.forward(x);", head: "class Net : Missing.Module<Tensor, Tensor>")]),
        ("a base with missing arguments", [Net("return fc.forward(x);", head: "class Net : Module<, >")]),
        ("a type parameter for a base", [Net("return x;", more: "class A<T> : T where T : Module<Tensor, Tensor> { Linear l = Linear(4, "
            + "4); }")]),
        ("two bases", [Net("return fc.forward(x);", head: "class Net : Module<Tensor, Tensor>, Sequential, Linear")]),
        ("no base and forward overridden", [Net("return fc.forward(x);", head: "class Net")]),
        ("a model that holds itself", [Net("return inner.forward(fc.forward(x));", Fc + " private readonly Net inner = new();")]),
        ("models that hold each other", [Net("return other.forward(x);", "private readonly Other other = new();", "class Other : "
            + "Module<Tensor, Tensor> { "
            + "readonly Net net = new(); public Other() : base(\"o\") { } public override Tensor forward(Tensor x) => net.forward(x); }")]),
        ("a Sequential that holds itself", [Net("return s.forward(x);", "private Sequential s; void Fill() { s = Sequential(s, s, "
            + "Linear(4, 4)); s.Add(s); }")]),
        ("a list that holds itself", [Net("var l = new List<object>(); l.Add(l); l.Add(l); foreach (var e in l) x = ((Module<Tensor, "
            + "Tensor>)e).forward(x); "
            + "return x;")]),
        ("a ModuleList that holds itself", [Net("list.Add(list); list.append(fc); foreach (var m in list) x = fc.forward(x); return x;",
            Fc + " private readonly ModuleList<Module> list = new();")]),
        ("an array in itself", [Net("var a = new object[1]; a[0] = a; return x.reshape((long)((object[])a[0])[0]);")]),
        ("a dictionary in itself", [Net("var d = new Dictionary<object, object>(); d[d] = d; return fc.forward((Tensor)d[d[d]]);")]),
        ("a field made of itself", [Net("return a.forward(x);", "private readonly Module<Tensor, Tensor> a = a; Module<Tensor, Tensor> "
            + "b = Sequential(b, b);")]),
        ("a variable made of itself", [Net("var y = y + fc.forward(y); var (p, q) = (q, p); return y;")]),
        ("a property that asks itself", [Net("return Size.forward(x);", "private Linear Size => Linear(Width, Width); int Width => "
            + "Width + 1; "
            + "int Other { get => Other; set => Other = value; }")]),
        ("forward that calls itself", [Net("return forward(fc.forward(x));")]),
        ("forward that calls call", [Net("return this.call(fc.forward(x)) + call(x);")]),
        ("forward that makes itself", [Net("return new Net().forward(fc.forward(x));")]),
        ("forward in a loop without end", [Net("while (true) x = forward(fc.forward(x));")]),
        ("forwards that call each other", [Net("return new Other().forward(x);", more: "class Other : Module<Tensor, Tensor> { public "
            + "Other() : base(\"o\") { } "
            + "public override Tensor forward(Tensor x) => new Net().forward(new Net().forward(x)); }")]),
        ("a lambda that calls itself", [Net("Func<Tensor, Tensor> f = null!; f = t => f(f(fc.forward(t))); return f(x);")]),
        ("local functions that call each other", [Net("return A(x); Tensor A(Tensor t) => B(B(t)); Tensor B(Tensor t) => "
            + "A(A(fc.forward(t)));")]),
        ("an indexer that asks itself", [Net("return this[1].forward(x);", "private Linear this[int i] => this[i + 1];")]),
        ("an operator that uses itself", [Net("return new V(x) + new V(x);", more: "record V(Tensor T) { public static V operator +(V "
            + "a, V b) => a + b + b; "
            + "public static implicit operator Tensor(V v) => v; }")]),
        ("a conversion of itself", [Net("return (V)x;", more: "class V { public static implicit operator V(Tensor t) => t; "
            + "public static implicit operator Tensor(V v) => v; }")]),
        ("an extension that calls itself", [Net("return fc.Twice().forward(x);", more: "static class E { public static Linear "
            + "Twice(this Linear l) => l.Twice().Twice(); }")]),
        ("a default method that calls itself", [Net("return ((I)this).Go(x);", head: "class Net : Module<Tensor, Tensor>, I",
            more: "interface I { Tensor Go(Tensor x) => Go(Go(x)); }")]),
        ("static constructors in a circle", [Net("return Linear(A.N, 4).forward(x);", more: "static class A { public static int N; "
            + "static A() { N = B.N + 1; } } "
            + "static class B { public static int N; static B() { N = A.N + 1; } }")]),
        ("training that trains itself", [Net("return fc.forward(x);", more: "static class More { static void Train(Net m) { "
            + "functional.mse_loss("
            + "m.forward(randn(8, 4)), randn(8, 4)).backward(); Train(m); Train(new Net()); } }")]),
        ("dispose that disposes itself", [Net("return fc.forward(x);", Fc + " protected override void Dispose(bool d) { Dispose(); "
            + "Dispose(d); base.Dispose(d); }")]),
        ("a task that waits for itself", [Net("return Go(x).Result;", Fc + " async Task<Tensor> Go(Tensor x) => await Go(await "
            + "Go(fc.forward(x)));")]),
        ("an iterator of itself", [Net("foreach (var t in Go(x)) x = t; return x;", Fc + " IEnumerable<Tensor> Go(Tensor x) { yield "
            + "return fc.forward(x); "
            + "foreach (var t in Go(x)) foreach (var u in Go(t)) yield return u; }")]),
    }.Select(p => new Strange("types", p.Name, () => p.Files)).ToArray();
}
