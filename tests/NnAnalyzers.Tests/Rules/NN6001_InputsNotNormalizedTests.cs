namespace NnAnalyzers.Tests.Rules;

public class NN6001_InputsNotNormalizedTests
{
    /// <summary>A method that loads, and one that trains on what it loaded.</summary>
    private static string Train(string load, string data = "var (x, y) = Load(path);", string input = "x", string target = "y",
        string model = "Sequential(Linear(4, 16), ReLU(), Linear(16, 1))", string after = "", string members = "") => $$"""
        static class Program
        {
            static void Train(string path)
            {
                var model = {{model}};
                var optimizer = optim.Adam(model.parameters());
                {{data}}
                for (var epoch = 0; epoch < 100; epoch++)
                {
                    var loss = functional.mse_loss(model.forward({{input}}), {{target}});
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
                {{after}}
            }

            {{load}}
            {{members}}
        }
        """;

    private static string Load(string rows, string made = "{|NN6001:torch.tensor(values).view(-1, 4)|}") => $$"""
        static (Tensor, Tensor) Load(string path)
            {
                {{rows}}
                return ({{made}}, torch.zeros(10, 1));
            }
        """;

    private static string Lines(string add) => $$"""
        var values = new List<float>();
                foreach (var line in File.ReadLines(path).Skip(1))
                {
                    {{add}}
                }
        """;

    private const string Tensor = "{|NN6001:torch.tensor(values)|}.view(-1, 4)";

    [Theory]
    [InlineData("foreach (var part in line.Split(',')) values.Add(float.Parse(part));")]
    [InlineData("var parts = line.Split(','); for (var i = 0; i < 4; i++) values.Add(float.Parse(parts[i]));")]
    [InlineData("var parts = line.Split(','); values.Add(float.Parse(parts[0])); values.Add((float)double.Parse(parts[1].Trim()));")]
    [InlineData("values.AddRange(line.Split(',').Select(float.Parse));")]
    [InlineData("values.AddRange(line.Split(',').Take(4).Select(p => float.Parse(p)));")]
    [InlineData("var parts = line.Split(','); values.Add(Convert.ToSingle(parts[0])); values.Add(parts[1] == \"male\" ? 1 : 0);")]
    [InlineData("var parts = line.Split(','); values.Add(parts[0] == \"\" ? 0 : float.Parse(parts[0]));")]
    [InlineData("if (float.TryParse(line, out var number)) values.Add(number);")]
    [InlineData("values.Add(int.Parse(line.Substring(3)));")]
    public Task Columns(string add) => Verify.FiresAsync(Train(Load(Lines(add), Tensor)));

    [Theory]
    [InlineData("var values = File.ReadAllLines(path).SelectMany(l => l.Split(';').Select(float.Parse)).ToArray();")]
    [InlineData("""
        var values = new List<float>();
                using var reader = new StreamReader(path);
                while (reader.ReadLine() is { } line) values.Add(float.Parse(line));
        """)]
    [InlineData("""
        var values = new float[400];
                var i = 0;
                using var reader = new StreamReader(path);
                string? line;
                while ((line = reader.ReadLine()) != null) values[i++] = float.Parse(line, null);
        """)]
    [InlineData("""
        var values = (from line in File.ReadAllText(path).Split('\n') from part in line.Split(',') select float.Parse(part)).ToArray();
        """)]
    [InlineData("""
        var values = (from line in File.ReadLines(path) let parts = line.Split(',')
                    where parts.Length > 4 select float.Parse(parts[2])).ToArray();
        """)]
    [InlineData("""
        var rows = File.ReadLines(path).Select(l => l.Split(','))
                    .Select(p => new { Age = float.Parse(p[0]), Pay = float.Parse(p[1]) }).ToList();
                var values = rows.SelectMany(r => new[] { r.Age, r.Pay }).ToArray();
        """)]
    [InlineData("var values = Directory.GetFiles(path).Select(f => float.Parse(File.ReadAllText(f))).ToArray();")]
    [InlineData("""
        var rows = File.ReadLines(path).Select(l => l.Split(',')[..4].Select(float.Parse).ToArray()).OrderByDescending(r => r[0]);
                var values = rows.Take(path.Length).Chunk(8).SelectMany(b => b.SelectMany(r => r)).ToArray();
        """)]
    public Task Whole_files(string rows) => Verify.FiresAsync(Train(Load(rows, Tensor)));

    [Fact]
    public Task Records() => Verify.FiresAsync(Train(Load("""
        var rows = File.ReadLines(path).Select(Row.Parse).ToList();
                var values = rows.SelectMany(r => new[] { r.Age, r.Income, r.Rooms, r.Year }).ToArray();
        """, Tensor)) + """

        record Row(float Age, float Income, float Rooms, float Year)
        {
            public static Row Parse(string line)
            {
                var parts = line.Split(',');
                return new Row(float.Parse(parts[0]), float.Parse(parts[1]), float.Parse(parts[2]), float.Parse(parts[3]));
            }
        }
        """);

    [Theory]
    [InlineData("values.AddRange(line.Split(',').Select(p => float.Parse(p) / 100));")]
    [InlineData("values.AddRange(from part in line.Split(',') let number = float.Parse(part) select (number - 3) / 2);")]
    [InlineData("var parts = line.Split(','); values.Add((float.Parse(parts[0]) - 30) / 12);")]
    [InlineData("values.Add(MathF.Log(float.Parse(line)));")]
    [InlineData("values.Add(line.Length);")]
    [InlineData("values.Add(line == \"yes\" ? 1 : 0);")]
    [InlineData("var number = float.Parse(line); number /= 100; values.Add(number);")]
    [InlineData("values.Add(Scaled(line));", "static float Scaled(string line) => (float.Parse(line) - 3) / 2;")]
    public Task Silent_where_numbers_are_scaled(string add, string members = "") =>
        Verify.SilentAsync(Train(Load(Lines(add), "torch.tensor(values).view(-1, 4)"), members: members));

    [Fact]
    public Task Silent_where_two_make_one() => Verify.SilentAsync(Train(Load("""
        var prices = File.ReadLines(path).Select(float.Parse).ToArray();
                var values = prices.Zip(prices.Skip(1), (a, b) => MathF.Log(b / a)).ToArray();
        """, "torch.tensor(values).view(-1, 4)")));

    [Theory]
    [InlineData("var values = File.ReadAllBytes(path);", "{|NN6001:torch.tensor(values)|}.to(float32).view(-1, 4)")]
    [InlineData("var values = File.ReadAllBytes(path).Skip(16).Select(b => (float)b).ToArray();",
        "{|NN6001:torch.tensor(values)|}.view(-1, 4)")]
    [InlineData("using var reader = new BinaryReader(File.OpenRead(path)); reader.ReadInt32(); var values = reader.ReadBytes(400);",
        "{|NN6001:torch.tensor(values, dtype: float32)|}.view(-1, 4)")]
    [InlineData("""
        var values = new float[40, 4];
                using var stream = File.OpenRead(path);
                for (var i = 0; i < 40; i++) for (var j = 0; j < 4; j++) values[i, j] = stream.ReadByte();
        """, "{|NN6001:torch.tensor(values)|}")]
    [InlineData("""
        var values = new byte[400];
                using (var stream = File.OpenRead(path)) stream.ReadExactly(values, 0, 400);
        """, "{|NN6001:torch.tensor(values)|}.to_type(ScalarType.Float32).view(100, 4)")]
    public Task Bytes_in_an_array(string rows, string made) => Verify.FiresAsync(Train(Load(rows, made)));

    /// <summary>Pictures are shifted and scaled as a whole; whole numbers have no mean.</summary>
    [Theory]
    [InlineData("torch.tensor(values).to(float32).view(-1, 1, 2, 2)", "x.mean(), x.std()")]
    [InlineData("torch.tensor(values).view(-1, 1, 2, 2)",
        "x.to(TorchSharp.torch.float32).mean(), x.to(TorchSharp.torch.float32).std()", ".to(float32)")]
    public Task Bytes_are_standardized(string made, string statistics, string then = "") => Verify.FixAsync(
        Train(Load("var values = File.ReadAllBytes(path);", made.Replace("torch.tensor(values)", "{|NN6001:torch.tensor(values)|}")),
            input: "x" + then, model: "Sequential(Conv2d(1, 4, 2), Flatten(), Linear(4, 1))"),
        Train(Load("var values = File.ReadAllBytes(path);", made), $$"""
            var (x, y) = Load(path);
                    var (xMean, xDeviation) = ({{statistics}});
                    xDeviation.masked_fill_(xDeviation.eq(0), 1);
            """, $"(x{then} - xMean) / xDeviation", model: "Sequential(Conv2d(1, 4, 2), Flatten(), Linear(4, 1))"));

    /// <summary>Where the training data has no name.</summary>
    [Theory]
    [InlineData("{|NN6001:torch.tensor(File.ReadAllBytes(path))|}.to(float32).view(-1, 4)",
        "(torch.tensor(File.ReadAllBytes(path)) / 255f).to(float32).view(-1, 4)")]
    [InlineData("{|NN6001:torch.tensor(File.ReadAllBytes(path), dtype: float32)|}",
        "torch.tensor(File.ReadAllBytes(path), dtype: float32) / 255f")]
    public Task Bytes_are_divided(string input, string divided) =>
        Verify.FixAsync(Train("", "var y = randn(8, 1);", input), Train("", "var y = randn(8, 1);", divided));

    [Theory]
    [InlineData("torch.tensor(values).to(float32) / 255")]
    [InlineData("torch.tensor(values).to(float32).sub_(128).div_(64)")]
    [InlineData("(torch.tensor(values).to(float32) - 128).mul(0.01)")]
    [InlineData("Normalized(torch.tensor(values))", "static Tensor Normalized(Tensor x) => x.to(float32);")]
    [InlineData("functional.one_hot(torch.tensor(values).to(int64), 256).to(float32)")]
    public Task Silent_where_bytes_are_scaled(string made, string members = "") =>
        Verify.SilentAsync(Train(Load("var values = File.ReadAllBytes(path);", made), members: members));

    [Theory]
    [InlineData("Sequential(BatchNorm1d(4), Linear(4, 1))")]
    [InlineData("Sequential(LayerNorm(4), Linear(4, 1))")]
    [InlineData("Sequential(Embedding(256, 8), Flatten(), Linear(32, 1))")]
    [InlineData("Sequential(Tanh(), Linear(4, 1))")]
    public Task Silent_where_the_network_scales_them(string model) =>
        Verify.SilentAsync(Train(Load("var values = File.ReadAllBytes(path);", "torch.tensor(values)"), model: model));

    private const string Values = "var values = File.ReadLines(path).SelectMany(l => l.Split(',').Select(float.Parse)).ToArray();";

    [Fact]
    public Task Standardized_by_what_is_trained_on() => Verify.FixAsync(
        Train(Load(Values, Tensor), "var (x, y) = Load(path); // all of it", after: """
            var (tx, ty) = Load("test.csv");
                    using (no_grad()) Console.WriteLine(functional.mse_loss(model.forward(tx), ty).item<float>());
                    Console.WriteLine(model.forward(torch.tensor(new[] { 1f, 2f, 3f, 4f }).view(1, 4)));
            """),
        Train(Load(Values, "torch.tensor(values).view(-1, 4)"), """
            var (x, y) = Load(path); // all of it
                    var (xMean, xDeviation) = (x.mean(new[] { 0L }), x.std(new[] { 0L }));
                    xDeviation.masked_fill_(xDeviation.eq(0), 1);
            """, "(x - xMean) / xDeviation", after: """
            var (tx, ty) = Load("test.csv");
                    using (no_grad()) Console.WriteLine(functional.mse_loss(model.forward((tx - xMean) / xDeviation), ty).item<float>());
                    Console.WriteLine(model.forward((torch.tensor(new[] { 1f, 2f, 3f, 4f }).view(1, 4) - xMean) / xDeviation));
            """));

    private const string Make =
        "torch.tensor(File.ReadLines(path).SelectMany(l => l.Split(',').Select(float.Parse)).ToArray())";
    private const string Bare = "var y = torch.zeros(10, 1); var table = {|NN6001:" + Make + "|}";
    [Fact]
    public Task Where_the_table_has_its_columns() => Verify.FixAsync(
        Train("", Bare + ";\n        table = table.view(-1, 4);", "table[..64]"),
        Train("", Bare.Replace("{|NN6001:", "").Replace("|}", "") + """
            ;
                    table = table.view(-1, 4);
                    var (tableMean, tableDeviation) = (table.mean(new[] { 0L }), table.std(new[] { 0L }));
                    tableDeviation.masked_fill_(tableDeviation.eq(0), 1);
            """, "(table[..64] - tableMean) / tableDeviation"));

    /// <summary>
    /// Other columns, a list, code that cannot see the variable, another method; bytes that are labels, or beside which the network is
    /// asked about what is not known.
    /// </summary>
    [Theory]
    [InlineData("var x = {|NN6001:FILE|}.view(-1, 5);", "model.forward(x[.., ..4])")]
    [InlineData("var x = {|NN6001:FILE|}.view(-1, 4).chunk(5);", "model.forward(x[0])")]
    [InlineData("var x = {|NN6001:FILE|}.view(-1, 4);", "model.forward(x)",
        "static Tensor Ask(Sequential net, float[] x) => net.forward(torch.tensor(x)); Ask(model, [1, 2, 3, 4]);")]
    [InlineData("var x = {|NN6001:FILE|}.view(-1, 4);", "_net.forward(x)", "",
        "Tensor Ask(float[] x) => _net.forward(torch.tensor(x));")]
    [InlineData("var x = {|NN6001:BYTES|}.view(-1, 5); y = x[.., 4].to(int64);", "model.forward(x[.., ..4])")]
    [InlineData("var x = {|NN6001:BYTES|}.view(-1, 4);", "_net.forward(x)", "",
        "Tensor Ask(float[] x) => _net.forward(torch.tensor(x));")]
    public async Task No_fix(string data, string output, string after = "", string members = "")
    {
        var code = $$"""
            class Program
            {
                private readonly Sequential _net = Sequential(Linear(4, 16), ReLU(), Linear(16, 3));
                void Train(string path, Tensor y)
                {
                    var model = _net;
                    var optimizer = optim.Adam(model.parameters());
                    {{data.Replace("FILE", Make).Replace("BYTES", "torch.tensor(File.ReadAllBytes(path))")}}
                    for (var epoch = 0; epoch < 100; epoch++)
                    {
                        var loss = functional.cross_entropy({{output}}, y);
                        optimizer.zero_grad();
                        loss.backward();
                        optimizer.step();
                    }
                    {{after}}
                }
                {{members}}
            }
            """;
        await Verify.FiresAsync(code);
        var found = await Verify.FindAsync(code.Replace("{|NN6001:", "").Replace("|}", ""));
        Assert.DoesNotContain(found, d => d.Id == "NN6001" && d.Properties.ContainsKey(FixProperties.Title));
    }

    /// <summary>Windows of a series: their shape is not known, but batches are rows of them.</summary>
    [Fact]
    public Task Windows() => Verify.FixAsync(
        Train(Load(Values, "{|NN6001:torch.tensor(values)|}"), "var (all, y) = Load(path); var x = all.unfold(0, 4, 1).contiguous();",
            "x.index_select(0, randint(0, 80, 16)).narrow(0, 2, 8)"),
        Train(Load(Values, "torch.tensor(values)"), """
            var (all, y) = Load(path); var x = all.unfold(0, 4, 1).contiguous();
                    var (xMean, xDeviation) = (x.mean(new[] { 0L }), x.std(new[] { 0L }));
                    xDeviation.masked_fill_(xDeviation.eq(0), 1);
            """, "(x.index_select(0, randint(0, 80, 16)).narrow(0, 2, 8) - xMean) / xDeviation"));

    [Fact]
    public Task A_deconstruction() => Verify.FixAsync(Deconstructed("{|NN6001:torch.tensor(values)|}", "", "x"),
        Deconstructed("torch.tensor(values)", """

            var (xMean, xDeviation) = (x.mean(new[] { 0L }), x.std(new[] { 0L }));
            xDeviation.masked_fill_(xDeviation.eq(0), 1);
            """, "(x - xMean) / xDeviation"));

    private static string Deconstructed(string made, string after, string input) => $$"""
        class Trainer
        {
            void Run(string path)
            {
                var values = File.ReadLines(path).SelectMany(l => l.Split(',').Select(float.Parse)).ToArray();
                var table = {{made}}.view(-1, 3);
                var (x, y) = (table[.., ..2], table[.., 2..]);{{after.Replace("\n", "\n        ")}}
                var model = Sequential(Linear(2, 32), ReLU(), Linear(32, 1));
                for (var i = 0; i < 9; i++) functional.mse_loss(model.forward({{input}}), y).backward();
            }
        }
        """;

    [Fact]
    public Task Batches_and_a_split() => Verify.FixAsync(
        Train(Load(Values, Tensor), """
            var (all, y) = Load(path);
                    var x = all[..80];
            """, "x.index_select(0, randint(0, 80, 16))"),
        Train(Load(Values, "torch.tensor(values).view(-1, 4)"), """
            var (all, y) = Load(path);
                    var x = all[..80];
                    var (xMean, xDeviation) = (x.mean(new[] { 0L }), x.std(new[] { 0L }));
                    xDeviation.masked_fill_(xDeviation.eq(0), 1);
            """, "(x.index_select(0, randint(0, 80, 16)) - xMean) / xDeviation"));

    [Fact]
    public Task Through_a_loader() => Verify.FiresAsync(Loader("{|NN6001:torch.tensor(values)|}"));

    [Fact]
    public Task Silent_through_a_loader() => Verify.SilentAsync(Loader("(torch.tensor(values) - 3) / 2"));

    private static string Loader(string tensor) => $$"""
        class Table(string path) : torch.utils.data.Dataset
        {
            private readonly string[] lines = File.ReadAllLines(path);
            public override long Count => lines.Length;
            public override Dictionary<string, Tensor> GetTensor(long index)
            {
                var values = lines[index].Split(',').Select(float.Parse).ToArray();
                return new() { ["x"] = {{tensor}}, ["y"] = zeros(1) };
            }
        }

        static class Program
        {
            static void Train(string path)
            {
                var model = Sequential(Linear(4, 16), ReLU(), Linear(16, 1));
                var optimizer = optim.Adam(model.parameters());
                using var loader = torch.utils.data.DataLoader(new Table(path), 32, shuffle: true);
                foreach (var batch in loader)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(model.forward(batch["x"]), batch["y"]).backward();
                    optimizer.step();
                }
            }
        }
        """;

    [Fact]
    public Task Tensors_in_a_loader() => Verify.FiresAsync(Train(Load(Values, Tensor), """
        var (all, y) = Load(path);
                using var data = torch.utils.data.TensorDataset(all, y);
                using var loader = torch.utils.data.DataLoader(data, 32);
                var x = loader.First()[0];
        """));

    /// <summary>Elsewhere than in the training code: nothing teaches the network with it.</summary>
    [Fact]
    public Task Silent_where_nothing_is_trained() => Verify.SilentAsync(Train(Load(Values, "torch.tensor(values).view(-1, 4)"),
        data: "var (x, y) = Load(path); x = randn(8, 4); y = randn(8, 1);", after: "model.forward(Load(path).Item1);"));

    [Fact]
    public Task Silent_on_targets() => Verify.SilentAsync(
        Train(Load(Values, "torch.tensor(values).view(-1, 4)"), input: "x.tanh()", target: "x"));
}
