using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Gates between 0 and 1 in the middle of a network, a class in two parts whose base
/// registers, blocks held by a registering parent, and an optimizer the user chooses.
/// </summary>
public static class SqueezeExcite
{
    public enum Choice { Sgd, Momentum, Adam }

    private static optim.Optimizer Make(Choice choice, IEnumerable<Parameter> parameters, double rate) => choice switch
    {
        Choice.Sgd => optim.SGD(parameters, rate),
        Choice.Momentum => optim.SGD(parameters, rate, momentum: 0.9),
        _ => optim.Adam(parameters, rate),
    };

    private sealed class Gate : Module<Tensor, Tensor>
    {
        private readonly Linear squeeze, excite;

        public Gate(int channels) : base(nameof(Gate))
        {
            (squeeze, excite) = (Linear(channels, channels / 4), Linear(channels / 4, channels));
            init.xavier_uniform_(excite.weight); // a sigmoid follows
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var gate = excite.forward(functional.relu(squeeze.forward(x.mean([2, 3])))).sigmoid();
            return x * gate.unsqueeze(-1).unsqueeze(-1);
        }
    }

    /// <summary>Classes over this one have their fields before its constructor runs.</summary>
    private abstract class Registered : Module<Tensor, Tensor>
    {
        protected Registered(string name) : base(name) => RegisterComponents();
    }

    private sealed partial class Network : Registered
    {
        private readonly Conv2d enter = Conv2d(1, 16, 3, stride: 2, padding: 1L), deeper = Conv2d(16, 32, 3, stride: 2, padding: 1L);
        private readonly ModuleList<Gate> gates = new(new Gate(16), new Gate(32));
        private readonly Linear head = Linear(32 * 4, 3);

        public Network() : base(nameof(Network)) { }
    }

    private sealed partial class Network
    {
        public override Tensor forward(Tensor x)
        {
            x = gates[0].forward(functional.relu(enter.forward(x)));
            x = gates[1].forward(functional.relu(deeper.forward(x)));
            using var pool = AdaptiveAvgPool2d(2); // has no weights: making it here costs nothing
            return head.forward(pool.forward(x).flatten(1));
        }
    }

    private static Tensor Step(Network model, optim.Optimizer optimizer, Tensor x, Tensor kind)
    {
        optimizer.zero_grad();
        var loss = functional.cross_entropy(model.forward(x), kind);
        loss.backward();
        optimizer.step();
        return loss;
    }

    public static void Train(TrainingRun run, int steps)
    {
        var x = randn(24, 1, 16, 16, device: run.Device);
        var kind = (x.mean([1, 2, 3]) * 40).abs().to(ScalarType.Int64) % 3;
        using var model = new Network();
        model.to(run.Device);
        model.to(run.Device); // it is there already
        var optimizer = Make(Choice.Adam, model.parameters(), 1e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope(); // around all that one step makes
            run.Log(step, Step(model, optimizer, x, kind).item<float>());
        }
    }
}
