namespace NnAnalyzers.Projects;

/// <summary>
/// Callers before what they call, as far as names tell: what is called is then read where it is called, and a chain of calls that is too
/// long to follow goes on where it was cut.
/// </summary>
internal static class CallOrder
{
    public static IReadOnlyList<T> CallersFirst<T>(IReadOnlyList<T> methods, Func<T, TreeDigest.MethodDigest?> digest) where T : class
    {
        var named = methods.ToLookup(m => digest(m)?.Name ?? "", StringComparer.Ordinal);
        var (seen, expanded, done) = (new HashSet<T>(), new HashSet<string>(StringComparer.Ordinal), new List<T>(methods.Count));
        var open = new Stack<(T Method, IEnumerator<string> Mentions, Queue<T> Next)>();
        // The last one first, since the order is turned round in the end.
        for (var i = methods.Count - 1; i >= 0; i--)
        {
            Enter(methods[i]);
            while (open.Count > 0)
            {
                var (method, mentions, next) = open.Peek();
                if (next.Count > 0) Enter(next.Dequeue());
                else if (mentions.MoveNext())
                {
                    // Many methods may have one name; all of them are entered where it is met first.
                    if (!expanded.Add(mentions.Current)) continue;
                    foreach (var called in named[mentions.Current]) next.Enqueue(called);
                }
                else
                {
                    done.Add(method);
                    open.Pop();
                }
            }
        }
        done.Reverse();
        return done;

        void Enter(T method)
        {
            if (seen.Add(method)) open.Push((method, (digest(method)?.Mentions ?? []).Distinct().GetEnumerator(), new()));
        }
    }
}
