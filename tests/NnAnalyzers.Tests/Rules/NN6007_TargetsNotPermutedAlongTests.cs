namespace NnAnalyzers.Tests.Rules;

public class NN6007_TargetsNotPermutedAlongTests
{
    private static string Program(string before, string turn) => $$"""
        static class Program
        {
            static void Train(Tensor x, Tensor y)
            {
                var model = Sequential(Linear(4, 16), ReLU(), Linear(16, 1));
                var optimizer = optim.Adam(model.parameters());
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    {{before}}
                    for (long i = 0; i < 640; i += 32)
                    {
                        optimizer.zero_grad();
                        {{turn}}
                        optimizer.step();
                    }
                }
            }
        }
        """;

    [Theory]
    [InlineData("var order = randperm(640);", "var part = order.narrow(0, i, 32); var error = functional.mse_loss("
        + "model.forward(x.index_select(0, part)), {|NN6007:y.narrow(0, i, 32)|}); error.backward();",
        "var part = order.narrow(0, i, 32); var error = functional.mse_loss("
        + "model.forward(x.index_select(0, part)), y.index_select(0, part)); error.backward();")]
    [InlineData("var order = randperm(640); var mixed = x.index_select(0, order);",
        "functional.mse_loss(model.forward(mixed.narrow(0, i, 32)), {|NN6007:y.narrow(0, i, 32)|}).backward();",
        "functional.mse_loss(model.forward(mixed.narrow(0, i, 32)), y.index_select(0, order).narrow(0, i, 32)).backward();")]
    [InlineData("var order = randperm(640); var mixed = x[order];",
        "functional.mse_loss(model.forward(mixed.narrow(0, i, 32)), {|NN6007:y.narrow(0, i, 32)|}).backward();",
        "functional.mse_loss(model.forward(mixed.narrow(0, i, 32)), y.index_select(0, order).narrow(0, i, 32)).backward();")]
    public Task In_the_same_order(string before, string turn, string after) =>
        Verify.FixAsync(Program(before, turn), Program(before, after));

    [Fact]
    public Task Answers_calculated_before() => Verify.FiresAsync(Program(
        "var answers = x.sum(1, keepdim: true).tanh(); var order = randperm(640);", "var part = order.narrow(0, i, 32); "
        + "functional.mse_loss(model.forward(x[part]), {|NN6007:answers.narrow(0, i, 32)|}).backward();"));

    [Theory]
    [InlineData("var order = randperm(640); x = x[order]; y = y[randperm(640)];",
        "functional.mse_loss(model.forward(x.narrow(0, i, 32)), {|NN6007:y.narrow(0, i, 32)|}).backward();")]
    [InlineData("var order = randperm(640);", "functional.mse_loss(model.forward(x[order]), {|NN6007:y|}).backward();")]
    [InlineData("var order = randperm(640); var z = cat(new[] { zeros(320, 1), ones(320, 1) }); x = x[order]; z = z[randperm(640)];",
        "var (a, b) = (x.narrow(0, i, 32), z.narrow(0, i, 32)); functional.mse_loss(model.forward(a), {|NN6007:b|}).backward();")]
    [InlineData("var order = randperm(640); var mixed = x[order];",
        "functional.mse_loss(model.forward(mixed), {|NN6007:cat(new[] { full(9, 1, 2f), full(631, 1, 3f) })|}).backward();")]
    public Task Without_a_fix(string before, string turn) => Verify.FiresAsync(Program(before, turn));

    [Theory]
    [InlineData("var order = randperm(640); var (a, b) = (x[order], y[order]);",
        "functional.mse_loss(model.forward(a.narrow(0, i, 32)), b.narrow(0, i, 32)).backward();")]
    [InlineData("var order = randperm(640);",
        "var part = order.narrow(0, i, 32); functional.mse_loss(model.forward(x[part]), y[part]).backward();")]
    [InlineData("", "var part = randint(0, 640, 32); functional.mse_loss(model.forward(x[part]), y[part]).backward();")]
    // The permutation is what is asked for.
    [InlineData("var order = randperm(640);",
        "functional.mse_loss(model.forward(x[order]).squeeze(1), order.to(float32)).backward();")]
    // What is made of the inputs has their order.
    [InlineData("var order = randperm(640); var mixed = x[order]; var sums = mixed.sum(1, keepdim: true);",
        "functional.mse_loss(model.forward(mixed.narrow(0, i, 32)), sums.narrow(0, i, 32)).backward();")]
    // A discriminator is told that all of them are real.
    [InlineData("var order = randperm(640);",
        "functional.mse_loss(model.forward(x[order.narrow(0, 0, 32)]), ones(32, 1) * 0.9).backward();")]
    [InlineData("var order = randperm(640);",
        "functional.mse_loss(model.forward(x[order.narrow(0, 0, 32)]), 0.9 + 0.1 * rand(32, 1)).backward();")]
    [InlineData("var order = randperm(640); var mixed = x[order];",
        "functional.mse_loss(model.forward(mixed), cat(new[] { ones(320, 1), ones(320, 1) })).backward();")]
    [InlineData("var order = randperm(640); var z = cat(new[] { zeros(320, 1), ones(320, 1) }); x = x[order]; z = z[order];",
        "functional.mse_loss(model.forward(x.narrow(0, i, 32)), z.narrow(0, i, 32)).backward();")]
    [InlineData("var order = randperm(640);", "functional.mse_loss(model.forward(x[order]), "
        + "cat(new[] { ones(640, 1), zeros(640, 1) }, 1).sum(1, keepdim: true)).backward();")]
    // Mixed pictures have both targets.
    [InlineData("var order = randperm(640); var mixed = 0.7 * x + 0.3 * x[order];",
        "functional.mse_loss(model.forward(mixed), 0.7 * y + 0.3 * y[order]).backward();")]
    // Nothing is learned from wrong answers that a test of chance asks for.
    [InlineData("var order = randperm(640);",
        "functional.mse_loss(model.forward(x), y).backward(); "
        + "using (no_grad()) functional.mse_loss(model.forward(x[order]), y).item<float>();")]
    public Task Silent(string before, string turn) => Verify.SilentAsync(Program(before, turn));
}
