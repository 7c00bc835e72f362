namespace NnAnalyzers.Tests.Rules;

public class NN2003_XavierForRectifiersTests
{
    private const string Wide = "private readonly Linear fc1 = Linear(4, 128), fc2 = Linear(128, 64), fc3 = Linear(64, 1);";

    private static string Net(string init, string activation = "relu", string fields = Wide) => Code.Net(fields,
        $"return fc3.forward(functional.{activation}(fc2.forward(functional.{activation}(fc1.forward(x)))));")
        .Replace("=> RegisterComponents();", $"\n    {{\n        RegisterComponents();\n        {init}\n    }}");

    private static string Kaiming(string weight) =>
        $"init.kaiming_normal_({weight}, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU)";

    [Theory]
    [InlineData("init.xavier_uniform_(fc1.weight)")]
    [InlineData("init.xavier_normal_(fc1.weight, gain: 1.0)")]
    public Task A_layer_that_widens(string before) => Verify.FixAsync(
        Net($"{{|NN2003:{before}|}}; // as usual"), Net($"{Kaiming("fc1.weight")}; // as usual"));

    [Fact]
    public Task Through_apply() => Verify.FixAsync(
        Net("apply(m => { if (m is Linear l) {|NN2003:init.xavier_uniform_(l.weight)|}; });"),
        Net($"apply(m => {{ if (m is Linear l) {Kaiming("l.weight")}; }});"));

    [Theory]
    [InlineData("init.xavier_uniform_(fc2.weight);")]
    [InlineData("init.xavier_uniform_(fc1.weight, 4.0);")]
    [InlineData("if (Random.Shared.Next() > 9) init.xavier_uniform_(fc1.weight);")]
    [InlineData("init.xavier_uniform_(fc1.bias!.unsqueeze(0));")]
    [InlineData("init.kaiming_normal_(fc1.weight);")]
    [InlineData("init.xavier_uniform_(fc1.weight); load(\"net.dat\");")]
    public Task Silent(string init) => Verify.SilentAsync(Net(init));

    [Theory]
    [InlineData("gelu", Wide)]
    [InlineData("relu", "private readonly Linear fc1 = Linear(64, 128), fc2 = Linear(128, 64), fc3 = Linear(64, 1);")]
    public Task Silent_on_others(string activation, string fields) =>
        Verify.SilentAsync(Net("init.xavier_uniform_(fc1.weight);", activation, fields));

    [Fact]
    public Task Silent_before_tanh() => Verify.SilentAsync(Code.Net("private readonly Linear fc1 = Linear(4, 128), fc2 = Linear(128, 1);",
        "return fc2.forward(torch.tanh(fc1.forward(x)));").Replace("=> RegisterComponents();",
        "{ RegisterComponents(); init.xavier_uniform_(fc1.weight); }"));
}
