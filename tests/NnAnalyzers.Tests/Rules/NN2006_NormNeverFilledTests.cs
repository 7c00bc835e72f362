namespace NnAnalyzers.Tests.Rules;

public class NN2006_NormNeverFilledTests
{
    private static string Net(string norm, string constructor = "", string before = "", string after = "") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv = Conv2d(3, 16, 3), last = Conv2d(16, 1, 3);
            private readonly GroupNorm norm = {{norm}};
            public Net() : base("net"){{(constructor.Length == 0 ? " => RegisterComponents();" : $$"""

            {
                RegisterComponents();
                {{constructor}}
            }
        """)}}
            public override Tensor forward(Tensor x) => last.forward(functional.relu(norm.forward(conv.forward(x))));
        }
        static class Program
        {
            static void Train(Tensor x, Tensor y)
            {
                var model = new Net();
                {{before}}
                functional.mse_loss(model.forward(x), y).backward();
            }
        }
        """;

    private const string Filled = "foreach (var part in modules())\n            if (part is TorchSharp.Modules.GroupNorm norm)\n"
        + "            {\n                TorchSharp.torch.nn.init.ones_(norm.weight);\n"
        + "                TorchSharp.torch.nn.init.zeros_(norm.bias);\n            }";

    [Fact]
    public Task A_field_of_a_module() => Verify.FixAsync(
        Net("{|NN2006:GroupNorm(4, 16)|}"), Net("GroupNorm(4, 16)", Filled));

    [Fact]
    public Task The_constructor_goes_on() => Verify.FixAsync(
        Net("{|NN2006:GroupNorm(4, 16)|}", "// no bias\n        init.zeros_(conv.bias); // at first"),
        Net("GroupNorm(4, 16)", $"// no bias\n        init.zeros_(conv.bias); // at first\n        {Filled}"));

    [Fact]
    public Task In_a_Sequential() => Verify.FixAsync(
        Code.Loop("optimizer.zero_grad(); functional.mse_loss(model.forward(x), y).backward(); optimizer.step();")
            .Replace("ReLU(),", "{|NN2006:GroupNorm(4, 16)|}, ReLU(),"),
        Code.Loop("optimizer.zero_grad(); functional.mse_loss(model.forward(x), y).backward(); optimizer.step();")
            .Replace("ReLU(), Linear(16, 1));", "GroupNorm(4, 16), ReLU(), Linear(16, 1));\n        foreach (var part in model.modules())\n"
            + "            if (part is TorchSharp.Modules.GroupNorm norm)\n            {\n"
            + "                TorchSharp.torch.nn.init.ones_(norm.weight);\n                TorchSharp.torch.nn.init.zeros_(norm.bias);\n"
            + "            }"));

    [Theory]
    [InlineData("GroupNorm(4, 16, affine: false)", "")]
    [InlineData("GroupNorm(4, 16)", "init.ones_(norm.weight); init.zeros_(norm.bias);")]
    [InlineData("GroupNorm(4, 16)", "norm.weight.fill_(1); norm.bias.zero_();")]
    [InlineData("GroupNorm(4, 16)", "norm.weight = Parameter(ones(16)); norm.bias = Parameter(zeros(16));")]
    [InlineData("GroupNorm(4, 16)", "apply(m => { if (m is GroupNorm g) { init.ones_(g.weight); init.zeros_(g.bias); } });")]
    [InlineData("GroupNorm(4, 16)", "load(\"net.dat\");")]
    public Task Silent(string norm, string constructor) => Verify.SilentAsync(Net(norm, constructor));

    [Theory]
    [InlineData("model.load(\"net.dat\");")]
    [InlineData("foreach (var m in model.modules()) if (m is GroupNorm g) { init.ones_(g.weight); init.zeros_(g.bias); }")]
    public Task Silent_where_training_code_fills_it(string before) => Verify.SilentAsync(Net("GroupNorm(4, 16)", before: before));

    [Fact]
    public Task Silent_on_other_normalizations() => Verify.SilentAsync(Net("GroupNorm(4, 16)").Replace("GroupNorm norm", "BatchNorm2d norm")
        .Replace("GroupNorm(4, 16)", "BatchNorm2d(16)"));
}
