namespace NnAnalyzers.Tests.Rules;

public class NN6002_NormalizationDiffersTests
{
    private static string Train(string before = "", string input = "x", string test = "", string load = "torch.tensor(values).view(-1, 4)",
        string members = "") => $$"""
        static class Program
        {
            static void Train(string path)
            {
                var model = Sequential(Linear(4, 16), ReLU(), Linear(16, 1));
                var optimizer = optim.Adam(model.parameters());
                var (x, y) = Load("train.csv");
                {{before}}
                for (var epoch = 0; epoch < 100; epoch++)
                {
                    var loss = functional.mse_loss(model.forward({{input}}), y);
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
                var (tx, ty) = Load("test.csv");
                {{test}}
            }

            static (Tensor, Tensor) Load(string path)
            {
                var values = File.ReadLines(path).SelectMany(l => l.Split(',').Select(float.Parse)).ToArray();
                return ({{load}}, torch.zeros(10, 1));
            }

            {{members}}
        }
        """;

    private const string Ask = "using (no_grad()) Console.WriteLine(functional.l1_loss(model.forward({0}), ty).item<float>());";
    private static string Test(string input) => Ask.Replace("{0}", input);

    [Theory]
    [InlineData("x = (x - 30) / 12;", "x", "(tx - 30) / 12")]
    [InlineData("x = x / 100f;", "x", "tx / 100f")]
    [InlineData("x = x.sub(30).div(12);", "x", "tx.sub(30).div(12)")]
    [InlineData("var (mean, deviation) = (x.mean(new[] { 0L }), x.std(new[] { 0L })); x = (x - mean) / deviation;", "x",
        "(tx - mean) / deviation")]
    [InlineData("var (mean, deviation) = (x.mean(new[] { 0L }), x.std(new[] { 0L }));", "(x - mean) / deviation",
        "(tx - mean) / deviation")]
    [InlineData("x = torch.log(x);", "x", "tx.log()")]
    [InlineData("", "(x / 1e4).tanh()", "(tx / 1e4).tanh()")]
    [InlineData("var (low, high) = (x.amin(new[] { 0L }), x.amax(new[] { 0L })); x = (x - low) / (high - low + 1e-8);", "x",
        "(tx - low) / (high - low + 1e-8)")]
    [InlineData("x.sub_(30).div_(12);", "x", "tx.sub(30).div(12)")] // the test itself stays
    public Task The_test_is_scaled_too(string before, string input, string scaled) =>
        Verify.FixAsync(Train(before, input, Test("{|NN6002:tx|}")), Train(before, input, Test(scaled)));

    /// <summary>What makes the data is no treatment of it.</summary>
    [Fact]
    public Task From_where_they_differ() => Verify.FixAsync(
        Train("x = x * 3 + 4; x = x.sub(5);", "x", Test("{|NN6002:tx * 3 + 4|}")),
        Train("x = x * 3 + 4; x = x.sub(5);", "x", Test("(tx * 3 + 4).sub(5)")));

    [Fact]
    public Task A_part_of_the_same_data() => Verify.FixAsync(
        Train("var held = x[80..]; // kept apart", "(x[..80] - 5) / 2", "model.forward({|NN6002:held|});"),
        Train("var held = x[80..]; // kept apart", "(x[..80] - 5) / 2", "model.forward((held - 5) / 2);"));

    /// <summary>A test that forgets no_grad teaches nothing all the same: its loss becomes a number.</summary>
    [Theory]
    [InlineData("var held = functional.mse_loss(model.forward({|NN6002:tx|}), ty); Console.WriteLine(held.ToSingle());")]
    [InlineData("var sum = 0f; sum += functional.mse_loss(model.forward({|NN6002:tx|}), ty).mean().item<float>(); Console.WriteLine(sum);")]
    public Task A_test_with_gradients(string test) => Verify.FiresAsync(Train("x = x / 100;", "x", test));

    /// <summary>A second loss that goes backward teaches, whatever is printed of it.</summary>
    [Fact]
    public Task Silent_on_two_losses() => Verify.FiresAsync(Train("x = x / 100;", "x", load: "{|NN6001:torch.tensor(values)|}.view(-1, 4)",
        test: """
        var second = functional.mse_loss(model.forward(tx), ty);
                Console.WriteLine(second.ToSingle());
                optimizer.zero_grad();
                (second * 0.1).backward();
                optimizer.step();
        """));

    /// <summary>Both parts come from one data set; more is done to the second.</summary>
    [Fact]
    public Task A_part_that_more_is_done_to() => Verify.FiresAsync(
        Train("x = (x - x.mean()) / x.std(); var held = x[80..]; x = x[..80];", "x", "model.forward({|NN6002:held * 255|});"));

    /// <summary>The mean of numbers that were drawn is no augmentation.</summary>
    [Fact]
    public Task By_the_mean_of_drawn_numbers() => Verify.FixAsync(
        Train("x = rand(100, 4); var held = x[80..]; x = x[..80]; var mean = x.mean(); x = x - mean;", "x",
            "model.forward({|NN6002:held|});"),
        Train("x = rand(100, 4); var held = x[80..]; x = x[..80]; var mean = x.mean(); x = x - mean;", "x",
            "model.forward(held - mean);"));

    [Theory]
    [InlineData("x = (x - 30) / 12;", "(tx - 31) / 11")] // other constants
    [InlineData("x = x / 100;", "tx / 10")]
    [InlineData("x = 1 - x;", "tx - 1")]
    [InlineData("x = x / 100;", "100 / tx")]
    public Task Otherwise(string before, string test) => Verify.FiresAsync(Train(before, "x", Test($"{{|NN6002:{test}|}}")));

    [Fact]
    public Task Only_the_test() =>
        Verify.FiresAsync(Train(test: Test("{|NN6002:tx / 255|}"), load: "{|NN6001:torch.tensor(values)|}.view(-1, 4)"));

    [Theory]
    [InlineData("x = (x - 30) / 12;", "(tx - 30) / 12")]
    [InlineData("var (mean, deviation) = (x.mean(new[] { 0L }), x.std(new[] { 0L })); x = (x - mean) / deviation;",
        "(tx - mean) / deviation")]
    [InlineData("x = Scaled(x);", "Scaled(tx)")]
    [InlineData("x = x.log();", "torch.log(tx)")]
    [InlineData("var (low, high) = (x.amin(new[] { 0L }), x.amax(new[] { 0L })); x = (x - low) / (high - low + 1e-8);",
        "(tx - low) / (high - low + 1e-8)")]
    [InlineData("x.sub_(30).div_(12);", "(tx - 30f) / 12")]
    [InlineData("x = x / 255f;", "tx * (1 / 255f)")]
    [InlineData("x = x.div(255).sub(0.5);", "tx / 255 + -0.5")]
    [InlineData("x = 1 - x;", "1 - tx")]
    [InlineData("x = x / 100; x = x + randn_like(x) * 0.1;", "tx / 100")] // augmentation
    [InlineData("x = x / 100; x = (x + randn_like(x) * 0.1).clamp(0, 1);", "tx / 100")]
    [InlineData("x = x / 100;", "Other(tx)")]
    [InlineData("x = x / (float)path.Length;", "tx / 10")]
    [InlineData("x = x / 100;", "torch.zeros(10, 4)")]
    [InlineData("x = x / 100;", "torch.tensor(new[] { 0.1f, 0.2f, 0.3f, 0.4f })")]
    public Task Silent(string before, string test) => Verify.SilentAsync(Train(before, "x", Test(test), members: """
        static Tensor Scaled(Tensor all) => (all - all.mean()) / all.std();
            static Tensor Other(Tensor all) => torch.from_array(all.data<float>().ToArray());
        """));

    /// <summary>How much does the network bear?</summary>
    [Fact]
    public Task Silent_on_trials() => Verify.SilentAsync(Train("x = x / 100;", test: """
        tx = tx / 100;
                model.forward(tx);
                model.forward(tx + 0.01);
                model.forward(tx * 0.9);
        """));

    /// <summary>One piece of code makes brighter data for the test.</summary>
    [Fact]
    public Task Silent_on_other_data() => Verify.SilentAsync(Train("x = Made(0);", "x", Test("Made(1.5)"), members: """
        static Tensor Made(double brightness) => randn(10, 4) * 0.5 + brightness;
        """));

    /// <summary>Where the loader scales, it does so for both.</summary>
    [Fact]
    public Task Silent_where_both_come_scaled() =>
        Verify.SilentAsync(Train(test: Test("tx"), load: "(torch.tensor(values).view(-1, 4) - 3) / 2"));
}
