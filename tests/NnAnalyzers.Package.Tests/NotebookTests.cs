using System.Diagnostics;
using System.Text.Json;

namespace NnAnalyzers.Package.Tests;

/// <summary>The example notebook in a real kernel, with the packed companion.</summary>
[Collection(nameof(Packed))]
public sealed class NotebookTests(Packed packed)
{
    [Fact]
    public void The_example_notebook_runs_and_shows_a_report()
    {
        Packed.Must(Packed.DotNet(Packed.Root, "tool", "restore"));
        var text = File.ReadAllText(Path.Combine(Packed.Root, "samples", "Notebooks", "Probe.ipynb"));
        using var notebook = JsonDocument.Parse(text.Replace("/path/to/packages", packed.Feed.Replace('\\', '/'))
            .Replace("NnAnalyzers.Companion, 0.1.0", "NnAnalyzers.Companion, " + Packed.Version));
        using var kernel = Start();
        try
        {
            var shown = "";
            foreach (var cell in notebook.RootElement.GetProperty("cells").EnumerateArray())
                if (cell.GetProperty("cell_type").GetString() == "code")
                    shown = Run(kernel, string.Concat(cell.GetProperty("source").EnumerateArray().Select(l => l.GetString())));
            Assert.StartsWith("<!doctype html>", shown);
            Assert.Contains("Probes of Sequential", shown);
            Assert.Contains("NN1001", shown);
        }
        finally
        {
            kernel.Kill(entireProcessTree: true);
            kernel.WaitForExit();
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet", ["tool", "run", "dotnet-interactive", "--", "stdio"])
            { WorkingDirectory = Packed.Root, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        // The packages of this test go where no other build meets them; what is large is there already.
        start.Environment["NUGET_PACKAGES"] = Path.Combine(packed.Folder, "notebook");
        start.Environment["NUGET_FALLBACK_PACKAGES"] = Packed.Restored;
        start.Environment["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1";
        // The tool is built for an older .NET than this repository needs.
        start.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        return Process.Start(start)!;
    }

    /// <summary>Runs a cell and gives what it shows as HTML at its end.</summary>
    private static string Run(Process kernel, string code)
    {
        var token = Guid.NewGuid().ToString();
        kernel.StandardInput.WriteLine(JsonSerializer.Serialize(
            new { token, commandType = "SubmitCode", command = new { code, targetKernelName = "csharp" } }));
        kernel.StandardInput.Flush();
        var shown = "";
        while (kernel.StandardOutput.ReadLine() is { } line)
        {
            // It greets its user in words.
            if (!line.StartsWith('{')) continue;
            using var message = JsonDocument.Parse(line);
            var said = message.RootElement.GetProperty("event");
            switch (message.RootElement.GetProperty("eventType").GetString())
            {
                case "CommandSucceeded" when IsOf(token, message.RootElement):
                    return shown;
                case "CommandFailed" when IsOf(token, message.RootElement):
                    Assert.Fail(code + "\n" + said);
                    break;
                case "ReturnValueProduced":
                    shown = said.GetProperty("formattedValues").EnumerateArray()
                        .First(v => v.GetProperty("mimeType").GetString() == "text/html").GetProperty("value").GetString()!;
                    break;
            }
        }
        throw new InvalidOperationException("the kernel has ended");
    }

    private static bool IsOf(string token, JsonElement message) => message.TryGetProperty("command", out var command)
        && command.ValueKind == JsonValueKind.Object && command.GetProperty("token").GetString() == token;
}
