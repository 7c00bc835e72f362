namespace NnAnalyzers.Tests.Rules;

public class NN4013_OptimizerRebuiltInLoopTests
{
    private const string Step = "optimizer.zero_grad();\nfunctional.mse_loss(model.forward(x), y).backward();\noptimizer.step();";

    private static string Program(string before, string loop, string turn) => $$"""
        static class Program
        {
            static void Train(Tensor x, Tensor y, string path)
            {
                var model = Sequential(Linear(4, 16), ReLU(), Linear(16, 1));
                {{before}}
                {{loop}}
                {
                    {{turn.Replace("STEP", Step).Replace("\n", "\n            ")}}
                }
            }
        }
        """;

    [Fact]
    public Task Made_once_before_the_loop() => Verify.FixAsync(
        Program("// trains", "for (var i = 0; i < 100; i++)", "var optimizer = {|NN4013:optim.Adam(model.parameters(), lr: 1e-3)|};\nSTEP"),
        Program("// trains\n        var optimizer = optim.Adam(model.parameters(), lr: 1e-3);", "for (var i = 0; i < 100; i++)", "STEP"));

    [Theory]
    [InlineData("var optimizer = {|NN4013:optim.AdamW(model.parameters())|}; for (var k = 0; k < 10; k++) { STEP }")]
    [InlineData("var optimizer = {|NN4013:optim.SGD(model.parameters(), 0.1, momentum: 0.9)|}; STEP")]
    [InlineData("var optimizer = {|NN4013:optim.Adam(model.parameters(), lr: 0.1 / (i + 1))|}; STEP")]
    public Task Without_a_fix_or_in_every_epoch(string turn) => Verify.FiresAsync(Program("", "for (var i = 0; i < 100; i++)", turn));

    [Fact]
    public Task In_a_method_that_a_loop_calls() => Verify.FiresAsync("""
        class Trainer
        {
            private readonly Linear model = Linear(4, 1);

            public void Train(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches) Learn(x);
            }

            private void Learn(Tensor x)
            {
                var optimizer = {|NN4013:optim.Adam(model.parameters())|};
                optimizer.zero_grad();
                model.forward(x).pow(2).mean().backward();
                optimizer.step();
            }
        }
        """.Replace("private readonly Linear model = Linear(4, 1);", "private readonly Sequential model = Sequential(Linear(4, 1));"));

    [Theory]
    // A search of its own.
    [InlineData("for (var i = 0; i < 100; i++)", "optim.Optimizer optimizer = optim.LBFGS(model.parameters()); STEP")]
    [InlineData("for (var i = 0; i < 5; i++)", "model = Sequential(Linear(4, 1)); var optimizer = optim.Adam(model.parameters()); "
        + "for (var k = 0; k < 10; k++) { STEP }")] // folds
    [InlineData("for (var i = 0; i < 5; i++)", "model.load(path); var optimizer = optim.Adam(model.parameters()); "
        + "for (var k = 0; k < 10; k++) { STEP }")]
    [InlineData("foreach (var rate in new[] { 1e-2, 1e-3, 1e-4 })", "var optimizer = optim.Adam(model.parameters(), lr: rate); "
        + "for (var k = 0; k < 10; k++) { STEP }")] // phases
    [InlineData("for (var i = 0; i < 2; i++)", "var optimizer = optim.Adam(model.parameters()); STEP")]
    public Task Silent(string loop, string turn) => Verify.SilentAsync(Program("", loop, turn));
}
