using System.Text.Json;

namespace NnAnalyzers.Tool.Tests;

/// <summary>nn probe on a project that has never heard of the companion.</summary>
public sealed class ProbeTests : InFolder
{
    private const string Usings = "using System.Linq; using TorchSharp; using static TorchSharp.torch; using static TorchSharp.torch.nn;\n";

    private string Project(string code, string? words = null)
    {
        var path = WriteProject("p", "<OutputType>Exe</OutputType>", "", Usings + code);
        if (words is not null) Write("p/words.txt", words);
        return path;
    }

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
        var (exit, output, errors) = Nn("probe", Project(Networks), "--model", "Digits", "--only", "GradientFlow",
            "--only", "InitialLoss", "--json", "r.json", "--html", "r.html");
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
        CannotRun("there is no probe Magic", "probe", "p", "--model", "Digits", "--only", "Magic");
    }

    // ---- The program as it is.

    private const string Words = """
        class Net : Module<Tensor, Tensor>
        {
            private readonly TorchSharp.Modules.Embedding table = Embedding(40, 16);
            private readonly TorchSharp.Modules.Linear fc = Linear(16, 40);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.forward(table.forward(x));
        }
        """;

    private const string Cloud = """
        class Cloud : Module<Tensor, Tensor>
        {
            private readonly TorchSharp.Modules.Linear first = Linear(3, 16), last = Linear(16, 5);
            public Cloud() : base("cloud") { init.constant_(first.bias, -50); RegisterComponents(); }
            public override Tensor forward(Tensor x) => last.forward(functional.relu(first.forward(x)));
        }
        """;

    /// <summary>The model, the batch and the loss are the program's: a flatten before the loss, and a model made anew for each.</summary>
    [Fact]
    public void It_asks_what_the_program_trains()
    {
        var (exit, output, errors) = Nn("probe", Project("""
            var x = tensor(System.IO.File.ReadAllLines("words.txt").SelectMany(l => l.Split(' ').Select(long.Parse)).ToArray()).view(-1, 6);
            functional.cross_entropy(new Net().forward(x).flatten(0, 1), x.flatten()).backward();
            System.IO.File.WriteAllText("done.txt", "done");
            """ + Words, Words40), "--only", "InitialLoss", "--only", "OverfitOneBatch", "--json", "r.json", "--html", "r.html");
        Assert.True(exit == 0, output + errors);
        Assert.Contains("until something goes backward at p/code.cs(3,1)", output);
        Assert.Contains("Asked with the program's own batch, input (8, 6), target (48)", output);
        Assert.Contains("(ln 40)", output);
        Assert.False(File.Exists(Path.Combine(Folder, "p", "done.txt")));
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "r.json")));
        Assert.Equal("Net", report.RootElement[0].GetProperty("model").GetString());
        Assert.Contains("<h1>Probes of Net</h1>", File.ReadAllText(Path.Combine(Folder, "r.html")));
    }

    private static string Words40 => string.Join('\n', Enumerable.Range(0, 8).Select(i => string.Join(' ',
        Enumerable.Range(0, 6).Select(j => (i * 7 + j * 11) % 40))));

    /// <summary>One cause first, with the layer's line; the optimizer is the program's.</summary>
    [Fact]
    public void It_names_the_cause_and_its_line()
    {
        var (exit, output, errors) = Nn("probe", Project("""
            var net = new Cloud();
            var optimizer = optim.SGD(net.parameters(), 0.05, momentum: 0.9);
            for (var step = 0; step < 5; step++)
            {
                var (points, kinds) = Batch(step);
                optimizer.zero_grad();
                var loss = Loss(net.forward(points), kinds);
                loss.backward();
                optimizer.step();
            }
            static (Tensor, Tensor) Batch(int step) { manual_seed(step); var k = randint(0, 5, new long[] { 40 });
                return (randn(40, 3) + k.unsqueeze(1), k); }
            static Tensor Loss(Tensor prediction, Tensor kind) => functional.cross_entropy(prediction, kind);
            """ + Cloud), "--only", "WeightCheck", "--only", "GradientFlow", "--only", "OptimizerCheck");
        Assert.True(exit == 1, output + errors);
        Assert.Contains("target (40); SGD at 0.05", output);
        Assert.Contains("FAILED", output);
        Assert.Contains(": here is first.bias", output);
        Assert.DoesNotContain("Adam", output);
    }

    [Fact]
    public void What_would_be_run_is_said_and_what_cannot_be_is_told()
    {
        var path = Project("System.Console.WriteLine(args[0]); var net = new Net(); net.forward(randint(0, 40, new long[] { 4, 6 })).sum()"
            + ".backward();\n" + Words);
        var (exit, output, _) = Nn("probe", path, "--plan", "--", "seven");
        Assert.Equal(0, exit);
        Assert.Contains("runs the program seven in a copy of", output);
        CannotRun("the program ended with IndexOutOfRangeException", "probe", path);
        CannotRun("--call Nowhere: no such method", "probe", path, "--call", "Nowhere");
        CannotRun("the program ended before anything went backward", "probe",
            Project("if (args.Length > 5) new Net().forward(zeros(1)).sum().backward();\n" + Words));
    }

    /// <summary>The networks without the program that makes one.</summary>
    private string Solo() => WriteProject("q", "", "", Usings + Networks[Networks.IndexOf("class Digits", StringComparison.Ordinal)..]);
}
