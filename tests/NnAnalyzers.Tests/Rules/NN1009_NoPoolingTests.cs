namespace NnAnalyzers.Tests.Rules;

public class NN1009_NoPoolingTests
{
    private const string Pictures = "randn(8, 1, 28, 28)";

    [Fact]
    public Task In_a_Sequential() => Verify.FixAsync(
        Code.Sequential("Sequential(Conv2d(1, 4, 3, padding: 1), ReLU(), Conv2d(4, 4, 3, padding: 1), ReLU(), "
            + "Conv2d(4, 8, 3, padding: 1), {|NN1009:ReLU()|}, Flatten(), Linear(8 * 28 * 28, 1))", input: Pictures),
        Code.Sequential("Sequential(Conv2d(1, 4, 3, padding: 1), ReLU(), Conv2d(4, 4, 3, padding: 1), ReLU(), "
            + "Conv2d(4, 8, 3, padding: 1), ReLU(), MaxPool2d(2), Flatten(), Linear(8 * 14 * 14, 1))", input: Pictures));

    private const string Fields = "private readonly Conv2d a = nn.Conv2d(1, 4, 3), b = nn.Conv2d(4, 4, 3), c = nn.Conv2d(4, 8, 3); "
        + "private readonly Linear head = nn.Linear(SIZE, 1);";

    [Fact]
    public Task In_forward() => Verify.FixAsync(
        Code.Net(Fields.Replace("SIZE", "3872"), // 8 · 22 · 22
            "x = {|NN1009:functional.relu(c.forward(b.forward(a.forward(x).relu()).relu()))|}; return head.forward(x.flatten(1));",
            input: Pictures),
        Code.Net(Fields.Replace("SIZE", "8 * 11 * 11"),
            "x = nn.functional.max_pool2d(functional.relu(c.forward(b.forward(a.forward(x).relu()).relu())), 2); "
            + "return head.forward(x.flatten(1));", input: Pictures));

    // A view says the number of values once more.
    [Fact]
    public async Task No_fix_before_a_view()
    {
        var found = await Verify.FindAsync(Code.Net(Fields.Replace("SIZE", "8 * 22 * 22"),
            "x = c.forward(b.forward(a.forward(x).relu()).relu()).relu(); return head.forward(x.view(-1, 8 * 22 * 22));", input: Pictures));
        Assert.Equal("NN1009", Assert.Single(found).Id);
        Assert.DoesNotContain(FixProperties.Title, found[0].Properties.Keys);
    }

    private static string Three(string head, string conv = "3, padding: 1", string between = "ReLU()") => "Sequential("
        + $"Conv2d(1, 4, {conv}), ReLU(), Conv2d(4, 4, {conv}), {between}, Conv2d(4, 8, {conv}), ReLU(), {head})";

    [Theory]
    [InlineData("MaxPool2d(2), Flatten(), Linear(8 * 14 * 14, 1)")]
    [InlineData("AdaptiveAvgPool2d(1), Flatten(), Linear(8, 1)")]
    [InlineData("Conv2d(8, 1, 1)")] // fully convolutional
    [InlineData("Flatten(), Linear(8 * 14 * 14, 1)", "3, padding: 1", "ReLU(), MaxPool2d(2)")]
    [InlineData("Flatten(), Linear(8 * 4 * 4, 1)", "3, stride: 2, padding: 1")]
    [InlineData("Flatten(), Linear(8 * 16 * 16, 1)", "3, dilation: 2")]
    public Task Silent(string head, string conv = "3, padding: 1", string between = "ReLU()") =>
        Verify.SilentAsync(Code.Sequential(Three(head, conv, between), input: Pictures));

    [Fact]
    public Task Silent_on_a_board() =>
        Verify.SilentAsync(Code.Sequential(Three("Flatten(), Linear(8 * 19 * 19, 1)"), input: "randn(8, 1, 19, 19)"));

    [Fact]
    public Task Silent_on_two_convolutions() => Verify.SilentAsync(Code.Sequential(
        "Sequential(Conv2d(1, 4, 3, padding: 1), ReLU(), Conv2d(4, 8, 3, padding: 1), ReLU(), Flatten(), Linear(8 * 28 * 28, 1))",
        input: Pictures));

    [Fact]
    public Task Silent_on_blocks_with_a_skip() => Verify.SilentAsync(Code.Net(
        "private readonly Conv2d a = Conv2d(1, 4, 3, padding: 1), b = Conv2d(4, 4, 3, padding: 1), c = Conv2d(4, 4, 3, padding: 1); "
            + "private readonly Linear head = Linear(4 * 28 * 28, 1);",
        "var y = a.forward(x).relu(); y = y + c.forward(b.forward(y).relu()); return head.forward(y.flatten(1));", input: Pictures));
}
