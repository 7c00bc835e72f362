namespace NnAnalyzers.Tests.Rules;

public class NN4007_EvaluationInTrainingModeTests
{
    private const string Net = """
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(4, 16), second = Linear(16, 3);
            private readonly Dropout drop = Dropout(0.3);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => second.forward(drop.forward(functional.relu(first.forward(x))));
        }

        """;

    private const string Turn = """
        optimizer.zero_grad();
                    functional.cross_entropy(model.forward(x), y).backward();
                    optimizer.step();
        """;

    private static string Train(string inTurn, string before = "model.train();", string more = "", string net = Net) => $$"""
        {{net}}
        static class Program
        {
            static void Train(Tensor x, Tensor y, Tensor testX, Tensor testY)
            {
                var model = new Net();
                var optimizer = optim.AdamW(model.parameters());
                for (var epoch = 0; epoch < 20; epoch++)
                {
                    {{before}}
                    {{Turn}}
                    {{inTurn}}
                }
            }
            {{more}}
        }
        """;

    [Fact]
    public Task In_a_helper_that_returns_it() => Verify.FixAsync(
        Train("Console.WriteLine(Score(model, testX, testY));", more: """
            static float Score(Net net, Tensor x, Tensor y)
            {
                using var quiet = no_grad();
                return {|NN4007:net.forward(x)|}.argmax(1).eq(y).to(float32).mean().item<float>(); // a share
            }
        """),
        Train("Console.WriteLine(Score(model, testX, testY));", more: """
            static float Score(Net net, Tensor x, Tensor y)
            {
                using var quiet = no_grad();
                net.eval();
                return net.forward(x).argmax(1).eq(y).to(float32).mean().item<float>(); // a share
            }
        """));

    [Fact]
    public Task Training_mode_comes_back_where_nothing_else_brings_it() => Verify.FixAsync(
        Train("Console.WriteLine(Score(model, testX, testY));", "", """
            static float Score(Net net, Tensor x, Tensor y)
            {
                using var quiet = no_grad();
                return {|NN4007:net.forward(x)|}.argmax(1).eq(y).to(float32).mean().item<float>();
            }
        """),
        Train("Console.WriteLine(Score(model, testX, testY));", "", """
            static float Score(Net net, Tensor x, Tensor y)
            {
                using var quiet = no_grad();
                net.eval();
                var result = net.forward(x).argmax(1).eq(y).to(float32).mean().item<float>();
                net.train();
                return result;
            }
        """));

    [Fact]
    public Task In_the_loop_itself() => Verify.FixAsync(
        Train("""
        using (no_grad())
                    {
                        // how far it is
                        var output = {|NN4007:model.forward(testX)|};
                        Console.WriteLine(output.argmax(1).eq(testY).sum().item<long>());
                    }
        """, ""),
        Train("""
        model.eval();
                    using (no_grad())
                    {
                        // how far it is
                        var output = model.forward(testX);
                        Console.WriteLine(output.argmax(1).eq(testY).sum().item<long>());
                    }
                    model.train();
        """, ""));

    private static string Batches(string before, string call, string after) => Train($$"""
        {{before}}foreach (var (a, b) in Parts(testX, testY))
                        Console.WriteLine({{call}}.argmax(1).eq(b).sum().item<long>());{{after}}
        """, "", "static IEnumerable<(Tensor, Tensor)> Parts(Tensor x, Tensor y) => x.split(8).Zip(y.split(8));");

    [Fact]
    public Task Around_the_loop_over_the_batches() => Verify.FixAsync(
        Batches("", "{|NN4007:model.forward(a)|}", ""),
        Batches("model.eval();\n            ", "model.forward(a)", "\n            model.train();"));

    [Fact]
    public Task After_training() => Verify.FiresAsync(Net + """
        static class Program
        {
            static void Main()
            {
                var (model, x, y) = (new Net(), randn(64, 4), randint(0, 3, new long[] { 64 }));
                var optimizer = optim.AdamW(model.parameters());
                for (var step = 0; step < 50; step++)
                {
                    optimizer.zero_grad();
                    functional.cross_entropy(model.forward(x), y).backward();
                    optimizer.step();
                }
                var answers = {|NN4007:model.forward(randn(8, 4))|}.argmax(1);
                Console.WriteLine(answers.data<long>()[0]);
            }
        }
        """);

    private static string BeforeAndAfter(string first, string second) => Net + $$"""
        static class Program
        {
            static void Main(Tensor x, Tensor y, Tensor testX)
            {
                var model = new Net();
                var optimizer = optim.AdamW(model.parameters());
                Console.WriteLine({{first}}.sum().item<float>());
                for (var step = 0; step < 50; step++)
                {
                    optimizer.zero_grad();
                    functional.cross_entropy(model.forward(x), y).backward();
                    optimizer.step();
                }
                Console.WriteLine({{second}}.sum().item<float>());
            }
        }
        """;

    // Before training somebody looks whether it runs.
    [Fact]
    public Task After_training_and_not_before() => Verify.FiresAsync(
        BeforeAndAfter("model.forward(testX)", "{|NN4007:model.forward(testX)|}"));

    [Fact]
    public Task A_program_that_only_predicts() => Verify.FiresAsync(Net + """
        static class Program
        {
            static void Main()
            {
                var model = new Net();
                model.load("net.dat");
                using var quiet = no_grad();
                Console.WriteLine({|NN4007:model.forward(randn(1, 4))|}.argmax(1).item<long>());
            }
        }
        """);

    [Theory]
    [InlineData("return {|NN4007:net.forward(x)|}.mean().item<float>();")]
    [InlineData("if (y is null) return 0; return {|NN4007:net.forward(x)|}.mean().item<float>();")]
    [InlineData("if (y is not null) Console.WriteLine({|NN4007:net.forward(x)|}.mean().item<float>()); return 0;")]
    public Task Modes_other_than_the_usual_form(string body) => Verify.FiresAsync(Train("Console.WriteLine(Score(model, testX, testY));",
        more: $"static float Score(Net net, Tensor x, Tensor? y) {{ using var quiet = no_grad(); {body} }}"));

    [Theory]
    // the caller switches
    [InlineData("model.eval(); Console.WriteLine(Score(model, testX)); model.train();")]
    [InlineData("Switch(model, false); Console.WriteLine(Score(model, testX)); Switch(model, true);")]
    [InlineData("model.train(epoch % 2 == 0); Console.WriteLine(Score(model, testX));")]
    [InlineData("model.train(epoch < testX.shape[0]); Console.WriteLine(Score(model, testX));")]
    // Monte-Carlo dropout
    [InlineData("model.train(); Console.WriteLine(Score(model, testX));")]
    [InlineData("var all = new List<Tensor>(); for (var k = 0; k < 20; k++) using (no_grad()) all.Add(model.forward(testX)); "
        + "Console.WriteLine(stack(all).std(0).mean().item<float>());")]
    [InlineData("using (no_grad()) Console.WriteLine(stack(Enumerable.Range(0, 9).Select(_ => model.forward(testX)).ToArray()).std(0));")]
    [InlineData("using (no_grad()) { var a = model.forward(testX); var b = model.forward(testX); "
        + "Console.WriteLine((a - b).abs().mean().item<float>()); }")]
    // parts of it
    [InlineData("foreach (var part in model.modules()) if (part is Dropout) part.eval(); Console.WriteLine(Score(model, testX));")]
    // a target of its own, and what goes nowhere
    [InlineData("Tensor wanted; using (no_grad()) wanted = model.forward(testX); optimizer.zero_grad(); "
        + "functional.mse_loss(model.forward(testX * 2), wanted).backward(); optimizer.step();")]
    [InlineData("using (no_grad()) model.forward(testX);")]
    public Task Silent(string turn) => Verify.SilentAsync(Train(turn, more: """
            static float Score(Net net, Tensor x)
            {
                using var quiet = no_grad();
                return net.forward(x).mean().item<float>();
            }

            static void Switch(Net net, bool on) { if (on) net.train(); else net.eval(); }
        """));

    [Theory]
    [InlineData("Dropout(0)")]
    [InlineData("Identity()")]
    [InlineData("LayerNorm(16)")]
    public Task Silent_without_anything_that_has_modes(string layer) => Verify.SilentAsync(Train(
        "using (no_grad()) Console.WriteLine(model.forward(testX).mean().item<float>());",
        net: Net.Replace("Dropout drop = Dropout(0.3)", $"Module<Tensor, Tensor> drop = {layer}")));

    [Fact]
    public Task Silent_where_the_constructor_switches() => Verify.SilentAsync(Train(
        "using (no_grad()) Console.WriteLine(model.forward(testX).mean().item<float>());",
        net: Net.Replace("=> RegisterComponents();", "{ RegisterComponents(); drop.eval(); }")));

    [Fact]
    public Task Silent_where_the_network_is_handed_in() => Verify.SilentAsync(Net + """
        static class Program
        {
            public static float Score(Net net, Tensor x)
            {
                using var quiet = no_grad();
                return net.forward(x).mean().item<float>();
            }

            public static float ScoreOfAny(Module<Tensor, Tensor> net, Tensor x)
            {
                using var quiet = no_grad();
                return net.forward(x).mean().item<float>();
            }
        }
        """);

    [Fact]
    public Task Silent_where_another_method_of_the_class_switches() => Verify.SilentAsync(Net + """
        class Service
        {
            private readonly Net net = new();
            public void Ready() => net.eval();
            public float Score(Tensor x)
            {
                using var quiet = no_grad();
                return net.forward(x).mean().item<float>();
            }
        }
        """);

    [Fact]
    public Task Silent_in_whole_programs() => Verify.SilentAsync(Net + """
        class Generator : Module<Tensor, Tensor>
        {
            private readonly Sequential body = Sequential(Linear(8, 16), BatchNorm1d(16), LeakyReLU(0.2), Linear(16, 4));
            public Generator() : base("generator") => RegisterComponents();
            public override Tensor forward(Tensor noise) => body.forward(noise);
        }

        static class Adversarial
        {
            static void Train(IEnumerable<Tensor> pictures)
            {
                var (generator, critic) = (new Generator(), new Net());
                var (g, d) = (optim.Adam(generator.parameters()), optim.Adam(critic.parameters()));
                var still = randn(16, 8);
                foreach (var picture in pictures)
                {
                    d.zero_grad();
                    var fake = generator.forward(randn(16, 8)).detach();
                    (critic.forward(fake).mean() - critic.forward(picture).mean()).backward();
                    d.step();
                    g.zero_grad();
                    critic.forward(generator.forward(randn(16, 8))).mean().neg().backward();
                    g.step();
                    using (no_grad()) Console.WriteLine(generator.forward(still).std().item<float>());
                }
            }
        }
        """, """
        class MeanTeacher
        {
            private readonly Net student = new(), teacher = new();

            public void Train(IEnumerable<(Tensor, Tensor)> batches, Tensor testX)
            {
                var optimizer = optim.AdamW(student.parameters());
                foreach (var (x, y) in batches)
                {
                    student.train();
                    teacher.train();
                    Tensor wanted;
                    using (no_grad()) wanted = teacher.forward(x).softmax(1);
                    var loss = functional.cross_entropy(student.forward(x), y) + (student.forward(x).softmax(1) - wanted).pow(2).mean();
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                    student.eval();
                    using (no_grad()) Console.WriteLine(student.forward(testX).argmax(1).sum().item<long>());
                }
            }
        }
        """, """
        class Policy
        {
            private readonly Net net = new();

            public void Train(Func<long, (Tensor State, float Reward)> world)
            {
                var (optimizer, state) = (optim.Adam(net.parameters()), zeros(1, 4));
                for (var episode = 0; episode < 9; episode++)
                {
                    var (states, rewards) = (new List<Tensor>(), new List<float>());
                    for (var t = 0; t < 9; t++)
                    {
                        long action;
                        using (no_grad()) action = net.forward(state).softmax(1).multinomial(1).item<long>();
                        states.Add(state);
                        (state, var reward) = world(action);
                        rewards.Add(reward);
                    }
                    optimizer.zero_grad();
                    (net.forward(cat(states)).log_softmax(1).sum(1) * tensor(rewards.ToArray())).mean().neg().backward();
                    optimizer.step();
                }
            }
        }
        """);

    // Somebody looks whether it runs, and what an untrained network's loss is.
    [Fact]
    public Task Silent_in_a_trial_before_training() => Verify.SilentAsync(Train("", more: "").Replace("for (var epoch = 0;",
        "Console.WriteLine(functional.cross_entropy(model.forward(x), y).item<float>());\n        for (var epoch = 0;"));
}
