using System.Text;
using System.Text.Json.Nodes;
using NnAnalyzers.Graph;

namespace NnAnalyzers.Reliability;

/// <summary>Logs from elsewhere: nn fix changes nothing but what they show, and only below its folder.</summary>
internal sealed class Logs() : Listed("logs",
    "nn fix LOG changes C# code below its folder that the log names, where the old text stands, and nothing else",
    Kinds.Select(k => k.Name))
{
    private sealed record Kind(string Name, Action<Log> Spoil, bool IsFixed = false, int[]? Codes = null);

    /// <summary>A log that nn check wrote of Net.cs, in a folder beside which lies what must not be touched.</summary>
    private sealed class Log(FaultFolder folder, JsonNode json)
    {
        public FaultFolder Folder { get; } = folder;
        public JsonNode Json { get; } = json;
        public JsonNode Result => Json["runs"]![0]!["results"]![0]!;
        public JsonNode Change => Result["fixes"]![0]!["artifactChanges"]![0]!;
        public JsonNode Replacement => Change["replacements"]![0]!;
        public JsonNode Region => Replacement["deletedRegion"]!;

        /// <summary>The file's bytes where they are not those of <see cref="Json"/>.</summary>
        public byte[]? Raw { get; set; }
        public bool IsWritten { get; set; } = true;

        public void Uri(string uri) => Change["artifactLocation"]!["uri"] = uri;

        /// <summary>What a compiler writes: the edits among the properties.</summary>
        public void AsBuild(string path, string? line = null)
        {
            var text = FaultFolder.Flagged;
            var at = text.IndexOf(", ReLU());", StringComparison.Ordinal);
            Result.AsObject().Remove("fixes");
            Result["properties"] = new JsonObject
            {
                ["nn.fix.title"] = "Remove ReLU",
                ["nn.fix.edits"] = line ?? string.Join('\t', System.Uri.EscapeDataString(path), at, ", ReLU()".Length, "",
                    System.Uri.EscapeDataString(", ReLU()")),
            };
        }

        /// <summary>A fix that replaces the first word of another file, as its own region would have it.</summary>
        public void Aim(string uri, string old = "stay")
        {
            Uri(uri);
            Replacement["deletedRegion"] = new JsonObject { ["startLine"] = 1, ["startColumn"] = 1, ["endLine"] = 1,
                ["endColumn"] = old.Length + 1, ["snippet"] = new JsonObject { ["text"] = old } };
            Replacement["insertedContent"] = new JsonObject { ["text"] = "gone" };
        }
    }

    private static readonly Kind[] Kinds =
    [
        new("as nn check wrote it", _ => { }, IsFixed: true, [0]),
        new("as a build writes it", l => l.AsBuild(l.Folder.At("here/Net.cs")), IsFixed: true, [0]),
        new("with a byte order mark", l => l.Raw = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(l.Json.ToJsonString())], true, [0, 2]),
        new("the same finding twice, as of two projects", l => ((JsonArray)l.Json["runs"]![0]!["results"]!).Add(l.Result.DeepClone()),
            true, [0]),
        new("the same run twice", l => ((JsonArray)l.Json["runs"]!).Add(l.Json["runs"]![0]!.DeepClone()), true, [0]),
        new("a file by its whole URI", l => l.Uri(new Uri(l.Folder.At("here/Net.cs")).AbsoluteUri), true, [0]),
        new("an absolute path outside", l => l.Aim(l.Folder.At("outside/Other.cs")), false, [1]),
        new("a path that leads out", l => l.Aim("../outside/Other.cs"), false, [1]),
        new("a path that leads out, in escapes", l => l.Aim("%2e%2e/outside%2FOther.cs"), false, [1]),
        new("a path that leads out of a folder below", l => l.Aim("sub/../../outside/Other.cs"), false, [1]),
        new("a URI outside", l => l.Aim(new Uri(l.Folder.At("outside/Other.cs")).AbsoluteUri), false, [1]),
        new("a URI of another machine", l => l.Aim("file://elsewhere/share/Other.cs"), false, [1]),
        new("a web address", l => l.Aim("https://example.org/Other.cs"), false, [1]),
        new("properties of a path outside", l => l.AsBuild("", string.Join('\t', Uri.EscapeDataString(l.Folder.At("outside/Other.cs")), 0,
            4,
            "gone", "stay")), false, [1]),
        new("properties of a path that leads out", l => l.AsBuild("", "..%2Foutside%2FOther.cs\t0\t4\tgone\tstay"), false, [1]),
        new("a text file outside", l => l.Aim("../outside/x.txt"), false, [1]),
        new("a text file inside", l => { l.Folder.Write("here/x.txt", "stay"); l.Aim("x.txt"); }, false, [1]),
        new("a project file inside", l => { l.Folder.Write("here/x.csproj", "stay"); l.Aim("x.csproj"); }, false, [1]),
        new("code inside that no finding is in", l => { l.Folder.Write("here/B.cs", "stay"); l.Aim("B.cs"); }, false, [1]),
        new("a link that leads out", l => { File.CreateSymbolicLink(l.Folder.At("here/L.cs"), l.Folder.At("outside/Other.cs"));
            l.Aim("L.cs");
            l.Result["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"] = "L.cs"; }, false, [1]),
        new("a linked folder that leads out", l => { Directory.CreateSymbolicLink(l.Folder.At("here/far"), l.Folder.At("outside"));
            l.Aim("far/Other.cs"); l.Result["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"] = "far/Other.cs"; }, false,
                [1]),
        new("a file that is not there", l => { l.Uri("Gone.cs");
            l.Result["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"] = "Gone.cs"; }, false, [1]),
        new("a folder", l => { Directory.CreateDirectory(l.Folder.At("here/D.cs")); l.Uri("D.cs"); }, false, [1]),
        new("a line beyond the end", l => { l.Region["startLine"] = 900; l.Region["endLine"] = 900; }, false, [1]),
        new("a column beyond the end", l => l.Region["endColumn"] = 9000, false, [1]),
        new("line 0", l => l.Region["startLine"] = 0, false, [1]),
        new("a negative column", l => l.Region["startColumn"] = -3, false, [1]),
        new("an end before its start", l => (l.Region["startColumn"], l.Region["endColumn"]) = (9, 2), false, [1]),
        new("other text to be replaced", l => l.Region["snippet"]!["text"] = ", Sigmoid()", false, [1]),
        new("no text to be replaced", l => l.Region.AsObject().Remove("snippet"), false, [1]),
        new("no region", l => l.Replacement.AsObject().Remove("deletedRegion"), false, [2]),
        new("two fixes that overlap", l => { var more = l.Result.DeepClone(); more["ruleId"] = "NN1003";
            more["fixes"]![0]!["artifactChanges"]![0]!["replacements"]![0]!["insertedContent"]!["text"] = ", Tanh()";
            ((JsonArray)l.Json["runs"]![0]!["results"]!).Add(more); }, true, [1]),
        new("numbers that are no 32 bits", l => l.Region["startLine"] = 1e30, false, [2]),
        new("a rule that is none", l => l.Result["ruleId"] = "XX1", false, [0]),
        new("a rule that is null", l => l.Result["ruleId"] = null, false, [0, 2]),
        new("findings that are no list", l => l.Json["runs"]![0]!["results"] = "none", false, [0, 2]),
        new("no JSON", l => l.Raw = "not json"u8.ToArray(), false, [2]),
        new("cut off", l => l.Raw = Encoding.UTF8.GetBytes(l.Json.ToJsonString())[..200], false, [2]),
        new("ten thousand brackets", l => l.Raw = Encoding.UTF8.GetBytes(new string('[', 10_000)), false, [2]),
        new("a pipe that nobody writes", l => { ToolRun.Shell(l.Folder.Path, "mkfifo here/log.sarif"); l.IsWritten = false; }, false, [2]),
    ];

    private static readonly Lazy<string> Written = new(() =>
    {
        using var folder = new FaultFolder();
        folder.Write("Net.cs", FaultFolder.Flagged);
        var end = ToolRun.Run(folder.Path, "check", "Net.cs", "--sarif", "log.sarif");
        return end.ExitCode == 1 ? File.ReadAllText(folder.At("log.sarif")) : throw new InvalidOperationException(end.Errors);
    });

    protected override string? Try(int at, Random random)
    {
        var kind = Kinds[at];
        using var folder = new FaultFolder();
        foreach (var (name, text) in new[] { ("here/Net.cs", FaultFolder.Flagged), ("outside/Other.cs", "stay"), ("outside/x.txt",
            "stay") })
            folder.Write(name, text);
        var log = new Log(folder, JsonNode.Parse(Written.Value)!);
        kind.Spoil(log);
        if (log.IsWritten) File.WriteAllBytes(folder.At("here/log.sarif"), log.Raw ?? Encoding.UTF8.GetBytes(log.Json.ToJsonString()));
        var before = folder.Snapshot();
        var end = ToolRun.Run(folder.At("here"), "fix", "log.sarif");
        var changed = folder.Snapshot().Where(f => before.GetValueOrDefault(f.Key) != f.Value).Select(f => f.Key).ToList();
        var net = File.ReadAllText(folder.At("here/Net.cs"));
        return end.Trouble
            ?? (!kind.Codes!.Contains(end.ExitCode) ? $"exit code {end.ExitCode}: {end.Errors.Trim()}"
            : changed.Any(f => f != Path.Combine("here", "Net.cs")) ? $"changed {string.Join(", ", changed)}"
            : end.ExitCode == 2 || !kind.IsFixed ? net == FaultFolder.Flagged ? null : "changed Net.cs"
            : net == FaultFolder.Fixed ? null : "did not fix Net.cs");
    }
}
