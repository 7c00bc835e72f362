using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>What kind of loss the user's function is, found by comparing values.</summary>
internal enum LossKind { Other, CrossEntropy, LogProbabilities, BinaryLogits, BinaryProbabilities, Mse, L1 }

/// <summary>The model under the probes, with a copy of all it came with: weights, buffers, gradients, modes, random state.</summary>
internal sealed class Subject : IDisposable
{
    private readonly Func<Tensor, Tensor> _forward;
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly List<(Tensor Live, Tensor Copy)> _start = [];
    private readonly List<(Parameter Parameter, Tensor? Gradient)> _gradients = [];
    private readonly List<(nn.Module Module, bool Training)> _modes;
    private readonly Tensor _random;

    public Subject(nn.Module model, Func<Tensor, Tensor> forward, Tensor input, Tensor target,
        Func<Tensor, Tensor, Tensor> loss, ProbeOptions options)
    {
        (Model, _forward, Input, Target, _loss, Options) = (model, forward, input, target, loss, options);
        using (no_grad())
        {
            foreach (var tensor in model.parameters().Cast<Tensor>().Concat(model.buffers()))
                _start.Add((tensor, tensor.detach().clone().DetachFromDisposeScope()));
            foreach (var parameter in model.parameters()) _gradients.Add((parameter, parameter.grad?.clone().DetachFromDisposeScope()));
        }
        Parameters = model.named_parameters().Select(p => (p.name, p.parameter)).ToList();
        _modes = model.named_modules().Select(m => (m.Item2, m.Item2.training)).Prepend((model, model.training)).ToList();
        _random = random.get_rng_state().DetachFromDisposeScope();
    }

    public nn.Module Model { get; }
    public Tensor Input { get; }
    public Tensor Target { get; }
    public ProbeOptions Options { get; }
    public IReadOnlyList<(string Name, Parameter Value)> Parameters { get; }
    public IEnumerable<Parameter> Trainable => Parameters.Select(p => p.Value).Where(p => p.requires_grad);
    public int BatchSize => (int)Input.shape[0];
    public LossKind Kind { get; private set; }

    /// <summary>
    /// One sample can be taken out of the batch: input and target have as many. (A language model's targets may be laid out flat.)
    /// </summary>
    public bool HasSamples => Options.HasSamples && Target.dim() > 0 && Target.shape[0] == Input.shape[0];

    /// <summary>Puts weights, buffers and random numbers back to where the model came in.</summary>
    public void Reset()
    {
        using (no_grad())
            foreach (var (live, copy) in _start) live.copy_(copy);
        Model.zero_grad();
        random.manual_seed(Options.Seed + 1);
        if (Options.IsRunning) RestoreModes();
        else Model.train();
    }

    private void RestoreModes()
    {
        // A parent sets the mode of its children: parents first.
        foreach (var (module, training) in _modes) module.train(training);
    }

    /// <summary>One call of the model; throws in the user's words if it cannot be made.</summary>
    public Tensor Forward(Tensor input)
    {
        try
        {
            return _forward(input);
        }
        catch (Exception error) when (error is not ProbeInputException)
        {
            throw new ProbeInputException($"{Model.GetType().Name} threw{Where(error)} for an input of shape "
                + $"({string.Join(", ", input.shape)}) and type {input.dtype}: {error.Message.Split('\n')[0].Trim()}", error);
        }
    }

    public Tensor LossOf(Tensor output, Tensor target, Func<Tensor, Tensor, Tensor>? loss = null)
    {
        Tensor value;
        try
        {
            value = (loss ?? _loss)(output, target);
        }
        catch (Exception error)
        {
            throw new ProbeInputException(
                $"the loss threw{Where(error)} for an output of shape ({string.Join(", ", output.shape)}) and a target of shape "
                    + $"({string.Join(", ", target.shape)}) and type {target.dtype}: {error.Message.Split('\n')[0].Trim()}", error);
        }
        if (value.numel() != 1) throw new ProbeInputException(
            $"the loss has shape ({string.Join(", ", value.shape)}): give one number, its mean() for example");
        return value;
    }

    /// <summary>Goes back from a loss, if there is a way; throws in the user's words if it cannot be gone.</summary>
    private static void Backward(Tensor loss)
    {
        try
        {
            if (loss.requires_grad) loss.backward();
        }
        catch (Exception error)
        {
            throw new ProbeInputException($"backward threw{Where(error)}: {error.Message.Split('\n')[0].Trim()}", error);
        }
    }

    /// <summary>The user's own line an exception came from, where the build tells.</summary>
    public static string Where(Exception error) =>
        new StackTrace(error, true).GetFrames().FirstOrDefault(f => f.GetFileLineNumber() > 0
            && f.GetMethod()?.DeclaringType?.Assembly is { } a && a != typeof(Subject).Assembly && a != typeof(torch).Assembly) is { } frame
            ? $" at {Path.GetFileName(frame.GetFileName())}({frame.GetFileLineNumber()})" : "";

    /// <summary>The loss as it stands, without a step.</summary>
    public double Loss(Tensor input, Tensor target)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        return LossOf(Forward(input), target).to(ScalarType.Float64).item<double>();
    }

    /// <summary>Checks what was given and finds out what the loss is.</summary>
    public void Prepare()
    {
        if (Input.IsInvalid || Target.IsInvalid)
            throw new ProbeInputException("the batch was disposed before the probes ran: detach it from its dispose scope");
        if (Input.dim() == 0 || Input.numel() == 0) throw new ProbeInputException(
            $"the batch is empty: the input has shape ({string.Join(", ", Input.shape)}); give at least one sample");
        using var scope = NewDisposeScope();
        if (!Options.IsRunning) Model.train();
        var (input, target) = Batch();
        // Twice: a tensor that is kept from one step to the next leads into a graph that is gone.
        for (var i = 0; i < 2; i++) Backward(LossOf(Forward(input), target));
        using var guard = no_grad();
        var output = Forward(input);
        LossOf(output, target);
        Kind = FindKind(output, target);
    }

    private LossKind FindKind(Tensor output, Tensor target)
    {
        // Compared on numbers of our own, of the user's shapes: the model's may be NaN.
        var trial = randn(output.shape, output.is_floating_point() ? output.dtype : ScalarType.Float32, Input.device);
        bool Is(Func<Tensor> known)
        {
            try
            {
                return Math.Abs(_loss(trial, target).to(ScalarType.Float64).item<double>() - known().to(ScalarType.Float64).item<double>())
                    is var gap && gap < 1e-4;
            }
            catch (Exception) { return false; }
        }
        if (Is(() => nn.functional.cross_entropy(trial, target))) return LossKind.CrossEntropy;
        if (Is(() => nn.functional.binary_cross_entropy_with_logits(trial, target))) return LossKind.BinaryLogits;
        if (Is(() => nn.functional.nll_loss(trial, target))) return LossKind.LogProbabilities;
        if (Is(() => nn.functional.mse_loss(trial, target))) return LossKind.Mse;
        if (Is(() => nn.functional.l1_loss(trial, target))) return LossKind.L1;
        trial = trial.sigmoid();
        if (Is(() => nn.functional.binary_cross_entropy(trial, target))) return LossKind.BinaryProbabilities;
        return LossKind.Other;
    }

    /// <summary>
    /// The loss of the best answer that does not look at the input: entropy of
    /// the classes, spread of the target; null where the loss is not known.
    /// </summary>
    public double? ConstantLoss(Tensor target)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        switch (Kind)
        {
            case LossKind.CrossEntropy or LossKind.LogProbabilities when target.dtype == ScalarType.Int64:
                var named = Named(target);
                if (named.numel() == 0) return null;
                var (_, _, counts) = unique(named, return_counts: true);
                var shares = counts!.to(ScalarType.Float64) / named.numel();
                return -(shares * shares.log()).sum().item<double>();
            case LossKind.BinaryLogits or LossKind.BinaryProbabilities:
                var p = Math.Clamp(target.to(ScalarType.Float64).mean().item<double>(), 1e-9, 1 - 1e-9);
                return -(p * Math.Log(p) + (1 - p) * Math.Log(1 - p));
            case LossKind.Mse: return Math.Pow(Spread(target), 2);
            case LossKind.L1: return (target.to(ScalarType.Float64) - target.to(ScalarType.Float64).median()).abs().mean().item<double>();
            default: return null;
        }
    }

    /// <summary>Whether the loss is a distance of numbers: least, and nothing, where the outputs are the targets.</summary>
    public bool IsDistance
    {
        get
        {
            if (Kind is LossKind.Mse or LossKind.L1) return true;
            using var scope = NewDisposeScope();
            using var guard = no_grad();
            var (input, target) = Batch();
            if (Kind != LossKind.Other || !target.is_floating_point() || !Forward(input).shape.SequenceEqual(target.shape)) return false;
            return LossOf(target, target).abs().to(ScalarType.Float64).item<double>()
                <= 1e-4 * LossOf(target + randn_like(target) * (Spread(target) + 1e-6), target).to(ScalarType.Float64).item<double>();
        }
    }

    /// <summary>The loss of the best single answer, column by column, where the loss is a distance.</summary>
    public double MeanLoss()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var target = Batch().Target;
        return LossOf(target.mean([0L], keepdim: true).expand_as(target), target).to(ScalarType.Float64).item<double>();
    }

    /// <summary>The class numbers that cross-entropy looks at.</summary>
    public static Tensor Named(Tensor target) => target.masked_select(target.ne(Unnamed));

    /// <summary>In place of a class number it says that there is none.</summary>
    public const long Unnamed = -100;

    /// <summary>The root of the mean square.</summary>
    public static double Rms(Tensor values)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        return Math.Sqrt(values.to(ScalarType.Float64).square().mean().item<double>());
    }

    /// <summary>The standard deviation of all values, over their number.</summary>
    public static double Spread(Tensor values)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var wide = values.to(ScalarType.Float64);
        return Math.Sqrt((wide - wide.mean()).pow(2).mean().item<double>());
    }

    /// <summary>
    /// The first sample as a batch; twice where batch normalization cannot do
    /// with one; the whole batch where the model takes no other size.
    /// </summary>
    public (Tensor Input, Tensor Target) Sample()
    {
        if (!HasSamples) return (Input, Target);
        foreach (var times in new[] { 1, 2 })
        {
            var (input, target) = (cat(Enumerable.Repeat(Input.narrow(0, 0, 1), times).ToList()),
                cat(Enumerable.Repeat(Target.narrow(0, 0, 1), times).ToList()));
            try
            {
                using var scope = NewDisposeScope();
                using var guard = no_grad();
                _loss(_forward(input), target);
                return (input, target);
            }
            catch (Exception)
            {
                // Told when the whole batch cannot be run either.
            }
        }
        return (Input, Target);
    }

    /// <summary>The batch as the model can take it: one sample twice where it is one.</summary>
    public (Tensor Input, Tensor Target) Batch() => BatchSize == 1 ? Sample() : (Input, Target);

    /// <summary>The user's optimizer, or Adam; at another rate where one is given.</summary>
    public optim.Optimizer Optimizer(double? rate = null, IEnumerable<Parameter>? parameters = null)
    {
        var made = Options.Optimizer is { } own ? own(parameters ?? Trainable) : optim.Adam(parameters ?? Trainable, Options.LearningRate);
        if (made is LBFGS)
        {
            // It asks for the loss several times a step, and its rate means something else.
            made.Dispose();
            made = optim.Adam(parameters ?? Trainable, Options.LearningRate);
        }
        if (rate is { } other) made.SetRate(other);
        return made;
    }

    /// <summary>The rate the user means.</summary>
    public double Rate
    {
        get
        {
            using var made = Optimizer();
            return made.ParamGroups.First().LearningRate;
        }
    }

    /// <summary>Trains on one batch; ends early at the goal, at a loss that is not finite, or when asked to.</summary>
    public List<double> Train(Tensor input, Tensor target, int steps, double? rate = null, double goal = double.NegativeInfinity,
        Func<Tensor, Tensor, Tensor>? loss = null, Func<int, double>? schedule = null, IEnumerable<Parameter>? parameters = null)
    {
        var losses = new List<double>();
        var trained = (parameters ?? Trainable).ToList();
        if (trained.Count == 0) return losses;
        using var optimizer = Optimizer(rate, trained);
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            if (schedule is not null) optimizer.SetRate(schedule(step));
            optimizer.zero_grad();
            var value = LossOf(Forward(input), target, loss);
            losses.Add(value.to(ScalarType.Float64).item<double>());
            if (!double.IsFinite(losses[^1]) || losses[^1] <= goal || !value.requires_grad) break;
            value.backward();
            optimizer.step();
        }
        return losses;
    }

    /// <summary>Whether the outputs change when these parameters are moved by a few hundredths of their size.</summary>
    public bool Moves(IReadOnlyCollection<string> parameters)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var input = Batch().Input;
        Reset();
        StopDropout();
        var before = Forward(input).clone();
        Reset();
        StopDropout();
        foreach (var (_, value) in Parameters.Where(p => parameters.Contains(p.Name)))
            value.add_(randn_like(value) * (0.03 * Math.Max(Rms(value), 0.1)));
        random.manual_seed(Options.Seed + 1);
        var moved = (Forward(input) - before).abs().max().to(ScalarType.Float64).item<double>();
        Reset();
        return moved > 1e-6 * (before.abs().max().to(ScalarType.Float64).item<double>() + 1e-12);
    }

    /// <summary>
    /// Whether the rows of a weight are units of their own; those of an embedding, a recurrent layer or a table of the user's are not.
    /// </summary>
    public bool IsRowwise(string parameter) => IsOfUnits(OwnerOf(parameter));

    /// <summary>A layer whose weights have a row for each unit.</summary>
    public static bool IsOfUnits(nn.Module? module) => module is Linear or Conv1d or Conv2d or Conv3d;

    public static bool IsDropout(nn.Module module) => module.GetType().Name.Contains("Dropout", StringComparison.Ordinal);

    /// <summary>
    /// The last part of the model that has no parts of its own: where an activation of the output stands, if a module does it.
    /// </summary>
    public string? LastLayer => Model.named_modules().LastOrDefault(m => !m.Item2.children().Any()).Item1;

    /// <summary>The module that has a parameter.</summary>
    public nn.Module? OwnerOf(string parameter)
    {
        var owner = parameter.Contains('.') ? parameter[..parameter.LastIndexOf('.')] : "";
        return owner.Length == 0 ? Model : Model.named_modules().FirstOrDefault(m => m.Item1 == owner).Item2;
    }

    /// <summary>Leaves dropout out, so that a batch can be learned by heart.</summary>
    public void StopDropout()
    {
        foreach (var (module, _) in _modes)
            if (IsDropout(module)) module.eval();
    }

    /// <summary>Gives the model back as it came.</summary>
    public void Dispose()
    {
        using (no_grad())
            foreach (var (live, copy) in _start)
            {
                live.copy_(copy);
                copy.Dispose();
            }
        Model.zero_grad();
        foreach (var (parameter, gradient) in _gradients)
            if (gradient is not null) parameter.grad = gradient;
        RestoreModes();
        random.set_rng_state(_random);
        _random.Dispose();
    }
}
