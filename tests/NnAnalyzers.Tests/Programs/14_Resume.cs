// Training that goes on where an earlier run stopped: model, optimizer and epoch are written after each epoch and read at the start.
//
// site Main: foreach rows in order.chunk(16) (inside for epoch, from the last one saved, at most 5 a run)
//   zero_grad(optimizer); forward model; NLLLoss; backward; step(optimizer)
//   before: load(model), load(optimizer) if saved; each epoch: train(model)
//   after each epoch: save(model); save(optimizer)
using System;
using System.IO;
using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Resumable
{
    internal sealed record Progress(int Epoch, double Loss);

    internal sealed class Checkpoint
    {
        private readonly string _model, _optimizer, _progress;

        public Checkpoint(string folder)
        {
            Directory.CreateDirectory(folder);
            _model = Path.Combine(folder, "model.dat");
            _optimizer = Path.Combine(folder, "optimizer.dat");
            _progress = Path.Combine(folder, "progress.json");
        }

        public void Save(nn.Module model, OptimizerHelper optimizer, Progress progress)
        {
            model.save(_model);
            optimizer.save_state_dict(_optimizer);
            File.WriteAllText(_progress, JsonSerializer.Serialize(progress));
        }

        public Progress Restore(nn.Module model, OptimizerHelper optimizer)
        {
            if (!File.Exists(_progress)) return new Progress(0, double.NaN);
            model.load(_model);
            optimizer.load_state_dict(_optimizer);
            return JsonSerializer.Deserialize<Progress>(File.ReadAllText(_progress))!;
        }
    }

    internal sealed class WordNet : nn.Module<Tensor, Tensor>
    {
        private readonly EmbeddingBag _words = nn.EmbeddingBag(200, 32);
        private readonly Linear _hidden = nn.Linear(32, 32);
        private readonly Linear _topics = nn.Linear(32, 5);

        public WordNet() : base("words") => RegisterComponents();

        public override Tensor forward(Tensor tokens)
        {
            var x = _words.call(tokens, null, null);
            x = nn.functional.relu(_hidden.forward(x));
            return nn.functional.log_softmax(_topics.forward(x), 1);
        }
    }

    internal static class Program
    {
        private const int LastEpoch = 10, EpochsPerRun = 5;

        private static void Main()
        {
            torch.manual_seed(99);
            // Each topic has forty words of its own; a text is twelve of them and three of any topic.
            var topics = torch.randint(0, 5, new long[] { 640 }, dtype: ScalarType.Int64);
            var own = torch.randint(0, 40, new long[] { 640, 12 }, dtype: ScalarType.Int64) + topics.unsqueeze(1) * 40;
            var texts = torch.cat(new[] { own, torch.randint(0, 200, new long[] { 640, 3 }, dtype: ScalarType.Int64) }, 1);

            var model = new WordNet();
            var optimizer = torch.optim.Adam(model.parameters(), lr: 2e-3);
            var loss = nn.NLLLoss();
            var checkpoint = new Checkpoint("run");
            var progress = checkpoint.Restore(model, optimizer);
            Console.WriteLine(progress.Epoch == 0 ? "a new run" : $"goes on after epoch {progress.Epoch}, loss {progress.Loss:F4}");

            // Not the order of the earlier run over again.
            torch.manual_seed(99 + progress.Epoch);
            var last = Math.Min(progress.Epoch + EpochsPerRun, LastEpoch);
            for (var epoch = progress.Epoch + 1; epoch <= last; epoch++)
            {
                model.train();
                var sum = 0.0;
                using var epochScope = torch.NewDisposeScope();
                var order = torch.randperm(640);
                foreach (var rows in order.chunk(40))
                {
                    using var scope = torch.NewDisposeScope();
                    optimizer.zero_grad();
                    var output = model.forward(texts.index_select(0, rows));
                    var error = loss.forward(output, topics.index_select(0, rows));
                    error.backward();
                    optimizer.step();
                    sum += error.item<float>();
                }
                progress = new Progress(epoch, sum / 40);
                checkpoint.Save(model, optimizer, progress);
                Console.WriteLine($"{progress.Epoch}: {progress.Loss:F4}");
            }
        }
    }
}
