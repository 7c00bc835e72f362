using System.Globalization;
using System.Xml.Linq;
using GraphShape;
using GraphShape.Algorithms.Layout;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Training;
using QuikGraph;

namespace NnAnalyzers.Tool.Drawing;

/// <summary>
/// A network as layers from top to bottom, laid out by GraphShape (Sugiyama et al. 1981), or training code as rounds within rounds; what a
/// finding is about is red. As SVG, with sizes in pixels.
/// </summary>
internal sealed record GraphDrawing(string Title, XElement Body, double Width, double Height)
{
    /// <summary>What the findings in it say.</summary>
    public IReadOnlyList<string> Said { get; private init; } = [];

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private const double LetterWidth = 7.3, LineHeight = 17, Padding = 8, Margin = 12;

    /// <summary>Where findings are, and what they say.</summary>
    internal sealed class Findings(IEnumerable<Diagnostic> findings)
    {
        private readonly List<Diagnostic> _all = findings.ToList();

        /// <summary>What is about a place, or about a part of what makes a layer.</summary>
        public IReadOnlyList<string> At(SyntaxNode? place, Layer? made = null) => _all.Where(f =>
            Is(f, place) && f.Location.SourceSpan.Start == place!.SpanStart
            || made is { Children: null } && Is(f, made.Syntax) && made.Syntax!.Span.Contains(f.Location.SourceSpan))
            .Select(f => $"{f.Id}: {f.GetMessage()}").ToList();

        private static bool Is(Diagnostic finding, SyntaxNode? place) =>
            place is not null && place.SyntaxTree == finding.Location.SourceTree;
    }

    private sealed record Node(IReadOnlyList<string> Lines, string Class, IReadOnlyList<string> Said)
    {
        public double Width => Lines.Max(l => l.Length) * LetterWidth + 2 * Padding;
        public double Height => Lines.Count * LineHeight + 2 * Padding;
    }

    public static GraphDrawing Of(Network network, Findings findings)
    {
        var graph = new BidirectionalGraph<Node, Edge<Node>>();
        var nodes = new Dictionary<Step, Node>();
        foreach (var step in network.Steps)
        {
            var (name, made) = (GraphPrinter.Describe(step), step.Layer is { Children: null } layer ? layer.Signature : null);
            var lines = new[] { made?.StartsWith(name, StringComparison.Ordinal) == true ? null : name, made, GraphPrinter.ShapeOf(step) }
                .OfType<string>().ToList();
            var kind = step.Kind == StepKind.Unknown ? "unknown" : step.HasWeights ? "weights" : step.Kind == StepKind.Input ? "input" : "";
            var said = findings.At(step.Syntax, step.Layer).ToList();
            graph.AddVertex(nodes[step] = new(lines, said.Count > 0 ? $"{kind} found" : kind, said));
            foreach (var input in step.Inputs.Distinct())
                if (nodes.TryGetValue(input, out var from)) graph.AddEdge(new(from, nodes[step]));
        }
        foreach (var loss in network.Losses.DistinctBy(l => l.Op.Name))
        {
            var node = new Node([loss.Op.Name], "loss", findings.At(loss.Loss.Syntax));
            graph.AddVertex(node);
            foreach (var output in network.Outputs.Where(o => !o.PredictionOnly))
                if (nodes.TryGetValue(output.Step, out var from)) graph.AddEdge(new(from, node));
        }
        var (positions, routes) = Place(graph);
        var (left, top) = (positions.Min(p => p.Value.X - p.Key.Width / 2), positions.Min(p => p.Value.Y - p.Key.Height / 2));
        (double X, double Y) Moved(Point point) => (point.X - left + Margin, point.Y - top + Margin);
        (double X, double Y) At(Node node) => Moved(positions[node]);
        var edges = graph.Edges.Select(e =>
        {
            // Around what lies between, smoothly from one turn to the next.
            var way = new List<(double X, double Y)> { (At(e.Source).X, At(e.Source).Y + e.Source.Height / 2) };
            if (routes.TryGetValue(e, out var turns)) way.AddRange(turns.Select(Moved));
            way.Add((At(e.Target).X, At(e.Target).Y - e.Target.Height / 2 - 4));
            var line = Text($"M {way[0].X} {way[0].Y}") + string.Concat(way.Zip(way.Skip(1), (a, b) =>
                Text($" C {a.X} {(a.Y + b.Y) / 2} {b.X} {(a.Y + b.Y) / 2} {b.X} {b.Y}")));
            return new XElement(Svg + "path", new XAttribute("class", "edge"), new XAttribute("marker-end", "url(#arrow)"),
                new XAttribute("d", line));
        });
        return new($"network {network.Name}", new XElement(Svg + "g", edges, graph.Vertices.Select(n => Box(n, At(n).X, At(n).Y))),
            graph.Vertices.Max(n => At(n).X + n.Width / 2) + Margin, graph.Vertices.Max(n => At(n).Y + n.Height / 2) + Margin)
            { Said = graph.Vertices.SelectMany(n => n.Said).Distinct().ToList() };
    }

    /// <summary>The middle of each node, and the turns of edges that pass others.</summary>
    private static (IDictionary<Node, Point> Positions, IDictionary<Edge<Node>, Point[]> Routes) Place(
        BidirectionalGraph<Node, Edge<Node>> graph)
    {
        var sizes = graph.Vertices.ToDictionary(n => n, n => new GraphShape.Size(n.Width, n.Height));
        var layout = new SugiyamaLayoutAlgorithm<Node, Edge<Node>, BidirectionalGraph<Node, Edge<Node>>>(graph, sizes,
            new SugiyamaLayoutParameters { LayerGap = 28, SliceGap = 18, EdgeRouting = SugiyamaEdgeRouting.Traditional });
        layout.Compute();
        return (layout.VerticesPositions, layout.EdgeRoutes);
    }

    private static XElement Box(Node node, double x, double y)
    {
        var (left, top) = (x - node.Width / 2, y - node.Height / 2);
        return new XElement(Svg + "g", new XAttribute("class", ("node " + node.Class).Trim()),
            node.Said.Count > 0 ? new XElement(Svg + "title", string.Join("\n", node.Said)) : null,
            new XElement(Svg + "rect", Numbers(("x", left), ("y", top), ("width", node.Width), ("height", node.Height), ("rx", 5))),
            node.Lines.Select((line, i) => new XElement(Svg + "text", Numbers(("x", x),
                ("y", top + Padding + (i + 0.75) * LineHeight)), new XAttribute("text-anchor", "middle"),
                i > 0 ? new XAttribute("class", "small") : null, line)));
    }

    /// <summary>Each round is a lane with a frame around what happens in it.</summary>
    public static GraphDrawing Of(TrainingSite site, Findings findings)
    {
        const double Indent = 18;
        var lines = SitePrinter.Lines(site).ToList();
        var width = lines.Max(l => l.Depth * 2 * Indent + l.Words.Length * LetterWidth) + 2 * Margin + Indent;
        var all = new List<XElement>();
        var open = new Stack<(int Depth, double Top)>();
        var y = Margin;
        void Close(int depth)
        {
            while (open.Count > 0 && open.Peek().Depth >= depth)
            {
                var (at, top) = open.Pop();
                var x = Margin + (at - 1) * Indent;
                all.Insert(0, new XElement(Svg + "rect", new XAttribute("class", "lane"),
                    Numbers(("x", x), ("y", top), ("width", width - 2 * x), ("height", y - top + 4), ("rx", 6))));
                y += 10;
            }
        }

        foreach (var (depth, words, happened) in lines)
        {
            Close(depth);
            if (happened is null) open.Push((depth, y));
            y += LineHeight + 3;
            var said = findings.At(happened?.Operation.Syntax);
            all.Add(new XElement(Svg + "text",
                new XAttribute("class", (happened is null ? "round" : "event") + (said.Count > 0 ? " found" : "")),
                Numbers(("x", Margin + 8 + (depth - 1) * Indent), ("y", y - 4)),
                said.Count > 0 ? new XElement(Svg + "title", string.Join("\n", said)) : null, words));
        }
        Close(0);
        return new($"training {SitePrinter.NameOf(site)}", new XElement(Svg + "g", all), width, y + Margin)
            { Said = lines.SelectMany(l => findings.At(l.Happened?.Operation.Syntax)).Distinct().ToList() };
    }

    /// <summary>A picture of its own.</summary>
    public XElement Picture(string id) => new(Svg + "svg", new XAttribute("role", "img"), new XAttribute("aria-labelledby", id),
        new XAttribute("viewBox", Text($"0 0 {Width} {Height}")), new XAttribute("width", Text($"{Width}")),
        new XAttribute("height", Text($"{Height}")), new XElement(Svg + "title", new XAttribute("id", id), Title), Body);

    /// <summary>All below each other, with their titles, in one picture that brings its colours along.</summary>
    public static XElement Sheet(IReadOnlyList<GraphDrawing> drawings, string style)
    {
        const double Head = 26;
        var (y, parts) = (0.0, new List<XElement>());
        foreach (var drawing in drawings)
        {
            parts.Add(new XElement(Svg + "text", new XAttribute("class", "head"), Numbers(("x", Margin), ("y", y + 20)), drawing.Title));
            parts.Add(new XElement(Svg + "g", new XAttribute("transform", Text($"translate(0 {y + Head})")), drawing.Body));
            y += drawing.Height + Head;
        }
        var width = drawings.Max(d => Math.Max(d.Width, d.Title.Length * LetterWidth * 1.3 + 2 * Margin));
        return new(Svg + "svg", new XAttribute("viewBox", Text($"0 0 {width} {y}")), new XAttribute("width", Text($"{width}")),
            new XAttribute("height", Text($"{y}")), new XElement(Svg + "style", style), Arrow(), parts);
    }

    public static XElement Arrow() => new(Svg + "defs", new XElement(Svg + "marker", new XAttribute("id", "arrow"),
        new XAttribute("viewBox", "0 0 8 8"), new XAttribute("refX", "6"), new XAttribute("refY", "4"), new XAttribute("markerWidth", "7"),
        new XAttribute("markerHeight", "7"), new XAttribute("orient", "auto-start-reverse"),
        new XElement(Svg + "path", new XAttribute("class", "head"), new XAttribute("d", "M 0 0 L 8 4 L 0 8 z"))));

    private static IEnumerable<XAttribute> Numbers(params (string Name, double Value)[] all) =>
        all.Select(n => new XAttribute(n.Name, Text($"{n.Value}")));

    private static string Text(FormattableString text) => string.Format(CultureInfo.InvariantCulture, text.Format,
        text.GetArguments().Select(a => a is double number ? Math.Round(number, 1) : a).ToArray());
}
