namespace NnAnalyzers.Tests.Rules;

public class NN4025_UnsafeFormulaTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8), fc2 = Linear(8, 3);";

    private static string Net(string loss, string result = "y", string before = "", string target = "rand(8, 3)") => Code.Net(Layers,
        $"var y = fc2.forward(functional.relu(fc1.forward(x)));\n        {before}return {result};", loss, target);

    [Theory]
    [InlineData("-(target * {|NN4025:log(prediction.softmax(1))|}).sum(1).mean()",
        "-(target * functional.log_softmax(prediction, 1)).sum(1).mean()")]
    [InlineData("-(target * {|NN4025:functional.softmax(prediction, dim: -1).log()|}).sum(1).mean()",
        "-(target * functional.log_softmax(prediction, -1)).sum(1).mean()")]
    [InlineData("-(target * {|NN4025:sigmoid(prediction).log()|}).mean()", "-(target * functional.logsigmoid(prediction)).mean()")]
    [InlineData("-(target * /* sure */ {|NN4025:log(/* yes */ prediction.sigmoid())|}).mean()",
        "-(target * /* sure */ /* yes */ functional.logsigmoid(prediction)).mean()")]
    [InlineData("-{|NN4025:log(1 - prediction.sigmoid())|}.mean()", "-functional.logsigmoid(-(prediction)).mean()")]
    public Task One_function_for_two(string before, string after) => Verify.FixAsync(Net(before), Net(after));

    [Fact]
    public Task Through_a_variable_that_nobody_else_reads() => Verify.FixAsync(
        Net("-(target * prediction).sum(1).mean()", "{|NN4025:p.log()|}", "var p = y.softmax(1); // chances\n        "),
        Net("-(target * prediction).sum(1).mean()", "p", "var p = functional.log_softmax(y, 1); // chances\n        "));

    [Theory]
    [InlineData("{|NN4025:log(p)|} + p", "var p = y.softmax(1);\n        ")] // others read it
    [InlineData("{|NN4025:log(1 - p)|}", "var p = y.sigmoid();\n        ")]
    [InlineData("{|NN4025:log(1 - y.softmax(1))|}", "")]
    [InlineData("{|NN4025:log2(y.softmax(1))|}", "")]
    [InlineData("{|NN4025:log1p(-y.sigmoid())|}", "")]
    [InlineData("{|NN4025:log(functional.relu(y))|}", "")]
    [InlineData("{|NN4025:y.abs().log()|}", "")]
    [InlineData("{|NN4025:log(1 - y.tanh().pow(2))|}", "")]
    [InlineData("{|NN4025:log(y - y.amin(new long[] { 1 }, true))|}", "")]
    public Task Without_a_fix(string result, string before) =>
        Verify.FiresAsync(Net("functional.mse_loss(prediction, target)", result, before));

    [Theory]
    [InlineData("{|NN4025:sqrt(d.pow(2).sum(1))|}", "sqrt(d.pow(2).sum(1) + 1e-8)")]
    [InlineData("{|NN4025:d.pow(2).sum(1).sqrt()|}", "(d.pow(2).sum(1) + 1e-8).sqrt()")]
    [InlineData("{|NN4025:(d * d).sum(1, keepdim: true).sqrt()|}", "((d * d).sum(1, keepdim: true) + 1e-8).sqrt()")]
    [InlineData("{|NN4025:d.square().mean(new long[] { 1 }).pow(0.5)|}", "(d.square().mean(new long[] { 1 }) + 1e-8).pow(0.5)")]
    [InlineData("{|NN4025:(d[.., 0].pow(2) + d[.., 1].pow(2)).sqrt()|}", "(d[.., 0].pow(2) + d[.., 1].pow(2) + 1e-8).sqrt()")]
    [InlineData("{|NN4025:sqrt(d.pow(2))|}", "sqrt(d.pow(2) + 1e-8)")]
    [InlineData("{|NN4025:sqrt(d.var(1))|}", "sqrt(d.var(1) + 1e-8)")]
    [InlineData("{|NN4025:sqrt( // length\n                d.pow(2).sum(1))|}", "sqrt( // length\n                d.pow(2).sum(1) + 1e-8)")]
    public Task Something_is_added_inside_a_root(string before, string after) => Verify.FixAsync(
        Net($"({before}).mean()", "y").Replace("var loss", "var d = prediction - target;\n            var loss"),
        Net($"({after}).mean()", "y").Replace("var loss", "var d = prediction - target;\n            var loss"));

    [Theory]
    [InlineData("-(target * (prediction.softmax(1) + 1e-8).log()).sum(1).mean()")]
    [InlineData("-(target * prediction.softmax(1).clamp(1e-8, 1).log()).sum(1).mean()")]
    [InlineData("-(target * prediction.softmax(1).clamp_min(1e-8).log()).sum(1).mean()")]
    [InlineData("-log(1 - prediction.sigmoid() + 1e-8).mean()")]
    [InlineData("-functional.log_softmax(prediction, 1).mean()")]
    [InlineData("-prediction.exp().sum(1).log().mean()")]
    [InlineData("(log(functional.softplus(prediction)) - target).pow(2).mean()")]
    [InlineData("(sqrt((prediction - target).pow(2).sum(1) + 1e-8)).mean()")]
    [InlineData("((prediction - target).pow(2).sum(1).clamp(min: 1e-8).sqrt()).mean()")]
    [InlineData("(prediction - target).norm(1).mean()")] // its slope at 0 is 0
    [InlineData("(prediction - target).std(1).mean()")]
    [InlineData("(prediction - target).pow(2).mean().sqrt()")] // 0 only when all is learned
    [InlineData("functional.mse_loss(prediction, target).sqrt()")]
    [InlineData("prediction.softmax(1).pow(2).sum(1).sqrt().mean()")] // never 0
    [InlineData("functional.mse_loss(prediction, target.pow(2).sum(1, keepdim: true).sqrt())")] // nothing is learned through it
    [InlineData("functional.mse_loss(prediction, prediction.detach().softmax(1).log())")]
    [InlineData("-(target * functional.softmax(prediction, 1).gather(1, target.to(int64)).log()).mean()")] // what was chosen has a chance
    public Task Silent(string loss) => Verify.SilentAsync(Net(loss));

    [Fact]
    public Task Silent_without_gradients_and_where_nothing_goes_backward() => Verify.SilentAsync("""
        static class Program
        {
            static void Train(Tensor x, Tensor y)
            {
                var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 3));
                var optimizer = optim.Adam(model.parameters());
                for (var step = 0; step < 100; step++)
                {
                    var scores = model.forward(x);
                    var surprise = scores.softmax(1).log().mean();
                    Console.WriteLine(surprise.item<float>());
                    using (no_grad())
                    {
                        var p = model.forward(x).softmax(1);
                        Console.WriteLine((-(p * p.log()).sum(1)).mean().item<float>());
                    }
                    var loss = functional.cross_entropy(scores, y);
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task In_a_module_that_normalizes_by_hand() => Verify.FixAsync(
        Net("functional.mse_loss(prediction, target)", "y / {|NN4025:(y * y).sum(1, keepdim: true).sqrt()|}"),
        Net("functional.mse_loss(prediction, target)", "y / ((y * y).sum(1, keepdim: true) + 1e-8).sqrt()"));

    [Fact]
    public Task Silent_on_a_clean_adversary_with_a_gradient_penalty_and_an_averaged_teacher() => Verify.SilentAsync("""
        static class Program
        {
            static void Train(Tensor real)
            {
                var maker = Sequential(Linear(4, 8), ReLU(), Linear(8, 2));
                var judge = Sequential(Linear(2, 8), ReLU(), Linear(8, 1));
                var (first, second) = (optim.Adam(maker.parameters()), optim.Adam(judge.parameters()));
                for (var step = 0; step < 100; step++)
                {
                    var fake = maker.forward(randn(16, 4)).detach();
                    var mixed = (fake * 0.5 + real * 0.5).requires_grad_(true);
                    var slope = autograd.grad(new[] { judge.forward(mixed).sum() }, new[] { mixed }, create_graph: true)[0];
                    var loss = judge.forward(fake).mean() - judge.forward(real).mean() + 10 * (slope.norm(1) - 1).pow(2).mean();
                    second.zero_grad();
                    loss.backward();
                    second.step();
                    first.zero_grad();
                    functional.softplus(-judge.forward(maker.forward(randn(16, 4)))).mean().backward();
                    first.step();
                }
            }
            static void Average(Tensor x, Tensor y)
            {
                var student = Sequential(Linear(4, 8), ReLU(), Linear(8, 3));
                var teacher = Sequential(Linear(4, 8), ReLU(), Linear(8, 3));
                var optimizer = optim.SGD(student.parameters(), 0.05, momentum: 0.9);
                for (var step = 0; step < 100; step++)
                {
                    Tensor target;
                    using (no_grad()) target = teacher.forward(x).softmax(1);
                    var loss = functional.cross_entropy(student.forward(x), y)
                        + (student.forward(x).softmax(1) - target).pow(2).sum(1).mean();
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                    using (no_grad())
                        foreach (var (a, b) in teacher.parameters().Zip(student.parameters())) a.mul_(0.99).add_(b, alpha: 0.01);
                }
            }
        }
        """);
}
