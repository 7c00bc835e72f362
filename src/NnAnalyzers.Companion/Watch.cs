using System.Globalization;
using System.Reflection;
using System.Text;
using TorchSharp;

namespace NnAnalyzers.Companion;

/// <summary>
/// What the code that <c>nn verify</c> and <c>nn probe</c> put into a copy of an ordinary program comes to: every call gives back what it
/// is given, or what stands for it. The program itself knows nothing of the companion, whatever framework it is made for.
/// </summary>
internal static class Watch
{
    /// <summary>
    /// The class that is put into the program, and its field that says who watches: a function of a call and its arguments.
    /// </summary>
    private const string Type = "NnAnalyzersWatched.Watch", Field = "Call";

    private static volatile IWatcher? _run;

    public static IWatcher? Run { get => _run; set => _run = value; }

    /// <summary>Watches a program from now on.</summary>
    public static void Attach(Assembly code, IWatcher run)
    {
        Run = run;
        code.GetType(Type)?.GetField(Field)?.SetValue(null, (Func<string, object?[], object?>)Answer);
    }

    private static object? Answer(string call, object?[] given) => (call, given) switch
    {
        ("Seed", [int seed]) => Seed(seed),
        ("Seed", [long seed]) => Seed(seed),
        ("Loss", [torch.Tensor loss, int place, int optimizer, var again]) => Loss(loss, place, optimizer, (Func<torch.Tensor>?)again),
        ("Output", [torch.Tensor output, int place, bool isOfClasses]) => Output(output, place, isOfClasses),
        ("Target", [torch.Tensor target, int place, bool isOfClasses]) => Target(target, place, isOfClasses),
        ("Optimizer", [torch.optim.Optimizer optimizer, int place]) => Optimizer(optimizer, place),
        ("Model", [torch.nn.Module model, string name]) => _run?.Model(model, name) ?? model,
        ("Input", [torch.Tensor input, int place]) => _run?.Input(input, place) ?? input,
        ("Applied", [torch.Tensor output]) => _run?.Applied(output) ?? output,
        _ => given[0],
    };

    /// <summary>A seed of the program, moved by that of the run: <c>manual_seed(42)</c>, <c>new Random(42)</c>.</summary>
    public static int Seed(int seed) => _run is { } run ? unchecked(seed + 7919 * run.Seed) : seed;

    /// <inheritdoc cref="Seed(int)"/>
    public static long Seed(long seed) => _run is { } run ? unchecked(seed + 7919 * run.Seed) : seed;

    /// <summary>What goes backward.</summary>
    /// <param name="loss">A tensor of one number.</param>
    /// <param name="place">The place in the program, from 0.</param>
    /// <param name="optimizer">The place of the optimizer that steps next, from 0; -1 where that is not known.</param>
    /// <param name="again">The code that worked it out, to be run again; null where that cannot be.</param>
    public static torch.Tensor Loss(torch.Tensor loss, int place, int optimizer = -1, Func<torch.Tensor>? again = null)
    {
        _run?.Loss(loss, place, optimizer, again);
        return loss;
    }

    /// <summary>What a loss is given of the network: logits, probabilities or numbers.</summary>
    /// <param name="output">What it is given.</param>
    /// <param name="place">The loss, from 0.</param>
    /// <param name="isOfClasses">It says of which class a sample is.</param>
    public static torch.Tensor Output(torch.Tensor output, int place, bool isOfClasses) =>
        _run?.Side(output, place, isOutput: true, isOfClasses) ?? output;

    /// <summary>What a loss compares it with; with <see cref="Output"/> it gives the score.</summary>
    /// <param name="target">Class numbers, chances or numbers.</param>
    /// <param name="place">The loss, from 0.</param>
    /// <param name="isOfClasses">It says of which class the sample is, as a number or as chances.</param>
    public static torch.Tensor Target(torch.Tensor target, int place, bool isOfClasses) =>
        _run?.Side(target, place, isOutput: false, isOfClasses) ?? target;

    /// <summary>An optimizer that was made, with its place in the program.</summary>
    private static torch.optim.Optimizer Optimizer(torch.optim.Optimizer optimizer, int place)
    {
        _run?.Optimizer(optimizer, place);
        return optimizer;
    }
}

/// <summary>Who watches a program.</summary>
internal interface IWatcher
{
    /// <summary>Moves the program's own seeds.</summary>
    int Seed { get; }

    /// <summary>Set when enough was seen; the thread of the program that comes by then stops there for good.</summary>
    ManualResetEventSlim Enough { get; }

    void Loss(torch.Tensor loss, int place, int optimizer, Func<torch.Tensor>? again);

    /// <summary>What stands for a side of a loss; null for itself.</summary>
    torch.Tensor? Side(torch.Tensor side, int place, bool isOutput, bool isOfClasses);

    void Optimizer(torch.optim.Optimizer optimizer, int place) { }

    /// <summary>What stands for a network that is applied, by the name that the program calls it.</summary>
    torch.nn.Module? Model(torch.nn.Module model, string name) => null;

    /// <summary>What stands for a tensor that a network is given as the argument of this place, from 0.</summary>
    torch.Tensor? Input(torch.Tensor input, int place) => null;

    /// <summary>What stands for what a network gives.</summary>
    torch.Tensor? Applied(torch.Tensor output) => null;
}

/// <summary>One run of an ordinary program that is watched.</summary>
/// <param name="seed">Moves the program's own seeds.</param>
/// <param name="steps">How many losses may go backward until enough was seen.</param>
/// <param name="logFile">Where the curve goes.</param>
/// <param name="score">A function of output and target that is better when larger; null for accuracy and R².</param>
internal sealed class WatchedRun(int seed, int steps, string logFile, Func<torch.Tensor, torch.Tensor, double>? score)
    : IWatcher, IDisposable
{
    /// <summary>Points of a curve.</summary>
    private const int Points = 100;

    private readonly StreamWriter _log = new(logFile, append: false, new UTF8Encoding(false)) { AutoFlush = true };
    private readonly int _block = Math.Max(1, steps / Points);
    private readonly Dictionary<int, (torch.Tensor Side, bool IsOutput)> _waiting = [];
    private readonly Dictionary<int, Curve> _curves = [];

    /// <summary>What was compared since something went backward last: it belongs to what goes backward next.</summary>
    private Scores _compared = new();

    private sealed class Curve
    {
        public int Steps { get; set; }
        public int Logged { get; set; }
        public double Sum { get; set; }
        public Scores Scores { get; } = new();
    }

    public int Seed => seed;

    public ManualResetEventSlim Enough { get; } = new();

    /// <summary>The first loss that is no number, with its step.</summary>
    public (int Step, double Loss)? Bad { get; private set; }

    public void Loss(torch.Tensor loss, int place, int optimizer, Func<torch.Tensor>? again)
    {
        lock (_log)
        {
            if (!_curves.TryGetValue(place, out var curve)) _curves[place] = curve = new();
            var value = Number(loss);
            curve.Steps++;
            curve.Sum += value;
            curve.Scores.Add(_compared);
            _compared = new();
            if (!double.IsFinite(value)) Bad ??= (curve.Steps, value);
            if (curve.Steps % _block == 0 || Bad is not null || curve.Steps == steps)
            {
                _log.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{curve.Steps}\t{curve.Sum / (curve.Steps - curve.Logged):R}\t{curve.Scores.Value:R}\t0\t{place}"));
                (curve.Logged, curve.Sum) = (curve.Steps, 0);
                curve.Scores.Clear();
            }
            if (curve.Steps < steps && Bad is null) return;
            Enough.Set();
        }
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>One side of a loss; the second of the two is compared with the first.</summary>
    public torch.Tensor? Side(torch.Tensor side, int place, bool isOutput, bool isOfClasses)
    {
        lock (_log)
        {
            // A test between two steps is no part of the training.
            if (!torch.is_grad_enabled()) return null;
            if (!_waiting.Remove(place, out var first) || first.IsOutput == isOutput || first.Side.IsInvalid)
            {
                _waiting[place] = (side, isOutput);
                return null;
            }
            var (output, target) = isOutput ? (side, first.Side) : (first.Side, side);
            using var scope = torch.NewDisposeScope();
            using var guard = torch.no_grad();
            _compared.Add(place, score is null ? Score.Of(output.detach(), target.detach(), isOfClasses)
                : new Score { Given = score(output.detach(), target.detach()), Times = 1 });
            return null;
        }
    }

    private static double Number(torch.Tensor loss)
    {
        using var scope = torch.NewDisposeScope();
        return loss.detach().to(torch.float64).mean().item<double>();
    }

    public void Dispose() => _log.Dispose();
}

/// <summary>The scores of the losses that go backward together, each by its place.</summary>
internal sealed class Scores
{
    private readonly Dictionary<int, Score> _all = [];

    public void Add(int place, Score score) => _all[place] = _all.TryGetValue(place, out var known) ? known.With(score) : score;

    public void Add(Scores more)
    {
        foreach (var (place, score) in more._all) Add(place, score);
    }

    public void Clear() => _all.Clear();

    /// <summary>Their mean: each loss counts as much as any other; null where none can tell.</summary>
    public double? Value => _all.Values.Select(s => s.Value).Average();
}

/// <summary>
/// How much of the targets is right, so that it means the same whatever the loss: the share of samples whose class is right, or of the
/// targets' variance that is explained (R²), at least -1.
/// </summary>
internal readonly record struct Score
{
    /// <summary>Samples whose class is right, of so many.</summary>
    public long Right { get; init; }
    public long Samples { get; init; }

    /// <summary>Numbers that were predicted, their squared error, and the sums of the targets and of their squares.</summary>
    public long Numbers { get; init; }
    public double Error { get; init; }
    public double Sum { get; init; }
    public double Squares { get; init; }

    /// <summary>The sum of what the user's own function said, so many times.</summary>
    public double Given { get; init; }
    public long Times { get; init; }

    public Score() { }

    public Score With(Score more) => new()
    {
        Right = Right + more.Right, Samples = Samples + more.Samples, Numbers = Numbers + more.Numbers, Error = Error + more.Error,
        Sum = Sum + more.Sum, Squares = Squares + more.Squares, Given = Given + more.Given, Times = Times + more.Times,
    };

    /// <summary>From -1 to 1, or what the user's function says; null where nothing can be compared.</summary>
    public double? Value
    {
        get
        {
            if (Times > 0) return Given / Times;
            if (Samples > 0) return (double)Right / Samples;
            if (Numbers < 2 || Squares / Numbers - Math.Pow(Sum / Numbers, 2) is not (> 1e-12 and var variance)) return null;
            return double.IsFinite(Error) ? Math.Max(-1, 1 - Error / Numbers / variance) : -1;
        }
    }

    /// <summary>Of one batch; nothing where its sides cannot be compared.</summary>
    public static Score Of(torch.Tensor output, torch.Tensor target, bool isOfClasses)
    {
        if (isOfClasses)
            return Classes(output, target) is { } right ? new() { Right = right.sum().item<long>(), Samples = right.numel() } : new();
        if (output.numel() != target.numel()) return new();
        var (o, t) = (output.reshape(-1).to(torch.float64), target.reshape(-1).to(torch.float64));
        return new()
        {
            Numbers = t.numel(), Error = (o - t).square().sum().item<double>(), Sum = t.sum().item<double>(),
            Squares = t.square().sum().item<double>(),
        };
    }

    /// <summary>Which samples are right: by the largest of several classes, or by a chance of a half.</summary>
    private static torch.Tensor? Classes(torch.Tensor output, torch.Tensor target)
    {
        if (output.dim() > 1 && output.shape[1] > 1)
        {
            var predicted = output.argmax(1);
            if (predicted.shape.SequenceEqual(target.shape)) return predicted.eq(target);
            if (output.shape.SequenceEqual(target.shape)) return predicted.eq(target.argmax(1));
        }
        // Chances lie between 0 and 1, logits do not.
        return output.numel() == target.numel() ? output.reshape(-1).gt(IsChance(output) ? 0.5 : 0).eq(target.reshape(-1).gt(0.5)) : null;
    }

    private static bool IsChance(torch.Tensor output) => output.ge(0).all().item<bool>() && output.le(1).all().item<bool>();
}
