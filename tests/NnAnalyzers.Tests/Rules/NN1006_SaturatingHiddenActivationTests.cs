namespace NnAnalyzers.Tests.Rules;

public class NN1006_SaturatingHiddenActivationTests
{
    [Fact]
    public Task In_a_Sequential() => Verify.FixAsync(
        Code.Sequential("Sequential(Linear(4, 8), {|NN1006:Sigmoid()|}, Linear(8, 8), {|NN1006:Tanh()|}, /* out */ Linear(8, 1))"),
        Code.Sequential("Sequential(Linear(4, 8), ReLU(), Linear(8, 8), ReLU(), /* out */ Linear(8, 1))"));

    private const string Fields = "private readonly Linear a = Linear(4, 8), b = Linear(8, 8), c = Linear(8, 1);";

    [Theory]
    [InlineData("x = {|NN1006:functional.tanh(a.forward(x))|}; return c.forward(b.forward(x).relu());",
        "x = functional.relu(a.forward(x)); return c.forward(b.forward(x).relu());")]
    [InlineData("x = {|NN1006:a.forward(x).sigmoid()|}; // squash\n        return c.forward({|NN1006:torch.tanh(b.forward(x))|});",
        "x = a.forward(x).relu(); // squash\n        return c.forward(torch.nn.functional.relu(b.forward(x)));")]
    [InlineData("x = {|NN1006:a.forward(x).tanh_()|}; return c.forward(b.forward(x).relu());",
        "x = a.forward(x).relu(); return c.forward(b.forward(x).relu());")]
    public Task In_forward(string before, string after) => Verify.FixAsync(Code.Net(Fields, before), Code.Net(Fields, after));

    [Fact]
    public Task A_layer_in_a_field_with_a_norm_and_dropout_between() => Verify.FiresAsync(Code.Net(
        Fields + " private readonly Module<Tensor, Tensor> act = Tanh(); private readonly Dropout drop = Dropout(0.1); "
            + "private readonly LayerNorm norm = LayerNorm(8);",
        "x = drop.forward({|NN1006:act.forward(norm.forward(a.forward(x)))|}); return c.forward(b.forward(x).relu());"));

    [Fact]
    public Task Built_in_a_loop() => Verify.FixAsync(
        Code.Net("private readonly Sequential layers;", "return layers.forward(x);").Replace("public Net() : base(\"net\") =>",
            "public Net() : base(\"net\") { layers = Sequential(Linear(4, 8), ReLU()); for (var i = 0; i < 3; i++) "
            + "layers.append(Linear(8, 8)).append({|NN1006:Sigmoid()|}); layers.append(Linear(8, 1)); Done(); } private void Done() =>"),
        Code.Net("private readonly Sequential layers;", "return layers.forward(x);").Replace("public Net() : base(\"net\") =>",
            "public Net() : base(\"net\") { layers = Sequential(Linear(4, 8), ReLU()); for (var i = 0; i < 3; i++) "
            + "layers.append(Linear(8, 8)).append(ReLU()); layers.append(Linear(8, 1)); Done(); } private void Done() =>"));

    [Fact]
    public Task By_a_helper() => Verify.FiresAsync(Code.Net(
        "private readonly Module<Tensor, Tensor> a = Dense(4, 8), b = Dense(8, 8); private readonly Linear c = Linear(8, 1); "
            + "private static Sequential Dense(int n, int m) => Sequential(Linear(n, m), {|NN1006:Sigmoid()|});",
        "return c.forward(b.forward(a.forward(x)));"));

    [Theory]
    [InlineData("Sequential(Linear(4, 8), Tanh(), Linear(8, 1))")] // two layers
    [InlineData("Sequential(Linear(4, 8), ReLU(), Linear(8, 8), ReLU(), Linear(8, 1))")]
    [InlineData("Sequential(Linear(4, 8), SiLU(), Linear(8, 8), GELU(), Linear(8, 1))")]
    [InlineData("Sequential(Linear(4, 8), ReLU(), Linear(8, 2), Tanh(), Linear(2, 8), ReLU(), Linear(8, 1))")] // a code
    public Task Silent_in_a_Sequential(string layers) => Verify.SilentAsync(Code.Sequential(layers));

    [Theory]
    [InlineData("var gate = a.forward(x).sigmoid(); return c.forward(b.forward(gate * a.forward(x)).relu());")] // a gate
    [InlineData("var y = a.forward(x).tanh(); return c.forward((b.forward(y) + y).relu());")] // a skip
    [InlineData("var y = a.forward(x); return c.forward(b.forward(0.5 * y * (1 + (0.8 * y).tanh())).relu());")] // GELU
    [InlineData("var y = b.forward(a.forward(x).relu()).relu(); return training ? c.forward(y) : c.forward(y).tanh();")]
    public Task Silent_in_forward(string forward) => Verify.SilentAsync(Code.Net(Fields, forward));

    [Fact]
    public Task Silent_in_a_recurrent_network() => Verify.SilentAsync(Code.Net(
        Fields + " private readonly GRUCell cell = GRUCell(4, 4);",
        "x = cell.forward(x); return c.forward(b.forward(a.forward(x).tanh()).tanh());"));

    [Fact]
    public Task Silent_where_a_setting_picks_the_activation() => Verify.SilentAsync(Code.Net(
        Fields + " private readonly Module<Tensor, Tensor> act; private static Module<Tensor, Tensor> Pick(string name) => name switch "
            + "{ \"tanh\" => Tanh(), \"relu\" => ReLU(), _ => Sigmoid() };",
        "return c.forward(act.forward(b.forward(act.forward(a.forward(x)))));")
        .Replace("public Net() : base(\"net\") =>",
            "public Net(string name) : base(name) { act = Pick(name); Done(); } private void Done() =>")
        .Replace("new Net()", "new Net(Console.ReadLine()!)"));

    private const string Deep = "Sequential(Linear(4, 8), Tanh(), Linear(8, 8), Tanh(), Linear(8, 1))";

    [Fact]
    public Task Silent_on_a_policy() => Verify.SilentAsync(Code.Sequential(Deep.Replace("8, 1)", "8, 3)"), target: "randn(8, 3)", loss:
        "-(functional.log_softmax(prediction, 1) * target).mean() + functional.mse_loss(prediction, target); "
            + "var action = multinomial(prediction.softmax(1), 1)"));

    [Fact]
    public Task Silent_on_a_value_that_another_network_says() => Verify.SilentAsync(
        Code.Sequential(Deep + "; var old = Sequential(Linear(4, 1))", target: "old.forward(randn(8, 4)).detach() * 0.9 + 1"));

    [Fact]
    public Task Silent_where_a_file_brings_the_weights() => Verify.SilentAsync(Code.Net(Fields,
        "return c.forward(b.forward(a.forward(x).tanh()).tanh());")
        .Replace("var model = new Net();", "var model = new Net(); model.load(\"a\");"));

    [Fact]
    public Task A_copy_of_a_model_is_no_file() => Verify.FiresAsync(Code.Net(Fields,
        "return c.forward({|NN1006:b.forward({|NN1006:a.forward(x).tanh()|}).tanh()|});")
        .Replace("var model = new Net();", "var model = new Net(); var average = new Net(); average.load_state_dict(model.state_dict());"));

    [Fact]
    public Task Silent_where_a_file_brings_the_weights_that_are_copied() => Verify.SilentAsync(Code.Net(Fields,
        "return c.forward(b.forward(a.forward(x).tanh()).tanh());")
        .Replace("var model = new Net();",
            "var old = new Net(); old.load(\"a\"); var model = new Net(); model.load_state_dict(old.state_dict());"));
}
