namespace NnAnalyzers.Tests.Rules;

public class NN4002_DecayOnAdamTests
{
    private static string Train(string schedule, string turn, string optimizer = "optim.Adam(model.parameters(), 1e-3)",
        string epochs = "30") => Code.Method($$"""
        var model = Sequential(Linear(4, 16), ReLU(), Linear(16, 1));
                var optimizer = {{optimizer}};{{schedule}}
                for (var epoch = 0; epoch < {{epochs}}; epoch++)
                {
                    var loss = functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1));
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();{{turn}}
                }
        """);

    private static string Schedule(string made) => $"\n        var schedule = {made};";
    private const string Turn = "\n            schedule.step();";

    [Theory]
    [InlineData("optim.lr_scheduler.StepLR(optimizer, 10, 0.5)")]
    [InlineData("optim.lr_scheduler.ExponentialLR(optimizer, 0.95)")]
    [InlineData("optim.lr_scheduler.MultiStepLR(optimizer, new[] { 10, 20 }, 0.5)")]
    [InlineData("optim.lr_scheduler.LambdaLR(optimizer, epoch => 1.0 / (1 + epoch))")]
    [InlineData("optim.lr_scheduler.LambdaLR(optimizer, epoch => Math.Pow(0.95, epoch))")]
    [InlineData("optim.lr_scheduler.MultiplicativeLR(optimizer, _ => 0.9)")]
    public Task The_scheduler_goes_with_its_steps(string made) =>
        Verify.FixAsync(Train(Schedule($"{{|NN4002:{made}|}}"), Turn), Train("", ""));

    [Theory]
    [InlineData("\n            foreach (var group in optimizer.ParamGroups) {|NN4002:group.LearningRate *= 0.95|};")]
    [InlineData("\n            foreach (var group in optimizer.ParamGroups)\n            {\n                "
        + "{|NN4002:group.LearningRate = group.LearningRate / 1.1|};\n            }")]
    [InlineData("\n            {|NN4002:optimizer.ParamGroups.First().LearningRate *= 0.95|};")]
    public Task By_hand(string turn) => Verify.FixAsync(Train("", turn), Train("", ""));

    [Theory]
    [InlineData("rate *= 0.95; foreach (var group in optimizer.ParamGroups) {|NN4002:group.LearningRate = rate|};")]
    [InlineData("foreach (var group in optimizer.ParamGroups) {|NN4002:group.LearningRate = rate|}; rate = rate * 0.9;")]
    public Task By_hand_with_a_variable(string turn) => Verify.FiresAsync(Train(" var rate = 1e-3;", turn));

    [Fact]
    public Task No_fix_where_the_scheduler_is_asked_for_more() => Verify.FiresAsync(
        Train(Schedule("{|NN4002:optim.lr_scheduler.StepLR(optimizer, 10, 0.5)|}"),
            Turn + " foreach (var rate in schedule.get_last_lr()) Console.WriteLine(rate);"));

    [Theory]
    [InlineData("optim.lr_scheduler.CosineAnnealingLR(optimizer, 30)")]
    [InlineData("optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps: 30)")]
    [InlineData("optim.lr_scheduler.CyclicLR(optimizer, 1e-4, 1e-3)")]
    [InlineData("optim.lr_scheduler.LinearLR(optimizer, start_factor: 0.1, total_iters: 10)")]
    [InlineData("optim.lr_scheduler.LambdaLR(optimizer, epoch => Math.Min(1.0, (epoch + 1) / 10.0))")] // warm-up
    [InlineData("optim.lr_scheduler.LambdaLR(optimizer, epoch => epoch < 10 ? (epoch + 1) / 10.0 : Math.Pow(0.9, epoch - 10))")]
    [InlineData("optim.lr_scheduler.LambdaLR(optimizer, epoch => path.Length)")]
    [InlineData("optim.lr_scheduler.StepLR(optimizer, 10, path.Length)")]
    [InlineData("optim.lr_scheduler.ExponentialLR(optimizer, 1.0)")]
    [InlineData("optim.lr_scheduler.SequentialLR(optimizer, new[] { optim.lr_scheduler.LinearLR(optimizer, 0.1), "
        + "optim.lr_scheduler.ExponentialLR(optimizer, 0.9) }, new[] { 5 })")]
    public Task Silent_on_other_schedules(string made) => Verify.SilentAsync(Train(Schedule(made), Turn));

    [Fact]
    public Task Silent_on_a_plateau() => Verify.SilentAsync(
        Train(Schedule("optim.lr_scheduler.ReduceLROnPlateau(optimizer)"), "\n            schedule.step(loss.item<float>());"));

    [Theory]
    [InlineData("optim.SGD(model.parameters(), 0.1, momentum: 0.9)")]
    [InlineData("optim.AdamW(model.parameters(), 1e-3, weight_decay: 0.05)")]
    public Task Silent_on_other_optimizers(string optimizer) =>
        Verify.SilentAsync(Train(Schedule("optim.lr_scheduler.StepLR(optimizer, 10, 0.5)"), Turn, optimizer));

    [Theory]
    [InlineData("if (epoch % 10 == 9) foreach (var group in optimizer.ParamGroups) group.LearningRate *= 0.5;")] // at some point
    [InlineData("foreach (var group in optimizer.ParamGroups) group.LearningRate = 1e-3 * Math.Min(1.0, epoch / 10.0);")]
    [InlineData("foreach (var group in optimizer.ParamGroups) group.LearningRate *= 1.05;")]
    public Task Silent_on_other_changes_by_hand(string turn) => Verify.SilentAsync(Train("", turn));

    [Fact]
    public Task Silent_where_it_is_never_stepped() =>
        Verify.SilentAsync(Train(Schedule("optim.lr_scheduler.StepLR(optimizer, 10, 0.5)"), ""));

    [Fact]
    public Task Silent_with_clipping() => Verify.SilentAsync(Train(Schedule("optim.lr_scheduler.StepLR(optimizer, 10, 0.5)"),
        Turn).Replace("loss.backward();", "loss.backward(); nn.utils.clip_grad_norm_(model.parameters(), 0.5);"));
}
