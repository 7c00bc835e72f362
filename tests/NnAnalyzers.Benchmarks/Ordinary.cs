using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace NnAnalyzers.Benchmarks;

/// <summary>
/// Proves fixes on ordinary programs: the reported faults that a rule finds, and golden programs with a mistake planted. Each becomes a
/// project of its own that knows nothing of this one, and <c>nn verify</c> is told nothing but its path.
/// </summary>
internal static class Ordinary
{
    private sealed record Case(string Name, string Rule, string Source, string Old = "", string New = "");

    /// <summary>Faults as they were reported, and what they are.</summary>
    private static readonly Case[] Reported = new (string Name, string Rule)[]
    {
        ("class-axis-last", "NN3003"), ("depth-without-channel", "NN3009"), ("pooled-squeeze", "NN3005"), ("retention-relu", "NN1001"),
        ("schedule-to-zero", "NN4004"), ("softmax-into-nll", "NN1002"), ("softmax-of-one-mse", "NN1011"),
        ("states-turned-viewed", "NN3007"), ("unet-sigmoid", "NN1002"),
    }.Select(r => new Case(r.Name, r.Rule, $"Reports/{r.Name}/Buggy.cs")).ToArray();

    /// <summary>A mistake in a program that was right.</summary>
    private static readonly Case[] Planted = new (string Name, string Rule, string Old, string New)[]
    {
        ("01_PlainLoop", "NN1001", "(\"output\", Linear(64, 1))", "(\"output\", Linear(64, 1)), (\"positive\", ReLU())"),
        ("01_PlainLoop", "NN4003", "lr: 1e-3", "lr: 1.0"),
        ("02_HelperMethods", "NN1002", "cross_entropy(logits, y)", "cross_entropy(nn.functional.softmax(logits, 1), y)"),
        ("03_EarlyStop", "NN1002", "Linear(24, 1))", "Linear(24, 1), Sigmoid())"),
        ("03_EarlyStop", "NN4003", "lr: 2e-3", "lr: 2.0"),
        ("05_GradientAccumulation", "NN1001", "Linear(32, 5))", "Linear(32, 5), ReLU())"),
        ("17_TopLevel", "NN1011", "Linear(32, 1))", "Linear(32, 1), Softmax(1))"),
        ("17_TopLevel", "NN4003", "lr: 0.002", "lr: 2.0"),
        ("20_LinqLoader", "NN4001", "optim.SGD(model.parameters(), 0.05, momentum: 0.9)", "optim.SGD(model.parameters(), 0.001)"),
        ("22_Scheduler", "NN4004", "step_size: 5, gamma: 0.3", "step_size: 1, gamma: 0.1"),
        ("31_UntilConverged", "NN3009", "mse_loss(prediction, rating[..known])", "mse_loss(prediction, rating[..known].unsqueeze(1))"),
        ("32_CrossValidation", "NN3009", "y.index_select(0, batch))", "y.index_select(0, batch).squeeze(1))"),
        ("33_GradientClipping", "NN1001", "return sum.forward(last);", "return nn.functional.relu(sum.forward(last));"),
        ("33_GradientClipping", "NN4003", "lr: 5e-3", "lr: 5.0"),
    }.Select(p => new Case(p.Name, p.Rule, $"Programs/{p.Name}.cs", p.Old, p.New)).ToArray();

    /// <param name="tool">Path of the built tool, nn.</param>
    /// <param name="tests">The folder of the analyzers' tests, which has the programs.</param>
    /// <param name="only">Names to run; all if there are none.</param>
    public static void Print(string tool, string tests, IReadOnlyCollection<string> only)
    {
        Console.WriteLine("| program | rule | verdict | score, flagged → fixed | last loss, flagged → fixed |\n|---|---|---|---|---|");
        foreach (var made in Reported.Concat(Planted).Where(c => only.Count == 0 || only.Contains(c.Name)))
        {
            var folder = Directory.CreateTempSubdirectory("nn-ordinary-").FullName;
            try
            {
                var (verdict, score, loss) = Verify(tool, folder, made, File.ReadAllText(Path.Combine(tests, made.Source)));
                var name = made.Name + (made.New.Length > 0 ? $": `{made.New}`" : "");
                Console.WriteLine($"| {name} | {made.Rule} | {verdict} | {score} | {loss} |");
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static (string Verdict, string Score, string Loss) Verify(string tool, string folder, Case made, string code)
    {
        if (made.Old.Length > 0 && !code.Contains(made.Old, StringComparison.Ordinal)) return ("the mistake cannot be planted", "", "");
        File.WriteAllText(Path.Combine(folder, "Program.cs"), made.Old.Length > 0 ? code.Replace(made.Old, made.New) : code);
        File.WriteAllText(Path.Combine(folder, "Ordinary.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="TorchSharp-cpu" Version="0.107.0" /></ItemGroup>
            </Project>
            """);
        var start = new ProcessStartInfo("dotnet")
            { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Path.GetFullPath(tool), "verify", ".", "--out", "report" }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var results = Path.Combine(folder, "report", "results.json");
        if (!File.Exists(results)) return ($"does not run: {errors.Result.Trim()}", "", "");
        using var json = JsonDocument.Parse(File.ReadAllText(results));
        var found = json.RootElement.GetProperty("verdicts").EnumerateArray()
            .Where(v => v.GetProperty("rule").GetString() == made.Rule).ToList();
        if (found is not [var verdict]) return ($"no finding of {made.Rule} with a fix", "", "");
        string Both(string name) => $"{Number(verdict.GetProperty("flagged"), name)} → {Number(verdict.GetProperty("fixed"), name)}";
        return (verdict.GetProperty("judgement").GetString()!, Both("medianScore"), Both("medianLoss"));
    }

    private static string Number(JsonElement tally, string name) =>
        tally.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble().ToString("0.###", CultureInfo.InvariantCulture) : "–";
}
