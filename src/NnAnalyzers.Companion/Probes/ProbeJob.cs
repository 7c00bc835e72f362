using System.Text.Json;

namespace NnAnalyzers.Companion;

/// <summary>
/// What <c>nn probe</c> asks a process with the project's own dependencies to do. The same file is compiled into both sides.
/// </summary>
internal sealed record ProbeJob
{
    /// <summary>Path of the compiled project.</summary>
    public required string Assembly { get; init; }

    /// <summary>The model's class as reflection names it.</summary>
    public required string Type { get; init; }

    /// <summary>Constructor arguments by name.</summary>
    public IReadOnlyDictionary<string, JsonElement> Arguments { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The input's shape, samples first; null where a size is to be found by trying.</summary>
    public required IReadOnlyList<long?> Input { get; init; }

    /// <summary>The loss as torch.nn names it.</summary>
    public required string Loss { get; init; }

    /// <summary>Bounds of the targets, where they are known.</summary>
    public double? TargetLow { get; init; }
    public double? TargetHigh { get; init; }

    /// <summary>The optimizer as torch.optim names it, and its rate.</summary>
    public required string Optimizer { get; init; }
    public required double LearningRate { get; init; }

    public string Device { get; init; } = "auto";
    public string? LibTorch { get; init; }
    public int Seed { get; init; }
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>The losses that can be probed without a line of code, by the name torch.nn gives them.</summary>
    public static readonly IReadOnlyList<string> Losses = ["CrossEntropyLoss", "MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss",
        "BCEWithLogitsLoss", "BCELoss", "NLLLoss"];

    /// <summary>The optimizers of the same kind.</summary>
    public static readonly IReadOnlyList<string> Optimizers = ["Adam", "AdamW", "SGD", "RMSProp"];
}

/// <summary>What comes back.</summary>
internal sealed record ProbeAnswer
{
    /// <summary>Why nothing could be asked; null if it could.</summary>
    public string? Error { get; init; }

    /// <summary>The shape that was fed.</summary>
    public IReadOnlyList<long> Input { get; init; } = [];

    /// <summary>It was fed entries of an embedding, not values.</summary>
    public bool InputIsIds { get; init; }
    public bool Learns { get; init; }
    public string Text { get; init; } = "";
    public string Html { get; init; } = "";
    public string Json { get; init; } = "";
}

/// <summary>What <c>nn probe</c> asks a process to do with a program as it is. The same file is compiled into both sides.</summary>
internal sealed record ProgramProbeJob
{
    /// <summary>Path of the compiled program.</summary>
    public required string Assembly { get; init; }

    /// <summary>Namespace.Type.Method without arguments; empty for the entry point.</summary>
    public required string Method { get; init; }

    /// <summary>Of its entry point.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Where something goes backward that can be asked about, from 0.</summary>
    public required IReadOnlyList<int> Places { get; init; }

    /// <summary>About how long the probes of one place may take.</summary>
    public double Seconds { get; init; } = 60;
    public string? LibTorch { get; init; }
    public IReadOnlyList<string>? Only { get; init; }
}

/// <summary>What comes back.</summary>
internal sealed record ProgramProbeAnswer
{
    /// <summary>Why nothing could be asked; null if it could.</summary>
    public string? Error { get; init; }
    public IReadOnlyList<PlaceAnswer> Places { get; init; } = [];
    public string Html { get; init; } = "";
    public string Json { get; init; } = "";
}

/// <summary>What the probes say where something goes backward.</summary>
/// <param name="Place">From 0.</param>
/// <param name="Error">Why it could not be asked; null if it could.</param>
/// <param name="Setting">What it was asked with.</param>
/// <param name="Learns">No probe failed.</param>
/// <param name="Text">The answers, as they are printed.</param>
/// <param name="Model">The model's class as reflection names it.</param>
/// <param name="Layer">The layer or parameter that is at fault, as the model names it; null where none can be named.</param>
internal sealed record PlaceAnswer(int Place, string? Error, string Setting, bool Learns, string Text, string? Model, string? Layer);
