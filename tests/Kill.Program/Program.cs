using System.Globalization;

namespace Seq.Embedded.Kill;

/// <summary>Trains in a folder, and saves and says so after every few updates, until it is killed or done.</summary>
internal static class Program
{
    /// <param name="arguments">The folder, the number of updates in all, and from one save to the next.</param>
    private static void Main(string[] arguments)
    {
        int updates = int.Parse(arguments[1], CultureInfo.InvariantCulture), every = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        using SavedTraining training = new(arguments[0]);
        while (training.Updates < updates)
        {
            training.Update();
            if (training.Updates % every == 0 || training.Updates == updates)
            {
                training.Save();
                Console.Out.WriteLine(training.Updates);
            }
        }
    }
}
