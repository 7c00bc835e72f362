// The training of the network in Model.cs.
//
// site Trainer.TrainEpoch: foreach batch in loader (called from Program.Main inside for epoch, 4 times)
//   zero_grad(optimizer); forward model; criterion (CrossEntropyLoss); backward; step(optimizer)
//   before the batches: train(model)
//   after each epoch: eval(model); no_grad; foreach batch in loader: forward model
using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Shapes.Training
{
    public class Trainer
    {
        private readonly nn.Module<Tensor, Tensor> model;
        private readonly optim.Optimizer optimizer;
        private readonly CrossEntropyLoss criterion = nn.CrossEntropyLoss();
        private readonly Device device;

        public Trainer(nn.Module<Tensor, Tensor> model, Device device, double learningRate)
        {
            this.device = device;
            this.model = model.to(device);
            this.optimizer = optim.Adam(this.model.parameters(), lr: learningRate);
        }

        public double TrainEpoch(DataLoader loader)
        {
            model.train();
            double total = 0;
            long batches = 0;
            foreach (var batch in loader)
            {
                using (var scope = NewDisposeScope())
                {
                    Tensor input = batch["data"].to(device);
                    Tensor target = batch["label"].to(device);
                    optimizer.zero_grad();
                    Tensor output = model.forward(input);
                    Tensor loss = criterion.forward(output, target);
                    loss.backward();
                    optimizer.step();
                    total += loss.cpu().item<float>();
                    batches++;
                }
            }
            return total / batches;
        }

        public double Accuracy(DataLoader loader)
        {
            model.eval();
            long right = 0, all = 0;
            using (no_grad())
            {
                foreach (var batch in loader)
                {
                    using var scope = NewDisposeScope();
                    Tensor output = model.forward(batch["data"].to(device));
                    right += output.argmax(1).eq(batch["label"].to(device)).sum().cpu().item<long>();
                    all += batch["label"].shape[0];
                }
            }
            return (double)right / all;
        }
    }
}
