namespace NnAnalyzers.Reliability;

/// <summary>A disk of 4 MB on which a few kilobytes are left. Needs Linux and a user namespace that may mount (unshare -rm).</summary>
internal sealed class Disks() : Listed("disks",
    "on a full disk each file of the user is the old or the new one, what is not written is said in one line, and the next run with "
        + "room ends well", Tried.Commands)
{
    /// <summary>More than any of the commands writes here.</summary>
    private const int MostLeft = 96;

    public override int? Usual => 60;

    protected override string? Try(int at, Random random)
    {
        var command = Tried.Commands[at];
        using var folder = Tried.Set(command);
        // Nothing left at all, too.
        var left = random.Next(4) == 0 ? 0 : random.Next(1, MostLeft);
        var line = string.Join(' ', Tried.Line(command));
        var end = ToolRun.Shell(folder.Path, $$"""
            mkdir ../$(basename $PWD)-disk && cp -a . ../$(basename $PWD)-disk/before && cd ../$(basename $PWD)-disk && mkdir disk after
            unshare -rm bash -s << 'END'
                mount -t tmpfs -o size=4m none disk && cp -a before/. disk/ || exit 99
                dd if=/dev/zero of=disk/filler bs=4k 2> /dev/null; truncate -s -{{left}}k disk/filler
                (cd disk && {nn} {{line}} < /dev/null); code=$?
                rm disk/filler; cp -a disk/. after/; exit $code
            END
            """);
        var disk = folder.Path + "-disk";
        try
        {
            if (end.ExitCode == 99) return "no small disk can be mounted here";
            if (end.Trouble is { } trouble) return $"{left} KB left: {trouble}";
            return Tried.After(command, Path.Combine(disk, "after")) is { } wrong ? $"{left} KB left: {wrong}" : null;
        }
        finally
        {
            Directory.Delete(disk, recursive: true);
        }
    }
}
