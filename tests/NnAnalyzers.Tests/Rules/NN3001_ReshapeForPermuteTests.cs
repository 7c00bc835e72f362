namespace NnAnalyzers.Tests.Rules;

public class NN3001_ReshapeForPermuteTests
{
    [Theory]
    [InlineData("var x = randn(8, 16, 16, 3); var y = {|NN3001:x.reshape(8, 3, 16, 16)|};",
        "var x = randn(8, 16, 16, 3); var y = x.permute(0, 3, 1, 2);")]
    [InlineData("var x = randn(8, 16, 16, 3); var y = {|NN3001:x.view(8, 3, 16, 16)|};",
        "var x = randn(8, 16, 16, 3); var y = x.permute(0, 3, 1, 2);")]
    [InlineData("var x = randn(8, 16, 16, 3); var y = {|NN3001:x.reshape(-1, 3, 16, 16)|};",
        "var x = randn(8, 16, 16, 3); var y = x.permute(0, 3, 1, 2);")]
    [InlineData("var x = randn(new long[] { 8, 16, 16, 3 }); var y = {|NN3001:x.reshape(new long[] { 8, 3, 16, 16 })|};",
        "var x = randn(new long[] { 8, 16, 16, 3 }); var y = x.permute(0, 3, 1, 2);")]
    [InlineData("const int n = 4; var x = zeros(n, n * 2); var y = {|NN3001:torch.reshape(x, n * 2, n)|};",
        "const int n = 4; var x = zeros(n, n * 2); var y = x.permute(1, 0);")]
    [InlineData("var x = randn(8, 5, 7); var y = {|NN3001:(x + 1).reshape(8, 7, 5)|};",
        "var x = randn(8, 5, 7); var y = (x + 1).permute(0, 2, 1);")]
    [InlineData("var x = randn(8, 5, 7); var y = {|NN3001:x.reshape(8, 7, 5)|}.view(-1);",
        "var x = randn(8, 5, 7); var y = x.permute(0, 2, 1).contiguous().view(-1);")]
    public Task Known_sizes(string before, string after) =>
        Verify.FixAsync(Code.Method(before + " Console.WriteLine(y);"), Code.Method(after + " Console.WriteLine(y);"));

    [Fact]
    public Task Sizes_taken_from_the_tensor_itself() => Verify.FixAsync(
        Code.Net("private readonly Conv2d conv = Conv2d(3, 1, 3);",
            "return conv.forward({|NN3001:x.reshape(x.shape[0], x.shape[3], x.shape[1], x.shape[2])|});",
            input: "Tensor.Load(new BinaryReader(Stream.Null))"),
        Code.Net("private readonly Conv2d conv = Conv2d(3, 1, 3);", "return conv.forward(x.permute(0, 3, 1, 2));",
            input: "Tensor.Load(new BinaryReader(Stream.Null))"));

    [Fact]
    public Task Sizes_in_locals() => Verify.FiresAsync(
        Code.Net("private readonly Linear fc = Linear(4, 1);",
            "var (n, t, c) = (x.shape[0], x.shape[1], x.size(2)); return fc.forward({|NN3001:x.view(n, c, t)|});",
            input: "randn(8, 5, 4)"));

    [Fact]
    public Task A_convolutions_map() => Verify.FiresAsync(
        Code.Net("private readonly Conv2d conv = Conv2d(1, 6, 3, padding: 1);",
            "x = conv.forward(x); return {|NN3001:x.view(x.shape[0], 8, 8, 6)|};", input: "randn(2, 1, 8, 8)"));

    [Theory]
    [InlineData("var x = randn(8, 16, 3); var y = x.reshape(8, 48);")]
    [InlineData("var x = randn(8, 16, 12); var y = x.view(8, 16, 3, 4);")] // a head split
    [InlineData("var x = randn(8, 16, 12); var y = x.view(8, 16, 3, 4).transpose(1, 2).contiguous().view(8, 3, 64);")]
    [InlineData("var x = randn(8, 1, 5); var y = x.reshape(8, 5, 1);")] // an axis of size 1 may stand anywhere
    [InlineData("var x = randn(8, 5); var y = x.view(8, 5);")]
    [InlineData("var x = randn(8, 16, 16, 3); var y = x.permute(0, 3, 1, 2);")]
    [InlineData("var x = randn(8, 5, 7); var y = x.reshape(-1, 7);")]
    [InlineData("var x = Tensor.Load(new BinaryReader(Stream.Null)); var y = x.reshape(8, 3, 16, 16);")] // not known
    [InlineData("var x = arange(12); var y = x.reshape(3, 4);")]
    public Task Silent(string body) => Verify.SilentAsync(Code.Method(body + " Console.WriteLine(y);"));
}
