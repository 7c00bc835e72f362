using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Topics of short texts from the mean of their words: gradient descent with a large, tuned rate, clipped, lowered when the test gets
/// worse.
/// </summary>
public static class NewsTopics
{
    private const int Words = 300, Topics = 4;

    private sealed class Network : Module<Tensor, Tensor, Tensor>
    {
        private readonly EmbeddingBag words = EmbeddingBag(Words, 32);
        private readonly Linear hidden = Linear(32, 32), topics = Linear(32, Topics);

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override Tensor forward(Tensor text, Tensor starts) =>
            topics.forward(functional.relu(hidden.forward(words.call(text, starts, null))));
    }

    private static (Tensor Text, Tensor Starts, Tensor Topic) Batch(int size, Device device)
    {
        var topic = randint(0, Topics, size, dtype: int64, device: device);
        var own = randint(0, Words / Topics, [size, 8], dtype: int64, device: device) + topic.unsqueeze(1) * (Words / Topics);
        return (own.flatten(), arange(0, size * 8, 8, dtype: int64, device: device), topic);
    }

    public static void Train(TrainingRun run, int steps)
    {
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), 4.0);
        var schedule = optim.lr_scheduler.StepLR(optimizer, 1, gamma: 0.1);
        var best = 0.0;
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            model.train();
            var (text, starts, topic) = Batch(16, run.Device);
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(text, starts), topic);
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 0.1);
            optimizer.step();
            var accuracy = Test(model, run.Device);
            if (accuracy < best) schedule.step();
            best = Math.Max(best, accuracy);
            run.Log(step, loss.item<float>(), accuracy);
        }
    }

    private static double Test(Network model, Device device)
    {
        model.eval();
        using var guard = no_grad();
        var (text, starts, topic) = Batch(64, device);
        return model.forward(text, starts).argmax(1).eq(topic).to(float32).mean().item<float>();
    }
}
