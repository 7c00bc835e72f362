using System.Text.Json;

namespace NnAnalyzers.Tool.Tests;

/// <summary>Programs that know nothing of the companion, with a ReLU at the end of a network whose targets are negative, too.</summary>
public sealed class OrdinaryTests : InFolder
{
    private const string Code = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        public static class Program
        {
            public static void Main(string[] args)
            {
                manual_seed(int.Parse(args[0]));
                var random = new Random(7);
                var numbers = File.ReadAllLines("numbers.txt").Select(l => float.Parse(l) - 2).ToArray();
                var x = tensor(numbers).view(-1, 2);
                Train(x, x.sum(1, keepdim: true) + (float)random.NextDouble() / 100);
                File.WriteAllText("done.txt", "done");
            }

            private static void Train(Tensor x, Tensor y)
            {
                var model = Sequential(Linear(2, 16), ReLU(), Linear(16, 1), ReLU());
                var optimizer = optim.Adam(model.parameters(), lr: 0.02);
                for (var step = 0; step < 200; step++)
                {
                    var loss = functional.mse_loss(model.forward(x), y);
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }

            public static void Once() => Main(["3"]);
            public static void Given(string seed) => Main([seed]);
        }
        """;

    private string Make(string code = Code)
    {
        var path = WriteProject("p", "<OutputType>Exe</OutputType>", "", code);
        Write("p/numbers.txt", string.Join('\n', Enumerable.Range(0, 64).Select(i => (i * 7 % 41 / 10.0).ToString("0.0",
            System.Globalization.CultureInfo.InvariantCulture))));
        return path;
    }

    [Fact]
    public void It_is_proved_as_it_is_and_nothing_of_it_is_touched()
    {
        var path = Make();
        var (exit, output, errors) = Nn("verify", path, "--seeds", "2", "--steps", "60", "--out", "r", "--", "5");
        Assert.True(exit == 0, output + errors);
        Assert.Contains("runs the program 5 in copies of", output);
        Assert.False(File.Exists(Path.Combine(Folder, path, "done.txt")));
        using var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "r", "results.json")));
        var verdict = results.RootElement.GetProperty("verdicts")[0];
        Assert.Equal("helps (few seeds)", verdict.GetProperty("judgement").GetString());
        double Score(string side) => verdict.GetProperty(side).GetProperty("medianScore").GetDouble();
        Assert.True(Score("fixed") > Score("flagged") + 0.1, $"{Score("flagged")} {Score("fixed")}");
        var runs = results.RootElement.GetProperty("runs").EnumerateArray().ToList();
        Assert.All(runs, r => Assert.Equal("finished", r.GetProperty("outcome").GetString()));
        // The seeds of the program are moved by that of the run; the same run again is the same.
        var curves = runs.Where(r => r.GetProperty("variant").GetString() == "flagged")
            .Select(r => r.GetProperty("curve").ToString()).ToList();
        Assert.NotEqual(curves[0], curves[1]);
        var page = File.ReadAllText(Path.Combine(Folder, "r", "index.html"));
        Assert.Contains("No target", page);

        // Only what was shown to help is fixed.
        Assert.Equal(0, Nn("verify", path, "--seeds", "2", "--steps", "60", "--out", "r", "--resume", "--", "5").ExitCode);
    }

    [Fact]
    public void What_would_run_is_said_and_nothing_is_run()
    {
        var path = Make();
        var (exit, output, errors) = Tests.Nn.RunHere(Folder,
            "verify", path, "--plan", "--steps", "9", "--call", "Program.Once", "--out", "r");
        Assert.True(exit == 0, output + errors);
        Assert.Contains("runs Program.Once in copies of", output);
        Assert.Contains("up to 9 steps", output);
        Assert.Empty(Directory.GetFiles(Path.Combine(Folder, "r"), "results.json"));
    }

    [Fact]
    public void What_cannot_be_started_says_why()
    {
        var path = Make();
        CannotRun("no project here has an entry point", "verify", path, "--call", "Program.Twice", "--out", "r1");
        CannotRun("it needs seed", "verify", path, "--call", "Given", "--out", "r2");
        CannotRun("more than 0 MiB", "verify", path, "--copy-limit", "0", "--out", "r3");
        CannotRun("--steps must be", "verify", path, "--steps", "0", "--out", "r4");
    }

    [Fact]
    public void Data_it_has_not_got_is_its_own_message()
    {
        var path = Make(Code.Replace("numbers.txt", "gone.txt"));
        var (exit, output, errors) = Nn("verify", path, "--seeds", "1", "--steps", "20", "--out", "r", "--", "5");
        Assert.True(exit == 1, output + errors);
        Assert.Contains("no verdict", output);
        using var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "r", "results.json")));
        var run = results.RootElement.GetProperty("runs")[0];
        Assert.Equal("crashed", run.GetProperty("outcome").GetString());
        Assert.Contains("FileNotFoundException: Could not find file", run.GetProperty("detail").GetString());
    }

    [Fact]
    public void Fix_proven_keeps_what_helps()
    {
        var path = Make(Code.Replace("int.Parse(args[0])", "1"));
        var (exit, output, errors) = Nn("fix", path, "--proven");
        Assert.True(exit == 0, output + errors);
        Assert.Contains("NN1001: helps", errors);
        Assert.DoesNotContain("Linear(16, 1), ReLU())", File.ReadAllText(Path.Combine(Folder, path, "code.cs")));
    }
}
