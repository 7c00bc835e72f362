namespace NnAnalyzers.Tests.Graph;

/// <summary>Tensors made of arrays have their sizes.</summary>
public class ArrayTests
{
    private static string Compared(string data, string before = "") => Code.Net(
        "private readonly Linear fc1 = Linear(4, 8), fc2 = Linear(8, 1);",
        "return fc2.forward(functional.relu(fc1.forward(x))).squeeze(1);",
        $$"""{|NN3009:functional.mse_loss(prediction, {{data}})|}""").Replace("var model", before + " var model");

    [Theory]
    [InlineData("tensor(new float[8, 1])")]
    [InlineData("tensor(values)", "var values = new float[8, 1]; values[0, 0] = 1;")]
    [InlineData("tensor(values)", "var values = new float[8, 1]; for (var i = 0; i < values.GetLength(0); i++) values[i, 0] = i;")]
    [InlineData("from_array(values)", "var values = new float[8, 1];")]
    [InlineData("tensor(new float[,] { { 1 }, { 2 }, { 3 }, { 4 }, { 5 }, { 6 }, { 7 }, { 8 } })")]
    [InlineData("tensor(values).unsqueeze(1)", "var values = new float[8]; for (var i = 0; i < 8; i++) values[i] = i;")]
    [InlineData("tensor(values, rows: values.Length, columns: 1)", "var values = new float[8];")]
    [InlineData("tensor(values).view(-1, 1)", "var values = new float[2, 4];")]
    [InlineData("tensor(values.ToArray()).unsqueeze(1)",
        "var values = new List<float>(); foreach (var a in Environment.GetCommandLineArgs()) "
        + "values.Add(a.Length);")]
    public Task A_column(string data, string before = "") => Verify.Sizes.FiresAsync(Compared(data, before));

    [Theory]
    [InlineData("tensor(values)", "var values = new float[8];")]
    [InlineData("tensor(values).view(-1)", "var values = new float[8, 1];")]
    [InlineData("tensor(values).squeeze(1)", "var values = new float[8, 1];")]
    [InlineData("tensor(values)", "var n = Environment.ProcessorCount; var values = new float[n, n];")]
    [InlineData("tensor(values)", "var values = new float[1, 1];")]
    [InlineData("tensor(values)", "var values = Environment.GetCommandLineArgs().Select(a => (float)a.Length).ToArray();")]
    public Task Silent(string data, string before) =>
        Verify.Sizes.SilentAsync(Compared(data, before).Replace("{|NN3009:", "", StringComparison.Ordinal).Replace("|}", "",
        StringComparison.Ordinal));

    [Fact]
    public Task A_size_goes_on_to_the_layers() => Verify.Sizes.FixAsync(
        Code.Method("var y = {|NN3003:Linear(3, 1).call(tensor(new float[64, 4]))|};"),
        Code.Method("var y = Linear(4, 1).call(tensor(new float[64, 4]));"));
}
