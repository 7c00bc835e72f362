using System.Collections.Immutable;
using NnAnalyzers.Rules;

namespace NnAnalyzers;

/// <summary>Every rule. Where two have something to say about one place, the first in this list speaks.</summary>
internal static class RuleCatalog
{
    public static readonly ImmutableArray<Rule> All = new Rule[]
    {
        new NN4018_LossArgumentsSwapped(),
        new NN1011_SoftmaxOverOne(),
        new NN1013_OneOutputForClasses(),
        new NN1003_SharedBuilderOutput(),
        new NN1002_ActivationRepeatedByLoss(),
        new NN4017_ReductionOverBatch(),
        new NN1001_OutputActivation(),
        new NN1014_ProbabilityMissing(),
        new NN1004_MissingBias(),
        new NN1012_HiddenSoftmax(),
        new NN1006_SaturatingHiddenActivation(),
        new NN1007_MissingNonlinearity(),
        new NN1015_ActivationSkipped(),
        // A layer that is made anew each time says nothing else of itself.
        new NN7003_LayerBuiltInForward(),
        new NN1005_RedundantBias(),
        new NN1009_NoPooling(),
        new NN1008_TooManyFilters(),
        new NN2001_FixedVarianceInit(),
        new NN2002_ConstantWeights(),
        new NN2003_XavierForRectifiers(),
        new NN2004_GainMismatch(),
        new NN2005_ParameterNeverFilled(),
        new NN2006_NormNeverFilled(),
        new NN1010_NormalizationHidesInit(),
        new NN3001_ReshapeForPermute(),
        new NN3002_ReshapeAbsorbsBatch(),
        new NN3004_FlattenMergesBatch(),
        new NN3007_ViewAfterPermute(),
        new NN3006_GlueByReshape(),
        new NN3003_LayerSizesDisagree(),
        new NN3011_TargetType(),
        new NN3005_SqueezeMayDropBatch(),
        new NN3009_LossBroadcasts(),
        new NN3010_BatchAxisSecond(),
        new NN3008_ReshapeHidesMismatch(),
        new NN4015_RegressionLossForClasses(),
        new NN6001_InputsNotNormalized(),
        new NN6002_NormalizationDiffers(),
        new NN6008_NormalizedTwice(),
        new NN6003_UnboundedRange(),
        new NN6004_PictureClips(),
        new NN6005_ColormapNotUniform(),
        new NN6007_TargetsNotPermutedAlong(),
        new NN6006_NotShuffled(),
        new NN5001_SaverBeforeOptimizer(),
        new NN5002_OptimizerStateNotSaved(),
        new NN5004_ResumeWithoutOptimizerState(),
        new NN5003_OptimizerBeforeMove(),
        new NN4011_NoGradNotDisposed(),
        new NN4007_EvaluationInTrainingMode(),
        new NN4014_EvalNeverUndone(),
        new NN4012_DropoutAlwaysOn(),
        new NN7006_MoveResultDiscarded(),
        new NN4004_DecayedToNothing(),
        new NN4003_LearningRateOutOfRange(),
        new NN4001_PlainSgd(),
        new NN4021_LogOfRawOutput(),
        new NN4025_UnsafeFormula(),
        new NN4002_DecayOnAdam(),
        new NN4016_GraphCut(),
        new NN4024_StateCarriedOver(),
        new NN4010_LossKeepsGraph(),
        new NN4013_OptimizerRebuiltInLoop(),
        new NN4020_AscendingLoss(),
        new NN4026_OneModuleTwoRoles(),
        new NN4022_OptimizerSettingOutOfRange(),
        new NN4006_StepWithoutBackward(),
        new NN4005_GradientsNeverCleared(),
        new NN4008_ClippingMasksTheProblem(),
        new NN4009_LossTooClever(),
        new NN4023_SummedLoss(),
        new NN4019_LossNotUsed(),
        new NN7008_OneInstanceRepeated(),
        new NN7004_RegisteredTooEarly(),
        new NN7001_ComponentsNotRegistered(),
        new NN7002_LayersInPlainCollection(),
        new NN7007_StepUnused(),
        new NN7005_TensorsLeakInLoop(),
    }.ToImmutableArray();

    /// <summary>Where it stands in the list; a rule that is not in it stands behind all.</summary>
    public static int PlaceOf(Rule rule) => Places.TryGetValue(rule.Id, out var place) ? place : All.Length;

    private static readonly Dictionary<string, int> Places = All.Select((r, i) => (r.Id, i)).ToDictionary(p => p.Id, p => p.i);

    public static Rule? Find(string id) => All.FirstOrDefault(r => string.Equals(r.Id, id, StringComparison.OrdinalIgnoreCase));
}
