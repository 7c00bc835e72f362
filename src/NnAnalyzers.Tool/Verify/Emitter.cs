using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;

namespace NnAnalyzers.Tool.Verify;

/// <summary>Compiles a project that is to be run.</summary>
internal static class Emitter
{
    /// <summary>The assembly with its debug information in it; or the first error.</summary>
    public static (byte[]? Bytes, Diagnostic? Error) Emit(Compilation compilation)
    {
        using var bytes = new MemoryStream();
        var result = compilation.Emit(bytes, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        return result.Success ? (bytes.ToArray(), null) : (null, result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error));
    }

    /// <summary>A class as reflection names it.</summary>
    public static string MetadataName(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? MetadataName(outer) + "+" + type.MetadataName
            : type.ContainingNamespace.IsGlobalNamespace ? type.MetadataName
            : type.ContainingNamespace.ToDisplayString() + "." + type.MetadataName;
}
