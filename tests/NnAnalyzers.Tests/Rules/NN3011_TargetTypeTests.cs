namespace NnAnalyzers.Tests.Rules;

public class NN3011_TargetTypeTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8), fc2 = Linear(8, 3);";
    private const string Forward = "return fc2.forward(functional.relu(fc1.forward(x)));";

    [Theory]
    [InlineData("functional.cross_entropy(prediction, target)", "tensor(new int[] { 0, 1, 2, 0, 1, 2, 0, 1 })", "int64")]
    [InlineData("CrossEntropyLoss().forward(prediction, target)", "tensor(new float[] { 0, 1, 2, 0, 1, 2, 0, 1 })", "int64")]
    [InlineData("functional.cross_entropy(prediction, target)", "randint(3, new long[] { 8 }, dtype: ScalarType.Int32)", "int64")]
    [InlineData("functional.cross_entropy(prediction, target)", "randint(3, new long[] { 8 }).to(float32)", "int64")]
    [InlineData("functional.cross_entropy(prediction, target)", "functional.one_hot(randint(3, new long[] { 8 }), 3)", "float32")]
    [InlineData("functional.mse_loss(prediction, target)", "tensor(new double[8, 3])", "float32")]
    [InlineData("functional.mse_loss(prediction, target)", "zeros(8, 3, float64) + 1", "float32")]
    [InlineData("HuberLoss().forward(prediction, target)", "randint(3, new long[] { 8, 3 })", "float32")]
    [InlineData("functional.binary_cross_entropy_with_logits(prediction, target)", "randint(2, new long[] { 8, 3 })", "float32")]
    [InlineData("functional.l1_loss(prediction, target)", "rand(8, 3) > 0.5", "float32")]
    public Task The_type_is_changed_at_the_loss(string loss, string target, string wanted) => Verify.FixAsync(
        Code.Net(Layers, Forward, $"{{|NN3011:{loss}|}}", target),
        Code.Net(Layers, Forward, loss.Replace("target)", $"target.to(torch.{wanted}))"), target));

    [Theory]
    [InlineData("functional.cross_entropy(prediction, target)", "tensor(new long[] { 0, 1, 2, 0, 1, 2, 0, 1 })")]
    [InlineData("functional.cross_entropy(prediction, target)", "tensor(new byte[] { 0, 1, 2, 0, 1, 2, 0, 1 })")]
    [InlineData("functional.cross_entropy(prediction, target)", "tensor(new int[] { 0, 1, 2, 0, 1, 2, 0, 1 }).to(int64)")]
    [InlineData("functional.cross_entropy(prediction, target)", "tensor(new int[] { 0, 1, 2, 0, 1, 2, 0, 1 }, dtype: ScalarType.Int64)")]
    [InlineData("functional.cross_entropy(prediction, target)", "functional.one_hot(randint(3, new long[] { 8 }), 3).to(float32)")]
    [InlineData("functional.cross_entropy(prediction, target)", "rand(8, 3).argmax(1)")]
    [InlineData("functional.mse_loss(prediction, target)", "tensor(new double[8, 3]).@float()")]
    [InlineData("functional.mse_loss(prediction, target.to_type(prediction.dtype))", "tensor(new double[8, 3])")]
    [InlineData("functional.mse_loss(prediction, target)", "tensor(new float[8, 3]) * 2.0")]
    [InlineData("functional.mse_loss(prediction, target)", "tensor(new float[8, 3]) * tensor(2.0)")]
    [InlineData("functional.mse_loss(prediction, target)", "randint(3, new long[] { 8, 3 }) / 2")]
    [InlineData("functional.l1_loss(prediction, target)", "tensor(new double[8, 3])")]
    [InlineData("functional.smooth_l1_loss(prediction, target)", "randint(3, new long[] { 8, 3 })")]
    [InlineData("functional.binary_cross_entropy_with_logits(prediction, target)", "tensor(new double[8, 3])")]
    public Task Silent_on_what_the_loss_takes(string loss, string target) => Verify.SilentAsync(Code.Net(Layers, Forward, loss, target));

    [Fact]
    public Task Silent_where_the_network_is_moved_to_the_type_of_its_targets() => Verify.SilentAsync("""
        static class P
        {
            static void Main()
            {
                var net = Sequential(("a", Linear(4, 8)), ("r", ReLU()), ("b", Linear(8, 1)));
                net.to(float64);
                var optimizer = optim.Adam(net.parameters());
                var (x, y) = (rand(8, 4, float64), tensor(new double[8, 1]));
                for (var i = 0; i < 100; i++)
                {
                    using var scope = NewDisposeScope();
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Labels_of_a_list_in_a_trainer_class_are_converted_where_the_loss_is() => Verify.FixAsync(Trainer("{|NN3011:", "|}", "y"),
        Trainer("", "", "y.to(torch.int64)"));

    [Fact]
    public Task Silent_where_a_conversion_is_thrown_away_since_another_rule_speaks() => Verify.FiresAsync(Trainer("", "", "y")
        .Replace("using var x", "{|NN7006:y.to(int64)|}; using var x"));

    [Fact]
    public Task A_class_of_its_own_that_is_moved_to_a_device_keeps_its_type() => Verify.FiresAsync("""
        class River : Module<Tensor, Tensor>
        {
            private readonly Linear bed = Linear(7, 8), mouth = Linear(8, 1);
            public River() : base("river") => RegisterComponents();
            public override Tensor forward(Tensor rain) => mouth.forward(functional.relu(bed.forward(rain)));
        }
        record Week(float[] Rain, double Water);
        static class P
        {
            static void Train(List<Week> weeks, Companion run)
            {
                var rain = tensor(weeks.SelectMany(w => w.Rain).ToArray(), new long[] { weeks.Count, 7 }).to(run.Device);
                var water = tensor(weeks.Select(w => w.Water).ToArray()).unsqueeze(1).to(run.Device);
                using var river = new River();
                river.to(run.Device);
                var optimizer = optim.Adam(river.parameters());
                for (var step = 0; step < 100; step++)
                {
                    using var scope = NewDisposeScope();
                    var loss = {|NN3011:functional.mse_loss(river.forward(rain.narrow(0, 0, 64)), water.narrow(0, 0, 64))|};
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        class Companion { public Device Device => CPU; }
        """);

    private static string Trainer(string open, string close, string target) => $$"""
        class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Sequential(Linear(4, 8), ReLU(), Linear(8, 3));
            private readonly optim.Optimizer optimizer;
            private readonly CrossEntropyLoss criterion = CrossEntropyLoss();
            public Trainer() => optimizer = optim.Adam(net.parameters());

            public void Fit(float[,] rows, List<int> labels)
            {
                // labels as they were read
                using var y = tensor(labels);
                using var x = tensor(rows);
                for (var i = 0; i < 300; i++)
                {
                    using var scope = NewDisposeScope();
                    optimizer.zero_grad();
                    {{open}}criterion.forward(net.forward(x), {{target}} /* numbers */){{close}}.backward();
                    optimizer.step();
                }
            }
        }
        """;
}
