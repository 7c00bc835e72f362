using System.Text.RegularExpressions;

namespace NnAnalyzers.Torch;

/// <summary>
/// Words by which code tells that its loss is one of those that belong together: of segmentation, detection, pictures as seen, chances,
/// two networks against or after each other, policies, scores of chances.
/// </summary>
internal static class LossNames
{
    private static readonly string[] Beginnings = ["dice", "focal", "tversky", "lovasz", "iou", "giou", "diou", "ciou", "eiou", "siou",
        "box", "bbox", "anchor", "objectness", "yolo", "ssim", "msssim", "lpips", "perceptual", "vgg", "gram", "kl", "elbo", "vae", "gan",
        "adversarial", "discriminator", "critic", "ppo", "policy", "distill", "teacher", "student", "contrastive", "triplet", "physics",
        "pde", "pinn", "brier", "calibrat"];

    private static readonly Regex Joints = new(@"_|\d+|(?<=[a-z])(?=[A-Z])", RegexOptions.CultureInvariant);

    /// <summary>Whether a word of an identifier begins with one of the names.</summary>
    public static bool IsIn(string identifier) => Joints.Split(identifier.Replace("IoU", "Iou"))
        .Any(word => Beginnings.Any(b => word.StartsWith(b, StringComparison.OrdinalIgnoreCase)));
}
