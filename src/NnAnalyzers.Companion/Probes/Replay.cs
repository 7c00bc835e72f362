using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>
/// The code of an ordinary program that works out a loss, to be run again with other numbers: what goes into the network, what comes out
/// of it, and what it is compared with are replaced on the way.
/// </summary>
/// <param name="again">The code.</param>
internal sealed class Replay(Func<Tensor> again)
{
    /// <summary>Layers whose first axis is time unless they are told otherwise.</summary>
    private static readonly string[] TimeFirst = ["RNN", "LSTM", "GRU", "Transformer", "TransformerEncoder", "TransformerDecoder",
        "TransformerEncoderLayer", "TransformerDecoderLayer", "MultiheadAttention"];

    private readonly List<(nn.Module Model, string Name, bool Learns)> _models = [];
    private readonly List<(int Place, Tensor Tensor, bool Learns)> _inputs = [];
    private readonly List<(int Place, bool IsOutput, Tensor Tensor)> _sides = [];

    private bool _isRecorded;
    private (Tensor? Input, Tensor? Output, Tensor? Target) _given;
    private (Tensor Output, Tensor Loss)? _last;
    private Tensor? _seen;
    private int _mainPlace = -1, _sidePlace = -1, _met;

    /// <summary>It stops where the output is known.</summary>
    private sealed class Reached : Exception;

    /// <summary>The module that is applied, or several as one.</summary>
    public nn.Module Model { get; private set; } = null!;

    /// <summary>What it is given, the samples along the first axis.</summary>
    public Tensor Input { get; private set; } = null!;
    public Tensor Target { get; private set; } = null!;

    /// <summary>Whether one input goes in that can be replaced.</summary>
    public bool HasInput => _mainPlace >= 0;

    /// <summary>Whether a sample can be taken out of the batch: target and input have as many, and no layer has the time first.</summary>
    public bool HasSamples { get; private set; }

    /// <summary>What the loss compares is known.</summary>
    public bool IsCompared => _sidePlace >= 0;

    /// <summary>Runs the code as it is and remembers what it meets.</summary>
    /// <exception cref="ProbeInputException">There is no network in it.</exception>
    public void Record()
    {
        using var loss = Run();
        _isRecorded = true;
        if (_inputs.Count == 0) throw new ProbeInputException(
            "the network is not applied where this loss is worked out: probe its class with --model, or call Probe.Run");
        // One that only gives targets, without gradients, is not trained here.
        var full = _models.Where(m => m.Model.parameters().Any()).ToList();
        var own = (full.Any(m => m.Learns) ? full.Where(m => m.Learns) : full).DistinctBy(m => m.Model).ToList();
        Model = own is [var (only, _, _)] ? only : new Several((own.Count > 0 ? own : _models).Select(m => (m.Model, m.Name)));
        // Of a place that is passed several times, in a loop over time, each has another tensor.
        var main = _inputs.GroupBy(i => i.Place).Where(g => g.Count() == 1).Select(g => g.Single())
            .Where(i => !i.Tensor.requires_grad && i.Tensor.dim() > 0).OrderByDescending(i => i.Learns).FirstOrDefault();
        if (main.Tensor is not null) _mainPlace = main.Place;
        Input = main.Tensor ?? _inputs[0].Tensor;
        if (_sides.Select(s => s.Place).Distinct().ToList() is [var place] && _sides.Count == 2
            && _sides.FirstOrDefault(s => !s.IsOutput).Tensor is { } target)
            (_sidePlace, Target) = (place, target.detach());
        Target ??= zeros(Input.dim() > 0 ? Input.shape[0] : 1, device: Input.device);
        HasSamples = HasInput && IsCompared && Target.dim() > 0 && Target.shape[0] == Input.shape[0]
            && !Model.modules().Any(m => TimeFirst.Contains(m.GetType().Name));
    }

    /// <summary>What the network gives, as the loss gets it.</summary>
    public Tensor Forward(Tensor input)
    {
        _given = (input, null, null);
        var loss = (Tensor?)null;
        try { loss = Run(); }
        catch (Exception error) when (JobHost.Cause(error) is Reached) { /* the target would not fit */ }
        var output = _seen ?? throw new ProbeInputException("the network gives nothing when it is run again");
        _last = loss is null ? null : (output, loss);
        return output;
    }

    /// <summary>What the loss says of an output and a target.</summary>
    public Tensor Loss(Tensor output, Tensor target)
    {
        if (_last is var (made, loss) && ReferenceEquals(made, output) && ReferenceEquals(target, Target)) return loss;
        _given = (null, output, target);
        return Run();
    }

    private Tensor Run()
    {
        (_seen, _met) = (null, 0);
        ProbedRun.Current = this;
        try { return again(); }
        finally { ProbedRun.Current = null; }
    }

    /// <summary>The model that was met as the so manieth: the code may make a new one each time.</summary>
    public nn.Module? Meet(nn.Module model, string name)
    {
        if (!_isRecorded) _models.Add((model, name, is_grad_enabled()));
        return _isRecorded && _met < _models.Count && _models[_met].Model.GetType() == model.GetType() ? _models[_met++].Model : null;
    }

    public Tensor? Put(Tensor input, int place)
    {
        if (!_isRecorded) _inputs.Add((place, input.alias().DetachFromDisposeScope(), is_grad_enabled()));
        else if (_given.Input is { } given && place == _mainPlace) return given;
        else if (_inputs.FirstOrDefault(i => i.Place == place).Tensor is { } was && !was.requires_grad
            && _inputs.Count(i => i.Place == place) == 1)
            // What was drawn anew for this run is what it was.
            return _given.Input is { } rows ? Fit(was, rows) : was;
        return null;
    }

    /// <summary>As many samples of another input as are asked about.</summary>
    private Tensor Fit(Tensor other, Tensor input)
    {
        if (other.dim() == 0 || Input.dim() == 0 || other.shape[0] != Input.shape[0] || input.shape[0] == Input.shape[0]) return other;
        return other.index_select(0, arange(input.shape[0], device: other.device) % Input.shape[0]);
    }

    public Tensor? Give(Tensor output)
    {
        if (!_isRecorded) return null;
        if (IsCompared) return null;
        if (_given.Output is { } given) return given;
        _seen = output.alias();
        return null;
    }

    public Tensor? Compare(Tensor side, int place, bool isOutput)
    {
        if (!_isRecorded) _sides.Add((place, isOutput, side.alias().DetachFromDisposeScope()));
        else if (place != _sidePlace) return null;
        else if (!isOutput) return _given.Target ?? Target;
        else if (_given.Output is { } given) return given;
        else
        {
            _seen = side.alias();
            if (_given.Input is { } input && input.shape[0] != Input.shape[0]) throw new Reached();
            return _seen;
        }
        return null;
    }

    /// <summary>Several networks that are trained together.</summary>
    private sealed class Several : nn.Module
    {
        public Several(IEnumerable<(nn.Module Model, string Name)> parts) : base("networks")
        {
            var names = new HashSet<string>();
            foreach (var (model, name) in parts)
            {
                var free = name;
                for (var i = 2; !names.Add(free); i++) free = $"{name}{i}";
                register_module(free, model);
            }
        }
    }
}
