namespace NnAnalyzers.Tests.Rules;

public class NN4019_LossNotUsedTests
{
    private const string Step = "optimizer.zero_grad(); var loss = functional.mse_loss(model.forward(x), y); loss.backward(); "
        + "optimizer.step(); ";

    [Theory]
    [InlineData("var second = {|NN4019:functional.l1_loss(model.forward(x), y)|};")]
    [InlineData("{|NN4019:functional.l1_loss(model.forward(x), y)|};")]
    public Task Fires(string turn) => Verify.FiresAsync(Code.Loop(Step + turn));

    [Theory]
    [InlineData("var second = functional.l1_loss(model.forward(x), y); Console.WriteLine(second.item<float>());")]
    [InlineData("var second = functional.l1_loss(model.forward(x), y); second.backward();")]
    [InlineData("using (no_grad()) { var second = functional.l1_loss(model.forward(x), y); }")]
    [InlineData("var second = functional.l1_loss(model.forward(x), y); all.Add(second);")]
    public Task Silent(string turn) => Verify.SilentAsync(Code.Loop(Step.Replace("optimizer.step(); ", "") + turn + " optimizer.step();",
        "var all = new List<Tensor>();"));
}
