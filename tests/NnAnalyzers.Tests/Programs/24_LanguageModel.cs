// A character model: the recurrent state goes on from one piece of the text to the next, cut off from its history.
//
// site Main: for at over the text, 32 characters at a time (inside for epoch, 1 to 8)
//   zero_grad(optimizer); forward model (with the state); cross_entropy; backward; clip(model); step(optimizer); detach the state
//   before each epoch's pieces: train(model); the state made anew
//   after each epoch: eval(model); no_grad; forward model, 40 times
using System;
using System.Linq;
using System.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

internal sealed class CharModel : Module<Tensor, (Tensor H, Tensor C), (Tensor Logits, Tensor H, Tensor C)>
{
    private readonly Embedding embedding;
    private readonly LSTM lstm;
    private readonly Linear decoder;
    private readonly int layers, hidden;

    public CharModel(int symbols, int embed = 24, int hidden = 64, int layers = 2) : base("char-lm")
    {
        (this.layers, this.hidden) = (layers, hidden);
        embedding = Embedding(symbols, embed);
        lstm = LSTM(embed, hidden, numLayers: layers, batchFirst: true, dropout: 0.1);
        decoder = Linear(hidden, symbols);
        RegisterComponents();
    }

    public (Tensor H, Tensor C) Start(long batch) => (zeros(layers, batch, hidden), zeros(layers, batch, hidden));

    public override (Tensor Logits, Tensor H, Tensor C) forward(Tensor tokens, (Tensor H, Tensor C) state)
    {
        var (output, h, c) = lstm.forward(embedding.forward(tokens), state);
        return (decoder.forward(output), h, c);
    }
}

internal static class Program
{
    private const int Batch = 8, Length = 32;

    private static void Main()
    {
        manual_seed(64);
        var text = string.Concat(Enumerable.Repeat("the quick brown fox jumps over the lazy dog and runs back to its den. ", 60));
        var symbols = text.Distinct().Order().ToArray();
        var codes = tensor(text.Select(ch => (long)Array.IndexOf(symbols, ch)).ToArray());
        // Each row of the batch reads its own stretch of the text from left to right.
        var columns = (codes.shape[0] - 1) / Batch;
        var inputs = codes.narrow(0, 0, columns * Batch).view(Batch, columns);
        var targets = codes.narrow(0, 1, columns * Batch).view(Batch, columns);

        var model = new CharModel(symbols.Length);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);
        for (var epoch = 1; epoch <= 8; epoch++)
        {
            using var epochScope = NewDisposeScope();
            model.train();
            var state = model.Start(Batch);
            double sum = 0;
            int pieces = 0;
            for (var at = 0L; at + Length <= columns; at += Length)
            {
                using var scope = NewDisposeScope();
                var x = inputs.narrow(1, at, Length);
                var y = targets.narrow(1, at, Length);

                optimizer.zero_grad();
                var (logits, h, c) = model.forward(x, state);
                var loss = functional.cross_entropy(logits.flatten(0, 1), y.flatten());
                loss.backward();
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                optimizer.step();

                state = (h.detach().MoveToOuterDisposeScope(), c.detach().MoveToOuterDisposeScope());
                sum += loss.item<float>();
                pieces++;
            }
            Console.WriteLine($"epoch {epoch}: perplexity {Math.Exp(sum / pieces):F2}  {Write(model, symbols, "the ", 40)}");
        }
    }

    private static string Write(CharModel model, char[] symbols, string start, int count)
    {
        model.eval();
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var written = new StringBuilder(start);
        var state = model.Start(1);
        var next = tensor(start.Select(ch => (long)Array.IndexOf(symbols, ch)).ToArray()).unsqueeze(0);
        for (var i = 0; i < count; i++)
        {
            (var logits, state.H, state.C) = model.forward(next, state);
            next = functional.softmax(logits.select(1, -1), 1).multinomial(1);
            written.Append(symbols[next.item<long>()]);
        }
        return written.ToString();
    }
}
