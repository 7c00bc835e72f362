using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ActivationRepeatedByLoss.Text;

/// <summary>Forwards a message of eight words to one of ten departments.</summary>
internal sealed class MailRoom : Module<Tensor, Tensor>
{
    private readonly Embedding words = Embedding(Mail.Vocabulary, 32);
    private readonly Linear hidden = Linear(32, 32), departments = Linear(32, 10);

    public MailRoom() : base(nameof(MailRoom)) => RegisterComponents();

    public override Tensor forward(Tensor message)
    {
        var meaning = words.forward(message).mean(new[] { 1L });
        return departments.forward(hidden.forward(meaning).relu());
    }
}

/// <summary>Half of the words of a message are from the twelve that its department is written to about.</summary>
internal static class Mail
{
    public const int Vocabulary = 200;

    public static (Tensor Messages, Tensor Departments) Collect(int count, Device device)
    {
        var departments = randint(0, 10, new long[] { count });
        var own = departments.unsqueeze(1) * 12 + randint(0, 12, new long[] { count, 8 });
        var messages = where(rand(count, 8).lt(0.5), own, randint(0, Vocabulary, new long[] { count, 8 }));
        return (messages.to(device), departments.to(device));
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (messages, departments) = Mail.Collect(2048, run.Device);
        var (newMessages, newDepartments) = Mail.Collect(512, run.Device);
        using var model = new MailRoom();
        model.to(run.Device);
        var criterion = CrossEntropyLoss();
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);

        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 2048, new long[] { 64 }, device: run.Device);
            var chances = model.forward(messages.index_select(0, batch)).softmax(1);
            var loss = criterion.forward(chances, departments.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 20 != 0) continue;
            using var _ = no_grad();
            run.Log(step, loss.item<float>(), model.forward(newMessages).argmax(1).eq(newDepartments).to(float32).mean().item<float>());
        }
    }
}
