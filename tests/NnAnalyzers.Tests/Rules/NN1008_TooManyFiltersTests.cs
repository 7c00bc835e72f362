namespace NnAnalyzers.Tests.Rules;

public class NN1008_TooManyFiltersTests
{
    private static string Train(string layers) => Code.Sequential($"Sequential({layers}, AdaptiveAvgPool2d(1), Flatten())",
        "functional.cross_entropy(prediction, target)", "randint(0, 4, 8, dtype: int64)", "randn(8, 1, 28, 28)");

    [Theory]
    [InlineData("Conv2d(1, {|NN1008:512|}, 3), ReLU(), MaxPool2d(2), Conv2d(512, {|NN1008:256|}, 3), ReLU()")]
    [InlineData("Conv2d(1, 32, 3), ReLU(), Conv2d(32, {|NN1008:1024|}, 3), ReLU(), Conv2d(1024, 10, 1)")]
    [InlineData("Conv2d(1, {|NN1008:out_channels: 129|}, kernel_size: 5), ReLU()")]
    public Task Fires(string layers) => Verify.FiresAsync(Train(layers));

    [Theory]
    [InlineData("Conv2d(1, 128, 3), ReLU(), Conv2d(128, 128, 3), ReLU()")]
    [InlineData("Conv2d(1, 64, 3), ReLU(), Conv2d(64, 128, 3), ReLU(), Conv2d(128, 256, 3), ReLU(), Conv2d(256, 512, 3)")] // stages
    [InlineData("Conv2d(1, 64, 3), ReLU(), Conv2d(64, 512, 1)")] // 1×1
    [InlineData("ConvTranspose2d(1, 512, 3), ReLU(), Conv2d(512, 4, 1)")]
    [InlineData("Conv2d(1, 64, 3), ReLU(), Conv2d(64, 192, 3), ReLU(), Conv2d(192, 384, 3), ReLU(), Conv2d(384, 256, 3), ReLU(), "
        + "Conv2d(256, 256, 3)")] // as deep as the standard ones
    public Task Silent(string layers) => Verify.SilentAsync(Train(layers));

    [Fact]
    public Task Silent_on_a_number_that_is_handed_in() => Verify.SilentAsync(Code.Net(
        "private readonly Conv2d a; private readonly Linear b = Linear(676, 1);",
        "return b.forward(a.forward(x).relu().mean([1]).flatten(1));",
        input: "randn(8, 1, 28, 28)").Replace("public Net() : base(\"net\") =>",
            "public Net(int filters = 512) : base(\"net\") { a = Conv2d(1, filters, 3); Done(); } private void Done() =>"));

    [Theory]
    [InlineData("dotnet_code_quality.NN1008.max_filters = 512", "Conv2d(1, 512, 3), ReLU()")]
    [InlineData("dotnet_code_quality.NN1008.max_filters = 512", "Conv2d(1, {|NN1008:513|}, 3), ReLU()")]
    [InlineData("dotnet_code_quality.nn1008.max_filters = 16", "Conv2d(1, 16, 3), ReLU(), Conv2d(16, {|NN1008:32|}, 3), ReLU()")]
    [InlineData("dotnet_code_quality.NN1008.max_filters = many", "Conv2d(1, {|NN1008:512|}, 3), ReLU()")] // the usual one
    [InlineData("dotnet_code_quality.NN1008.max_filters = -1", "Conv2d(1, 64, 3), ReLU()")]
    public Task The_limit_is_the_users(string line, string layers) => Verify.ConfiguredAsync(line, Train(layers));
}
