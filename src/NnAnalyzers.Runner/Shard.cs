using System.Globalization;

namespace NnAnalyzers.Runner;

/// <summary>One of several equal shares of a plan's jobs.</summary>
/// <param name="Index">From 1 to <paramref name="Count"/>.</param>
public sealed record Shard(int Index, int Count)
{
    public static readonly Shard Whole = new(1, 1);

    /// <summary>The variables in which schedulers say which share is whose: the index, its first value, and the number of shares.</summary>
    private static readonly (string Index, string? First, int Base, string? Count)[] Schedulers =
    [
        ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", 0, "SLURM_ARRAY_TASK_COUNT"),
        ("JOB_COMPLETION_INDEX", null, 0, null), // Kubernetes indexed jobs; the number is not told
        ("CI_NODE_INDEX", null, 1, "CI_NODE_TOTAL"), // GitLab parallel
        ("CIRCLE_NODE_INDEX", null, 0, "CIRCLE_NODE_TOTAL"),
        ("BUILDKITE_PARALLEL_JOB", null, 0, "BUILDKITE_PARALLEL_JOB_COUNT"),
    ];

    /// <summary>
    /// <c>2/8</c>; <c>auto</c> where the scheduler's variables tell both numbers, <c>auto/8</c> where they tell the index.
    /// </summary>
    /// <exception cref="InvalidDataException">It is none of these, or the
    /// variables are not there; the message says so in one line.</exception>
    public static Shard Parse(string text, Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        int? Number(string? name) => name is not null && int.TryParse(variable(name), CultureInfo.InvariantCulture, out var n) ? n : null;
        var parts = text.Split('/');
        int? count = parts.Length == 2 ? int.TryParse(parts[1], CultureInfo.InvariantCulture, out var c) ? c : throw Wrong() : null;
        if (parts.Length > 2) throw Wrong();
        int index;
        if (parts[0] == "auto")
        {
            var (name, first, from, total) = Schedulers.FirstOrDefault(s => Number(s.Index) is not null);
            if (name is null) throw new InvalidDataException($"--shard {text}: no scheduler says which share this is "
                + $"({string.Join(", ", Schedulers.Select(s => s.Index))}): give it, such as 2/8");
            // Where the number of shares is given, the array may be a part of it, queued again; it then counts from 0 or 1.
            index = Number(name)!.Value - (count is null ? Number(first) ?? from : Math.Min(Number(first) ?? from, 1)) + 1;
            count ??= Number(total) ?? throw new InvalidDataException(
                $"--shard {text}: {name} does not tell how many shares there are: give the number, such as auto/8");
        }
        else if (!int.TryParse(parts[0], CultureInfo.InvariantCulture, out index)) throw Wrong();
        return count is { } all && index >= 1 && index <= all ? new(index, all) : throw Wrong();

        InvalidDataException Wrong() => new($"--shard {text}: give the share and their number, from 1/8 to 8/8, or auto or auto/8");
    }

    /// <summary>
    /// Whole pairs, each a program and a seed with its controls, so that what is compared was run on one machine and is lost together; in
    /// an order that has nothing to do with theirs, so that no share has all of one kind.
    /// </summary>
    public IEnumerable<Job> Of(IEnumerable<Job> all) => all.GroupBy(j => (j.Program.Id, j.Seed))
        .OrderBy(g => Hash($"{g.Key.Id}.{g.Key.Seed}")).ThenBy(g => g.Key.Id, StringComparer.Ordinal).ThenBy(g => g.Key.Seed)
        .Where((_, i) => i % Count == Index - 1).SelectMany(g => g);

    /// <summary>The same on every machine (FNV-1a, 32 bits).</summary>
    private static uint Hash(string text) => text.Aggregate(2166136261, (hash, c) => unchecked((hash ^ c) * 16777619));

    public override string ToString() => $"{Index}/{Count}";
}
