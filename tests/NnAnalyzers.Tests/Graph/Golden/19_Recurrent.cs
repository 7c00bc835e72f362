using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Embedding and LSTM; results by Item1 and by deconstruction; the last time step by index.
class Tagger : Module<Tensor, Tensor>
{
    private readonly Embedding words = Embedding(1000, 32);
    private readonly LSTM lstm = LSTM(32, 64, batchFirst: true, bidirectional: true);
    private readonly GRU gru = GRU(128, 16, batchFirst: true);
    private readonly Linear tags = Linear(16, 5);
    public Tagger() : base("tagger") => RegisterComponents();
    public override Tensor forward(Tensor tokens)
    {
        var x = lstm.forward(words.forward(tokens)).Item1;
        var (y, _) = gru.forward(x);
        return tags.forward(y[.., -1]);
    }
}
