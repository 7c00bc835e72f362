namespace NnAnalyzers.Tests.Rules;

public class NN4003_LearningRateOutOfRangeTests
{
    private static string Train(string optimizer, string before = "", string turn = "",
        string model = "Sequential(Linear(4, 16), ReLU(), Linear(16, 1))", string more = "", string clip = "") => Code.Method($$"""
        var model = {{model}};{{before}}
                var optimizer = {{optimizer}};
                for (var step = 0; step < 100; step++)
                {
                    var loss = functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1));
                    optimizer.zero_grad();
                    loss.backward();{{clip}}
                    optimizer.step();{{turn}}
                }
        """) + more;

    [Theory]
    [InlineData("optim.Adam(model.parameters(), LR)", "0.1")]
    [InlineData("optim.AdamW(model.parameters(), lr: LR)", "0.3")]
    [InlineData("optim.Adam(model.parameters(), lr: LR)", "1")]
    [InlineData("optim.NAdam(model.parameters(), LR)", "0.5f")]
    [InlineData("optim.Adam(model.parameters(), lr: LR, weight_decay: 1e-5)", "1e-7")]
    [InlineData("optim.SGD(model.parameters(), LR, momentum: 0.9)", "0.5")]
    [InlineData("optim.SGD(model.parameters(), learningRate: LR, momentum: 0.99)", "0.05")]
    public Task The_rate_is_one_to_start_from(string optimizer, string rate) => Verify.FixAsync(
        Train($"{{|NN4003:{optimizer.Replace("LR", rate)}|}}"), Train(optimizer.Replace("LR", "1e-3")));

    [Fact]
    public Task Where_it_is_declared() => Verify.FixAsync(
        Train("{|NN4003:optim.Adam(model.parameters(), rate)|}", before: "\n        const double rate = 0.1; // fast"),
        Train("optim.Adam(model.parameters(), rate)", before: "\n        const double rate = 1e-3; // fast"));

    [Fact]
    public Task Where_the_name_is_used_elsewhere_too_only_here() => Verify.FixAsync(
        Train("{|NN4003:optim.Adam(model.parameters(), rate)|}", before: "\n        var rate = 0.1; Console.WriteLine(rate);"),
        Train("optim.Adam(model.parameters(), 1e-3)", before: "\n        var rate = 0.1; Console.WriteLine(rate);"));

    [Theory]
    [InlineData("Settings.Rate", "static class Settings { public const double Rate = 0.1; }")]
    [InlineData("new Settings().Rate", "class Settings { public double Rate { get; set; } = 0.1; }")]
    [InlineData("new Settings { Rate = 0.2 }.Rate", "class Settings { public double Rate { get; set; } = 1e-3; }")]
    [InlineData("new Settings(0.5).Rate", "record Settings(double Rate);")]
    [InlineData("(new Settings(1e-3) with { Rate = 0.5 }).Rate", "record Settings(double Rate);")]
    [InlineData("Settings.Default.Rate", "record Settings(double Rate, int N = 3) { public static readonly Settings Default = new(0.3); }")]
    [InlineData("Settings.Get()", "static class Settings { public static double Get(double rate = 0.1) => rate; }")]
    [InlineData("Settings.Get().Rate", "struct Settings { public double Rate; public static Settings Get() => new() { Rate = 0.1 * 2 }; }")]
    public Task Wherever_the_setting_comes_from(string rate, string more) =>
        Verify.FiresAsync(Train($"{{|NN4003:optim.Adam(model.parameters(), {rate})|}}", more: "\n" + more));

    [Fact]
    public Task A_helper_with_a_default() => Verify.FiresAsync(Train("Make(model)", more: "")
        .Replace("static void Train(", "static optim.Optimizer Make(Module<Tensor, Tensor> model, double rate = 0.1) => "
        + "{|NN4003:optim.Adam(model.parameters(), rate)|};\n    static void Train("));

    [Theory]
    [InlineData("optim.Adam(model.parameters())")]
    [InlineData("optim.Adam(model.parameters(), 0.05)")]
    [InlineData("optim.Adam(model.parameters(), 1e-5)")]
    [InlineData("optim.Adam(model.parameters(), 0)")]
    [InlineData("optim.SGD(model.parameters(), 0.09, momentum: 0.9)")]
    [InlineData("optim.Adam(model.parameters(), path.Length)")]
    [InlineData("optim.Adam(model.parameters(), path.Length > 3 ? 0.1 : 1e-3)")]
    [InlineData("optim.SGD(model.parameters(), 0.5, momentum: path.Length)")]
    [InlineData("optim.Adagrad(model.parameters(), 0.1)")]
    [InlineData("optim.SGD(model.parameters(), 0.1, momentum: 0.9)")] // residual networks
    [InlineData("optim.Adadelta(model.parameters(), 1.0)")]
    public Task Silent(string optimizer) => Verify.SilentAsync(Train(optimizer));

    [Fact]
    public Task Silent_where_several_rates_are_tried() => Verify.SilentAsync(Code.Method("""
        foreach (var (rate, name) in new[] { (0.5, "large"), (1e-3, "usual") })
                {
                    var model = Sequential(Linear(4, 16), ReLU(), Linear(16, 1));
                    var optimizer = optim.Adam(model.parameters(), rate);
                    functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();
                    optimizer.step();
                    Console.WriteLine(name);
                }
        """));

    [Fact]
    public Task Silent_on_a_regression() => Verify.SilentAsync(Train("optim.Adam(model.parameters(), 0.1)", model: "Linear(4, 1)"));

    [Theory]
    [InlineData("var schedule = optim.lr_scheduler.LinearLR(optimizer, 0.01)")] // warm-up
    [InlineData("var schedule = optim.lr_scheduler.LambdaLR(optimizer, step => 1e-3 / Math.Sqrt(step + 1))")] // the rate is only a factor
    [InlineData("var schedule = optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, total_steps: 100)")]
    public Task Silent_where_a_schedule_decides(string schedule) =>
        Verify.SilentAsync(Train($"optim.SGD(model.parameters(), 1.0, momentum: 0.9); {schedule}", turn: " schedule.step();"));

    [Fact]
    public Task Silent_where_the_rate_is_set() =>
        Verify.SilentAsync(Train("optim.Adam(model.parameters(), 1.0)",
            turn: " foreach (var g in optimizer.ParamGroups) g.LearningRate = 1e-3;"));

    [Fact]
    public Task Silent_on_a_tuned_text_model() => Verify.SilentAsync(Train("optim.SGD(model.parameters(), 5.0, momentum: 0.1); "
        + "var schedule = optim.lr_scheduler.StepLR(optimizer, 20, 0.5)",
        turn: " schedule.step();", clip: " nn.utils.clip_grad_norm_(model.parameters(), 0.5);"));

    [Fact]
    public Task Silent_on_a_small_rate_for_weights_from_a_file() =>
        Verify.SilentAsync(Train("optim.Adam(model.parameters(), 1e-6)", before: " model.load(path);"));
}
