using System.Text.Json;

namespace NnAnalyzers.Tool.Tests;

/// <summary>nn probe on a project that has never heard of the companion.</summary>
public sealed class ProbeTests : InFolder
{
    private const string Usings = "using TorchSharp; using static TorchSharp.torch; using static TorchSharp.torch.nn;\n";

    private string Project(string code) => WriteProject("p", "<OutputType>Exe</OutputType>", "", Usings + code);

    private const string Networks = """
        var net = new Digits(10, act: false);
        var optimizer = optim.SGD(net.parameters(), 0.02);
        optimizer.zero_grad();
        functional.cross_entropy(net.call(rand(8, 1, 12, 12)), randint(10, 8)).backward();
        optimizer.step();

        class Digits : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> conv = Conv2d(1, 4, 3), fc;
            private readonly bool act;
            public Digits(int classes, bool act = true) : base("digits")
            {
                fc = Linear(400, classes);
                this.act = act;
                RegisterComponents();
            }
            public override Tensor forward(Tensor x)
            {
                x = fc.call(functional.relu(conv.call(x)).flatten(1));
                return act ? functional.relu(x) : x;
            }
        }
        class Words : Module<Tensor, Tensor>
        {
            private readonly TorchSharp.Modules.Embedding table = Embedding(50, 8);
            private readonly Module<Tensor, Tensor> fc = Linear(8, 3);
            public Words() : base("words") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.call(table.call(x).mean([1]));
        }
        class Cut : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> fc = Linear(6, 1);
            public Cut() : base("cut")
            {
                init.constant_(((TorchSharp.Modules.Linear)fc).weight, 0);
                init.constant_(((TorchSharp.Modules.Linear)fc).bias, -1);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => functional.relu(fc.call(x));
        }
        class Squares : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> conv = Conv2d(1, 2, 3), fc = Linear(338, 1);
            public Squares() : base("squares") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.call(conv.call(x).flatten(1));
        }
        class Two : Module<Tensor, Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> fc = Linear(6, 1);
            public Two() : base("two") => RegisterComponents();
            public override Tensor forward(Tensor x, Tensor y) => fc.call(x + y);
        }
        """;

    [Fact]
    public void Input_loss_optimizer_and_arguments_come_from_the_code()
    {
        var (exit, output, errors) = Nn("probe", Project(Networks), "--only", "GradientFlow", "--only", "InitialLoss", "--json",
            "r.json", "--html", "r.html");
        Assert.True(exit == 0, output + errors);
        Assert.Contains("Digits made with classes 10, act false", output);
        Assert.Contains("(16, 1, 12, 12), random normal numbers; the code says (N, 1, 12, 12)", output);
        Assert.Contains("CrossEntropyLoss of p/code.cs(5,1)", output);
        Assert.Contains("SGD at 0.02 of p/code.cs(3,17)", output);
        Assert.Contains("expected about 2.303 (ln 10)", output);
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "r.json")));
        Assert.Equal("Digits", report.RootElement.GetProperty("model").GetString());
        Assert.Contains("random normal numbers of shape (16, 1, 12, 12), CrossEntropyLoss against random targets, SGD at 0.02.",
            report.RootElement.GetProperty("setting").GetString());
        Assert.Contains("<h1>Probes of Digits</h1>", File.ReadAllText(Path.Combine(Folder, "r.html")));
    }

    [Fact]
    public void What_the_code_does_not_say_is_given_or_found_by_trying()
    {
        Project(Networks);
        var (exit, output, errors) = Nn("probe", "p", "--model", "Words", "--input", "6,9", "--loss",
            "CrossEntropyLoss", "--only", "GradientFlow");
        Assert.True(exit == 0, output + errors);
        Assert.Contains("(6, 9), random entries of its embedding", output);
        (exit, output, errors) = Nn("probe", "p", "--model", "Squares", "--loss", "L1Loss", "--only", "GradientFlow");
        Assert.True(exit == 0, output + errors);
        Assert.Contains("(16, 1, 15, 15)", output);
        // A network that cannot learn ends with 1 and names the rule.
        (exit, output, _) = Nn("probe", "p", "--model", "Cut", "--loss", "MSELoss", "--only", "GradientFlow");
        Assert.Equal(1, exit);
        Assert.Contains("FAILED", output);
    }

    [Fact]
    public void What_cannot_be_probed_is_told_in_one_line()
    {
        Project(Networks);
        CannotRun("Words: the code does not say what goes in: give its shape", "probe", "p", "--model", "Words",
            "--loss", "CrossEntropyLoss");
        CannotRun("Cut: no loss was found that it meets", "probe", "p", "--model", "Cut");
        CannotRun("Nothing: no such network; there are Digits, Words, Cut, Squares, Two", "probe", "p", "--model", "Nothing");
        CannotRun("Digits cannot be made without classes (Int32)", "probe", Solo(), "--model", "Digits", "--loss",
            "CrossEntropyLoss", "--input", "4,1,12,12");
        CannotRun("Digits takes no input of shape (4, 1, 9, 9): mat1 and mat2", "probe", "p", "--model", "Digits", "--input", "4,1,9,9");
        CannotRun("Two has no forward from one tensor to one tensor", "probe", "p", "--model", "Two",
            "--input", "4,6", "--loss", "MSELoss");
        CannotRun("--input 4,0: 0 is no size", "probe", "p", "--input", "4,0");
        CannotRun("ten is no Int32 for classes", "probe", "p", "--model", "Digits", "--with", "classes=ten");
        CannotRun("took longer than 0.5 s", "probe", "p", "--model", "Digits", "--time-limit", "0.5");
        CannotRun("there is no probe Magic", "probe", "p", "--only", "Magic");
    }

    /// <summary>The networks without the program that makes one.</summary>
    private string Solo() => WriteProject("q", "", "", Usings + Networks[Networks.IndexOf("class Digits", StringComparison.Ordinal)..]);
}
