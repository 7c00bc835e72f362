namespace NnAnalyzers.Tests.Rules;

public class NN6006_NotShuffledTests
{
    private static string Program(string loader, string data = "Data", string before = "",
        string model = "Sequential(Linear(4, 16), ReLU(), Linear(16, 1))",
        string body = "functional.mse_loss(model.forward(batch[\"x\"]), batch[\"y\"]).backward();") => $$"""
        class {{data}}(Tensor x, Tensor y) : torch.utils.data.Dataset
        {
            public override long Count => 640;
            public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = x[index], ["y"] = y[index] };
        }

        static class Program
        {
            static void Train(Tensor x, Tensor y)
            {
                {{before}}
                var model = {{model}};
                var optimizer = optim.Adam(model.parameters());
                using var loader = {{loader}};
                for (var epoch = 0; epoch < 10; epoch++)
                    foreach (var batch in loader)
                    {
                        optimizer.zero_grad();
                        {{body}}
                        optimizer.step();
                    }
            }
        }
        """;

    [Theory]
    [InlineData("{|NN6006:new DataLoader(new Data(x, y), 32)|}",
        "new DataLoader(new Data(x, y), 32, shuffle: true)")]
    [InlineData("{|NN6006:new DataLoader(new Data(x, y), 32, false)|}",
        "new DataLoader(new Data(x, y), 32, true)")]
    [InlineData("{|NN6006:new DataLoader(new Data(x, y), batchSize: 32, shuffle: false, drop_last: true)|}",
        "new DataLoader(new Data(x, y), batchSize: 32, shuffle: true, drop_last: true)")]
    [InlineData("{|NN6006:torch.utils.data.DataLoader(new Data(x, y), 32)|}",
        "torch.utils.data.DataLoader(new Data(x, y), 32, shuffle: true)")]
    public Task Shuffled(string before, string after) => Verify.FixAsync(Program(before), Program(after));

    [Theory]
    [InlineData("new DataLoader(new Data(x, y), 32, shuffle: true)")]
    [InlineData("new DataLoader(new Data(x, y), 32, x.shape[0] > 1)")]
    [InlineData("new DataLoader(new Data(x, y), 640)")] // all at once
    [InlineData("new DataLoader(new WindowSequence(x, y), 32)", "WindowSequence")]
    [InlineData("new DataLoader(new Data(x, y), 32)", "Data", "var order = randperm(640); x = x[order]; y = y[order];")]
    [InlineData("new DataLoader(new Data(x, y), 32, new[] { 2L, 1L, 0L })")]
    public Task Silent(string loader, string data = "Data", string before = "") => Verify.SilentAsync(Program(loader, data, before));

    [Fact]
    public Task Silent_for_a_loader_that_nothing_learns_from() => Verify.SilentAsync(Program(
        "new DataLoader(new Data(x, y), 32, shuffle: true)") + """

        static class Test
        {
            static float Score(Sequential model, Data data)
            {
                using var loader = new DataLoader(data, 32);
                using var _ = no_grad();
                model.eval();
                var sum = 0f;
                foreach (var batch in loader) sum += functional.mse_loss(model.forward(batch["x"]), batch["y"]).item<float>();
                model.train();
                return sum;
            }
        }
        """);

    [Fact]
    public Task Accumulated_gradients() => Verify.FiresAsync(Program("{|NN6006:new DataLoader(new Data(x, y), 32)|}",
        body: "(functional.mse_loss(model.forward(batch[\"x\"]), batch[\"y\"]) / 4).backward(); if (epoch % 4 != 3) continue;")
        .Replace("optimizer.zero_grad();", "").Replace("optimizer.step();", "optimizer.step(); optimizer.zero_grad();"));
}
