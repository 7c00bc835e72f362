namespace NnAnalyzers.Tests.Rules;

public class NN4014_EvalNeverUndoneTests
{
    private const string Net = """
        class Net : Module<Tensor, Tensor>
        {
            public readonly Linear first = Linear(4, 16), second = Linear(16, 3);
            public readonly BatchNorm1d norm = BatchNorm1d(16);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => second.forward(functional.relu(norm.forward(first.forward(x))));
        }

        """;

    private static string Train(string turn, string start = "", string before = "", string inner = "", string more = "",
        string net = Net) => $$"""
        {{net}}
        static class Program
        {
            static void Train(IReadOnlyList<(Tensor, Tensor)> batches, Tensor testX, Tensor testY)
            {
                var model = new Net();
                var optimizer = optim.AdamW(model.parameters());
                {{before}}
                for (var epoch = 0; epoch < 20; epoch++)
                {
                    {{start}}foreach (var (x, y) in batches)
                    {
                        {{inner}}
                        optimizer.zero_grad();
                        functional.cross_entropy(model.forward(x), y).backward();
                        optimizer.step();
                    }
                    {{turn}}
                }
            }
            {{more}}
        }
        """;

    private const string Back = "model.train();\n            ";
    private const string Score = "using (no_grad()) Console.WriteLine(model.forward(testX).argmax(1).eq(testY).sum().item<long>());";

    [Theory]
    [InlineData("{|NN4014:model.eval()|}; // not by the batch's\n            ")]
    [InlineData("{|NN4014:model.train(false)|};\n            ")]
    [InlineData("if (epoch % 5 == 0) {|NN4014:model.eval()|};\n            ")]
    public Task Every_turn_begins_in_training_mode(string eval) => Verify.FixAsync(
        Train(eval + Score), Train(eval.Replace("{|NN4014:", "").Replace("|}", "") + Score, Back));

    private static string Helpers(string mark, string start) => Train("if (epoch % 2 == 0) Console.WriteLine(Score(model, testX));",
        start, more: $$"""
            static float Score(Net net, Tensor x)
            {
                {{mark}};
                using var quiet = no_grad();
                return net.forward(x).mean().item<float>();
            }
        """);

    [Fact]
    public Task In_a_helper() => Verify.FixAsync(Helpers("{|NN4014:net.eval()|}", ""), Helpers("net.eval()", Back));

    [Fact]
    public Task In_a_trainer_of_two_methods() => Verify.FixAsync(Trainer("{|NN4014:net.eval()|}", ""), Trainer("net.eval()",
        "net.train();\n        "));

    private static string Trainer(string mark, string start) => Net + $$"""
        class Trainer
        {
            private readonly Net net = new();
            private readonly optim.Optimizer optimizer;
            public Trainer() => optimizer = optim.AdamW(net.parameters());

            public void Fit(IReadOnlyList<(Tensor, Tensor)> train, IReadOnlyList<(Tensor, Tensor)> test)
            {
                for (var epoch = 0; epoch < 30; epoch++)
                {
                    Learn(train);
                    Console.WriteLine(Test(test));
                }
            }

            private void Learn(IReadOnlyList<(Tensor, Tensor)> batches)
            {
                {{start}}foreach (var (x, y) in batches)
                {
                    using var scope = NewDisposeScope();
                    optimizer.zero_grad();
                    functional.cross_entropy(net.forward(x), y).backward();
                    optimizer.step();
                }
            }

            private double Test(IReadOnlyList<(Tensor, Tensor)> batches)
            {
                {{mark}};
                using var quiet = no_grad();
                var hits = 0L;
                foreach (var (x, y) in batches) hits += net.forward(x).argmax(1).eq(y).sum().item<long>();
                return hits / (double)batches.Count;
            }
        }
        """;

    [Theory]
    [InlineData("model.eval(); SCORE model.train();", "", "", "")]
    [InlineData("model.eval(); SCORE", "model.train();", "", "")]
    [InlineData("model.eval(); SCORE", "", "", "model.train();")]
    [InlineData("model.eval(); SCORE if (testX.shape[0] > 3) model.train();", "", "", "")]
    [InlineData("model.eval(); SCORE model.train(epoch < testX.shape[0]);", "", "", "")]
    // on purpose, from before the loop on
    [InlineData("SCORE", "", "model.eval();", "")]
    [InlineData("model.eval(); SCORE", "", "model.eval();", "")]
    // a part
    [InlineData("model.norm.eval(); SCORE", "", "", "")]
    [InlineData("", "", "", "model.norm.eval();")]
    // the last turn only
    [InlineData("if (epoch == 19) { model.eval(); SCORE }", "", "", "")]
    [InlineData("if (epoch == batches.Count - 1) { model.eval(); SCORE }", "", "", "")]
    [InlineData("if (testX.shape[0] > epoch) { model.eval(); SCORE break; }", "", "", "")]
    // who knows what that does
    [InlineData("model.eval(); SCORE GC.KeepAlive(model);", "", "", "")]
    public Task Silent(string turn, string start, string before, string inner) =>
        Verify.SilentAsync(Train(turn.Replace("SCORE", Score), start, before, inner));

    [Fact]
    public Task Silent_without_anything_that_has_modes() => Verify.SilentAsync(
        Train("model.eval(); " + Score, net: Net.Replace("BatchNorm1d norm = BatchNorm1d(16)", "LayerNorm norm = LayerNorm(16)")));

    [Fact]
    public Task Silent_after_training() => Verify.SilentAsync(Train("").Replace("    }\n    \n}", "        model.eval();\n    }\n}"));

    [Fact]
    public Task Silent_in_whole_programs() => Verify.SilentAsync(Net + """
        class Backbone : Module<Tensor, Tensor>
        {
            private readonly Net trunk = new();
            private readonly Linear head = Linear(3, 2);
            public Backbone() : base("b") => RegisterComponents();
            public void Freeze() { trunk.eval(); foreach (var p in trunk.parameters()) p.requires_grad = false; }
            public override Tensor forward(Tensor x) { Tensor seen; using (no_grad()) seen = trunk.forward(x); return head.forward(seen); }
        }

        static class FineTuning
        {
            static void Train(IEnumerable<(Tensor, Tensor)> batches)
            {
                var model = new Backbone();
                var optimizer = optim.AdamW(model.parameters());
                foreach (var (x, y) in batches)
                {
                    model.train();
                    model.Freeze();
                    optimizer.zero_grad();
                    functional.cross_entropy(model.forward(x), y).backward();
                    optimizer.step();
                }
            }
        }
        """, """
        class Targets
        {
            private readonly Net online = new(), target = new();

            public void Train(IEnumerable<(Tensor, Tensor, Tensor)> replay)
            {
                var optimizer = optim.Adam(online.parameters());
                foreach (var (state, reward, next) in replay)
                {
                    Tensor best;
                    target.eval();
                    using (no_grad()) best = target.forward(next).max(1).values * 0.99 + reward;
                    optimizer.zero_grad();
                    functional.smooth_l1_loss(online.forward(state).max(1).values, best).backward();
                    optimizer.step();
                    target.load_state_dict(online.state_dict());
                }
            }
        }
        """);
}
