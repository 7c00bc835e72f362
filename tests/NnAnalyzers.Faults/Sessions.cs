namespace NnAnalyzers.Faults;

/// <summary>A training session that is saved and loaded, whole or not.</summary>
internal static class Sessions
{
    private sealed class Session
    {
        public readonly Sequential Model = Sequential(Linear(8, 32), BatchNorm1d(32, momentum: 0.01), ReLU(), Linear(32, 1));
        public readonly Adam Optimizer;
        private int _step;

        public Session() => Optimizer = optim.Adam(Model.parameters(), 1e-2);

        public double Step()
        {
            using var scope = NewDisposeScope();
            var generator = (_step++ % 4) + 1;
            var x = (arange(32 * 8).reshape(32, 8) * generator * 0.37).sin();
            Model.train();
            Optimizer.zero_grad();
            var loss = functional.mse_loss(Model.forward(x), x.sum(1, keepdim: true));
            loss.backward();
            Optimizer.step();
            // What the user looks at is the loss of the network as it predicts.
            Model.eval();
            using var guard = no_grad();
            return functional.mse_loss(Model.forward(x), x.sum(1, keepdim: true)).item<float>();
        }
    }

    public static ProbeReport Run(bool saveOptimizer, bool saveBuffers) => Probe.CheckpointRoundTrip(() => new Session(), s => s.Step(),
        (session, folder) =>
        {
            session.Model.save(Path.Combine(folder, "model.dat"));
            session.Optimizer.save_state_dict(Path.Combine(folder, "adam.dat"));
        },
        (session, folder) =>
        {
            var buffers = session.Model.named_buffers().Select(b => b.name).ToList();
            session.Model.load(Path.Combine(folder, "model.dat"), skip: saveBuffers ? null : buffers);
            if (saveOptimizer) session.Optimizer.load_state_dict(Path.Combine(folder, "adam.dat"));
        }, before: 20, after: 8);
}
