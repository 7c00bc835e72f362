namespace NnAnalyzers.Tests.Graph;

/// <summary>Networks in fields of objects that training code is handed.</summary>
public class FieldTests
{
    private const string TrainsAgent = "static class Program { static void Train(Agent agent, Tensor x, Tensor y) => "
        + "functional.mse_loss(agent.Policy.forward(x), y).backward(); }";

    [Theory]
    [InlineData("public readonly Sequential Policy = Sequential(Linear(2, 64), Linear(64, 2), {|NN1001:ReLU()|});")]
    [InlineData("public Sequential Policy { get; } = Sequential(Linear(2, 64), Linear(64, 2), {|NN1001:ReLU()|});")]
    public Task A_field_of_an_object_from_outside(string field) => Verify.FiresAsync($"class Agent {{ {field} }}",
        TrainsAgent);

    /// <summary>What can be set to anything is not what it was initialized to.</summary>
    [Fact]
    public Task Silent_on_a_field_that_may_be_another() => Verify.SilentAsync(
        "class Agent { public Sequential Policy = Sequential(Linear(2, 64), Linear(64, 2), ReLU()); }",
        TrainsAgent);

    private static string Masked(string given, string asked, string open = "", string close = "") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(8, 2);
            public Net() : base("net") { register_buffer({{given}}); RegisterComponents(); }
            public override Tensor forward(Tensor x) => {{open}}fc.forward(matmul(x, get_buffer({{asked}}))){{close}};
        }
        """;

    [Fact]
    public Task A_buffer_is_the_tensor_registered_by_its_name() => Verify.Sizes.FiresAsync(
        Masked("\"mix\", ones(4, 6), persistent: false", "\"mix\"", "{|NN3003:", "|}"));

    [Theory]
    [InlineData("\"mix\", ones(4, 8)", "\"mix\"")]
    [InlineData("\"mix\", ones(4, 6)", "\"other\"")]
    public Task Silent_on_a_buffer_that_fits_and_on_another(string given, string asked) =>
        Verify.Sizes.SilentAsync(Masked(given, asked));
}
