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
}
