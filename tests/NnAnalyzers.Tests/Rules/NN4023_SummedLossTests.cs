namespace NnAnalyzers.Tests.Rules;

public class NN4023_SummedLossTests
{
    private static string Train(string loss, string optimizer = "optim.SGD(model.parameters(), 0.01, momentum: 0.9)", string turn = "",
        string before = "", string data = "randn(32, 4)") => Code.Method($$"""
        var model = Sequential(Linear(4, 16), ReLU(), Linear(16, 2));
                var optimizer = {{optimizer}};
                {{before}}
                for (var step = 0; step < 100; step++)
                {
                    var (x, y) = ({{data}}, randn(32, 2));
                    var prediction = model.forward(x);
                    var loss = {{loss}};
                    optimizer.zero_grad();
                    loss.backward();
                    {{turn}}
                    optimizer.step();
                }
        """);

    [Theory]
    [InlineData("{|NN4023:functional.mse_loss(prediction, y, Reduction.Sum)|}", "functional.mse_loss(prediction, y, Reduction.Mean)")]
    [InlineData("{|NN4023:functional.cross_entropy(prediction, y, reduction: Reduction.Sum)|}",
        "functional.cross_entropy(prediction, y, reduction: Reduction.Mean)")]
    [InlineData("{|NN4023:(prediction - y).pow(2).sum()|}", "(prediction - y).pow(2).mean()")]
    [InlineData("{|NN4023:(prediction - y).abs().sum()|}", "(prediction - y).abs().mean()")]
    [InlineData("{|NN4023:functional.l1_loss(prediction, y, Reduction.None) /* each */ .sum()|}",
        "functional.l1_loss(prediction, y, Reduction.None) /* each */ .mean()")]
    public Task The_mean(string before, string after) => Verify.FixAsync(Train(before), Train(after));

    [Fact]
    public Task Of_a_loss_that_is_a_layer() => Verify.FixAsync(
        Train("{|NN4023:criterion.forward(prediction, y)|}", before: "var criterion = MSELoss(Reduction.Sum); // all of it"),
        Train("criterion.forward(prediction, y)", before: "var criterion = MSELoss(Reduction.Mean); // all of it"));

    [Theory]
    [InlineData("functional.mse_loss(prediction, y)")]
    [InlineData("functional.mse_loss(prediction, y, Reduction.Sum) / 32")]
    [InlineData("functional.mse_loss(prediction, y, Reduction.Sum) / x.shape[0]")]
    [InlineData("(prediction - y).pow(2).sum() / y.numel()")]
    [InlineData("(prediction - y).pow(2).sum(1).mean()")]
    [InlineData("functional.mse_loss(prediction, y, Reduction.Sum) + 0.1 * prediction.pow(2).sum()")] // several terms
    public Task Silent(string loss) => Verify.SilentAsync(Train(loss));

    [Theory]
    [InlineData("optim.Adam(model.parameters())", "", "")] // divides by the size of the gradient
    [InlineData("optim.SGD(model.parameters(), 0.01, momentum: 0.9)", "nn.utils.clip_grad_norm_(model.parameters(), 1);", "")]
    [InlineData("optim.SGD(model.parameters(), 0.01, momentum: 0.9)", "schedule.step();",
        "var schedule = optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps: 100);")]
    public Task Silent_where_the_rate_follows(string optimizer, string turn, string before) => Verify.SilentAsync(
        Train("functional.mse_loss(prediction, y, Reduction.Sum)", optimizer, turn, before));

    [Fact]
    public Task Silent_on_rewards() => Verify.SilentAsync(
        Train("functional.cross_entropy(prediction, y, reduction: Reduction.Sum)", before: "var reward = 1.0;"));

    [Fact]
    public Task Silent_where_the_number_of_samples_is_not_known() => Verify.SilentAsync("""
        class Trainer(Module<Tensor, Tensor> model)
        {
            private readonly optim.Optimizer optimizer = optim.SGD(model.parameters(), 0.01, momentum: 0.9);
            public void Step(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                functional.mse_loss(model.forward(x), y, Reduction.Sum).backward();
                optimizer.step();
            }
        }
        """);
}
