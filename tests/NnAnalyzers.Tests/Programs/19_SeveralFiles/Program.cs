// The start of the program: data, model and trainer put together.
using System;
using Shapes.Data;
using Shapes.Model;
using Shapes.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Shapes
{
    internal class Program
    {
        private static void Main(string[] args)
        {
            int epochs = args.Length > 0 ? int.Parse(args[0]) : 4;
            Device device = cuda.is_available() ? CUDA : CPU;
            random.manual_seed(100);

            using var train = utils.data.DataLoader(new ShapeDataset(480, seed: 1), 32, shuffle: true);
            using var test = utils.data.DataLoader(new ShapeDataset(120, seed: 2), 60, shuffle: false);
            var trainer = new Trainer(new ShapeNet(ShapeDataset.Classes), device, learningRate: 2e-3);
            for (int epoch = 1; epoch <= epochs; epoch++)
            {
                double loss = trainer.TrainEpoch(train);
                Console.WriteLine($"epoch {epoch}: loss {loss:F4}, accuracy {trainer.Accuracy(test):P1}");
            }
        }
    }
}
