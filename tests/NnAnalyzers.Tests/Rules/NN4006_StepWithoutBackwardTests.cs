namespace NnAnalyzers.Tests.Rules;

public class NN4006_StepWithoutBackwardTests
{
    private const string Loss = "var loss = functional.mse_loss(model.forward(x), y);\n";
    private const string Clip = "nn.utils.clip_grad_norm_(model.parameters(), 1.0)";

    [Theory]
    [InlineData("optimizer.zero_grad();\n{|NN4006:optimizer.step()|}; // go\nloss.backward();",
        "optimizer.zero_grad();\nloss.backward();\noptimizer.step();")]
    [InlineData("{|NN4006:optimizer.step()|};\noptimizer.zero_grad();\nloss.backward(); // back",
        "optimizer.zero_grad();\nloss.backward(); // back\noptimizer.step();")]
    [InlineData("loss.backward();\n{|NN4006:optimizer.zero_grad()|};\noptimizer.step();",
        "optimizer.zero_grad();\nloss.backward();\noptimizer.step();")]
    [InlineData("loss.backward();\n{|NN4006:model.zero_grad()|};\noptimizer.step();",
        "model.zero_grad();\nloss.backward();\noptimizer.step();")]
    [InlineData("optimizer.zero_grad();\nloss.backward();\noptimizer.step();\n{|NN4006:optimizer.step()|};",
        "optimizer.zero_grad();\nloss.backward();\noptimizer.step();")]
    [InlineData("optimizer.zero_grad();\nloss.backward();\n{|NN4006:loss.backward()|};\noptimizer.step();",
        "optimizer.zero_grad();\nloss.backward();\noptimizer.step();")]
    [InlineData("optimizer.zero_grad();\n{|NN4006:CLIP|};\nloss.backward();\noptimizer.step();",
        "optimizer.zero_grad();\nloss.backward();\nCLIP;\noptimizer.step();")]
    [InlineData("optimizer.zero_grad();\nloss.backward();\noptimizer.step();\n{|NN4006:CLIP|};",
        "optimizer.zero_grad();\nloss.backward();\nCLIP;\noptimizer.step();")]
    public Task In_order(string turn, string after) => Verify.FixAsync(
        Code.Loop(Loss + turn.Replace("CLIP", Clip)), Code.Loop(Loss + after.Replace("CLIP", Clip)));

    [Fact]
    public Task Through_methods_of_a_trainer() => Verify.FiresAsync("""
        class Trainer
        {
            private readonly Linear model = Linear(4, 1);
            private readonly optim.Optimizer optimizer;

            public Trainer() => optimizer = optim.Adam(model.parameters());

            public void Train(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    var loss = model.forward(x).pow(2).mean();
                    loss.backward();
                    Clear();
                    optimizer.step();
                }
            }

            private void Clear() => {|NN4006:optimizer.zero_grad()|};
        }
        """);

    [Theory]
    [InlineData("optimizer.zero_grad(); LOSS loss.backward(); optimizer.step();")]
    [InlineData("LOSS loss.backward(); if (i % 4 == 3) { optimizer.step(); optimizer.zero_grad(); }")]
    [InlineData("LOSS loss.backward(); CLIP; optimizer.step(); optimizer.zero_grad();")]
    // Two losses of one step.
    [InlineData("optimizer.zero_grad(); LOSS loss.backward(); model.forward(x).abs().mean().backward(); optimizer.step();")]
    [InlineData("optimizer.zero_grad(); LOSS loss.backward(retain_graph: true); loss.backward(); optimizer.step();")]
    [InlineData("optimizer.step(() => { optimizer.zero_grad(); LOSS loss.backward(); return loss; });")]
    [InlineData("optimizer.step(() => { optimizer.zero_grad(); LOSS loss.backward(); return loss; }); "
        + "optimizer.step(() => { optimizer.zero_grad(); LOSS loss.backward(); return loss; });")]
    [InlineData("optimizer.zero_grad(); LOSS loss.backward(); if (i % 2 == 0) optimizer.step(); else other.step();")]
    [InlineData("optimizer.zero_grad(); LOSS loss.backward(); optimizer.step(); other.zero_grad(); "
        + "model.forward(y).mean().backward(); other.step();")]
    public Task Silent(string turn) => Verify.SilentAsync(Code.Loop(turn.Replace("LOSS", Loss).Replace("CLIP", Clip),
        "var other = optim.AdamW(model.parameters());"));

    [Fact]
    public Task Behind_another_training() => Verify.FiresAsync(Code.Loop(Loss + "optimizer.zero_grad();\n{|NN4006:optimizer.step()|};\n"
        + "loss.backward();",
        "for (var k = 0; k < 10; k++) { optimizer.zero_grad(); model.forward(x).mean().backward(); optimizer.step(); }"));

    // The last part of one turn is the first of the next.
    [Fact]
    public Task Silent_in_a_loop_that_is_turned_round() => Verify.SilentAsync(Code.Loop(
        "optimizer.step(); optimizer.zero_grad(); loss = functional.mse_loss(model.forward(x), y); loss.backward();",
        "var loss = functional.mse_loss(model.forward(x), y); loss.backward();"));

    [Fact]
    public Task Silent_where_another_method_goes_backward() => Verify.SilentAsync("""
        class Learner
        {
            private readonly Linear model = Linear(4, 1);
            private readonly optim.Optimizer optimizer;

            public Learner() => optimizer = optim.Adam(model.parameters());

            public void Back(Tensor x) => model.forward(x).mean().backward();

            public void Apply() { for (var i = 0; i < 3; i++) optimizer.step(); optimizer.zero_grad(); }
        }
        """);
}
