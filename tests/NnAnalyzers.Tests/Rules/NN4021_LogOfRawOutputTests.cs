namespace NnAnalyzers.Tests.Rules;

public class NN4021_LogOfRawOutputTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8), fc2 = Linear(8, 3);";

    private static string Net(string loss, string result = "y", string target = "rand(8, 3)") =>
        Code.Net(Layers, $"var y = fc2.forward(functional.relu(fc1.forward(x)));\n        return {result};", loss, target);

    private const string Binary = "functional.binary_cross_entropy_with_logits(prediction, target.to_type(prediction.dtype))";

    [Theory]
    [InlineData("-(target * {|NN4021:prediction.log()|}).sum(1).mean()")]
    [InlineData("-(target * {|NN4021:log(prediction)|}).sum(-1).mean()")]
    [InlineData("(-target * {|NN4021:log(prediction)|}).sum(-1).mean()", false)]
    [InlineData("(target * -{|NN4021:log(prediction)|}).sum(1).mean()")]
    [InlineData("-({|NN4021:log(prediction + 1e-7)|} * target).sum(1).mean()")]
    [InlineData("-(target * {|NN4021:prediction.clamp(1e-7, 1).log()|}).sum(1).mean()")]
    [InlineData("-(target * {|NN4021:log(prediction)|}).sum()", false)]
    [InlineData("-{|NN4021:log(prediction.gather(1, target.to(int64)))|}.mean()", false)]
    [InlineData("-{|NN4021:(prediction.gather(1, target.to(int64)) + 1e-8).log()|}.mean()", false)]
    public Task Of_classes(string loss, bool isMended = true)
    {
        const string after = "functional.cross_entropy(prediction, target.to_type(prediction.dtype))";
        return isMended ? Verify.FixAsync(Net(loss), Net(after)) : Verify.FiresAsync(Net(loss));
    }

    [Theory]
    [InlineData("-(target * {|NN4021:log(prediction)|} + (1 - target) * log(1 - prediction)).mean()")]
    [InlineData("-(target * {|NN4021:log(prediction + 1e-7)|} + (1 - target) * log(1 - prediction + 1e-7)).mean()")]
    [InlineData("-(/* yes */ target * {|NN4021:prediction.log()|} + (1 - target) * log(1 - prediction)).mean()", "/* yes */ ")]
    public Task Of_yes_and_no(string loss, string comment = "") => Verify.FixAsync(Net(loss), Net(comment + Binary));

    [Fact]
    public Task Inside_the_module() => Verify.FixAsync(Module("-(y * {|NN4021:p.log()|}).sum(1).mean()"),
        Module("functional.cross_entropy(p, y.to_type(p.dtype))"));

    private static string Module(string loss) => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 3);
            public Net() : base("n") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.forward(x);
            public Tensor Loss(Tensor x, Tensor y)
            {
                var p = forward(x); // of each class
                return {{loss}};
            }
        }
        class Trainer
        {
            private readonly Net model = new();
            private readonly optim.Optimizer optimizer;
            public Trainer() => optimizer = optim.Adam(model.parameters());
            public void Step(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                model.Loss(x, y).backward();
                optimizer.step();
            }
        }
        """;

    [Theory]
    [InlineData("-(target * (prediction + 1e-8).log()).sum(1).mean()", "y.softmax(1)")]
    [InlineData("-(target * prediction.clamp(1e-7, 1).log()).sum(1).mean()", "functional.softmax(y, 1)")]
    [InlineData("-(target * (prediction + 1e-8).log()).sum(1).mean()", "y.exp() / y.exp().sum(1, keepdim: true)")]
    [InlineData("-(target * log(prediction + 1e-7) + (1 - target) * log(1 - prediction + 1e-7)).mean()", "y.sigmoid()")]
    [InlineData("(prediction - target * log(prediction)).mean()", "y")] // a Poisson likelihood
    [InlineData("(prediction - target * log(prediction + 1e-8)).mean()", "functional.softplus(y)")]
    [InlineData("(log(prediction + 1) - log(target + 1)).pow(2).mean()", "y")]
    [InlineData("(target * prediction).sum(1).mean()", "y")]
    [InlineData("(log(prediction[.., 1]) + ((prediction[.., 0] - target[.., 0]) / prediction[.., 1]).pow(2)).mean()", "y")] // a spread
    public Task Silent(string loss, string result) => Verify.SilentAsync(Net(loss, result));

    [Fact]
    public Task Silent_on_rewards_with_a_policy() => Verify.SilentAsync("""
        static class Program
        {
            static void Learn(float[] returns, long[] actions)
            {
                var policy = Sequential(Linear(4, 16), Tanh(), Linear(16, 2), Softmax(-1));
                var optimizer = optim.Adam(policy.parameters());
                var chances = policy.forward(randn(32, 4)).gather(1, tensor(actions).unsqueeze(1)).squeeze(1);
                var loss = -(tensor(returns) * log(chances)).mean();
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Silent_where_a_frozen_network_only_tells_the_target() => Verify.SilentAsync("""
        static class Program
        {
            static void Train(Tensor x)
            {
                var teacher = Sequential(Linear(4, 8), ReLU(), Linear(8, 3));
                var student = Sequential(Linear(4, 3), LogSoftmax(1));
                var optimizer = optim.Adam(student.parameters());
                for (var step = 0; step < 100; step++)
                {
                    Tensor soft;
                    using (no_grad()) soft = teacher.forward(x);
                    var loss = -(soft.softmax(1) * student.forward(x)).sum(1).mean();
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """);
}
