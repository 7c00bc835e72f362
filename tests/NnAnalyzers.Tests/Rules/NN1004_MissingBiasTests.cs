namespace NnAnalyzers.Tests.Rules;

public class NN1004_MissingBiasTests
{
    [Theory]
    [InlineData("Linear(4, 8, {|NN1004:hasBias: false|})", "Linear(4, 8)")]
    [InlineData("Linear(4, 8, {|NN1004:false|})", "Linear(4, 8)")]
    [InlineData("Linear({|NN1004:hasBias: false|}, inputSize: 4, outputSize: 8)", "Linear(inputSize: 4, outputSize: 8)")]
    [InlineData("Linear(4, 8, {|NN1004:false|}, CPU)", "Linear(4, 8, true, CPU)")]
    public Task Linear_gets_its_bias_back(string before, string after) => Verify.FixAsync(
        Code.Sequential($"Sequential({before}, ReLU(), Linear(8, 1))"), Code.Sequential($"Sequential({after}, ReLU(), Linear(8, 1))"));

    [Fact]
    public Task Convolutions_and_the_output_too() => Verify.FixAsync(
        Code.Sequential("Sequential(Conv2d(1, 8, 3, {|NN1004:bias: false|}), ReLU(), MaxPool2d(2), Flatten(), "
            + "Linear(72, 1, {|NN1004:hasBias: false|}))", input: "randn(8, 1, 8, 8)"),
        Code.Sequential("Sequential(Conv2d(1, 8, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(72, 1))", input: "randn(8, 1, 8, 8)"));

    [Fact]
    public Task A_constant_of_the_users() => Verify.FiresAsync(Code.Net(
        "private const bool Bias = false; private readonly Linear a = Linear(4, 8, {|NN1004:hasBias: Bias|}), b = Linear(8, 1);",
        "return b.forward(functional.relu(a.forward(x)));"));

    [Theory]
    [InlineData("Sequential(Linear(4, 8, false), BatchNorm1d(8), ReLU(), Linear(8, 1))")]
    [InlineData("Sequential(Linear(4, 8, false), ReLU(), BatchNorm1d(8), Linear(8, 1))")]
    [InlineData("Sequential(Linear(4, 8, false), LayerNorm(8), ReLU(), Linear(8, 1))")]
    [InlineData("Sequential(Linear(4, 8, false), Dropout(0.1), LayerNorm(8), Linear(8, 1))")]
    [InlineData("Sequential(Conv1d(4, 8, 1, bias: false), ReLU(), Flatten(), Linear(8, 1))")] // lateral
    [InlineData("Sequential(Conv2d(3, 8, 4, 4, bias: false), ReLU(), Flatten(), Linear(8, 1))")] // patch embedding
    [InlineData("Sequential(Conv2d(3, 8, 3, bias: false), MaxPool2d(2), GroupNorm(2, 8, affine: false), ReLU(), Flatten(), Linear(8, 1))")]
    public Task Silent_before_a_normalization_or_by_design(string layers) => Verify.SilentAsync(Code.Sequential(layers));

    [Theory]
    [InlineData("Linear q = Linear(4, 4, false), k = Linear(4, 4, false), v = Linear(4, 4, false), o = Linear(4, 1, false);",
        "var w = functional.softmax(matmul(q.forward(x), k.forward(x).transpose(0, 1)), 1); return o.forward(matmul(w, v.forward(x)));")]
    [InlineData("Linear gate = Linear(4, 8, false), up = Linear(4, 8, false), down = Linear(8, 1, false);",
        "return down.forward(functional.silu(gate.forward(x)) * up.forward(x));")]
    [InlineData("Embedding e = Embedding(10, 4); private readonly Linear lm_head = Linear(4, 10, false);",
        "return lm_head.forward(e.forward(x));")]
    public Task Silent_in_attention_gates_and_language_models(string fields, string forward) =>
        Verify.SilentAsync(Code.Net("private readonly " + fields, forward));

    [Fact]
    public Task Silent_when_a_norm_is_passed_in() => Verify.SilentAsync("""
        class Block : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv; private readonly Module<Tensor, Tensor> norm; private readonly Linear head = Linear(8, 1);
            public Block(Func<long, Module<Tensor, Tensor>> norm_layer) : base("b")
            {
                conv = Conv2d(3, 8, 3, bias: false);
                norm = norm_layer(8);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => head.forward(norm.forward(conv.forward(x)).flatten(1));
        }
        """);

    [Fact]
    public Task Silent_when_weights_come_from_a_file() => Verify.SilentAsync(
        Code.Net("private readonly Linear a = Linear(4, 8, false), b = Linear(8, 1);", "return b.forward(functional.relu(a.forward(x)));")
            .Replace("var optimizer", "model.load(\"weights.dat\"); var optimizer"));

    [Fact]
    public Task Silent_in_a_block_of_a_network_that_is_loaded() => Verify.SilentAsync("""
        class Block : Module<Tensor, Tensor>
        {
            private readonly Linear a = Linear(4, 8, false), b = Linear(8, 4);
            public Block() : base("b") => RegisterComponents();
            public override Tensor forward(Tensor x) => b.forward(functional.relu(a.forward(x)));
        }
        class Net : Module<Tensor, Tensor>
        {
            private readonly Block block = new();
            public Net() : base("n") => RegisterComponents();
            public override Tensor forward(Tensor x) => block.forward(x);
        }
        static class Program
        {
            static Net Load() { var net = new Net(); net.load("weights.dat"); return net; /* optim */ }
        }
        """);

    [Fact]
    public Task Silent_between_two_layers_that_are_one() =>
        Verify.SilentAsync(Code.Sequential("Sequential(Linear(100, 4, false), Linear(4, 8))"));

    [Fact]
    public Task Silent_at_the_end_of_a_block() => Verify.SilentAsync("""
        class Block : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 8, false);
            public Block() : base("b") => RegisterComponents();
            public override Tensor forward(Tensor x) => functional.relu(fc.forward(x));
        }
        """);

    [Fact]
    public Task Silent_when_the_switch_is_not_known() => Verify.SilentAsync("""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear a, b = Linear(8, 1);
            public Net(bool bias) : base("n") { a = Linear(4, 8, bias); RegisterComponents(); }
            public override Tensor forward(Tensor x) => b.forward(functional.relu(a.forward(x)));
        }
        """);

    /// <summary>DCGAN leaves the bias out of every convolution, also of the first and the last, which nothing normalizes.</summary>
    [Fact]
    public Task Silent_on_a_recipe_without_any() => Verify.SilentAsync(Code.Net(
        "private readonly Sequential net = Sequential(Conv2d(3, 64, 4, 2, 1, bias: false), LeakyReLU(0.2), "
            + "Conv2d(64, 128, 4, 2, 1, bias: false), BatchNorm2d(128), LeakyReLU(0.2), Conv2d(128, 1, 4, bias: false), Sigmoid());",
        "return net.forward(x).view(-1);", "functional.binary_cross_entropy(prediction, target)", "rand(8)", "randn(8, 3, 16, 16)"));
}
