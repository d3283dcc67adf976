using System.Numerics.Tensors;

namespace KeywordSpotter.Tuning;

/// <summary>
/// Speech before a keyword, where the audio of the speech is not there: features follow on features. Without it a model learns that a keyword is what comes
/// after a pause, and finds next to none that come after other speech.
/// </summary>
internal static class Splice
{
    private const float LoudPart = 0.3f; // of the loudest step
    private const int Before = 3; // steps that stay before the first loud one
    private const int After = 4; // steps that stay after the last
    private const int Least = 10; // steps of speech
    private const int Most = 50;

    /// <summary>
    /// Moves what is loud to the left or right, where what followed goes on, and puts the end of other speech before it. Nothing changes where there is no room.
    /// Allocates nothing.
    /// </summary>
    /// <param name="draws">Source of all randomness.</param>
    /// <param name="speech">Features (T, F) of the speech.</param>
    /// <param name="example">Features (T, F) of the keyword; changed in place.</param>
    /// <param name="width">F.</param>
    public static void Precede(ref Draws draws, ReadOnlySpan<float> speech, Span<float> example, int width)
    {
        int steps = example.Length / width;
        float loudest = 0;
        for (int step = 0; step < steps; step++)
        {
            loudest = Math.Max(loudest, TensorPrimitives.Sum<float>(example.Slice(step * width, width)));
        }

        int first = steps;
        int last = 0;
        for (int step = 0; step < steps; step++)
        {
            if (TensorPrimitives.Sum<float>(example.Slice(step * width, width)) >= LoudPart * loudest)
            {
                first = Math.Min(first, step);
                last = step;
            }
        }

        int from = Math.Max(0, first - Before);
        int room = Math.Min(Most, steps - (Math.Min(steps, last + 1 + After) - from));
        if (room < Least)
        {
            return;
        }

        int before = Least + draws.Below(room - Least + 1);
        int kept = Math.Min(steps - before, steps - from);
        example.Slice(from * width, kept * width).CopyTo(example[(before * width)..]);
        speech[^(before * width)..].CopyTo(example);
    }
}
