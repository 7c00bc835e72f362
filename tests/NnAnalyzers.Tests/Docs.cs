using System.Reflection;

namespace NnAnalyzers.Tests;

/// <summary>
/// Parts of the pages that come from the code: what stands between <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c>.
/// </summary>
internal static class Docs
{
    private static readonly string Root = typeof(Docs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>Holds a part of a page equal to what it must be; with NN_UPDATE=1 in the environment it is rewritten.</summary>
    public static void Compare(string page, string name, string expected)
    {
        var (path, open, close) = (Path.Combine(Root, page), $"<!-- {name} -->\n", $"\n<!-- /{name} -->");
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var (start, end) = (text.IndexOf(open, StringComparison.Ordinal), text.IndexOf(close, StringComparison.Ordinal));
        Assert.True(start >= 0 && end > start, $"{page} has no part {name}");
        start += open.Length;
        if (Environment.GetEnvironmentVariable("NN_UPDATE") == "1")
        {
            text = text[..start] + expected + text[end..];
            end = start + expected.Length;
            File.WriteAllText(path, text);
        }
        Assert.Equal(text[start..end], expected);
    }
}
