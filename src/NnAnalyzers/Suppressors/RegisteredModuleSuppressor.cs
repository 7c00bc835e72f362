using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers;

/// <summary>
/// Takes back what the SDK's rules about disposal say of modules that TorchSharp disposes: a module disposes the children, parameters and
/// buffers that are
/// registered with it, by RegisterComponents or by being handed to a Sequential, a ModuleList or register_module.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RegisteredModuleSuppressor : DiagnosticSuppressor
{
    private const string Because = "the module it is registered with disposes it";
    private static readonly SuppressionDescriptor
        Local = new("NNS2000", "CA2000", Because),
        Owner = new("NNS1001", "CA1001", Because),
        Field = new("NNS2213", "CA2213", Because);

    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = ImmutableArray.Create(Local, Owner, Field);

    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        if (TorchSymbols.TryCreate(context.Compilation) is not { } torch) return;
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is not { } tree) continue;
            var node = tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            var code = new Reading(torch, context);
            var (descriptor, owned) = diagnostic.Id switch
            {
                "CA2000" => (Local, code.IsHandedOver(node)),
                "CA2213" => (Field, code.IsRegisteredField(node)),
                _ => (Owner, code.OwnsOnlyRegistered(node)),
            };
            if (owned) context.ReportSuppression(Suppression.Create(descriptor, diagnostic));
        }
    }

    private sealed class Reading(TorchSymbols torch, SuppressionAnalysisContext context)
    {
        private SemanticModel Model(SyntaxNode node) => context.GetSemanticModel(node.SyntaxTree);

        /// <summary>A new module that goes to another one, at once or through its variable.</summary>
        public bool IsHandedOver(SyntaxNode creation)
        {
            if (Model(creation).GetOperation(creation, context.CancellationToken) is not { } operation || !torch.IsModule(operation.Type))
                return false;
            if (GoesToModule(operation)) return true;
            return operation.Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var variable } }
                && creation.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member && GoesToModule(member, variable);
        }

        /// <summary>A field of a module class that registers it.</summary>
        public bool IsRegisteredField(SyntaxNode declaration)
        {
            if (Model(declaration).GetDeclaredSymbol(declaration, context.CancellationToken) is not IFieldSymbol field
                || !torch.IsUserModule(field.ContainingType)) return false;
            if (!torch.IsModule(field.Type) && !torch.IsTensor(field.Type)) return false;
            // A Dispose of the class's own must still reach the one that does the work.
            if (Members(field.ContainingType).OfType<MethodDeclarationSyntax>()
                .Any(m => m.Identifier.Text == "Dispose" && m.ParameterList.Parameters.Count == 1
                && !m.DescendantNodes().OfType<BaseExpressionSyntax>().Any())) return false;
            if (Registers(field.ContainingType) || IsHandedOver(field)) return true;
            // A base class that registers sees what is there before its constructor runs.
            if (declaration is VariableDeclaratorSyntax { Initializer: not null })
                for (var type = field.ContainingType.BaseType; type is not null && torch.IsUserModule(type); type = type.BaseType)
                    if (Registers(type)) return true;
            return false;
        }

        /// <summary>A class that is no module, whose every disposable field is a module that belongs to another.</summary>
        public bool OwnsOnlyRegistered(SyntaxNode declaration)
        {
            if (Model(declaration).GetDeclaredSymbol(declaration, context.CancellationToken) is not INamedTypeSymbol type) return false;
            var fields =
                type.GetMembers().OfType<IFieldSymbol>()
                .Where(f => !f.IsStatic && f.Type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_IDisposable)).ToList();
            return fields.Count > 0 && fields.All(f => torch.IsModule(f.Type) && IsHandedOver(f));
        }

        private bool IsHandedOver(IFieldSymbol field) => Members(field.ContainingType).Any(m => GoesToModule(m, field));

        private IEnumerable<MemberDeclarationSyntax> Members(INamedTypeSymbol type) =>
            type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(context.CancellationToken)).OfType<TypeDeclarationSyntax>()
            .SelectMany(t => t.Members);

        private bool Registers(INamedTypeSymbol type) => Members(type).Any(m => m.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Any(i => i.Expression is IdentifierNameSyntax
            or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax }
            && NameOf(i) == Effects.RegisterAll));

        private static string? NameOf(InvocationExpressionSyntax call) => call.Expression switch
        {
            IdentifierNameSyntax name => name.Identifier.Text,
            MemberAccessExpressionSyntax access => access.Name.Identifier.Text,
            _ => null,
        };

        private bool GoesToModule(SyntaxNode member, ISymbol variable) => member.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => n.Identifier.Text == variable.Name
            && SymbolEqualityComparer.Default.Equals(Model(n).GetSymbolInfo(n, context.CancellationToken).Symbol, variable))
            .Any(n => Model(n).GetOperation(n, context.CancellationToken) is { } use && GoesToModule(use));

        /// <summary>An argument, alone or in a tuple or list, of something of TorchSharp's that keeps modules.</summary>
        private bool GoesToModule(IOperation operation)
        {
            var parent = operation.Parent;
            while (parent is IConversionOperation or IParenthesizedOperation or ITupleOperation or IArrayInitializerOperation
                or IArrayCreationOperation) parent = parent.Parent;
            // x.Add(y) of an object initializer or a call; new ModuleList(y).
            return parent is IArgumentOperation argument && argument.Parent switch
            {
                IInvocationOperation call =>
                    torch.IsTorch(call.TargetMethod)
                    && (torch.IsModule(call.TargetMethod.ContainingType) || torch.IsNn(call.TargetMethod.ContainingType))
                    && call.TargetMethod.Name is not ("call" or "forward"),
                IObjectCreationOperation made => torch.IsTorch(made.Type) && torch.IsModule(made.Type),
                _ => false,
            };
        }
    }
}
