// The learning rate is warmed up and then lowered along a cosine by hand, on the optimizer's groups.
//
// site Main: for step, 0 to 399
//   rate set on optimizer.ParamGroups; zero_grad(optimizer); forward model; CrossEntropyLoss; backward; step(optimizer)
//   before: train(model)
//   every 100th: eval(model); no_grad; forward model; train(model)
using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

static class Schedule
{
    public static double At(int step, int total, double peak, int warmup = 40) => step < warmup
        ? peak * (step + 1) / warmup
        : peak * 0.5 * (1 + Math.Cos(Math.PI * (step - warmup) / (total - warmup)));
}

class SpiralNet : Module<Tensor, Tensor>
{
    private readonly Linear fc1;
    private readonly Linear fc2;
    private readonly Linear fc3;

    public SpiralNet(int arms) : base("spiral")
    {
        fc1 = Linear(2, 96);
        fc2 = Linear(96, 96);
        fc3 = Linear(96, arms);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => fc3.forward(fc2.forward(fc1.forward(x).relu()).relu());
}

class Program
{
    const int Arms = 3, Steps = 400, BatchSize = 128;
    const double PeakRate = 0.1;

    static (Tensor X, Tensor Y) Spirals(int count)
    {
        var arm = randint(0, Arms, count, dtype: int64);
        var radius = rand(count).sqrt();
        var angle = radius * 4 + arm.to(float32) * (2 * Math.PI / Arms) + 0.15 * randn(count);
        return (stack(new[] { radius * angle.cos(), radius * angle.sin() }, 1) / 0.5, arm);
    }

    static void Main()
    {
        manual_seed(33);
        var (x, y) = Spirals(1500);
        var (testX, testY) = Spirals(500);
        var model = new SpiralNet(Arms);
        var criterion = CrossEntropyLoss();
        var optimizer = optim.SGD(model.parameters(), learningRate: PeakRate, momentum: 0.9, weight_decay: 1e-4);

        model.train();
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = Schedule.At(step, Steps, PeakRate);

            var rows = randint(0, x.shape[0], BatchSize, dtype: int64);
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x.index_select(0, rows)), y.index_select(0, rows));
            loss.backward();
            optimizer.step();

            if ((step + 1) % 100 == 0)
            {
                model.eval();
                using (no_grad())
                {
                    var right = model.forward(testX).argmax(1).eq(testY).to(float32).mean();
                    Console.WriteLine($"step {step + 1}: loss {loss.item<float>():F3}, test {right.item<float>():P1}");
                }
                model.train();
            }
        }
    }
}
