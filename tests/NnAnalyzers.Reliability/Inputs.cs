namespace NnAnalyzers.Reliability;

/// <summary>Command lines and what they may be pointed at: one line and an exit code as documented, at once.</summary>
internal sealed class Inputs() : Listed("inputs",
    "any command line, pointed at anything, ends at once with one line and its exit code, and nothing of the user's lost",
    Kinds.Select(k => k.Name))
{
    /// <param name="Line">Of the shell, {nn} for the tool.</param>
    /// <param name="Code">The exit code that is documented.</param>
    /// <param name="Before">Of the shell, what there is beside Net.cs (with a finding) and Clean.cs.</param>
    private sealed record Kind(string Line, int Code, string Before = "");

    /// <summary>What a reading command is pointed at, with the code it must give: 2 cannot run, 0 and 1 as found.</summary>
    private static readonly (string Name, string Argument, string Before, int? Code)[] Paths =
    [
        ("nothing there", "gone.cs", "", 2), ("an empty path", "''", "", 2), ("a blank", "' '", "", 2), ("a pipe", "p.cs", "mkfifo p.cs",
            2),
        ("a device", "/dev/zero", "", 2), ("a device by a C# name", "z.cs", "ln -s /dev/zero z.cs", 2),
        ("a socket", "s.cs", "python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('s.cs')\"", 2),
        ("a gigabyte", "big.cs", "truncate -s 1G big.cs", 2), ("a dangling link", "d.cs", "ln -s nowhere d.cs", 2),
        ("a link to itself", "l.cs", "ln -s l.cs l.cs", 2), ("a text file", "a.txt", "echo hello > a.txt", 2),
        ("a project that is no XML", "bad.csproj", "echo nonsense > bad.csproj", 2), ("an empty project", "e.csproj", ": > e.csproj", 2),
        ("a solution that is none", "s.sln", "echo x > s.sln", 2), ("a pipe for a project", "p.csproj", "mkfifo p.csproj", 2),
        ("an empty folder", "empty", "mkdir empty", 2), ("a folder of pipes", "pipes", "mkdir pipes; mkfifo pipes/a.cs", 2),
        ("a pipe among code", "mixed", "mkdir mixed; cp Net.cs mixed; mkfifo mixed/a.cs", 2),
        ("a gigabyte among code", "mixed", "mkdir mixed; cp Net.cs mixed; truncate -s 1G mixed/a.cs", 2),
        ("a folder in a ring", "ring", "mkdir ring; cp Net.cs ring; ln -s .. ring/up; ln -s . ring/here", null),
        ("a hundred folders deep", "d", "d=d; for i in $(seq 100); do d=$d/x; done; mkdir -p $d; cp Net.cs $d", null),
        ("a name with a line break", "$'a\\nb.cs'", "cp Net.cs $'a\\nb.cs'", null), ("a missing name with a line break", "$'x\\ny.cs'",
            "", 2),
        ("an empty file", "empty.cs", ": > empty.cs", 0), ("nothing but a comment", "c.cs", "echo '// nothing' > c.cs", 0),
        ("bytes that are no text", "r.cs", "head -c 4096 /dev/urandom > r.cs", 0), ("zeros", "z.cs", "head -c 4096 /dev/zero > z.cs", 0),
        ("code that does not compile", "n.cs", "echo 'class {' > n.cs", 0), ("a name of two hundred letters", "n.cs",
            "cp Net.cs $(printf 'a%.0s' $(seq 200)).cs; cp Net.cs n.cs", null),
    ];

    private static readonly (string Name, Kind Kind)[] Others =
    [
        ("no command", new("{nn}", 2)), ("a command that is none", new("{nn} frobnicate", 2)), ("an option that is none",
            new("{nn} check --frob", 2)),
        ("help", new("{nn} --help", 0)), ("the version", new("{nn} --version", 0)), ("two paths", new("{nn} check Net.cs Clean.cs", 2)),
        ("a preset that is none", new("{nn} check Net.cs --preset Loud", 2)), ("a preset of other case",
            new("{nn} check Net.cs --preset strict", 1)),
        ("a rule that is none", new("{nn} fix Net.cs --rule NN9999", 2)), ("a rule to explain that is none", new("{nn} explain NN9999", 2)),
        ("a rule of other case", new("{nn} explain nn1001", 0)), ("rules", new("{nn} rules", 0)),
        ("SARIF into a folder", new("{nn} check Net.cs --sarif .", 2)), ("SARIF into a full device",
            new("{nn} check Net.cs --sarif /dev/full && false; "
            + "test -c /dev/full && exit 2", 2)), ("SARIF into a pipe", new("mkfifo p; {nn} check Net.cs --sarif p", 2)),
        ("SARIF where nothing may be written", new("{nn} check Net.cs --sarif /proc/x.sarif", 2)),
        ("SARIF without a name", new("{nn} check Net.cs --sarif ''", 2)), ("SARIF over a read-only file",
            new("chmod 400 ro; {nn} check Net.cs --sarif ro",
            2, "echo old > ro")), ("SARIF into a new folder", new("{nn} check Net.cs --sarif new/log.sarif", 1)),
        ("a baseline that is missing", new("{nn} check Net.cs --baseline gone.json", 2)), ("a baseline that is a pipe",
            new("{nn} check Net.cs --baseline p", 2,
            "mkfifo p")), ("a baseline that is none", new("{nn} check Net.cs --baseline b", 2, "echo '[]' > b")),
        ("a baseline of another version", new("{nn} check Net.cs --baseline b", 2, "echo '{\"version\":2,\"findings\":[]}' > b")),
        ("a baseline with a null", new("{nn} check Net.cs --baseline b", 2, "echo '{\"version\":1,\"findings\":[null]}' > b")),
        ("a baseline with a negative count", new("{nn} check Net.cs --baseline b", 2,
            "echo '{\"version\":1,\"findings\":[{\"rule\":\"NN1001\",\"file\":\"a\",\"line\":\"b\",\"count\":-1}]}' > b")),
        ("a baseline without findings", new("{nn} check Net.cs --baseline b", 2, "echo '{\"version\":1}' > b")),
        ("a baseline written and read", new("{nn} check Net.cs --write-baseline b && {nn} check Net.cs --baseline b", 0)),
        ("a log that is none", new("{nn} fix a.sarif", 2, "echo '{}' > a.sarif")), ("a log that is missing", new("{nn} fix gone.sarif", 2)),
        ("a log with a root that is missing", new("{nn} fix a.sarif --root gone", 2, "echo '{\"runs\":[]}' > a.sarif")),
        ("only the first line wanted", new("{nn} check Net.cs | head -1 > /dev/null; exit ${PIPESTATUS[0]}", 1)),
        ("nobody reads", new("{nn} check Net.cs | true; exit ${PIPESTATUS[0]}", 1)), ("output closed", new("{nn} check Net.cs >&-", 2)),
        ("both outputs closed", new("{nn} check Net.cs >&- 2>&-", 2)), ("input closed", new("{nn} check Net.cs <&-", 1)),
        ("no colors", new("NO_COLOR=1 {nn} check Net.cs", 1)), ("no home", new("env -u HOME DOTNET_CLI_HOME=$PWD {nn} check Net.cs", 1)),
        ("no environment but a path", new("env -i PATH=\"$PATH\" DOTNET_ROOT=\"$DOTNET_ROOT\" {nn} check Net.cs", 1)),
        ("another culture", new("LANG=tr_TR.UTF-8 {nn} check Net.cs", 1)), ("a temporary folder that is missing",
            new("TMPDIR=$PWD/gone {nn} check Net.cs", 1)),
        ("verify without a path", new("{nn} verify", 2)), ("verify of nothing", new("{nn} verify gone", 2)), ("verify of loose code",
            new("{nn} verify Net.cs --yes", 2)),
        ("verify into a file", new("{nn} verify gone --out Net.cs", 2)), ("verify into a folder of others",
            new("{nn} verify gone --out full", 2,
            "mkdir full; echo x > full/y")), ("verify with no seeds", new("{nn} verify . --seeds 0", 2)), ("verify with half a seed",
                new("{nn} verify . --seeds 0.5", 2)),
        ("verify on a device that is none", new("{nn} verify . --device tpu", 2)), ("a run of no folder", new("{nn} verify --run gone", 2)),
        ("a run of a folder without a plan", new("{nn} verify --run empty", 2, "mkdir empty")), ("a share that is none",
            new("{nn} verify . --shard 9/8", 2)),
        ("a share of no scheduler", new("{nn} verify . --shard auto", 2)), ("libtorch that is missing",
            new("{nn} verify . --libtorch gone", 2)),
        ("a merge of nothing", new("{nn} merge", 2)), ("a merge of what is missing", new("{nn} merge gone", 2)),
            ("a merge into one of its shares",
            new("{nn} merge full --out full", 2, "mkdir full; echo '{\"version\":1,\"seeds\":0,\"programs\":[]}' > full/plan.json")),
        ("a probe of nothing", new("{nn} probe gone", 2)), ("a probe that is none", new("{nn} probe . --only Frob", 2)),
        ("graph of nothing", new("{nn} graph gone", 2)), ("an argument of a million letters",
            new("{nn} check $(printf 'a%.0s' $(seq 100000))", 2)),
        ("a stop by SIGTERM",
            new("mkdir q; for i in $(seq 300); do cp Net.cs q/$i.cs; done; {nn} check q & "
                + "sleep 1; kill -TERM $!; wait $!; test $? -le 2 && exit 2", 2)),
    ];

    private static readonly (string Name, Kind Kind)[] Kinds = Paths.SelectMany(p => new[] { "check", "graph", "fix --dry-run" }
        .Where((_, i) => i == 0 || p.Code is null or 2).Select(command => ($"{command}: {p.Name}",
            new Kind($"{{nn}} {command} {p.Argument}", p.Code ?? (command == "check" ? 1 : 0), p.Before)))).Concat(Others).ToArray();

    protected override string? Try(int at, Random random)
    {
        var kind = Kinds[at].Kind;
        using var folder = new FaultFolder();
        folder.Write("Net.cs", FaultFolder.Flagged);
        folder.Write("Clean.cs", FaultFolder.Fixed);
        if (kind.Before.Length > 0 && ToolRun.Shell(folder.Path, kind.Before) is { ExitCode: not 0 } bad)
            return $"cannot be set up: {bad.Errors.Trim()}";
        var end = ToolRun.Shell(folder.Path, kind.Line);
        return end.ExitCode != kind.Code
            ? $"exit code {end.ExitCode} instead of {kind.Code}: {end.Errors.Trim().Split('\n')[0]}"
            : end.Errors.Contains("   at ", StringComparison.Ordinal) || end.Errors.Contains("a fault of nn", StringComparison.Ordinal)
                ? $"a trace: {end.Errors.Trim().Split('\n')[0]}"
            : end.ExitCode == 2 && !kind.Line.Contains("2>&-", StringComparison.Ordinal) && !kind.Line.Contains("kill",
                StringComparison.Ordinal)
                && !end.Errors.Contains("nn: ", StringComparison.Ordinal) ? "no line says why"
            : File.ReadAllText(folder.At("Net.cs")) != FaultFolder.Flagged ? "changed Net.cs" : null;
    }
}
