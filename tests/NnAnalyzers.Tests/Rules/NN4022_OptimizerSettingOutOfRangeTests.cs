namespace NnAnalyzers.Tests.Rules;

public class NN4022_OptimizerSettingOutOfRangeTests
{
    private const string Turn = "optimizer.zero_grad();\nfunctional.mse_loss(model.forward(x), y).backward();\noptimizer.step();";

    [Theory]
    [InlineData("optim.Adam(model.parameters(), eps: 1e-16)", "optim.Adam(model.parameters(), eps: 1e-8)")]
    [InlineData("optim.AdamW(model.parameters(), 1e-3, eps: 0)", "optim.AdamW(model.parameters(), 1e-3, eps: 1e-8)")]
    [InlineData("optim.Adam(model.parameters(), weight_decay: 0.1)", "optim.Adam(model.parameters(), weight_decay: 1e-4)")]
    [InlineData("optim.SGD(model.parameters(), 0.01, momentum: 0.9, weight_decay: 0.5)",
        "optim.SGD(model.parameters(), 0.01, momentum: 0.9, weight_decay: 1e-4)")]
    public Task The_usual_value(string made, string after) => Verify.FixAsync(
        Code.Loop(Turn, optimizer: $"{{|NN4022:{made}|}}"), Code.Loop(Turn, optimizer: after));

    [Theory]
    [InlineData("optim.Adam(model.parameters())")]
    [InlineData("optim.Adam(model.parameters(), eps: 1e-8, weight_decay: 1e-2)")]
    [InlineData("optim.AdamW(model.parameters(), weight_decay: 0.1)")]
    [InlineData("optim.Adam(model.parameters(), weight_decay: path.Length)")]
    public Task Silent(string made) => Verify.SilentAsync(Code.Loop(Turn, optimizer: made));
}
