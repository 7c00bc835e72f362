namespace NnAnalyzers.Faults;

/// <summary>
/// Trains every labelled set-up on its own batch with its own optimizer and says how its loss went. Of a faulty one also how the mended
/// one's went, and how what the faulty one learned does by the mended one's loss, on the mended one's batch.
/// </summary>
internal static class Check
{
    public static void Print(string? only, int seed)
    {
        var sets = new[] { ("sound shown", SoundShown.All), ("sound kept", SoundKept.All), ("faulty shown", FaultyShown.All),
            ("faulty kept", FaultyKept.All), ("sound fresh", SoundFresh.All), ("faulty fresh", FaultyFresh.All),
            ("sound latest", SoundLatest.All), ("faulty latest", FaultyLatest.All) };
        foreach (var (set, all) in sets)
        {
            foreach (var each in all)
            {
                if (only is not null && !$"{set}: {each.Name}".Contains(only, StringComparison.OrdinalIgnoreCase)) continue;
                var clock = System.Diagnostics.Stopwatch.StartNew();
                var said = Tried(() => Went(each.Make, seed));
                if (each.Mended is { } mended)
                    said += $" | mended {Tried(() => Went(mended, seed))} | judged {Tried(() => Judged(each.Make, mended, seed))}";
                var place = each.Place is null || Tried(() => Known(each, seed)) == "yes" ? "" : $"  NO SUCH PLACE {each.Place}";
                var cause = each.Cause is null ? "" : $" [{each.Cause}]";
                Console.WriteLine($"{set}: {each.Name}{cause}: {said} ({clock.Elapsed.TotalSeconds:0.0} s){place}");
            }
        }
    }

    private static string Went(Func<Setup> make, int seed)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(seed);
        var losses = Kit.Train(make());
        var (first, last) = (losses[0], losses.TakeLast(5).Average());
        return $"{first:g4} -> {last:g4}{(first - last > 0.25 * Math.Abs(first) ? "" : " NO CLEAR FALL")}";
    }

    private static string Judged(Func<Setup> make, Func<Setup> mended, int seed)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(seed);
        var faulty = make();
        Tried(() => Kit.Train(faulty).Count.ToString());
        random.manual_seed(seed);
        var sound = mended();
        return sound.Loss(faulty.Forward(sound.Input), sound.Target).ToDouble().ToString("g4");
    }

    private static string Known(Labelled each, int seed)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(seed);
        var model = each.Make().Model;
        var names = model.named_parameters().Select(p => p.name).Concat(model.named_modules().Select(m => m.name));
        return names.Contains(each.Place) ? "yes" : "no";
    }

    private static string Tried(Func<string> ask)
    {
        try { return ask(); }
        catch (Exception e) { return $"{e.GetType().Name}: {e.Message.Split('\n')[0]}"; }
    }
}
