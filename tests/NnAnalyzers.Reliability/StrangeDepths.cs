using static NnAnalyzers.Reliability.Strange;

namespace NnAnalyzers.Reliability;

/// <summary>Code that is deep or long.</summary>
internal static class StrangeDepths
{
    private static readonly (string Name, Func<string> Code)[] Large =
    [
        ("5,000 sums in a row", () => Net("return " + Join(5000, " + ", i => $"x * {i}") + ";")),
        ("5,000 sums in brackets", () => Net("return " + Nest(5000, "(x + ", "x", ")") + ";")),
        ("5,000 numbers added up", () => Net("return fc.forward(x).reshape(" + Join(5000, " + ", i => $"{i}") + ", -1);")),
        ("5,000 sizes added up", () => Net("return x.reshape(" + Join(5000, " + ", i => "x.shape[0]") + ");")),
        ("5,000 texts added up", () => Net("Console.WriteLine(" + Join(5000, " + ", i => $"\"{i}\"") + "); return fc.forward(x);")),
        ("5,000 conditions", () => Net("if (" + Join(5000, " && ", i => $"x.shape[0] > {i}") + ") x = x.relu(); return fc.forward(x);")),
        ("5,000 calls in a chain", () => Net("return x" + Repeat(5000, ".relu()") + ";")),
        ("1,000 calls in calls", () => Net("return " + Nest(1000, "functional.relu(", "x", ")") + ";")),
        ("1,000 layers in layers", () => Net("return " + Nest(1000, "fc.forward(", "x", ")") + ";")),
        ("300 Sequentials in Sequentials", () => Net("return " + Nest(300, "Sequential(Linear(4, 4), ", "ReLU()", ")") + ".forward(x);")),
        ("5,000 brackets", () => Net("return " + Nest(5000, "(", "x", ")") + ";")),
        ("5,000 minus signs", () => Net("return x * " + Repeat(5000, "- ") + "1;")),
        ("5,000 negations", () => Net("return " + Repeat(5000, "!") + "true ? x : fc.forward(x);")),
        ("1,000 casts", () => Net("return " + Repeat(1000, "(Tensor)") + "x;")),
        ("5,000 question marks", () => Net("return " + Join(5000, " ?? ", _ => "x") + ";")),
        ("1,000 choices in a row", () => Net("return " + Join(1000, " : ", i => $"x.shape[0] == {i} ? x * {i}") + " : fc.forward(x);")),
        ("1,000 choices in choices", () => Net("return " + Nest(1000, "x.shape[0] > 1 ? (", "x", ") : fc.forward(x)") + ";")),
        ("1,000 lambdas in lambdas", () => Net(Nest(1000, i => $"Action a{i} = () => {{ ", "x = fc.forward(x);", " };") + " a0(); "
            + "return x;")),
        ("1,000 local functions in local functions", () => Net(Nest(1000, i => $"void L{i}() {{ ", "x = fc.forward(x);", " }") + " "
            + "L0(); return x;")),
        ("1,000 blocks in blocks", () => Net(Nest(1000, "{", "x = fc.forward(x);", "}") + " return x;")),
        ("1,000 ifs in ifs", () => Net(Nest(1000, i => $"if (x.shape[0] > {i}) {{ ", "x = fc.forward(x);", "}") + " return x;")),
        ("3,000 else ifs", () => Net(Join(3000, " else ", i => $"if (x.shape[0] == {i}) x = x * {i};") + " return fc.forward(x);")),
        ("1,000 loops in loops", () => Net(Nest(1000, i => $"for (var i{i} = 0; i{i} < 2; i{i}++) ", "x = fc.forward(x);", "") + " "
            + "return x;")),
        ("400 tries in tries", () => Net(Nest(400, "try { ", "x = fc.forward(x);", " } finally { x = x.relu(); }") + " return x;")),
        ("300 usings in usings", () => Net(Nest(300, "using (no_grad()) ", "x = fc.forward(x);", "") + " return x;")),
        ("300 switches in switches", () => Net("return " + Nest(300, "x.shape[0] switch { 1 => fc.forward(x), _ => ", "x", " }") + ";")),
        ("500 lists in lists", () => Net("object o = null!; object[] a = " + Nest(500, "new object[] { ", "fc", " }") + "; return "
            + "fc.forward(x);")),
        ("300 collections in collections", () => Net("int[] a = [" + Nest(300, ".. (int[])[", "1", "]") + "]; return fc.forward(x) * "
            + "a[0];")),
        ("300 tuples in tuples", () => Net("var t = " + Nest(300, "(1, ", "2", ")") + "; return fc.forward(x);")),
        ("500 types in types", () => Net(Nest(500, "List<", "int", ">") + " l = null!; return fc.forward(x);")),
        ("10 interpolations in interpolations", () => Net("var s = " + Nest(10, "$\"{", "1", "}\"") + "; return fc.forward(x);")),
        ("300 classes in classes", () => Net("return fc.forward(x);", more: Nest(300, i => $"class C{i} : Module<Tensor, Tensor> {{ "
            + $"Linear l = Linear({i}, 4); ", "", "}"))),
        ("300 namespaces in namespaces", () => Nest(300, i => $"namespace N{i} {{ ", Net("return fc.forward(x);")
            .Replace(Readings.Usings, "using TorchSharp; using static TorchSharp.torch; using static TorchSharp.torch.nn;",
                StringComparison.Ordinal), "}")),
        ("500 ancestors", () => Net("return new C499().forward(x);", more: "class C0 : Module<Tensor, Tensor> { public C0() : "
            + "base(\"c\") { } public override "
            + "Tensor forward(Tensor x) => Linear(4, 4).forward(x); } " + Join(499, "\n", i => $"class C{i + 1} : C{i} {{ public "
            + $"override Tensor forward(Tensor x) => base.forward(x); }}"))),
        ("3,000 methods in a chain", () => Net("return M0(x);", Fc + Join(3000, "\n", i => $"Tensor M{i}(Tensor x) => M{i + 1}(x);")
            + "Tensor M3000(Tensor x) => fc.forward(x);")),
        ("1,000 classes in a chain", () => Net("return new C0().forward(x);", more: Join(1000, "\n", i => $"class C{i} : Module<Tensor, "
            + $"Tensor> {{ readonly C{i + 1} n = new(); "
            + $"public C{i}() : base(\"c\") {{ }} public override Tensor forward(Tensor x) => n.forward(x); }}") + "class C1000 : "
            + "Module<Tensor, Tensor> { readonly Linear l = Linear(4, 4); "
            + "public C1000() : base(\"c\") { } public override Tensor forward(Tensor x) => l.forward(x); }")),
        ("a method of 10,000 lines", () => Net(Join(10_000, "\n", i => $"x = x + {i};") + " return fc.forward(x);")),
        ("10,000 layers in a row", () => Net(Join(10_000, "\n", _ => "x = fc.forward(x);") + " return x;")),
        ("10,000 activations in a row", () => Net(Join(10_000, "\n", _ => "x = functional.relu(x);") + " return x;")),
        ("10,000 reshapes in a row", () => Net(Join(10_000, "\n", i => $"x = x.reshape({1 + i % 2}, -1);") + " return fc.forward(x);")),
        ("10,000 variables", () => Net(Join(10_000, "\n", i => $"var v{i} = {(i == 0 ? "x" : $"v{i - 1} * 2")};") + " return "
            + "fc.forward(v9999);")),
        ("10,000 numbers", () => Net($"var a = new[] {{ {Join(10_000, ", ", i => $"{i}")} }}; return fc.forward(x * a[77]);")),
        ("5,000 layers in a Sequential", () => Net($"return Sequential({Join(5000, ", ", _ => "Linear(4, 4)")}).forward(x);")),
        ("2,000 steps of training in a row", () => Train(Join(2000, "\n", i => $"functional.mse_loss(Linear(4, 1).forward(randn(8, 4)), "
            + $"randn(8, 1)).backward();"))),
        ("5,000 fields", () => Net("return f7.forward(x);", Join(5000, "\n", i => $"private readonly Linear f{i} = Linear({i + 1}, 4);"))),
        ("2,000 classes", () => Net("return fc.forward(x);", more: Join(2000, "\n", i => $"class C{i} : Module<Tensor, Tensor> {{ "
            + $"readonly Linear l = Linear(4, {i}); "
            + $"public C{i}() : base(\"c\") {{ }} public override Tensor forward(Tensor x) => l.forward(x).relu(); }}"))),
        ("1,000 overloads", () => Net("return Go(x, 7);", Fc + Join(1000, "\n", i => $"Tensor Go(Tensor x, int "
            + $"n{Join(i % 10, "", k => $", int o{k} = {i}")}"
            + $"{(i < 10 ? "" : $", C{i}? c = null")}) => fc.forward(x) * {i};"), Join(1000, " ", i => $"class C{i} {{ }}"))),
        ("1,000 sections of a switch", () => Net("switch (x.shape[0]) { " + Join(1000, "\n", i => $"case {i}: x = fc.forward(x) * {i}; "
            + $"break;") + " } return x;")),
        ("1,000 gotos", () => Net(Join(1000, "\n", i => $"l{i}: x = fc.forward(x); if (x.shape[0] == {i}) goto l{(i * 7 + 3) % 1000};")
            + " return x;")),
        ("1,000 arguments", () => Net($"return x.reshape({Join(1000, ", ", i => $"{i}")});")),
        ("100 axes", () => Net($"return x.reshape({Join(100, ", ", _ => "1")}).permute({Join(100, ", ", i => $"{99 - i}")}).sum(5);")),
        ("a line of a megabyte", () => Net("var s = \"" + new string('a', 1 << 20) + "\"; return fc.forward(x);")),
        ("a name of 100,000 letters", () => Net("return fc.forward(x);").Replace("fc", new string('f', 100_000), StringComparison.Ordinal)),
        ("a comment of a megabyte", () => "/*" + new string('*', 1 << 20) + "*/" + Net("return fc.forward(x);")),
        ("a megabyte of empty lines", () => new string('\n', 1 << 20) + Net("return fc.forward(x);")),
    ];

    public static readonly Strange[] All = Large.Select(p => new Strange("depth", p.Name, () => [p.Code()], IsLarge: true)).ToArray();
}
