namespace NnAnalyzers.Tests.Rules;

public class NN4020_AscendingLossTests
{
    private static string Turn(string loss, string back = "loss.backward();") =>
        $"optimizer.zero_grad();\nvar loss = {loss};\n{back}\noptimizer.step();";

    [Theory]
    [InlineData("{|NN4020:-functional.mse_loss(model.forward(x), y)|}", "functional.mse_loss(model.forward(x), y)")]
    [InlineData("{|NN4020:-1 * functional.mse_loss(model.forward(x), y)|}", "functional.mse_loss(model.forward(x), y)")]
    [InlineData("{|NN4020:functional.mse_loss(model.forward(x), y) * -0.5|}", "functional.mse_loss(model.forward(x), y)")]
    [InlineData("{|NN4020:functional.mse_loss(model.forward(x), y).neg()|} / 4", "functional.mse_loss(model.forward(x), y) / 4")]
    [InlineData("{|NN4020:-(model.forward(x) - y).pow(2).mean()|}", "(model.forward(x) - y).pow(2).mean()")]
    public Task The_sign_is_left_out(string loss, string fixedLoss) =>
        Verify.FixAsync(Code.Loop(Turn(loss)), Code.Loop(Turn(fixedLoss)));

    [Fact]
    public Task Turned_before_backward() => Verify.FixAsync(
        Code.Loop(Turn("functional.mse_loss(model.forward(x), y)", "({|NN4020:-loss|}).backward(); // up")),
        Code.Loop(Turn("functional.mse_loss(model.forward(x), y)", "loss.backward(); // up")));

    [Fact]
    public Task An_optimizer_that_maximizes() => Verify.FixAsync(
        Code.Loop(Turn("functional.mse_loss(model.forward(x), y)").Replace("optimizer.step()", "{|NN4020:optimizer.step()|}"),
            optimizer: "optim.Adam(model.parameters(), lr: 1e-3, maximize: true)"),
        Code.Loop(Turn("functional.mse_loss(model.forward(x), y)"), optimizer: "optim.Adam(model.parameters(), lr: 1e-3)"));

    [Fact]
    public Task One_optimizer_for_two_networks() => Verify.FiresAsync("""
        static class Program
        {
            static void Train(Tensor x)
            {
                var (encoder, decoder) = (Sequential(Linear(8, 2), ReLU()), Sequential(Linear(2, 8)));
                var optimizer = optim.Adam(encoder.parameters().Concat(decoder.parameters()));
                for (var i = 0; i < 100; i++)
                {
                    optimizer.zero_grad();
                    var error = functional.mse_loss(decoder.forward(encoder.forward(x)), x);
                    ({|NN4020:-error|}).backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Theory]
    [InlineData("-(model.forward(x) * y).mean()")] // a policy's gradient, an agreement
    [InlineData("-functional.cosine_similarity(model.forward(x), y).mean()")]
    [InlineData("functional.mse_loss(model.forward(x), y) - 0.1 * functional.mse_loss(model.forward(x), x)")]
    [InlineData("1 + 2 * functional.mse_loss(model.forward(x), y)")]
    [InlineData("-functional.mse_loss(critic.forward(model.forward(x)), y)")] // the critic's loss, for whom it judges
    public Task Silent(string loss) => Verify.SilentAsync(Code.Loop(Turn(loss), "var critic = Sequential(Linear(1, 1));"));

    [Fact]
    public Task Silent_where_both_turn_it() => Verify.SilentAsync(Code.Loop(Turn("-functional.mse_loss(model.forward(x), y)"),
        optimizer: "optim.Adam(model.parameters(), maximize: true)"));
}
