namespace NnAnalyzers.Tests.Rules;

public class NN1014_ProbabilityMissingTests
{
    private const string Layers = "private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8), fc2 = Linear(8, 3);";
    private const string Forward = "return fc2.forward(functional.relu(fc1.forward(x))); // scores";
    private const string Classes = "randint(3, new long[] { 8 })", Chances = "rand(8, 3)";

    [Theory]
    [InlineData("functional.nll_loss(prediction, target)", "functional.cross_entropy(prediction, target)", Classes)]
    [InlineData("NLLLoss().call(prediction, target)", "CrossEntropyLoss().call(prediction, target)", Classes)]
    [InlineData("BCELoss().forward(prediction, target)", "BCEWithLogitsLoss().forward(prediction, target)", Chances)]
    [InlineData("functional.binary_cross_entropy(prediction, target)",
        "functional.binary_cross_entropy_with_logits(prediction, target)", Chances)]
    public Task The_loss_that_has_it_inside_takes_its_place(string loss, string better, string target) => Verify.FixAsync(
        Code.Net(Layers, Forward, $"{{|NN1014:{loss}|}}", target), Code.Net(Layers, Forward, better, target));

    [Theory]
    [InlineData("return fc2.forward(x).tanh();", "functional.binary_cross_entropy(prediction, target)", Chances)]
    [InlineData("return fc2.forward(functional.relu(fc1.forward(x))).sigmoid();", "functional.nll_loss(prediction, target)", Classes)]
    [InlineData("return fc2.forward(x).log_softmax(1);", "functional.binary_cross_entropy(prediction, target)", Chances)]
    [InlineData(Forward, "functional.kl_div(prediction, target)", Chances)]
    [InlineData("return fc2.forward(x).sigmoid();", "KLDivLoss(false).call(prediction, target)", Chances)]
    public Task Without_a_fix_where_another_activation_stands_in_its_place(string forward, string loss, string target) =>
        Verify.FiresAsync(Code.Net(Layers, forward, $"{{|NN1014:{loss}|}}", target));

    [Theory]
    [InlineData("return fc2.forward(x);", "functional.nll_loss(functional.log_softmax(prediction, 1), target)", Classes)]
    [InlineData("return fc2.forward(x);", "NLLLoss().forward((prediction.softmax(1) + 1e-8).log(), target)", Classes)]
    [InlineData("return fc2.forward(x);", "BCELoss().forward(prediction.sigmoid(), target)", Chances)]
    [InlineData("return fc2.forward(x).sigmoid();", "BCELoss().forward(prediction, target)", Chances)]
    [InlineData("return fc2.forward(x);", "functional.kl_div(functional.log_softmax(prediction / 4, 1), target)", Chances)]
    [InlineData("return fc2.forward(x);", "functional.kl_div(prediction - prediction.logsumexp(1, true), target)", Chances)]
    [InlineData("return fc2.forward(x);", "BCELoss().forward(prediction.clamp(0, 1), target)", Chances)]
    [InlineData("return fc2.forward(x);", "functional.cross_entropy(prediction, target)", Classes)]
    public Task Silent(string forward, string loss, string target) => Verify.SilentAsync(Code.Net(Layers, forward, loss, target));

    [Fact]
    public Task Silent_where_a_setting_picks_the_end_of_the_network() => Verify.SilentAsync("""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 3);
            private readonly bool scores;
            public Net(bool scores) : base("n") { this.scores = scores; RegisterComponents(); }
            public override Tensor forward(Tensor x) => scores ? fc.forward(x) : functional.log_softmax(fc.forward(x), 1);
        }
        static class P
        {
            static void Train(bool scores, Tensor x, Tensor y, int how)
            {
                var net = new Net(scores);
                var loss = how == 0 ? functional.cross_entropy(net.forward(x), y) : functional.nll_loss(net.forward(x), y);
                loss.backward();
            }
        }
        """);

    [Fact]
    public Task Silent_in_a_GAN_whose_discriminator_ends_in_a_sigmoid() => Verify.SilentAsync("""
        static class Gan
        {
            static void Main()
            {
                var generator = Sequential(Linear(2, 16), ReLU(), Linear(16, 2));
                var discriminator = Sequential(Linear(2, 16), LeakyReLU(0.2), Linear(16, 1), Sigmoid());
                var criterion = BCELoss();
                var (forG, forD) = (optim.Adam(generator.parameters()), optim.Adam(discriminator.parameters()));
                for (var i = 0; i < 1000; i++)
                {
                    using var scope = NewDisposeScope();
                    var fake = generator.forward(randn(32, 2));
                    forD.zero_grad();
                    var d = criterion.forward(discriminator.forward(randn(32, 2) + 3), ones(32, 1))
                        + criterion.forward(discriminator.forward(fake.detach()), zeros(32, 1));
                    d.backward();
                    forD.step();
                    forG.zero_grad();
                    criterion.forward(discriminator.forward(fake), ones(32, 1)).backward();
                    forG.step();
                }
            }
        }
        """);
}
