namespace NnAnalyzers.Tests.Rules;

public class NN4016_GraphCutTests
{
    private static string Turn(string loss) => $"optimizer.zero_grad();\nvar loss = {loss};\nloss.backward();\noptimizer.step();";

    [Theory]
    [InlineData("functional.mse_loss({|NN4016:model.forward(x).detach()|}, y)", "functional.mse_loss(model.forward(x), y)")]
    [InlineData("{|NN4016:functional.mse_loss(model.forward(x), y).detach()|}", "functional.mse_loss(model.forward(x), y)")]
    public Task Let_through(string loss, string after) => Verify.FixAsync(Code.Loop(Turn(loss)), Code.Loop(Turn(after)));

    [Theory]
    [InlineData("functional.mse_loss({|NN4016:model.forward(x).round()|}, y)")]
    [InlineData("{|NN4016:model.forward(x).sign()|}.sub(y).abs().mean()")]
    [InlineData("functional.mse_loss({|NN4016:model.forward(x) > 0|}, y).to(float32).mean()")]
    [InlineData("functional.mse_loss({|NN4016:model.forward(x).to(int64)|}.to(float32), y)")]
    [InlineData("functional.mse_loss(model.forward(x), y) "
        + "+ 0.1 * functional.mse_loss({|NN4016:model.forward(x).argmax(1)|}.to(float32), y)")]
    public Task Fires(string loss) => Verify.FiresAsync(Code.Loop(Turn(loss)));

    [Theory]
    [InlineData("{|NN4016:loss.backward()|};")]
    public Task Made_of_a_number(string back) => Verify.FiresAsync(Code.Loop("optimizer.zero_grad();\nvar value = functional.mse_loss(model"
        + ".forward(x), y).item<float>();\nvar loss = tensor(value, requires_grad: true);\n" + back + "\noptimizer.step();"));

    [Fact]
    public Task Without_gradients() => Verify.FiresAsync(Code.Loop("""
        Tensor prediction;
        using (no_grad()) prediction = {|NN4016:model.forward(x)|};
        optimizer.zero_grad();
        functional.mse_loss(prediction, y).backward();
        optimizer.step();
        """));

    [Fact]
    public Task Inside_a_network() => Verify.FiresAsync(Code.Net(
        "private readonly Linear a = Linear(4, 16), b = Linear(16, 1);", "return b.forward({|NN4016:a.forward(x).relu().round()|});"));

    [Theory]
    [InlineData("var h = a.forward(x); return b.forward(h + (h.round() - h).detach());")] // straight through
    [InlineData("var h = a.forward(x); return b.forward(h * (h > 0).to(float32));")]
    [InlineData("var h = a.forward(x); var best = h.argmax(1); return b.forward(h) * best.unsqueeze(1);")]
    [InlineData("return b.forward(a.forward(x).detach());")] // kept as it is, on purpose
    [InlineData("using (no_grad()) x = a.forward(x); return b.forward(x);")]
    public Task Silent_inside_a_network(string forward) =>
        Verify.SilentAsync(Code.Net("private readonly Linear a = Linear(4, 16), b = Linear(16, 1);", forward));

    [Theory]
    [InlineData("functional.mse_loss(model.forward(x), model.forward(y).detach())")]
    [InlineData("functional.mse_loss(model.forward(x), y) + model.forward(x).mean().detach()")]
    [InlineData("(model.forward(x) - y).abs().mul((y > 0).to(float32)).mean()")]
    [InlineData("functional.cross_entropy(model.forward(x), y.argmax(1))")]
    [InlineData("functional.mse_loss(model.forward(x), y) + model.parameters().First().pow(2).sum()")]
    public Task Silent(string loss) => Verify.SilentAsync(Code.Loop(Turn(loss)));

    // What comes out of code that is not read may have weights behind it.
    [Fact]
    public Task Silent_where_something_is_not_read() => Verify.SilentAsync(Code.Loop(Turn("functional.mse_loss(model.forward(x).detach(), "
        + "answer.Value)"), "var answer = Unread.Ask();", more: """
            class Answer { public Tensor Value { get; set; } = zeros(1); public Tensor? Loss { get; init; } }
            static class Unread
            {
                [System.Runtime.InteropServices.DllImport("x")] public static extern Answer Ask();
            }
            """), Code.Loop(Turn("answer.Loss!"), "var answer = Unread.Ask();").Replace("class Program", "class Other"));

    // The critic learns from what is cut off from the generator.
    [Fact]
    public Task Silent_for_an_adversary() => Verify.SilentAsync(Code.Loop("""
        var fake = model.forward(x);
        second.zero_grad();
        (functional.binary_cross_entropy_with_logits(critic.forward(fake.detach()), zeros(8, 1))
            + functional.binary_cross_entropy_with_logits(critic.forward(y), ones(8, 1))).backward();
        second.step();
        optimizer.zero_grad();
        functional.binary_cross_entropy_with_logits(critic.forward(fake), ones(8, 1)).backward();
        optimizer.step();
        """, "var critic = Sequential(Linear(1, 16), ReLU(), Linear(16, 1)); var second = optim.Adam(critic.parameters());"));
}
