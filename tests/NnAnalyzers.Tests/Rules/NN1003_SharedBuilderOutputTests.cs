namespace NnAnalyzers.Tests.Rules;

public class NN1003_SharedBuilderOutputTests
{
    [Fact]
    public Task The_last_layer_becomes_the_plain_one() => Verify.FixAsync(
        Code.Net("private readonly Sequential layers = Sequential(Dense(4, 8), Dense(8, 8), {|NN1003:Dense(8, 1)|});\n"
            + "    static Module<Tensor, Tensor> Dense(int i, int o) => Sequential(Linear(i, o), ReLU());", "return layers.forward(x);"),
        Code.Net("private readonly Sequential layers = Sequential(Dense(4, 8), Dense(8, 8), Linear(8, 1));\n"
            + "    static Module<Tensor, Tensor> Dense(int i, int o) => Sequential(Linear(i, o), ReLU());", "return layers.forward(x);"));

    [Fact]
    public Task Named_reordered_and_default_arguments_are_carried_over() => Verify.FixAsync(
        Code.Net(
            "private readonly Module<Tensor, Tensor> a = Dense(4, 8), b = {|NN1003:Dense(o: 1, i: 4 + 4)|};\n    static Module<Tensor, "
            + "Tensor> Dense(int i, int o, bool bias = true) { return Sequential(Linear(i, o, bias), BatchNorm1d(o), ReLU()); }",
            "return b.forward(a.forward(x));"),
        Code.Net("private readonly Module<Tensor, Tensor> a = Dense(4, 8), b = Linear(4 + 4, 1, true);\n    static Module<Tensor, Tensor> "
            + "Dense(int i, int o, bool bias = true) { return Sequential(Linear(i, o, bias), BatchNorm1d(o), ReLU()); }",
            "return b.forward(a.forward(x));"));

    [Theory]
    [InlineData("Dense(8, 1)", "Dense(8, 1, activate: false)")]
    [InlineData("Dense(8, 1, true)", "Dense(8, 1, false)")]
    [InlineData("Dense(8, 1, activate: true)", "Dense(8, 1, activate: false)")]
    public Task The_helpers_own_switch_is_used(string before, string after)
    {
        const string helper = "\n    static Module<Tensor, Tensor> Dense(int i, int o, bool activate = true) => activate ? "
            + "Sequential(Linear(i, o), ReLU()) : Linear(i, o);";
        return Verify.FixAsync(
            Code.Net($"private readonly Sequential layers = Sequential(Dense(4, 8), {{|NN1003:{before}|}});" + helper,
                "return layers.forward(x);"),
            Code.Net($"private readonly Sequential layers = Sequential(Dense(4, 8), {after});" + helper, "return layers.forward(x);"));
    }

    [Fact]
    public Task Arguments_keep_their_precedence() => Verify.FixAsync(
        Code.Net("private readonly Module<Tensor, Tensor> a = Dense(2, 8), b = {|NN1003:Dense(2 + 2, 1)|};\n    static "
            + "Module<Tensor, Tensor> Dense(int i, int o) => Sequential(Linear(i * 2, o), ReLU());", "return b.forward(a.forward(x));"),
        Code.Net("private readonly Module<Tensor, Tensor> a = Dense(2, 8), b = Linear((2 + 2) * 2, 1);\n    static Module<Tensor, Tensor> "
            + "Dense(int i, int o) => Sequential(Linear(i * 2, o), ReLU());", "return b.forward(a.forward(x));"));

    [Fact]
    public Task A_helper_on_tensors() => Verify.FixAsync(
        Code.Net("private readonly Linear fc1 = Linear(4, 8), fc2 = Linear(8, 1);\n    static Tensor Layer(Linear fc, Tensor input) => "
            + "functional.relu(fc.forward(input));", "return {|NN1003:Layer(fc2, Layer(fc1, x))|};"),
        Code.Net("private readonly Linear fc1 = Linear(4, 8), fc2 = Linear(8, 1);\n"
            + "    static Tensor Layer(Linear fc, Tensor input) => functional.relu(fc.forward(input));",
            "return fc2.forward(Layer(fc1, x));"));

    [Fact]
    public Task Silent_when_the_activation_is_switched_off() => Verify.SilentAsync(
        Code.Net("private readonly Sequential layers = Sequential(Dense(4, 8), Dense(8, 1, false));\n    static Module<Tensor, Tensor> "
            + "Dense(int i, int o, bool activate = true) => activate ? Sequential(Linear(i, o), ReLU()) : Linear(i, o);",
            "return layers.forward(x);"));

    [Fact]
    public Task Silent_in_a_block() => Verify.SilentAsync("""
        class Block : Module<Tensor, Tensor>
        {
            private readonly Sequential layers = Sequential(Dense(4, 8), Dense(8, 8));
            public Block() : base("b") => RegisterComponents();
            static Module<Tensor, Tensor> Dense(int i, int o) => Sequential(Linear(i, o), ReLU());
            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        """);

    [Fact]
    public Task Used_once_it_is_the_output_activation_that_counts() => Verify.FiresAsync(
        Code.Net("private readonly Sequential layers = Sequential(Linear(4, 8), ReLU(), Dense(8, 1));\n    static Module<Tensor, Tensor> "
            + "Dense(int i, int o) => Sequential(Linear(i, o), {|NN1001:ReLU()|});", "return layers.forward(x);"));
}
