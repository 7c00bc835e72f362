namespace NnAnalyzers.Tests.Rules;

public class NN1011_SoftmaxOverOneTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8), fc2 = Linear(8, 1);";

    [Theory]
    [InlineData("functional.softmax(x, 1)")]
    [InlineData("functional.log_softmax(x, dim: -1)")]
    [InlineData("x.softmax(1)")]
    [InlineData("torch.softmax(x, -1)")]
    public Task Over_the_only_output(string softmax) =>
        Verify.FiresAsync(Code.Net(Layers, $"x = fc2.forward(fc1.forward(x)); return {{|NN1011:{softmax}|}};",
            "functional.cross_entropy(prediction, target)", "randint(1, new long[] { 8 })"));

    [Fact]
    public Task Of_an_input_of_unknown_shape_over_the_last_axis() =>
        Verify.FiresAsync("class Net : Module<Tensor, Tensor> { private readonly Linear fc = Linear(8, 1); public Net() : base(\"n\") => "
            + "RegisterComponents(); public override Tensor forward(Tensor x) => {|NN1011:functional.softmax(fc.forward(x), -1)|}; }");

    [Fact]
    public Task The_binary_loss_on_logits_takes_its_place() => Verify.FixAsync(
        Code.Net(Layers, "x = fc2.forward(fc1.forward(x));\n        return {|NN1011:functional.softmax(x, 1)|}; // probability",
            "functional.binary_cross_entropy(prediction, target)"),
        Code.Net(Layers, "x = fc2.forward(fc1.forward(x));\n        return x; // probability",
            "functional.binary_cross_entropy_with_logits(prediction, target)"));

    [Fact]
    public Task In_a_Sequential() => Verify.FixAsync(
        Code.Sequential("Sequential(Linear(4, 8), ReLU(), Linear(8, 1), {|NN1011:Softmax(1)|})", "BCELoss().call(prediction, target)"),
        Code.Sequential("Sequential(Linear(4, 8), ReLU(), Linear(8, 1))", "BCEWithLogitsLoss().call(prediction, target)"));

    [Fact]
    public Task A_number_is_given_as_it_is() => Verify.FixAsync(
        Code.Sequential("Sequential(Linear(4, 8), ReLU(), Linear(8, 1), {|NN1011:Softmax(-1)|})", "MSELoss().call(prediction, target)"),
        Code.Sequential("Sequential(Linear(4, 8), ReLU(), Linear(8, 1))", "MSELoss().call(prediction, target)"));

    /// <summary>The helper's other network needs it.</summary>
    [Fact]
    public async Task No_fix_where_another_network_is_made_by_the_same_line()
    {
        var findings = await Verify.FindAsync("""
            static class Program
            {
                static Module<Tensor, Tensor> Make(int outputs) => Sequential(Linear(4, 8), ReLU(), Linear(8, outputs), Softmax(-1));
                static void Train(Tensor x, Tensor value, Tensor share)
                {
                    var (critic, actor) = (Make(1), Make(5));
                    (functional.mse_loss(critic.call(x), value) + functional.mse_loss(actor.call(x), share)).backward();
                }
            }
            """);
        Assert.DoesNotContain(findings, f => f.Properties.ContainsKey(FixProperties.Title));
    }

    [Theory]
    [InlineData("return functional.softmax(fc1.forward(x), 1);")]
    [InlineData("return functional.softmax(fc2.forward(fc1.forward(x)), 0);")]
    public Task Silent(string forward) => Verify.SilentAsync(Code.Net(Layers, forward, "prediction.sum()"));

    [Fact]
    public Task Silent_on_attention_over_time() => Verify.SilentAsync(
        "class Net : Module<Tensor, Tensor> { private readonly Linear score = Linear(8, 1); public Net() : base(\"n\") => "
            + "RegisterComponents(); public override Tensor forward(Tensor x) => (x * functional.softmax(score.forward(x), 1)).sum(1); }");

    /// <summary>A threshold wants probabilities.</summary>
    [Theory]
    [InlineData("functional.softmax(x, 1)", "functional.sigmoid(x)")]
    [InlineData("x.softmax(-1)", "x.sigmoid()")]
    [InlineData("torch.softmax(x, 1)", "torch.sigmoid(x)")]
    public Task A_sigmoid_takes_its_place_where_others_look(string softmax, string sigmoid)
    {
        string Train(string output) => Code.Net(Layers, $"x = fc2.forward(fc1.forward(x)); return {output};",
            "functional.binary_cross_entropy(prediction, target) * (prediction > 0.5).to(float32).mean()");
        return Verify.FixAsync(Train($"{{|NN1011:{softmax}|}}"), Train(sigmoid));
    }

    [Fact]
    public Task A_sigmoid_layer_takes_its_place() => Verify.FixAsync(
        Code.Sequential("Sequential(Linear(4, 8), ReLU(), Linear(8, 1), {|NN1011:Softmax(dim: 1)|})",
            "BCELoss().call(prediction, target) * prediction.gt(0.5).to(float32).mean()"),
        Code.Sequential("Sequential(Linear(4, 8), ReLU(), Linear(8, 1), Sigmoid())",
            "BCELoss().call(prediction, target) * prediction.gt(0.5).to(float32).mean()"));
}
