namespace NnAnalyzers.Tests.Rules;

public class NN4004_DecayedToNothingTests
{
    private static string Train(string schedule, string epochs = "100", string turn = "", string batch = "schedule.step();",
        string inner = "for (var i = 0; i < 200; i++)", string optimizer = "optim.SGD(model.parameters(), 0.01, momentum: 0.9)") =>
        Code.Method($$"""
        var model = Sequential(Linear(4, 16), ReLU(), Linear(16, 1));
                var optimizer = {{optimizer}};
                {{schedule}}
                for (var epoch = 0; epoch < {{epochs}}; epoch++)
                {
                    {{inner}}
                    {
                        var loss = functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1));
                        optimizer.zero_grad();
                        loss.backward();
                        optimizer.step();
                        {{turn}}
                    }
                    {{batch}}
                }
        """);

    private static string Schedule(string made) => $"var schedule = {made};";

    [Theory]
    [InlineData("optim.lr_scheduler.ExponentialLR(optimizer, G)", "0.75", "0.977")] // 0.1^(1/100)
    [InlineData("optim.lr_scheduler.ExponentialLR(optimizer, gamma: G)", "0.9", "0.977")]
    [InlineData("optim.lr_scheduler.StepLR(optimizer, 10, G)", "0.1", "0.79")] // ten times
    [InlineData("optim.lr_scheduler.MultiStepLR(optimizer, new[] { 20, 40, 60, 80 }, gamma: G)", "0.1", "0.56")]
    public Task A_tenth_is_left(string made, string gamma, string gentler) => Verify.FixAsync(
        Train(Schedule($"{{|NN4004:{made.Replace("G", gamma)}|}}")), Train(Schedule(made.Replace("G", gentler))));

    [Fact]
    public Task The_default_factor() => Verify.FixAsync(
        Train(Schedule("{|NN4004:optim.lr_scheduler.StepLR(optimizer, 5)|}")),
        Train(Schedule("optim.lr_scheduler.StepLR(optimizer, 5, gamma: 0.89)")));

    [Fact]
    public Task In_every_step() => Verify.FixAsync(
        Train(Schedule("{|NN4004:optim.lr_scheduler.ExponentialLR(optimizer, 0.9995)|}"), turn: "schedule.step();", batch: ""),
        Train(Schedule("optim.lr_scheduler.ExponentialLR(optimizer, 0.99988)"), turn: "schedule.step();", batch: ""));

    [Fact]
    public Task Where_the_factor_is_declared() => Verify.FixAsync(
        Train("const double decay = 0.5; // a half\n        " + Schedule("{|NN4004:optim.lr_scheduler.ExponentialLR(optimizer, decay)|}")),
        Train("const double decay = 0.977; // a half\n        " + Schedule("optim.lr_scheduler.ExponentialLR(optimizer, decay)")));

    [Theory]
    [InlineData("optim.lr_scheduler.LambdaLR(optimizer, epoch => Math.Pow(0.5, epoch))")]
    [InlineData("optim.lr_scheduler.MultiplicativeLR(optimizer, epoch => 0.5)")]
    public Task Functions(string made) => Verify.FiresAsync(Train(Schedule($"{{|NN4004:{made}|}}")));

    [Theory]
    [InlineData("foreach (var group in optimizer.ParamGroups) {|NN4004:group.LearningRate *= 0.75|};")]
    [InlineData("rate *= 0.75; foreach (var group in optimizer.ParamGroups) {|NN4004:group.LearningRate = rate|};")]
    [InlineData("{|NN4004:optimizer.ParamGroups.First().LearningRate *= 0.75|};")]
    public Task By_hand(string batch) => Verify.FiresAsync(Train("var rate = 0.01;", batch: batch));

    [Fact]
    public Task Epochs_from_settings_and_batches_from_a_loader() => Verify.FiresAsync(
        Train(Schedule("{|NN4004:optim.lr_scheduler.ExponentialLR(optimizer, 0.999)|}"), "new Settings().Epochs", "schedule.step();", "",
            "foreach (var (x, y) in Settings.Batches())") + """

            record Settings(int Epochs = 50)
            {
                public static IReadOnlyList<(Tensor, Tensor)> Batches() =>
                    Enumerable.Range(0, 200).Select(_ => (randn(8, 4), randn(8, 1))).ToList();
            }
            """);

    [Theory]
    [InlineData("optim.lr_scheduler.ExponentialLR(optimizer, 0.95)")] // 0.006 is left
    [InlineData("optim.lr_scheduler.StepLR(optimizer, 30, 0.1)")]
    [InlineData("optim.lr_scheduler.StepLR(optimizer, 30, path.Length)")]
    [InlineData("optim.lr_scheduler.CosineAnnealingLR(optimizer, 100)")] // ends at nothing, on purpose
    [InlineData("optim.lr_scheduler.PolynomialLR(optimizer, 100)")]
    [InlineData("optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps: 101)")]
    [InlineData("optim.lr_scheduler.LambdaLR(optimizer, epoch => Math.Max(0.01, Math.Pow(0.5, epoch)))")]
    public Task Silent(string made) => Verify.SilentAsync(Train(Schedule(made)));

    [Theory]
    [InlineData("path.Length", "schedule.step();")]
    [InlineData("100", "if (epoch % 10 == 0) schedule.step();")]
    [InlineData("100", "schedule.step(); if (path.Length > epoch) break;")]
    [InlineData("3", "schedule.step();")]
    public Task Silent_where_the_number_of_steps_is_not_known(string epochs, string batch) =>
        Verify.SilentAsync(Train(Schedule("optim.lr_scheduler.ExponentialLR(optimizer, 0.5)"), epochs, batch: batch));

    [Fact]
    public Task Silent_where_training_begins_anew() => Verify.SilentAsync(Train(
        Schedule("optim.lr_scheduler.ExponentialLR(optimizer, 0.5)"),
        batch: "schedule.step(); if (epoch == 50) foreach (var g in optimizer.ParamGroups) g.LearningRate = 0.01;"));
}
