using static NnAnalyzers.Reliability.Strange;

namespace NnAnalyzers.Reliability;

/// <summary>Files that are no code, or are cut off, or begin in the middle.</summary>
internal static class StrangeText
{
    private static readonly string Good = Net("return fc.forward(x).relu();");
    private static readonly string Statements = Readings.Usings + "var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU());\n"
        + "functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();\n";

    private static string Inside(string what) => Good.Replace("return ", what + " return ", StringComparison.Ordinal);

    public static readonly Strange[] All = new (string Name, string[] Files)[]
    {
        ("empty", [""]), ("spaces", ["   \t\r\n\f\v  "]), ("only comments", ["// nothing\n/* at all */\n/// <summary>"]),
        ("only a byte order mark", ["\ufeff"]),
        ("two byte order marks", ["\ufeff\ufeff" + Good]), ("only usings", [Readings.Usings]), ("only zeros", [new string('\0', 500)]),
        ("zeros in the middle", [Inside("\0\0\0")]), ("only braces", ["{{{{}}}}"]), ("only closing braces", ["}}}}" + Good]),
        ("only opening braces", [Good + "{{{{"]), ("only semicolons", [new string(';', 500)]),
        ("half a class", [Readings.Usings + "class Net : Module<"]),
        ("half a forward", [Good[..Good.IndexOf("forward(x)", StringComparison.Ordinal)]]),
        ("half an arrow", [Readings.Usings + "class N { Tensor f(Tensor x) =>"]),
        ("half a field", [Readings.Usings + "class N : Module<Tensor, Tensor> { Linear a = Linear(4,"]),
        ("half an attribute", ["[Obsolete(\n" + Good]),
        ("half a comment", [Inside("/* to the end")]), ("half a string", [Inside("var s = \"to the end of the line;\n")]),
        ("half a verbatim string", [Inside("var s = @\"to the end")]), ("half a raw string", [Inside("var s = \"\"\"\n to the end")]),
        ("half an interpolated string", [Inside("var s = $\"{x.shape[0]")]),
        ("half an interpolated raw string", [Inside("var s = $$\"\"\" {{x ")]),
        ("half a character", [Inside("var c = 'a")]), ("strings in strings", [Inside("var s = $\"{$\"{$\"{$\"{x}\"}\"}\"}\";")]),
        ("#if without an end", ["#if DEBUG\n" + Good]), ("#if in the middle", [Inside("\n#if !X\n return x; }\n")]),
        ("#endif without an #if", ["#endif\n#else\n#elif\n" + Good]),
        ("#region without an end", ["#region\n" + Good]), ("#error", ["#error stop here\n" + Good]),
        ("#define after code", [Good + "\n#define X\n#undef Y"]),
        ("#line of great numbers", [Inside("\n#line 16707565 \"other.cs\"\n")]), ("#line hidden", [Inside("\n#line hidden\n")]),
        ("#line spans", [Inside("\n#line (1, 1) - (5, 60) 10 \"partial.razor\"\n")]),
        ("#pragma of junk", ["#pragma\n#pragma warning\n#pragma checksum\n" + Good]),
        ("pragma that silences all", ["#pragma warning disable\n" + Good]), ("#nullable of junk", ["#nullable maybe\n" + Good]),
        ("a shebang", ["#!/usr/bin/env dotnet\n" + Statements]),
        ("directives of a file program", ["#:package TorchSharp@0.107.0\n" + Statements]),
        ("conflict marks", [Inside("\n<<<<<<< ours\n var a = 1;\n=======\n var a = 2;\n>>>>>>> theirs\n")]),
        ("HTML", ["<html><body onload=\"x()\">1 < 2 && 3 > 2</body></html>"]),
        ("JSON", ["{ \"a\": [1, 2, { \"b\": null }] }"]),
        ("Python", ["import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return self.fc(x)\n"]),
        ("Markdown", ["# Title\n\n```csharp\n" + Good + "\n```\n"]),
        ("binary", [string.Concat(Enumerable.Range(0, 4096).Select(i => (char)(i * 7919 % 65536)))]),
        ("unicode names", [Good.Replace("fc", "模型", StringComparison.Ordinal).Replace("Net", "Сеть",
            StringComparison.Ordinal).Replace("x", "ñé", StringComparison.Ordinal)]),
        ("escaped names", [Good.Replace("fc", "\\u0066c", StringComparison.Ordinal)]),
        ("verbatim names", [Good.Replace("fc", "@fc", StringComparison.Ordinal).Replace("model", "@class", StringComparison.Ordinal)]),
        ("combining marks", [Good.Replace("fc", "f\u0301c", StringComparison.Ordinal)]),
        ("lone surrogates", [Inside("var s = \"\ud800\"; var \udc00 = 1;")]),
        ("marks of direction", [Inside("/*\u202e } \u2066if (true)\u2069 \u2066 begin */")]),
        ("spaces of no width", [Good.Replace(" ", " \u200b", StringComparison.Ordinal)]),
        ("line endings of all kinds", [Good.Replace("\n", "\r", StringComparison.Ordinal) + "\u2028" + Good.Replace("\n", "\u2029",
            StringComparison.Ordinal)]),
        ("full-width letters", [Good.Replace("return", "ｒｅｔｕｒｎ", StringComparison.Ordinal)]),
        ("top-level statements twice", [Statements, Statements]),
        ("top-level statements and Main", [Statements + "class P { static void Main() { } }"]),
        ("statements after classes", [Good + Statements]),
        ("namespaces of a file twice", [Readings.Usings + "namespace A; namespace B; class C { }\n" + Good]),
        ("usings after code", [Good + Readings.Usings]),
        ("global usings in the middle", [Good, "class A { } global using System.Text;"]),
        ("an extern alias that is missing", ["extern alias nothing;\n" + Good]),
        ("attributes of nothing", [Good + "[assembly: Missing] [module: Obsolete] [return: Obsolete]"]),
        ("a statement among members", [Readings.Usings + "class N { if (true) { } return 1; Linear(4, 4); }"]),
        ("a member among statements", [Inside("public int P { get; set; } private static void M() { }")]),
        ("an XML comment of junk", ["/// <summary <a></b> &bad;\n" + Good]),
        ("code all in capitals", [Good.ToUpperInvariant()]), ("code back to front", [new string(Good.Reverse().ToArray())]),
        ("no spaces", [Good.Replace(" ", "", StringComparison.Ordinal)]),
    }.Select(p => new Strange("text", p.Name, () => p.Files)).ToArray();
}
