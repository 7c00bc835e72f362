using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.MissingBias.Audio;

/// <summary>Says how loud a sound is, from twenty decibels below the loudest up to it.</summary>
internal sealed class LevelMeter : Module<Tensor, Tensor>
{
    private readonly Conv1d first = Conv1d(1, 16, 5, bias: false);
    private readonly Conv1d second = Conv1d(16, 32, 3, stride: 2, bias: false);
    private readonly AdaptiveAvgPool1d listen = AdaptiveAvgPool1d(1);
    private readonly Linear hidden = Linear(32, 32, hasBias: false);
    private readonly Linear level = Linear(32, 1, hasBias: false);

    public LevelMeter() : base(nameof(LevelMeter)) => RegisterComponents();

    public override Tensor forward(Tensor sound)
    {
        var x = functional.relu(first.forward(sound));
        x = functional.relu(second.forward(x));
        x = listen.forward(x).flatten(1);
        return level.forward(functional.relu(hidden.forward(x)));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var decibels = rand(512, 1) * -20;
        var time = arange(0, 16).to(float32).view(1, -1);
        var tone = (time * (0.5 + rand(512, 1)) + 6.28 * rand(512, 1)).sin();
        var sounds = (tone * pow(10, decibels / 20)).unsqueeze(1).to(run.Device);
        var levels = ((decibels + 10) / 5.8).to(run.Device);

        using var model = new LevelMeter();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: 3e-3);
        for (var epoch = 1; epoch <= 50; epoch++)
        {
            using var scope = NewDisposeScope();
            var total = 0f;
            for (var batch = 0; batch < 8; batch++)
            {
                var prediction = model.forward(sounds.narrow(0, batch * 64, 64));
                var loss = functional.mse_loss(prediction, levels.narrow(0, batch * 64, 64));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                total += loss.item<float>() / 8;
            }
            run.Log(epoch, total);
        }
    }
}
