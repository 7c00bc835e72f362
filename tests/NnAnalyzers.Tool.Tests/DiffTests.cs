using System.Text;

namespace NnAnalyzers.Tool.Tests;

public sealed class DiffTests : InFolder
{
    /// <summary>One mistake in the middle, one near the end.</summary>
    private static string Code(string name) => $$"""
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        namespace {{name}}
        {
            class Program
            {
                public static void Run(Tensor x, Tensor y) => functional.mse_loss(new Net().forward(x), y).backward();
            }

            class Net : Module<Tensor, Tensor>
            {
                private readonly Module<Tensor, Tensor> first = Linear(4, 8, hasBias: false), last = Linear(8, 1);

                public Net() : base("net")
                {
                    // The fields, and no more.
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x)
                {
                    x = first.forward(x).relu();
                    return last.forward(x).relu(); } } }
        """.ReplaceLineEndings("\n");

    [Fact]
    public void What_a_dry_run_prints_is_what_git_applies_and_what_the_fix_writes()
    {
        var cases = new List<(string Name, string Text, bool HasMark)>
        {
            ("NoFinalLine.cs", Code("A"), false), ("FinalLine.cs", Code("B") + "\n", false), ("EmptyLine.cs", Code("C") + "\n\n", false),
            ("EmptyLines.cs", Code("D") + "\n\n\n\n\n", false), ("Spaces.cs", Code("E") + "\n   ", false),
            ("Windows.cs", Code("F").ReplaceLineEndings("\r\n"), false),
            ("WindowsLine.cs", Code("G").ReplaceLineEndings("\r\n") + "\r\n", true),
            ("Mark.cs", Code("H").Replace("using TorchSharp;\nusing static TorchSharp.torch;\nusing static TorchSharp.torch.nn;\n",
                "using TorchSharp; using static TorchSharp.torch; using static TorchSharp.torch.nn;") + "\n", true),
            ("Mixed.cs", Code("I").Replace("{\n", "{\r\n") + "\n", false), ("with spaces/a b.cs", Code("J") + "\n", false),
            ("Größe 数.cs", Code("K"), false),
        };
        if (!OperatingSystem.IsWindows())
            cases.AddRange([("quo\"te.cs", Code("L") + "\n", false), ("ta\tb.cs", Code("M"), false), ("back\\n.cs", Code("N"), false)]);
        string In(string folder) => Path.Combine(Folder, folder);
        foreach (var folder in new[] { "diffed", "fixed" })
            foreach (var (name, text, mark) in cases)
            {
                var path = Path.Combine(In(folder), name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text, new UTF8Encoding(mark));
            }
        var (exit, diff, said) = Tests.Nn.RunHere(In("diffed"), "fix", ".", "--dry-run");
        Assert.Equal((0, $"{2 * cases.Count} fixes would change {cases.Count} files.\n"), (exit, said));
        File.WriteAllText(Path.Combine(Folder, "fix.diff"), diff);
        Tests.Nn.Git(In("diffed"), "apply", "--whitespace=nowarn", "../fix.diff");
        Assert.Equal(0, Tests.Nn.RunHere(In("fixed"), "fix", ".").ExitCode);
        foreach (var (name, text, _) in cases)
        {
            var applied = File.ReadAllBytes(Path.Combine(In("diffed"), name));
            Assert.Equal(File.ReadAllBytes(Path.Combine(In("fixed"), name)), applied);
            Assert.NotEqual(text, Encoding.UTF8.GetString(applied).TrimStart('\uFEFF'));
        }
    }
}
