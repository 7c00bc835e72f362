using System.Xml.Linq;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Formats;

/// <summary>Findings as failed tests of JUnit's XML, one suite for each file, for systems that show test results.</summary>
internal static class JUnitFormat
{
    public static void Write(IReadOnlyList<Entry> entries, string root, TextWriter writer)
    {
        var suites = entries.GroupBy(e => e.File(root)).Select(file => new XElement("testsuite", new XAttribute("name", file.Key),
            new XAttribute("tests", file.Count()), new XAttribute("failures", file.Count()), new XAttribute("errors", 0),
            file.Select(e => new XElement("testcase", new XAttribute("name", $"{e.Rule} {Analysis.Place(e.Place)}"),
                new XAttribute("classname", file.Key), new XElement("failure", new XAttribute("type", e.Level),
                    new XAttribute("message", Clean(e.Message)), Clean(e.Line)))))).ToList();
        // Without a finding there is one test, that passed: a report without tests counts as broken.
        if (suites.Count == 0) suites.Add(new("testsuite", new XAttribute("name", "nn"), new XAttribute("tests", 1),
            new XAttribute("failures", 0), new XAttribute("errors", 0),
            new XElement("testcase", new XAttribute("name", "no findings"), new XAttribute("classname", "nn"))));
        var all = Math.Max(1, entries.Count);
        writer.WriteLine("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
        writer.WriteLine(new XElement("testsuites", new XAttribute("name", "NnAnalyzers"), new XAttribute("tests", all),
            new XAttribute("failures", entries.Count), new XAttribute("errors", 0), suites));
    }

    /// <summary>Without what XML cannot hold.</summary>
    private static string Clean(string text) => string.Concat(text.Where(System.Xml.XmlConvert.IsXmlChar));
}
