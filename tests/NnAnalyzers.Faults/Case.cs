namespace NnAnalyzers.Faults;

/// <summary>A small network with its batch and loss.</summary>
internal sealed record Setup(nn.Module Model, Func<Tensor, Tensor> Forward, Tensor Input, Tensor Target, Func<Tensor, Tensor, Tensor> Loss)
{
    public ProbeOptions Options { get; init; } = new() { Steps = 300 };

    public static Setup Of(nn.Module<Tensor, Tensor> model, Tensor input, Tensor target, Func<Tensor, Tensor, Tensor> loss) =>
        new(model, model.call, input, target, loss);
}

/// <summary>One row of the table.</summary>
/// <param name="Name">What it is, or what is wrong with it.</param>
/// <param name="Probes">The probes that should notice; none for a healthy network.</param>
/// <param name="Run">Makes it from the seed that torch was given and runs the probes.</param>
internal sealed record Case(string Name, IReadOnlyList<string> Probes, Func<ProbeReport> Run)
{
    public Case(string name, string probes, Func<Setup> make) : this(name, Split(probes), () =>
    {
        var setup = make();
        using (setup.Model) return Probe.Run(setup.Model, setup.Forward, setup.Input, setup.Target, setup.Loss, setup.Options);
    }) { }

    public static IReadOnlyList<string> Split(string probes) => probes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A forward of its own over registered parts.</summary>
internal sealed class Net : nn.Module<Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> _forward;

    public Net(Func<Tensor, Tensor> forward, params nn.Module[] parts) : base("net")
    {
        _forward = forward;
        for (var i = 0; i < parts.Length; i++) register_module("part" + i, parts[i]);
    }

    public override Tensor forward(Tensor input) => _forward(input);
}
