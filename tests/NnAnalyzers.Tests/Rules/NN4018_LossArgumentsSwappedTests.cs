namespace NnAnalyzers.Tests.Rules;

public class NN4018_LossArgumentsSwappedTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc = Linear(4, 3);";

    private static string Net(string loss, string target = "rand(8, 3)", string result = "fc.forward(x)", string more = "") =>
        Code.Net(Layers, $"return {result};", loss, target, more: more);

    [Theory]
    [InlineData("functional.binary_cross_entropy(A, B)", "fc.forward(x).sigmoid()")]
    [InlineData("functional.binary_cross_entropy_with_logits(A, B)", "fc.forward(x)")]
    [InlineData("BCELoss().call(A, B)", "fc.forward(x).sigmoid()")]
    [InlineData("BCEWithLogitsLoss().forward(A, B)", "fc.forward(x)")]
    [InlineData("CrossEntropyLoss().call(A, B)", "fc.forward(x)")]
    [InlineData("functional.cross_entropy(A, B, reduction: Reduction.Mean)", "fc.forward(x)")]
    [InlineData("functional.cross_entropy(input: A, target: B)", "fc.forward(x)")]
    [InlineData("functional.poisson_nll_loss(A, B)", "fc.forward(x)")]
    [InlineData("functional.kl_div(A, B, log_target: false)", "functional.log_softmax(fc.forward(x), 1)")]
    [InlineData("functional.cross_entropy(A, /* what */ B /* is it */) // told", "fc.forward(x)")]
    public Task The_two_change_places(string loss, string result)
    {
        string Call(string a, string b) => loss.Replace("A", a).Replace("B)", b + ")").Replace("B,", b + ",").Replace("B /*", b + " /*");
        var (before, after) = (Call("target", "prediction"), Call("prediction", "target"));
        var end = before.EndsWith(')') ? before.Length : before.IndexOf(" //", StringComparison.Ordinal);
        return Verify.FixAsync(Net($"{{|NN4018:{before[..end]}|}}{(end < before.Length ? "; " + before[end..] + "\n            " : "")}",
            result: result), Net(after[..end] + (end < before.Length ? "; " + before[end..] + "\n            " : ""), result: result));
    }

    [Fact]
    public Task In_a_trainer_that_chains_it() => Verify.FixAsync(Trainer("{|NN4018:criterion.forward(y, model.forward(x))|}"),
        Trainer("criterion.forward(model.forward(x), y)"));

    private static string Trainer(string loss) => Net("functional.mse_loss(prediction, target)", more: $$"""
        class Trainer
        {
            private readonly Net model = new();
            private readonly BCEWithLogitsLoss criterion = BCEWithLogitsLoss();
            private readonly optim.Optimizer optimizer;
            public Trainer() => optimizer = optim.Adam(model.parameters());
            public void Step(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                {{loss}}.backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task With_the_batches_of_a_loader() => Verify.FiresAsync(Net("functional.mse_loss(prediction, target)", more: """
        static class Use
        {
            static void Train(Net model, DataLoader data, optim.Optimizer optimizer)
            {
                foreach (var batch in data)
                {
                    var loss = {|NN4018:functional.cross_entropy(batch["label"].to(float32), model.forward(batch["data"]))|};
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """));

    [Theory]
    [InlineData("functional.mse_loss(target, prediction)")]
    [InlineData("functional.l1_loss(target, prediction)")]
    [InlineData("functional.huber_loss(target, prediction)")]
    [InlineData("functional.binary_cross_entropy_with_logits(prediction, target)")]
    [InlineData("functional.kl_div(log(target), functional.log_softmax(prediction, 1))")] // the other divergence
    [InlineData("functional.cross_entropy(prediction, functional.softmax(prediction.detach(), 1))")]
    public Task Silent(string loss) => Verify.SilentAsync(Net(loss));

    [Fact]
    public Task Silent_on_adversaries_and_teachers() => Verify.SilentAsync("""
        static class Program
        {
            static void Train(Tensor real)
            {
                var maker = Sequential(Linear(4, 8), ReLU(), Linear(8, 2));
                var judge = Sequential(Linear(2, 8), ReLU(), Linear(8, 1));
                var (first, second) = (optim.Adam(maker.parameters()), optim.Adam(judge.parameters()));
                for (var step = 0; step < 100; step++)
                {
                    var fake = maker.forward(randn(16, 4));
                    var loss = functional.binary_cross_entropy_with_logits(judge.forward(real), ones(16, 1))
                        + functional.binary_cross_entropy_with_logits(judge.forward(fake.detach()), zeros(16, 1));
                    second.zero_grad();
                    loss.backward();
                    second.step();
                    first.zero_grad();
                    functional.binary_cross_entropy_with_logits(judge.forward(fake), ones(16, 1)).backward();
                    first.step();
                }
            }
            static void Distill(Module<Tensor, Tensor> teacher, Module<Tensor, Tensor> student, optim.Optimizer optimizer, Tensor x)
            {
                teacher.eval();
                Tensor soft;
                using (no_grad()) soft = teacher.forward(x).softmax(1);
                var loss = functional.kl_div(student.forward(x).log_softmax(1), soft, log_target: false);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
            static void Together(Module<Tensor, Tensor> one, Module<Tensor, Tensor> other, optim.Optimizer optimizer, Tensor x)
            {
                var loss = functional.cross_entropy(one.forward(x).detach(), other.forward(x).softmax(1));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Silent_on_scores_that_are_learned_without_a_layer() => Verify.SilentAsync("""
        static class Program
        {
            static void Train(Tensor x)
            {
                var teacher = Sequential(Linear(4, 3));
                var scores = Parameter(zeros(8, 3));
                var optimizer = optim.Adam(new[] { scores });
                for (var step = 0; step < 100; step++)
                {
                    var loss = functional.cross_entropy(scores, teacher.forward(x).softmax(1));
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_where_what_comes_first_is_not_read() => Verify.SilentAsync(Net("functional.mse_loss(prediction, target)", more: """
        static class Use
        {
            static void Train(Net model, Func<Tensor, Tensor> other, Tensor x, optim.Optimizer optimizer)
            {
                var loss = functional.cross_entropy(other(x), model.forward(x));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }
        """));
}
