using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Experiments;

/// <summary>Hidden sigmoids and tanhs in networks of 3 to 12 layers (NN1006: rectifiers learn what they do not).</summary>
internal static class Depth
{
    [TrainingProgram(LossBelow = 0.05, Claim = "ReLU, table, 3 layers: learns")]
    public static void Deep_ReLU_03(TrainingRun run) => Architectures.Deep(run, 3, () => ReLU());

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Tanh, table, 3 layers: does not learn")]
    public static void Deep_Tanh_03(TrainingRun run) => Architectures.Deep(run, 3, () => Tanh());

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Sigmoid, table, 3 layers: does not learn")]
    public static void Deep_Sigmoid_03(TrainingRun run) => Architectures.Deep(run, 3, () => Sigmoid());

    [TrainingProgram(LossBelow = 0.05, Claim = "ReLU, table, 5 layers: learns")]
    public static void Deep_ReLU_05(TrainingRun run) => Architectures.Deep(run, 5, () => ReLU());

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Tanh, table, 5 layers: does not learn")]
    public static void Deep_Tanh_05(TrainingRun run) => Architectures.Deep(run, 5, () => Tanh());

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Sigmoid, table, 5 layers: does not learn")]
    public static void Deep_Sigmoid_05(TrainingRun run) => Architectures.Deep(run, 5, () => Sigmoid());

    [TrainingProgram(LossBelow = 0.05, Claim = "ReLU, table, 8 layers: learns")]
    public static void Deep_ReLU_08(TrainingRun run) => Architectures.Deep(run, 8, () => ReLU());

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Tanh, table, 8 layers: does not learn")]
    public static void Deep_Tanh_08(TrainingRun run) => Architectures.Deep(run, 8, () => Tanh());

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Sigmoid, table, 8 layers: does not learn")]
    public static void Deep_Sigmoid_08(TrainingRun run) => Architectures.Deep(run, 8, () => Sigmoid());

    [TrainingProgram(LossBelow = 0.05, Claim = "ReLU, table, 12 layers: learns")]
    public static void Deep_ReLU_12(TrainingRun run) => Architectures.Deep(run, 12, () => ReLU());

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Tanh, table, 12 layers: does not learn")]
    public static void Deep_Tanh_12(TrainingRun run) => Architectures.Deep(run, 12, () => Tanh());

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Sigmoid, table, 12 layers: does not learn")]
    public static void Deep_Sigmoid_12(TrainingRun run) => Architectures.Deep(run, 12, () => Sigmoid());

    [TrainingProgram(LossBelow = 0.1, Claim = "ReLU, picture, 3 layers: learns")]
    public static void DeepOnPixels_ReLU_03(TrainingRun run) => Architectures.DeepOnPixels(run, 3, () => ReLU());

    [TrainingProgram(LossBelow = 0.1, ClaimedToFail = true, Claim = "Tanh, picture, 3 layers: does not learn")]
    public static void DeepOnPixels_Tanh_03(TrainingRun run) => Architectures.DeepOnPixels(run, 3, () => Tanh());

    [TrainingProgram(LossBelow = 0.1, ClaimedToFail = true, Claim = "Sigmoid, picture, 3 layers: does not learn")]
    public static void DeepOnPixels_Sigmoid_03(TrainingRun run) => Architectures.DeepOnPixels(run, 3, () => Sigmoid());

    [TrainingProgram(LossBelow = 0.1, Claim = "ReLU, picture, 5 layers: learns")]
    public static void DeepOnPixels_ReLU_05(TrainingRun run) => Architectures.DeepOnPixels(run, 5, () => ReLU());

    [TrainingProgram(LossBelow = 0.1, ClaimedToFail = true, Claim = "Tanh, picture, 5 layers: does not learn")]
    public static void DeepOnPixels_Tanh_05(TrainingRun run) => Architectures.DeepOnPixels(run, 5, () => Tanh());

    [TrainingProgram(LossBelow = 0.1, ClaimedToFail = true, Claim = "Sigmoid, picture, 5 layers: does not learn")]
    public static void DeepOnPixels_Sigmoid_05(TrainingRun run) => Architectures.DeepOnPixels(run, 5, () => Sigmoid());

    [TrainingProgram(LossBelow = 0.1, Claim = "ReLU, picture, 8 layers: learns")]
    public static void DeepOnPixels_ReLU_08(TrainingRun run) => Architectures.DeepOnPixels(run, 8, () => ReLU());

    [TrainingProgram(LossBelow = 0.1, ClaimedToFail = true, Claim = "Tanh, picture, 8 layers: does not learn")]
    public static void DeepOnPixels_Tanh_08(TrainingRun run) => Architectures.DeepOnPixels(run, 8, () => Tanh());

    [TrainingProgram(LossBelow = 0.1, ClaimedToFail = true, Claim = "Sigmoid, picture, 8 layers: does not learn")]
    public static void DeepOnPixels_Sigmoid_08(TrainingRun run) => Architectures.DeepOnPixels(run, 8, () => Sigmoid());

    [TrainingProgram(LossBelow = 0.1, Claim = "ReLU, picture, 12 layers: learns")]
    public static void DeepOnPixels_ReLU_12(TrainingRun run) => Architectures.DeepOnPixels(run, 12, () => ReLU());

    [TrainingProgram(LossBelow = 0.1, ClaimedToFail = true, Claim = "Tanh, picture, 12 layers: does not learn")]
    public static void DeepOnPixels_Tanh_12(TrainingRun run) => Architectures.DeepOnPixels(run, 12, () => Tanh());

    [TrainingProgram(LossBelow = 0.1, ClaimedToFail = true, Claim = "Sigmoid, picture, 12 layers: does not learn")]
    public static void DeepOnPixels_Sigmoid_12(TrainingRun run) => Architectures.DeepOnPixels(run, 12, () => Sigmoid());
}
