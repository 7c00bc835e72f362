namespace NnAnalyzers.Tests.Rules;

public class NN4001_PlainSgdTests
{
    private const string Deep = "Sequential(Linear(4, 16), ReLU(), Linear(16, 1))";

    private static string Train(string optimizer, string model = Deep, string turn = "", string more = "") => Code.Method($$"""
        var model = {{model}};
                var optimizer = {{optimizer}};
                for (var step = 0; step < 100; step++)
                {
                    var loss = functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1));
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();{{turn}}
                }
        """) + more;

    [Theory]
    [InlineData("optim.SGD(model.parameters(), 0.1)", "optim.Adam(model.parameters(), lr: 1e-3)")]
    [InlineData("optim.SGD(model.parameters(), learningRate: 0.05)", "optim.Adam(model.parameters(), lr: 1e-3)")]
    [InlineData("optim.SGD(parameters: model.parameters(), learningRate: 0.05, momentum: 0)", "optim.Adam(model.parameters(), lr: 1e-3)")]
    [InlineData("optim.SGD(model.parameters(), 0.1, weight_decay: 1e-4)", "optim.Adam(model.parameters(), lr: 1e-3, weight_decay: 1e-4)")]
    [InlineData("torch.optim.SGD(model.parameters(), 0.1, 0.0, 0.0, 1e-4)",
        "torch.optim.Adam(model.parameters(), lr: 1e-3, weight_decay: 1e-4)")]
    public Task Trains_with_Adam(string sgd, string adam) =>
        Verify.FixAsync(Train($"{{|NN4001:{sgd}|}}"), Train(adam));

    [Fact]
    public Task All_at_once_and_comments_stay() => Verify.FixAsync(
        Train("{|NN4001:optim.SGD(model.parameters(), 0.1)|}; // plain\n        var other = Linear(4, 8);\n        "
            + "/* two */ var second = {|NN4001:optim.SGD(model.parameters(), 0.2)|}", turn: " second.step();"),
        Train("optim.Adam(model.parameters(), lr: 1e-3); // plain\n        var other = Linear(4, 8);\n        "
            + "/* two */ var second = optim.Adam(model.parameters(), lr: 1e-3)", turn: " second.step();"));

    [Fact]
    public Task A_class_in_another_file_trained_by_a_trainer() => Verify.FiresAsync(
        "public class Net : Module<Tensor, Tensor> { private readonly Linear a = Linear(4, 8), b = Linear(8, 1); "
            + "public Net() : base(\"n\") => RegisterComponents(); "
            + "public override Tensor forward(Tensor x) => b.forward(a.forward(x).relu()); }",
        "record Options(double Rate = 0.1); class Trainer { private readonly Net net = new(); private readonly optim.Optimizer optimizer; "
            + "public Trainer(Options options) { optimizer = {|NN4001:optim.SGD(net.parameters(), options.Rate)|}; } "
            + "public void Step(Tensor x) { optimizer.zero_grad(); "
            + "functional.mse_loss(net.forward(x), randn(8, 1)).backward(); optimizer.step(); } } "
            + "static class Start { static void Main2() => new Trainer(new Options()).Step(randn(8, 4)); }");

    // Where the type that comes out is written down, another optimizer does not fit.
    [Fact]
    public async Task No_fix_for_a_declared_type()
    {
        var found = await Verify.FindAsync(Train("optim.SGD(model.parameters(), 0.1); SGD kept = optimizer"));
        Assert.Equal("NN4001", Assert.Single(found).Id);
        Assert.DoesNotContain(FixProperties.Title, found[0].Properties.Keys);
    }

    [Theory]
    [InlineData("optim.SGD(model.parameters(), 0.1, momentum: 0.9)")]
    [InlineData("optim.SGD(model.parameters(), 0.1, momentum: path.Length)")]
    [InlineData("optim.SGD(model.parameters(), path.Length)")] // the rate is up to the user
    [InlineData("(path switch { \"sgd\" => (optim.Optimizer)optim.SGD(model.parameters(), 0.1), _ => optim.Adam(model.parameters()) })")]
    [InlineData("optim.SGD(model.parameters(), 0.1)", "Linear(4, 1)")] // linear regression
    [InlineData("optim.SGD(model.parameters(), 0.1)", "Sequential(Flatten(), Dropout(0.1), Linear(4, 1))")]
    [InlineData("optim.RMSProp(model.parameters(), 0.1)")]
    public Task Silent(string optimizer, string model = Deep) => Verify.SilentAsync(Train(optimizer, model));

    [Fact]
    public Task Silent_on_tensors_by_hand() => Verify.SilentAsync(Code.Method(
        "var w = nn.Parameter(randn(4, 1)); var v = nn.Parameter(randn(1, 1)); var optimizer = optim.SGD(new[] { w, v }, 0.1); "
            + "for (var i = 0; i < 9; i++) "
            + "{ functional.mse_loss(randn(8, 4).matmul(w).relu().matmul(v), randn(8, 1)).backward(); optimizer.step(); }"));

    [Fact]
    public Task Silent_on_a_tuned_text_model() => Verify.SilentAsync(
        Train("optim.SGD(model.parameters(), 0.5); var schedule = optim.lr_scheduler.StepLR(optimizer, 50, 0.95)",
            turn: " schedule.step();").Replace("loss.backward();", "loss.backward(); nn.utils.clip_grad_norm_(model.parameters(), 0.5);"));
}
