using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Torch;

/// <summary>The TorchSharp types of one compilation; null when the project does not reference TorchSharp.</summary>
internal sealed class TorchSymbols
{
    private readonly INamedTypeSymbol _nn, _module, _tensor;
    private readonly IAssemblySymbol _own;
    private readonly INamedTypeSymbol? _optimizer, _init, _optim, _parameter, _lossBase;

    private TorchSymbols(INamedTypeSymbol torch, INamedTypeSymbol nn, INamedTypeSymbol module, INamedTypeSymbol tensor,
        Compilation compilation)
    {
        (_nn, _module, _tensor) = (nn, module, tensor);
        _optimizer = compilation.GetTypeByMetadataName("TorchSharp.torch+optim+Optimizer");
        _optim = compilation.GetTypeByMetadataName("TorchSharp.torch+optim");
        _init = compilation.GetTypeByMetadataName("TorchSharp.torch+nn+init");
        _parameter = compilation.GetTypeByMetadataName("TorchSharp.Modules.Parameter");
        _lossBase = compilation.GetTypeByMetadataName("TorchSharp.Loss`3");
        PlainForward =
            compilation.GetTypeByMetadataName("TorchSharp.torch+nn+Module`2")?.GetMembers("forward").OfType<IMethodSymbol>()
            .FirstOrDefault();
        Assembly = torch.ContainingAssembly;
        _own = compilation.Assembly;
    }

    public IAssemblySymbol Assembly { get; }

    /// <summary>forward of <c>Module&lt;T1, TResult&gt;</c>.</summary>
    public IMethodSymbol? PlainForward { get; }

    public static TorchSymbols? TryCreate(Compilation compilation) =>
        compilation.GetTypeByMetadataName("TorchSharp.torch") is { } torch
        && compilation.GetTypeByMetadataName("TorchSharp.torch+nn") is { } nn
        && compilation.GetTypeByMetadataName("TorchSharp.torch+nn+Module") is { } module
        && compilation.GetTypeByMetadataName("TorchSharp.torch+Tensor") is { } tensor
            ? new TorchSymbols(torch, nn, module, tensor, compilation)
            : null;

    /// <summary>Written in the project that is read; code of other projects is as closed as a library.</summary>
    public bool IsOwn(ISymbol? symbol) => Same(symbol?.ContainingAssembly, _own) && !symbol!.DeclaringSyntaxReferences.IsEmpty;

    public bool IsTorch(ISymbol? symbol) => Same(symbol?.ContainingAssembly, Assembly);
    public bool IsNn(ITypeSymbol? type) => Same(type, _nn);
    public bool IsInit(ITypeSymbol? type) => Same(type, _init);
    public bool IsOptim(ITypeSymbol? type) => Same(type, _optim);
    public bool IsTensor(ITypeSymbol? type) => DerivesFrom(type, _tensor);
    public bool IsParameter(ITypeSymbol? type) => Same(type, _parameter);
    public bool IsOptimizer(ITypeSymbol? type) => DerivesFrom(type, _optimizer);
    public bool IsLoss(ITypeSymbol? type) => DerivesFrom(type?.OriginalDefinition, _lossBase);

    /// <summary>Any module, TorchSharp's own and the user's; the generic interfaces too.</summary>
    public bool IsModule(ITypeSymbol? type) =>
        DerivesFrom(type, _module) || type is { Name: "IModule" } && IsTorch(type);

    /// <summary>A module class written in this project.</summary>
    public bool IsUserModule(ITypeSymbol? type) => type is INamedTypeSymbol && IsOwn(type) && DerivesFrom(type, _module);

    private static bool DerivesFrom(ITypeSymbol? type, ITypeSymbol? ancestor)
    {
        if (ancestor is null) return false;
        for (; type is not null; type = type.BaseType)
            if (Same(type.OriginalDefinition, ancestor)) return true;
        return false;
    }

    private static bool Same(ISymbol? a, ISymbol? b) => a is not null && SymbolEqualityComparer.Default.Equals(a, b);
}
