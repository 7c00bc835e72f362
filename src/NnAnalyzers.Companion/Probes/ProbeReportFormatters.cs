namespace NnAnalyzers.Companion;

/// <summary>
/// Shows a report as HTML where a cell of a notebook ends with it. .NET Interactive looks for an attribute of this name, and calls what it
/// names by the names of its members, so nothing of the notebook's is needed.
/// </summary>
internal sealed class ProbeReportFormatters
{
    public IEnumerable<object> CreateTypeFormatters() => [new Html(), new Text()];

    private sealed class Html
    {
        public string MimeType => "text/html";

        public bool Format(object instance, TextWriter writer) => Write((instance as ProbeReport)?.ToHtml(), writer);
    }

    private sealed class Text
    {
        public string MimeType => "text/plain";

        public bool Format(object instance, TextWriter writer) => Write((instance as ProbeReport)?.ToText(), writer);
    }

    private static bool Write(string? text, TextWriter writer)
    {
        if (text is null) return false;
        writer.Write(text);
        return true;
    }
}

/// <summary>Known to .NET Interactive by its name.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; } = ["text/html"];
}
