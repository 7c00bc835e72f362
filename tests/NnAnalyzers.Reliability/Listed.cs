namespace NnAnalyzers.Reliability;

/// <summary>An area whose faults are a list; each starts the tool itself, so none needs a process of its own.</summary>
/// <param name="kinds">What each fault is called.</param>
internal abstract class Listed(string name, string promise, IEnumerable<string> kinds) : IArea
{
    private readonly string[] _kinds = kinds.ToArray();

    public string Name => name;
    public string Promise => promise;
    public virtual int? Usual => _kinds.Length;
    public bool IsApart => false;

    public string KindOf(int number, int seed) => _kinds[number % _kinds.Length];

    public Task<string?> TryAsync(int number, int seed, CancellationToken cancellation) =>
        Task.FromResult(Try(number % _kinds.Length, new Random(unchecked(seed * 1_000_003 + number))));

    /// <summary>What does not hold of a fault, in one line; null if all does.</summary>
    /// <param name="at">Its place in the list.</param>
    /// <param name="random">The same for the same seed and number.</param>
    protected abstract string? Try(int at, Random random);
}
