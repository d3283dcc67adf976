using System.Globalization;

namespace Devices.Audio;

/// <summary>What no option of a recipe says alone: which ones go together.</summary>
internal static class RecipeCheck
{
    /// <exception cref="UsageException">The lowest signal-to-noise ratio is above the highest, or there are more updates than can be counted.</exception>
    public static void Check(AugmentationSettings augmentation, int epochs, int steps)
    {
        if (augmentation.LowestSnr > augmentation.HighestSnr)
        {
            throw new UsageException(string.Create(
                CultureInfo.InvariantCulture, $"--snr-min is {augmentation.LowestSnr}; allowed: at most --snr-max, {augmentation.HighestSnr}"));
        }

        if ((long)epochs * steps > int.MaxValue)
        {
            throw new UsageException($"--epochs times --steps is {(long)epochs * steps}; allowed: at most {int.MaxValue}");
        }
    }
}
