namespace NnAnalyzers.Tests.Rules;

public class NN4017_ReductionOverBatchTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8), fc2 = Linear(8, 3);";
    private const string Nll = "functional.nll_loss(prediction, target)", Classes = "randint(3, new long[] { 8 })";
    private const string Sequence = "Sequential(Linear(4, 8), ReLU(), Linear(8, 3)";

    [Theory]
    [InlineData("functional.log_softmax(x, A)", Nll)]
    [InlineData("functional.log_softmax(x, dim: A)", "NLLLoss().call(prediction, target)")]
    [InlineData("x.log_softmax(A)", "NLLLoss().forward(prediction.to(float32), target)")]
    [InlineData("x.softmax(A)", "functional.nll_loss(prediction.clamp(1e-8, 1).log(), target)")]
    [InlineData("x.softmax(A)", "functional.nll_loss((prediction + 1e-8).log(), target)")]
    public Task Before_a_loss_over_classes(string softmax, string loss) => Verify.FixAsync(
        Code.Net(Layers, $"x = fc2.forward(fc1.forward(x));\n        return {{|NN4017:{softmax.Replace("A", "0")}|}}; // of classes",
            loss, Classes),
        Code.Net(Layers, $"x = fc2.forward(fc1.forward(x));\n        return {softmax.Replace("A", "-1")}; // of classes", loss, Classes));

    [Fact]
    public Task Over_the_first_of_two_axes_from_the_end() => Verify.FixAsync(
        Code.Net(Layers, "return {|NN4017:functional.log_softmax(fc2.forward(fc1.forward(x)), /* batch */ -2)|};", Nll, Classes),
        Code.Net(Layers, "return functional.log_softmax(fc2.forward(fc1.forward(x)), /* batch */ -1);", Nll, Classes));

    [Theory]
    [InlineData("-prediction.gather(1, target.unsqueeze(1)).log().mean()")]
    [InlineData("-(prediction.gather(1, target.unsqueeze(1)).squeeze(1) + 1e-8).log().mean()")]
    [InlineData("-prediction[arange(8), target].log().mean()")]
    [InlineData("-(functional.one_hot(target, 3) * (prediction + 1e-8).log()).sum(1).mean()")]
    [InlineData("(functional.one_hot(target, 3) * -log(prediction.clamp(1e-6, 1))).sum(-1).mean()")]
    [InlineData("functional.kl_div((prediction + 1e-8).log(), rand(8, 3), log_target: false)")]
    public Task Where_one_score_a_sample_counts(string loss) => Verify.FixAsync(
        Code.Sequential(Sequence + ", {|NN4017:Softmax(0)|})", loss, Classes),
        Code.Sequential(Sequence + ", Softmax(-1))", loss, Classes));

    [Fact]
    public Task Pictures_have_their_classes_on_the_second_axis() => Verify.FixAsync(
        Code.Sequential("Sequential(Conv2d(1, 3, 1), {|NN4017:LogSoftmax(0)|})", Nll, "randint(3, new long[] { 8, 5, 5 })",
            "randn(8, 1, 5, 5)"),
        Code.Sequential("Sequential(Conv2d(1, 3, 1), LogSoftmax(1))", Nll, "randint(3, new long[] { 8, 5, 5 })", "randn(8, 1, 5, 5)"));

    [Theory]
    [InlineData("{|NN4017:e / e.sum(0, keepdim: true)|}", "e / e.sum(-1, keepdim: true)")]
    [InlineData("{|NN4017:e / y.exp().sum(0, keepdim: true)|}", "e / y.exp().sum(-1, keepdim: true)")]
    public Task Written_out(string before, string after)
    {
        string Train(string softmax) => Code.Net(Layers,
            $"var y = fc2.forward(fc1.forward(x));\n        var e = y.exp();\n        return {softmax};",
            "-prediction.gather(1, target.unsqueeze(1)).mean()", Classes);
        return Verify.FixAsync(Train(before), Train(after));
    }

    [Theory]
    [InlineData("{|NN4017:e / e.sum(new long[] { 0 })|}")] // without the axis the fix would have to add it
    [InlineData("{|NN4017:y - y.logsumexp(0)|}")]
    public Task Written_out_without_a_fix(string softmax) => Verify.FiresAsync(Code.Net(Layers,
        $"var y = fc2.forward(fc1.forward(x));\n        var e = y.exp();\n        return {softmax};",
        "-prediction.gather(1, target.unsqueeze(1)).mean()", Classes));

    [Fact]
    public Task In_a_trainer_and_for_single_states() => Verify.FixAsync(Agent("{|NN4017:Softmax(0)|}"), Agent("Softmax(-1)"));

    private static string Agent(string softmax) => $$"""
        class Agent
        {
            private readonly Module<Tensor, Tensor> policy = Sequential(Linear(2, 8), ReLU(),
                Linear(8, 2), // left or right
                {{softmax}});
            private readonly optim.Optimizer optimizer;
            public Agent() => optimizer = optim.Adam(policy.parameters());
            public float Act(float[] state)
            {
                using var quiet = no_grad();
                return policy.forward(tensor(state))[0].item<float>();
            }
            public void Learn(float[] states, long[] actions, float[] returns)
            {
                var batch = tensor(states, new long[] { actions.Length, 2 });
                var chances = policy.forward(batch).gather(1, tensor(actions).unsqueeze(1)).squeeze(1);
                var loss = -(tensor(returns) * log(chances + 1e-8)).mean();
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }
        """;

    [Fact]
    public Task Without_a_fix_where_a_helper_makes_it() => Verify.FiresAsync(Code.Sequential(
        "Sequential(Linear(4, 8), ReLU(), Linear(8, 3), Last(0))", Nll, Classes).Replace("static void Train()",
            "static Module<Tensor, Tensor> Last(long axis) => {|NN4017:LogSoftmax(axis)|};\n    static void Train()"));

    [Theory]
    [InlineData("functional.log_softmax(x, 1)", Nll, Classes)]
    [InlineData("functional.log_softmax(x, -1)", Nll, Classes)]
    [InlineData("functional.log_softmax(x.t(), 0).t()", Nll, Classes)] // turned and turned back
    [InlineData("functional.log_softmax(x[0], 0)", Nll, "tensor(1L)")] // one sample
    [InlineData("(functional.softmax(x, 0) * x).sum(new long[] { 0 })", "functional.mse_loss(prediction, target)", "randn(3)")] // a set
    [InlineData("functional.log_softmax(x.matmul(x.t()), 0)", "-prediction.diagonal().mean()", "randn(1)")] // each with each
    public Task Silent(string result, string loss, string target) => Verify.SilentAsync(
        Code.Net(Layers, $"x = fc2.forward(functional.relu(fc1.forward(x)));\n        return {result};", loss, target));

    [Fact]
    public Task Silent_on_a_ranking_of_one_list() => Verify.SilentAsync(Code.Sequential(
        "Sequential(Linear(4, 8), ReLU(), Linear(8, 1))",
        "-(target.softmax(0) * prediction.log_softmax(0)).sum()", "randn(8, 1)"));

    [Fact]
    public Task Silent_on_attention_with_the_batch_second() => Verify.SilentAsync(Code.Net(
        "private readonly Module<Tensor, Tensor> score = Linear(4, 1), head = Linear(4, 3);",
        "var a = functional.softmax(score.forward(x), 0);\n        return functional.log_softmax(head.forward((a * x).sum(0)), -1);",
        Nll, Classes, "randn(5, 8, 4)"));

    [Fact]
    public Task Silent_where_the_number_of_axes_is_not_known() => Verify.SilentAsync("""
        class Trainer(Module<Tensor, Tensor> model, optim.Optimizer optimizer)
        {
            private readonly Module<Tensor, Tensor> last = LogSoftmax(0);
            public void Step(Tensor x, Tensor y)
            {
                var loss = functional.nll_loss(last.forward(model.forward(x)), y);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Silent_where_it_only_predicts() => Verify.SilentAsync(Code.Net(Layers,
        "x = fc2.forward(functional.relu(fc1.forward(x)));\n        if (!training) return functional.softmax(x, 0);\n        return x;",
        "functional.cross_entropy(prediction, target)", Classes));

    [Fact]
    public Task Clean_proximal_policy_and_accumulation() => Verify.SilentAsync("""
        static class Program
        {
            static void Train(float[][] states, long[] actions, float[] old, float[] advantages)
            {
                var policy = Sequential(Linear(4, 32), Tanh(), Linear(32, 2), LogSoftmax(1));
                var optimizer = optim.Adam(policy.parameters(), 3e-4);
                for (var epoch = 0; epoch < 4; epoch++)
                {
                    for (var part = 0; part < 8; part++)
                    {
                        var s = randn(32, 4);
                        var taken = policy.forward(s).gather(1, tensor(actions).unsqueeze(1)).squeeze(1);
                        var ratio = (taken - tensor(old)).exp();
                        var gain = tensor(advantages);
                        gain = (gain - gain.mean()) / (gain.std() + 1e-8);
                        var loss = -minimum(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean() / 4;
                        loss.backward();
                        if (part % 4 != 3) continue;
                        optimizer.step();
                        optimizer.zero_grad();
                    }
                }
            }
        }
        """);
}
