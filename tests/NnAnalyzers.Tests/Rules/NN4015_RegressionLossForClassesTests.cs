namespace NnAnalyzers.Tests.Rules;

public class NN4015_RegressionLossForClassesTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8), fc2 = Linear(8, 3);";
    private const string Softmax = "return functional.softmax(fc2.forward(functional.relu(fc1.forward(x))), 1); // shares";
    private const string Logits = "return fc2.forward(functional.relu(fc1.forward(x))); // shares";
    private const string OneHot = "functional.one_hot(randint(3, new long[] { 8 }), 3).to(float32)";

    [Theory]
    [InlineData("functional.mse_loss(prediction, target)", "functional.cross_entropy(prediction, target)", OneHot)]
    [InlineData("MSELoss().forward(prediction, target)", "CrossEntropyLoss().forward(prediction, target)",
        "eye(3)[randint(3, new long[] { 8 })]")]
    [InlineData("functional.l1_loss(prediction, target)", "functional.cross_entropy(prediction, target)",
        "zeros(8, 3).scatter_(1, randint(3, new long[] { 8, 1 }), 1)")]
    public Task Cross_entropy_on_logits_takes_its_place(string loss, string better, string target) => Verify.FixAsync(
        Code.Net(Layers, Softmax, $"{{|NN4015:{loss}|}}", target), Code.Net(Layers, Logits, better, target));

    [Fact]
    public Task Without_a_fix_where_the_probabilities_are_used() => Verify.FiresAsync(
        Code.Net(Layers, Softmax, "{|NN4015:functional.mse_loss(prediction, target)|}", OneHot, more: "static class Use { "
            + "static bool IsSure(Net net, Tensor x) => net.forward(x).max().item<float>() > 0.9f; }"));

    [Theory]
    [InlineData(Softmax, "functional.mse_loss(prediction, target)", "rand(8, 3)")]
    [InlineData(Logits, "functional.mse_loss(prediction, target)", OneHot)]
    [InlineData("return functional.sigmoid(fc2.forward(x));", "functional.mse_loss(prediction, target)", OneHot)]
    [InlineData(Logits, "functional.cross_entropy(prediction, target)", OneHot)]
    public Task Silent(string forward, string loss, string target) => Verify.SilentAsync(Code.Net(Layers, forward, loss, target));

    [Fact]
    public Task Silent_on_a_Brier_score_by_name() => Verify.SilentAsync(Code.Net(Layers, Softmax,
        "Scores.Brier(prediction, target)", OneHot, more: "static class Scores { public static Tensor Brier(Tensor p, Tensor y) => "
            + "functional.mse_loss(p, y); }"));

    [Fact]
    public Task Silent_in_distillation() => Verify.SilentAsync("""
        static class P
        {
            static void Train(Module<Tensor, Tensor> big, Tensor x)
            {
                var small = Sequential(Linear(4, 8), ReLU(), Linear(8, 3), Softmax(1));
                var optimizer = optim.Adam(small.parameters());
                for (var i = 0; i < 100; i++)
                {
                    using var scope = NewDisposeScope();
                    Tensor wanted;
                    using (no_grad()) wanted = functional.softmax(big.forward(x), 1);
                    optimizer.zero_grad();
                    functional.mse_loss(small.forward(x), wanted).backward();
                    optimizer.step();
                }
            }
        }
        """);
}
