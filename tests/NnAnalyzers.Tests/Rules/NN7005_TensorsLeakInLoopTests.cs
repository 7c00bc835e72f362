namespace NnAnalyzers.Tests.Rules;

public class NN7005_TensorsLeakInLoopTests
{
    private static string Score(string body, string turns = "frame < 500", string before = "", string more = "") => $$"""
        static class Program
        {
            static void Run(Tensor[] frames)
            {
                var model = Sequential(Conv2d(3, 8, 3), ReLU(), AdaptiveAvgPool2d(1), Flatten(), Linear(8, 1));
                model.eval();
                using var quiet = no_grad();
                {{before}}
                for (var frame = 0; {{turns}}; frame++)
                {
                    {{body}}
                }
            }
            {{more}}
        }
        """;

    private const string Turn = "// one after the other\n            "
        + "Console.WriteLine({|NN7005:model.forward(rand(1, 3, 32, 32))|}.item<float>());";

    private static string Bare(string code) => code.Replace("{|NN7005:", "").Replace("|}", "");

    [Fact]
    public Task A_scope_for_each_turn() => Verify.Untrained.FixAsync(Score(Turn), Score(Bare(Turn).Replace("Console",
        "using var scope = NewDisposeScope();\n            Console")));

    private static string Train(string scope, string call) => $$"""
        static class Program
        {
            static void Train(Tensor x, Tensor y)
            {
                var model = Sequential(Linear(4, 16), ReLU(), Linear(16, 1));
                var optimizer = optim.Adam(model.parameters());
                for (var epoch = 0; epoch < 40; epoch++)
                    for (var step = 0; step < 10; step++)
                    {
                        {{scope}}optimizer.zero_grad();
                        var loss = functional.mse_loss({{call}}, y);
                        loss.backward();
                        optimizer.step();
                    }
            }
        }
        """;

    [Fact]
    public Task Training_in_two_loops() => Verify.Untrained.FixAsync(Train("", "{|NN7005:model.forward(x)|}"),
        Train("using var scope = NewDisposeScope();\n                ", "model.forward(x)"));

    [Fact]
    public Task A_scope_around_the_loop_does_not_count() =>
        Verify.Untrained.FiresAsync(Score(Turn, before: "using var all = NewDisposeScope();"));

    [Theory]
    // what is kept would be disposed of
    [InlineData("last = {|NN7005:model.forward(rand(1, 3, 32, 32))|};", "Tensor last = zeros(1);")]
    [InlineData("all.Add({|NN7005:model.forward(rand(1, 3, 32, 32))|});", "var all = new List<Tensor>();")]
    [InlineData("all[frame] = {|NN7005:model.forward(rand(1, 3, 32, 32))|};", "var all = new Tensor[500];")]
    [InlineData("sum += {|NN7005:model.forward(rand(1, 3, 32, 32))|};", "var sum = zeros(1);")]
    public Task Without_a_fix(string body, string before) =>
        Verify.Untrained.FixAsync(Score(body, before: before), Score(body, before: before));

    private const string NoBlock = "var model = Sequential(Linear(4, 8), Tanh()); for (var i = 0; i < 200; i++) "
        + "Console.WriteLine({|NN7005:model.forward(rand(8, 4))|}.mean().item<float>());";

    [Fact]
    public Task Without_a_fix_where_there_is_no_block() => Verify.Untrained.FixAsync(Code.Method(NoBlock), Code.Method(NoBlock));

    [Theory]
    [InlineData("using var scope = NewDisposeScope(); Console.WriteLine(model.forward(rand(1, 3, 32, 32)).item<float>());")]
    [InlineData("using (NewDisposeScope()) Console.WriteLine(model.forward(rand(1, 3, 32, 32)).item<float>());")]
    [InlineData("using var score = model.forward(rand(1, 3, 32, 32)); Console.WriteLine(score.item<float>());")]
    [InlineData("var score = model.forward(rand(1, 3, 32, 32)); Console.WriteLine(score.item<float>()); score.Dispose();")]
    [InlineData("Console.WriteLine(model.forward(rand(1, 3, 32, 32)).item<float>()); GC.Collect();")]
    [InlineData("Console.WriteLine(Ask(model));")]
    [InlineData("Console.WriteLine(frame);")]
    public Task Silent(string body) => Verify.Untrained.SilentAsync(Score(body, more: "static float Ask(Module<Tensor, Tensor> model) { "
        + "using var scope = NewDisposeScope(); return model.forward(rand(1, 3, 32, 32)).item<float>(); }"));

    [Theory]
    [InlineData("frame < 50")]
    [InlineData("frame < frames.Length")]
    public Task Silent_where_the_turns_are_few_or_not_known(string turns) =>
        Verify.Untrained.SilentAsync(Score(Bare(Turn), turns));

    [Fact]
    public Task Silent_where_the_caller_holds_the_scope() => Verify.Untrained.SilentAsync("""
        class Trainer
        {
            private readonly Module<Tensor, Tensor> model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));
            private readonly optim.Optimizer optimizer;
            public Trainer() => optimizer = optim.Adam(model.parameters());

            public void Fit(Tensor x, Tensor y)
            {
                for (var step = 0; step < 1000; step++)
                {
                    using var scope = NewDisposeScope();
                    Step(x, y);
                }
            }

            private void Step(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                functional.mse_loss(model.forward(x), y).backward();
                optimizer.step();
            }
        }
        """, """
        static class Closure
        {
            static void Fit(Tensor x, Tensor y)
            {
                var model = Sequential(Linear(4, 8), Tanh(), Linear(8, 1));
                var optimizer = optim.LBFGS(model.parameters());
                for (var step = 0; step < 200; step++)
                {
                    using var scope = NewDisposeScope();
                    optimizer.step(() =>
                    {
                        optimizer.zero_grad();
                        var loss = functional.mse_loss(model.forward(x), y);
                        loss.backward();
                        return loss;
                    });
                }
            }
        }
        """);
}
