using System.CommandLine;
using System.Globalization;
using NnAnalyzers.Reliability;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// A new area is a line here.
IArea[] areas = [new Mutated(), new Malformed(), new Order(), new Fuzz(), new Logs(), new Children(), new Merges(), new Inputs(),
    new Encodings(), new Kills(), new Disks()];

const string Command = "dotnet run --project tests/NnAnalyzers.Reliability -c Release --";
var root = new RootCommand("Faults made on purpose, and how many of them are taken as promised.");
foreach (var area in areas)
{
    var command = new Command(area.Name, area.Promise);
    var seed = new Option<int>("--seed") { Description = "What the faults are made from", DefaultValueFactory = _ => 1 };
    var count = new Option<int?>("--count") { Description = "How many to try" };
    var seconds = new Option<int?>("--seconds") { Description = "How long to try" };
    var output = new Option<string?>("--out") { Description = "The JSON file for the row of the table" };
    var only = new Option<int?>("--number") { Description = "Only this one, as a failure names it" };
    foreach (var option in new Option[] { seed, count, seconds, output, only }) command.Add(option);
    command.SetAction(async (parsed, cancellation) =>
    {
        var (from, number, time) = (parsed.GetValue(seed), parsed.GetValue(count), parsed.GetValue(seconds));
        if (parsed.GetValue(only) is { } one)
        {
            var wrong = await Runner.TryAsync(area, one, from, cancellation);
            Console.WriteLine($"{area.KindOf(one, from)}: {wrong ?? "held"}");
            return wrong is null ? 0 : 1;
        }
        number ??= time is null ? area.Usual : null;
        if (number is null && time is null) time = 60;
        var line = $"{Command} {area.Name} --seed {from}" + (number is { } n ? $" --count {n}" : "")
            + (time is { } t ? $" --seconds {t}" : "");
        var row = await Runner.RunAsync(area, from, number, time is { } s ? TimeSpan.FromSeconds(s) : null, line, Console.WriteLine,
            cancellation);
        Console.WriteLine($"{row.Area}: held {row.Held} of {row.Tried}");
        if (parsed.GetValue(output) is { } path) Rows.Save(path, row);
        return row.Held == row.Tried ? 0 : 1;
    });
    root.Add(command);
}

// What an area's faults are tried in; started by this program itself.
var name = new Argument<string>("area");
var (workerSeed, first, end) = (new Option<int>("--seed"), new Option<int>("--from"), new Option<int>("--to"));
var rest = new Option<int?>("--seconds");
var worker = new Command("worker") { name, workerSeed, first, end, rest };
worker.Hidden = true;
worker.SetAction((parsed, cancellation) => Runner.WorkAsync(areas.Single(a => a.Name == parsed.GetValue(name)),
    parsed.GetValue(workerSeed), parsed.GetValue(first), parsed.GetValue(end),
    parsed.GetValue(rest) is { } s ? TimeSpan.FromSeconds(s) : null, Console.Out, cancellation));
root.Add(worker);

var page = new Option<string>("--out") { Description = "The page", DefaultValueFactory = _ => "docs/reliability.md" };
var pages = new Command("page", $"Makes one page of the rows in {Rows.Folder}.") { page };
pages.SetAction(parsed =>
{
    var rows = Rows.Load(Path.Combine(Rows.Root, Rows.Folder));
    File.WriteAllText(parsed.GetValue(page)!, Rows.Page(rows));
    Console.WriteLine($"{parsed.GetValue(page)}: {rows.Count} rows");
});
root.Add(pages);
return await root.Parse(args).InvokeAsync();
