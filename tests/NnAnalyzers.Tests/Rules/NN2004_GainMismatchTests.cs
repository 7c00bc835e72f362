namespace NnAnalyzers.Tests.Rules;

public class NN2004_GainMismatchTests
{
    private static string Net(string init, string activation) => Code.Net(
        "private readonly Linear fc1 = Linear(4, 32), fc2 = Linear(32, 1);",
        $"return fc2.forward({activation.Replace("{0}", "fc1.forward(x)")});").Replace("=> RegisterComponents();",
        $"\n    {{\n        RegisterComponents();\n        {init}\n    }}");

    [Theory]
    [InlineData("init.kaiming_normal_(fc1.weight, nonlinearity: init.NonlinearityType.ReLU)", "torch.tanh({0})",
        "init.kaiming_normal_(fc1.weight, nonlinearity: init.NonlinearityType.Tanh)")]
    [InlineData("init.kaiming_uniform_(fc1.weight, nonlinearity: init.NonlinearityType.Tanh)", "functional.relu({0})",
        "init.kaiming_uniform_(fc1.weight, nonlinearity: init.NonlinearityType.ReLU)")]
    [InlineData("nn.init.kaiming_normal_(fc1.weight, 0, nn.init.FanInOut.FanIn, nn.init.NonlinearityType.Linear)", "functional.relu({0})",
        "nn.init.kaiming_normal_(fc1.weight, 0, nn.init.FanInOut.FanIn, nn.init.NonlinearityType.ReLU)")]
    [InlineData("init.kaiming_normal_(fc1.weight, a: 1.0)", "functional.leaky_relu({0}, 0.1)", "init.kaiming_normal_(fc1.weight, a: 0.1)")]
    [InlineData("init.kaiming_normal_(fc1.weight, 1.5)", "functional.relu({0})", "init.kaiming_normal_(fc1.weight, 0)")]
    public Task The_activation_that_follows(string before, string activation, string after) =>
        Verify.FixAsync(Net($"{{|NN2004:{before}|}}; // start", activation), Net($"{after}; // start", activation));

    [Theory]
    [InlineData("init.kaiming_normal_(fc1.weight);", "torch.tanh({0})")]
    [InlineData("init.kaiming_uniform_(fc1.weight, Math.Sqrt(5));", "functional.relu({0})")] // the usual start of a layer
    [InlineData("init.kaiming_normal_(fc1.weight, nonlinearity: init.NonlinearityType.ReLU);", "functional.relu({0})")]
    [InlineData("init.kaiming_normal_(fc1.weight, nonlinearity: init.NonlinearityType.ReLU);", "functional.leaky_relu({0}, 0.2)")]
    [InlineData("init.kaiming_normal_(fc1.weight, a: 0.2);", "functional.leaky_relu({0}, 0.01)")]
    [InlineData("init.kaiming_normal_(fc1.weight, nonlinearity: init.NonlinearityType.ReLU);", "functional.gelu({0})")]
    [InlineData("init.kaiming_normal_(fc2.weight, nonlinearity: init.NonlinearityType.ReLU);", "torch.tanh({0})")] // the last
    [InlineData("if (Random.Shared.Next() > 9) init.kaiming_normal_(fc1.weight, nonlinearity: init.NonlinearityType.ReLU);",
        "torch.tanh({0})")]
    public Task Silent(string init, string activation) => Verify.SilentAsync(Net(init, activation));

    /// <summary>One call for layers of which only some are followed by another activation.</summary>
    [Fact]
    public Task Silent_where_one_call_fits_some() => Verify.SilentAsync(Code.Net(
        "private readonly Linear a = Linear(4, 32), b = Linear(32, 32), c = Linear(32, 1);",
        "return c.forward(functional.relu(b.forward(functional.leaky_relu(a.forward(x), 1.0))));")
        .Replace("=> RegisterComponents();", "{ RegisterComponents(); apply(m => { if (m is Linear l) init.kaiming_normal_(l.weight, "
        + "a: 1.0); }); }"));
}
