// A transformer encoder that tells whether the brackets of a sequence are in the majority opening or closing ones, padding left out.
//
// site Main: foreach rows in randperm.split(32) (inside for epoch, 1 to 6)
//   zero_grad(optimizer); forward classifier; cross_entropy; backward; clip(classifier); step(optimizer)
//   before each epoch's batches: train(classifier)
//   after each epoch: step(scheduler); eval(classifier); no_grad; forward classifier
using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Brackets;

public record Config(
    int Vocabulary = 12, int Width = 32, int Heads = 4, int Layers = 2, int MaxLength = 24, int Classes = 2, double Dropout = 0.1);

public class EncoderClassifier : Module<Tensor, Tensor>
{
    public const long Padding = 0;
    private readonly Embedding tokens;
    private readonly Embedding positions;
    private readonly TransformerEncoder encoder;
    private readonly LayerNorm norm;
    private readonly Linear head;

    public EncoderClassifier(Config config) : base("encoder-classifier")
    {
        tokens = Embedding(config.Vocabulary, config.Width, padding_idx: Padding);
        positions = Embedding(config.MaxLength, config.Width);
        var layer = TransformerEncoderLayer(config.Width, config.Heads, dim_feedforward: 4 * config.Width, dropout: config.Dropout);
        encoder = TransformerEncoder(layer, config.Layers);
        norm = LayerNorm(config.Width);
        head = Linear(config.Width, config.Classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor sequence)
    {
        var padded = sequence.eq(Padding);
        var place = arange(sequence.shape[1], dtype: int64, device: sequence.device);
        var x = tokens.forward(sequence) + positions.forward(place).unsqueeze(0);
        // The encoder wants the sequence first.
        x = encoder.forward(x.transpose(0, 1), null!, padded).transpose(0, 1);
        var real = padded.logical_not().unsqueeze(2).to(float32);
        var mean = (norm.forward(x) * real).sum(1) / real.sum(1);
        return head.forward(mean);
    }
}

public static class Program
{
    private static (Tensor X, Tensor Y) Sample(Config config, int count)
    {
        var x = randint(1, config.Vocabulary, new long[] { count, config.MaxLength }, dtype: int64);
        var length = randint(10, config.MaxLength + 1, new long[] { count, 1 }, dtype: int64);
        x = x.masked_fill(arange(config.MaxLength, dtype: int64).unsqueeze(0).ge(length), EncoderClassifier.Padding);
        // Symbols 1 to 3 open, 4 to 6 close, the others are letters.
        var opening = x.ge(1).logical_and(x.le(3)).sum(1);
        var closing = x.ge(4).logical_and(x.le(6)).sum(1);
        return (x, opening.gt(closing).to(int64));
    }

    public static void Main()
    {
        manual_seed(250);
        var config = new Config();
        using var classifier = new EncoderClassifier(config);
        using var optimizer = optim.AdamW(classifier.parameters(), lr: 2e-3, weight_decay: 0.01);
        var scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max: 6);
        var (x, y) = Sample(config, 960);
        var (testX, testY) = Sample(config, 200);

        for (var epoch = 1; epoch <= 6; epoch++)
        {
            using var epochScope = NewDisposeScope();
            classifier.train();
            var sum = 0.0;
            foreach (var rows in randperm(x.shape[0]).split(32))
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var logits = classifier.forward(x.index_select(0, rows));
                var loss = F.cross_entropy(logits, y.index_select(0, rows));
                loss.backward();
                nn.utils.clip_grad_norm_(classifier.parameters(), 1.0);
                optimizer.step();
                sum += loss.item<float>();
            }
            scheduler.step();

            classifier.eval();
            using var guard = no_grad();
            var accuracy = classifier.forward(testX).argmax(1).eq(testY).to(float32).mean().item<float>();
            Console.WriteLine($"epoch {epoch}: loss {sum / 30:F3}, accuracy {accuracy:P1}");
        }
    }
}
