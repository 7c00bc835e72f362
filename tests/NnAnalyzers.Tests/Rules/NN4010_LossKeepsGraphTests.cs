namespace NnAnalyzers.Tests.Rules;

public class NN4010_LossKeepsGraphTests
{
    private const string Step = "optimizer.zero_grad();\nvar loss = functional.mse_loss(model.forward(x), y);\nloss.backward();\n"
        + "optimizer.step();\n";

    [Theory]
    [InlineData("Tensor total = zeros(1);", "{|NN4010:total += loss|}; // all of it", "total += loss.detach(); // all of it")]
    [InlineData("Tensor total = zeros(1);", "{|NN4010:total = total + loss|};", "total = total + loss.detach();")]
    [InlineData("Tensor total = zeros(1);", "{|NN4010:total = loss + total|};", "total = loss.detach() + total;")]
    [InlineData("var losses = new List<Tensor>();", "{|NN4010:losses.Add(loss)|};", "losses.Add(loss.detach());")]
    public Task Only_its_value(string before, string turn, string after) =>
        Verify.FixAsync(Code.Loop(Step + turn, before), Code.Loop(Step + after, before));

    [Fact]
    public Task In_fields_of_a_trainer() => Verify.FiresAsync("""
        class Trainer
        {
            private readonly Linear model = Linear(4, 1);
            private readonly optim.Optimizer optimizer;
            private readonly List<Tensor> history = new();
            private Tensor sum = zeros(1);

            public Trainer() => optimizer = optim.Adam(model.parameters());

            public void Train(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    var loss = model.forward(x).pow(2).mean();
                    loss.backward();
                    optimizer.step();
                    {|NN4010:history.Add(loss)|};
                    {|NN4010:sum += loss|};
                }
            }
        }
        """);

    [Theory]
    [InlineData("double total = 0;", "total += loss.item<float>();")]
    [InlineData("Tensor total = zeros(1);", "total += loss.detach();")]
    [InlineData("Tensor total = zeros(1);", "using (no_grad()) total += loss;")]
    [InlineData("var losses = new List<float>();", "losses.Add(loss.item<float>());")]
    [InlineData("var losses = new List<Tensor>();", "losses.Add(loss.detach());")]
    [InlineData("", "var all = new List<Tensor>(); all.Add(loss);")]
    [InlineData("", "Tensor sum = zeros(1); sum += loss;")]
    public Task Silent(string before, string turn) => Verify.SilentAsync(Code.Loop(Step + turn, before));

    // An episode's losses go backward together.
    [Fact]
    public Task Silent_where_the_sum_goes_backward() => Verify.SilentAsync(
        Code.Loop("total += functional.mse_loss(model.forward(x), y);", "Tensor total = zeros(1);",
            "optimizer.zero_grad(); total.backward(); optimizer.step();"),
        Code.Loop("var losses = new List<Tensor>(); for (var k = 0; k < 4; k++) losses.Add(model.forward(x).mean()); "
            + "optimizer.zero_grad(); stack(losses).mean().backward(); optimizer.step();").Replace("class Program", "class Other"));
}
