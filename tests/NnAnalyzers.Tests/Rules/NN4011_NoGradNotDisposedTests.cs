namespace NnAnalyzers.Tests.Rules;

public class NN4011_NoGradNotDisposedTests
{
    private const string Train = """

            static void Fit(Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                functional.mse_loss(model.forward(x), y).backward();
                optimizer.step();
            }
        """;

    private static string Program(string body, string more = "") => $$"""
        static class Program
        {
            static float Score(Module<Tensor, Tensor> model, Tensor x)
            {
                {{body}}
                return model.forward(x).mean().item<float>();
            }
        {{Train}}
        {{more}}
        }
        """;

    [Theory]
    [InlineData("{|NN4011:no_grad()|}; // no gradients", "using var _ = no_grad(); // no gradients")]
    [InlineData("{|NN4011:torch.no_grad()|};", "using var _ = torch.no_grad();")]
    [InlineData("{|NN4011:TorchSharp.torch.inference_mode()|};", "using var _ = TorchSharp.torch.inference_mode();")]
    [InlineData("{|NN4011:inference_mode(true)|};", "using var _ = inference_mode(true);")]
    [InlineData("{|NN4011:set_grad_enabled(false)|};", "using var _ = set_grad_enabled(false);")]
    [InlineData("_ = {|NN4011:no_grad()|};", "using var _ = no_grad();")]
    [InlineData("/* quiet */ {|NN4011:no_grad()|}; model.eval();", "/* quiet */ using var _ = no_grad(); model.eval();")]
    [InlineData("using var _ = NewDisposeScope();\n        {|NN4011:no_grad()|};",
        "using var _ = NewDisposeScope();\n        using var noGrad = no_grad();")]
    [InlineData("#region quiet\n        {|NN4011:no_grad()|};\n        #endregion",
        "#region quiet\n        using var _ = no_grad();\n        #endregion")]
    public Task Kept_until_the_block_ends(string before, string after) => Verify.FixAsync(Program(before), Program(after));

    [Fact]
    public Task In_several_places() => Verify.FixAsync(
        Program("{|NN4011:no_grad()|};", "static void Show(Tensor x)\n    {\n        foreach (var row in x.unbind()) "
            + "{ {|NN4011:no_grad()|}; Console.WriteLine(row.mean().item<float>()); }\n    }"),
        Program("using var _ = no_grad();", "static void Show(Tensor x)\n    {\n        foreach (var row in x.unbind()) "
            + "{ using var _ = no_grad(); Console.WriteLine(row.mean().item<float>()); }\n    }"));

    [Theory]
    [InlineData("if (x.shape[0] > 4) {|NN4011:no_grad()|};")] // nothing can be declared there
    [InlineData("{|NN4011:no_grad()|}; Score(model, x); set_grad_enabled(true); model.forward(x).mean().backward();")] // would not help
    public Task Without_a_fix(string body) => Verify.FixAsync(Program(body), Program(body));

    [Theory]
    [InlineData("using var _ = no_grad();")]
    [InlineData("using (no_grad()) Console.WriteLine(x);")]
    [InlineData("using (var quiet = no_grad()) { Console.WriteLine(x); }")]
    [InlineData("var quiet = no_grad(); Console.WriteLine(x); quiet.Dispose();")]
    [InlineData("no_grad().Dispose();")]
    [InlineData("enable_grad();")]
    [InlineData("set_grad_enabled(true);")]
    [InlineData("set_grad_enabled(x.shape[0] > 1);")]
    [InlineData("inference_mode(false);")]
    [InlineData("set_grad_enabled(false); Console.WriteLine(model.forward(x)); set_grad_enabled(true);")]
    [InlineData("using var quiet = x.shape[0] > 1 ? no_grad() : null;")]
    public Task Silent(string body) => Verify.SilentAsync(Program(body));

    [Fact]
    public Task Silent_where_it_is_handed_on() => Verify.SilentAsync(Program("using var quiet = Quiet();",
        "static IDisposable Quiet() => no_grad();\n    static IDisposable Also() { return inference_mode(); }"));

    [Fact]
    public Task Silent_where_another_method_is_called_so() => Verify.SilentAsync(
        "static class Program { static void no_grad() { } static void Run() { no_grad(); } }");

    /// <summary>A program that only predicts may switch gradients off once and for all.</summary>
    [Fact]
    public Task Silent_where_nothing_trains() => Verify.SilentAsync(
        "static class Program { static void Main() { set_grad_enabled(false); Console.WriteLine(Linear(2, 1).forward(randn(3, 2))); } }");

    /// <summary>What is meant to be a prediction is none of a training loss to the other rules.</summary>
    [Fact]
    public Task What_follows_counts_as_prediction() => Verify.FiresAsync(Program("{|NN4011:no_grad()|}; "
        + "Console.WriteLine(functional.cross_entropy(functional.softmax(model.forward(x), 1), x.argmax(1)).item<float>());"));

    [Fact]
    public Task Silent_in_whole_programs() => Verify.SilentAsync("""
        class Teacher
        {
            private readonly Module<Tensor, Tensor> student = Linear(4, 2), teacher = Linear(4, 2);

            void Step(optim.Optimizer optimizer, Tensor x)
            {
                Tensor wanted;
                using (no_grad()) wanted = teacher.forward(x);
                optimizer.zero_grad();
                functional.mse_loss(student.forward(x), wanted).backward();
                optimizer.step();
                using (var quiet = no_grad())
                    foreach (var (slow, fast) in teacher.parameters().Zip(student.parameters())) slow.mul_(0.99).add_(fast, 0.01);
            }

            Tensor Act(Tensor state, bool explore)
            {
                using var mode = set_grad_enabled(explore);
                return student.forward(state).argmax(1);
            }
        }
        """, """
        static class Accumulation
        {
            static void Train(Module<Tensor, Tensor> model, IEnumerable<(Tensor, Tensor)> batches, Tensor testX, Tensor testY)
            {
                var (optimizer, turn) = (optim.AdamW(model.parameters()), 0);
                foreach (var (x, y) in batches)
                {
                    (functional.mse_loss(model.forward(x), y) / 4).backward();
                    if (++turn % 4 != 0) continue;
                    optimizer.step();
                    optimizer.zero_grad();
                    set_grad_enabled(false);
                    try { Console.WriteLine(functional.mse_loss(model.forward(testX), testY).item<float>()); }
                    finally { set_grad_enabled(true); }
                }
            }
        }
        """);
}
