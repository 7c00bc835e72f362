namespace NnAnalyzers.Tests.Rules;

public class NN3006_GlueByReshapeTests
{
    [Theory]
    [InlineData("var c = {|NN3006:torch.cat(new[] { a, b }, 0).reshape(3, 2, 5)|};", "var c = torch.stack(new[] { a, b }, 1);")]
    [InlineData("var c = {|NN3006:cat(new[] { a, b }, dim: 1).view(3, 5, 2)|};", "var c = stack(new[] { a, b }, 2);")]
    [InlineData("var c = {|NN3006:cat(new[] { a, b }, 1).view(2, 3, 5)|}; // pair", "var c = stack(new[] { a, b }, 0); // pair")]
    public Task Stacking_is_what_was_meant(string code, string better) => Verify.FixAsync(
        Code.Method("var a = randn(3, 5); var b = randn(3, 5);\n        " + code),
        Code.Method("var a = randn(3, 5); var b = randn(3, 5);\n        " + better));

    [Theory]
    [InlineData("cat(new[] { a, b }, 0).reshape(2, 3, 5)")]
    [InlineData("cat(new[] { a, b }, 1).view(3, 2, 5)")]
    [InlineData("cat(new[] { a, b }, 0).reshape(6, 5)")]
    [InlineData("cat(new[] { a, b }, 0).reshape(30)")]
    public Task Silent(string code) => Verify.SilentAsync(Code.Method($"var a = randn(3, 5); var b = randn(3, 5); var c = {code};"));
}
