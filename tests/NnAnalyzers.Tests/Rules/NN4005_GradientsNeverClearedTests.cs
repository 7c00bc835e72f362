namespace NnAnalyzers.Tests.Rules;

public class NN4005_GradientsNeverClearedTests
{
    private const string Loss = "var loss = functional.mse_loss(model.forward(x), y);\n";

    [Fact]
    public Task Cleared_before_backward() => Verify.FixAsync(
        Code.Loop(Loss + "// back\nloss.backward(); // now\n{|NN4005:optimizer.step()|};"),
        Code.Loop(Loss + "// back\noptimizer.zero_grad();\nloss.backward(); // now\noptimizer.step();"));

    [Fact]
    public Task Chained_and_on_one_line() => Verify.FixAsync(
        Code.Loop("functional.mse_loss(model.forward(x), y).backward(); {|NN4005:optimizer.step()|};"),
        Code.Loop("optimizer.zero_grad();\nfunctional.mse_loss(model.forward(x), y).backward(); optimizer.step();"));

    [Fact]
    public Task Two_optimizers_of_one_network() => Verify.FiresAsync(
        Code.Loop(Loss + "loss.backward();\n{|NN4005:optimizer.step()|};\n{|NN4005:second.step()|};",
            "var second = optim.SGD(model.parameters(), 0.1, momentum: 0.9);"));

    [Fact]
    public Task A_trainer_whose_methods_are_expressions() => Verify.FixAsync(
        Trainer("public void Step() => {|NN4005:_optimizer.step()|};"),
        Trainer("public void Step() { _optimizer.step(); _optimizer.zero_grad(); }"));

    private static string Trainer(string step) => $$"""
        class Trainer
        {
            private readonly Sequential _model = Sequential(Linear(4, 16), ReLU(), Linear(16, 1));
            private readonly optim.Optimizer _optimizer;

            public Trainer() => _optimizer = optim.Adam(_model.parameters());

            public void Train(IEnumerable<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                {
                    Back(x, y);
                    Step();
                }
            }

            private void Back(Tensor x, Tensor y) => functional.mse_loss(_model.forward(x), y).backward();

            {{step}}
        }
        """;

    [Fact]
    public Task A_loop_without_braces_whose_turn_is_a_call() => Verify.FixAsync(
        Batches("var loss = functional.mse_loss(model.forward(x), y);\n        loss.backward();\n        {|NN4005:optimizer.step()|};"),
        Batches("var loss = functional.mse_loss(model.forward(x), y);\n        optimizer.zero_grad();\n        loss.backward();\n"
            + "        optimizer.step();"));

    private static string Batches(string turn) => $$"""
        static class Program
        {
            static void Main()
            {
                var model = Linear(4, 1);
                var optimizer = optim.Adam(model.parameters());
                for (var epoch = 0; epoch < 10; epoch++)
                    foreach (var (x, y) in new[] { (randn(8, 4), randn(8, 1)) })
                        Turn(model, optimizer, x, y);
            }

            static void Turn(Linear model, optim.Optimizer optimizer, Tensor x, Tensor y)
            {
                {{turn}}
            }
        }
        """;

    [Theory]
    [InlineData("param.sub_(0.1 * param.grad)", "param.grad?.zero_();")]
    [InlineData("param.add_(param.grad!, alpha: -0.1)", "param.grad?.zero_();")]
    public Task Updated_by_hand(string update, string clear) => Verify.FixAsync(
        Code.Loop(Loss + "loss.backward();\nusing (no_grad())\n    foreach (var param in model.parameters())\n"
            + $"        {{|NN4005:{update}|}};"),
        Code.Loop(Loss + "loss.backward();\nusing (no_grad())\n    foreach (var param in model.parameters())\n"
            + $"    {{\n        {update};\n        {clear}\n    }}"));

    [Fact]
    public Task In_a_closure() => Verify.FixAsync(
        Code.Loop("optimizer.step(() =>\n{\n    " + Loss + "    loss.backward();\n    return loss;\n});", optimizer:
            "optim.LBFGS(model.parameters())").Replace("optimizer.step(() =>", "{|NN4005:optimizer.step(() =>").Replace("});", "})|};"),
        Code.Loop("optimizer.step(() =>\n{\n    " + Loss + "    loss.backward();\n    return loss;\n});\noptimizer.zero_grad();", optimizer:
            "optim.LBFGS(model.parameters())"));

    [Theory]
    [InlineData("optimizer.zero_grad(); LOSS loss.backward(); optimizer.step();")]
    [InlineData("LOSS loss.backward(); optimizer.step(); model.zero_grad();")]
    [InlineData("LOSS loss.backward(); if (i % 4 == 3) { optimizer.step(); optimizer.zero_grad(); }")]
    [InlineData("LOSS loss.backward(); optimizer.step(); foreach (var p in model.parameters()) p.grad?.zero_();")]
    [InlineData("LOSS loss.backward(); optimizer.step(); foreach (var p in model.parameters()) p.grad = null;")]
    [InlineData("LOSS loss.backward(); optimizer.step(); foreach (var (_, p) in model.named_parameters()) p.grad!.fill_(0);")]
    [InlineData("optim.Optimizer fresh = optim.LBFGS(model.parameters()); LOSS loss.backward(); fresh.step();")]
    [InlineData("LOSS loss.backward(); optimizer.step(); Unread.Clear(optimizer);")]
    [InlineData("LOSS loss.backward(); optimizer.step(); Unread.Clear(model);")]
    [InlineData("LOSS loss.backward(); Each(optimizer, o => o.step()); Each(optimizer, o => o.zero_grad());")]
    [InlineData("foreach (var o in new optim.Optimizer[] { optimizer, other }) o.zero_grad(); LOSS loss.backward(); optimizer.step(); "
        + "other.step();")]
    [InlineData("LOSS loss.backward(); using (no_grad()) foreach (var p in model.parameters()) { p.sub_(0.1 * p.grad); p.grad?.zero_(); }")]
    [InlineData("optimizer.step(() => { optimizer.zero_grad(); LOSS loss.backward(); return loss; });")]
    public Task Silent(string turn) => Verify.SilentAsync(Code.Loop(turn.Replace("LOSS", Loss),
        "var other = optim.AdamW(model.parameters());", more: """
            static class Helper { public static void Each(optim.Optimizer o, Action<optim.Optimizer> todo) => todo(o); }
            abstract class Unread
            {
                [System.Runtime.InteropServices.DllImport("x")] public static extern void Clear(object o);
            }
            """).Replace("Each(optimizer", "Helper.Each(optimizer"));

    [Fact]
    public Task Silent_in_one_turn_and_outside_of_loops() => Verify.SilentAsync(
        Code.Loop(Loss + "loss.backward(); optimizer.step();", loop: "for (var i = 0; i < 1; i++)"),
        "class Learner { readonly Linear m = Linear(4, 1); readonly optim.Optimizer o; public Learner() => o = optim.Adam(m.parameters()); "
            + "public void Learn(Tensor x, Tensor y) { functional.mse_loss(m.forward(x), y).backward(); o.step(); } "
            + "public void Clear() => o.zero_grad(); }");

    [Fact]
    public Task Each_of_two_adversaries_clears_its_own() => Verify.FiresAsync("""
        class Generator : Module<Tensor, Tensor>
        {
            readonly Linear a = Linear(8, 16);
            public Generator() : base("g") => RegisterComponents();
            public override Tensor forward(Tensor z) => a.forward(z);
        }
        class Critic : Module<Tensor, Tensor>
        {
            readonly Linear a = Linear(16, 1);
            public Critic() : base("c") => RegisterComponents();
            public override Tensor forward(Tensor x) => a.forward(x);
        }
        static class Program
        {
            static void Main()
            {
                var (generator, critic) = (new Generator(), new Critic());
                var (first, second) = (optim.Adam(generator.parameters()), optim.Adam(critic.parameters()));
                for (var i = 0; i < 100; i++)
                {
                    second.zero_grad();
                    var fake = generator.forward(randn(4, 8));
                    var loss = functional.binary_cross_entropy_with_logits(critic.forward(fake.detach()), zeros(4, 1))
                        + functional.binary_cross_entropy_with_logits(critic.forward(randn(4, 16)), ones(4, 1));
                    loss.backward();
                    second.step();
                    functional.binary_cross_entropy_with_logits(critic.forward(fake), ones(4, 1)).backward();
                    {|NN4005:first.step()|};
                }
            }
        }
        """);
}
