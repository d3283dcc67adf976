using System.Numerics.Tensors;
using Seq.Embedded.Audio;

namespace Devices.Audio;

/// <summary>
/// Turns composed audio into an example of fixed length: speed, position, reverberation, level, noise, microphone, line, clipping; masks on the features.
/// One per thread; all randomness comes from the draws that are handed in.
/// </summary>
/// <param name="settings">How much is varied. What is off draws nothing.</param>
/// <param name="noise">Recordings to mix in.</param>
/// <param name="features">Of the model.</param>
/// <param name="samples">Of an example.</param>
/// <param name="speech">What babble is made of; null or empty for none.</param>
internal sealed class Augmenter(AugmentationSettings settings, Clip[] noise, FeatureSettings features, int samples, Clip[]? speech = null)
{
    private const float SilenceRms = 1e-5f;
    private const double LeastClipping = 3; // dB below the peak
    private const double MostClipping = 18;

    private readonly Reverberation _reverberation = new(features.SampleRate);
    private readonly float[] _dry = new float[samples];
    private float[] _noise = new float[samples];

    /// <summary>Where the last source is in its example: its sample s at s / <see cref="Speed"/> + <see cref="Shift"/>.</summary>
    public double Speed { get; private set; } = 1;

    public int Shift { get; private set; }

    /// <summary>Audio of the example.</summary>
    /// <param name="draws">Source of all randomness.</param>
    /// <param name="source">Composed audio of any length.</param>
    /// <param name="coreStart">The part from here to <paramref name="coreEnd"/> is kept when the audio is cut, if it fits.</param>
    /// <param name="coreEnd">End of that part.</param>
    /// <param name="destination">Overwritten, +-1.</param>
    public void Apply(ref Draws draws, ReadOnlySpan<float> source, int coreStart, int coreEnd, Span<float> destination)
    {
        Place(ref draws, source, coreStart, coreEnd);
        if (draws.Chance(settings.Reverberation))
        {
            _reverberation.Apply(ref draws, _dry, destination);
        }
        else
        {
            _dry.CopyTo(destination);
        }

        double level = Math.Pow(10, draws.Uniform(settings.LowestLevel, settings.HighestLevel) / 20);
        TensorPrimitives.Multiply(destination, (float)(level / (Rms(destination) + SilenceRms)), destination);
        if (!draws.Chance(settings.Clean))
        {
            AddNoise(ref draws, (float)level, destination);
        }

        if (settings.Response > 0)
        {
            Channel.Respond(ref draws, settings.Response, features.SampleRate, destination);
        }

        if (settings.Telephone > 0 && draws.Chance(settings.Telephone))
        {
            Channel.Telephone(ref draws, features.SampleRate, destination);
        }

        if (settings.Clipping > 0 && draws.Chance(settings.Clipping))
        {
            Channel.Clip(ref draws, LeastClipping, MostClipping, destination);
        }

        TensorPrimitives.Max(destination, -1f, destination);
        TensorPrimitives.Min(destination, 1f, destination);
    }

    /// <summary>Adds noise at a random signal-to-noise ratio to audio of any length.</summary>
    public void AddNoise(ref Draws draws, Span<float> audio) => AddNoise(ref draws, Rms(audio), audio);

    /// <summary>Blanks some bands, and some steps: (T, features) in place.</summary>
    public void Mask(ref Draws draws, Span<float> values)
    {
        int width = features.FeatureCount;
        int steps = values.Length / width;
        if (draws.Chance(settings.Masks))
        {
            int first = draws.Below(features.Bands - settings.MaskedBands - 1);
            int count = 1 + draws.Below(settings.MaskedBands);
            for (int step = 0; step < steps; step++)
            {
                for (int frame = 0; frame < features.Stack; frame++)
                {
                    values.Slice((step * width) + (frame * features.Bands) + first, count).Clear();
                }
            }
        }

        if (draws.Chance(settings.Masks) && steps > settings.MaskedSteps + 3)
        {
            int first = draws.Below(steps - settings.MaskedSteps - 3);
            values.Slice(first * width, (1 + draws.Below(settings.MaskedSteps)) * width).Clear();
        }
    }

    /// <summary>Changes the speed and puts the audio at a random place, or takes a random part of it.</summary>
    private void Place(ref Draws draws, ReadOnlySpan<float> source, int coreStart, int coreEnd)
    {
        double speed = draws.Uniform(settings.SlowestSpeed, settings.FastestSpeed);
        int length = (int)(source.Length / speed);
        Array.Clear(_dry);
        Speed = speed;
        if (length <= _dry.Length)
        {
            int at = draws.Below(_dry.Length - length + 1);
            Shift = at;
            Resample(source, 0, speed, _dry.AsSpan(at, length));
            return;
        }

        int lowest = Math.Max(0, (int)(coreEnd / speed) - _dry.Length);
        int highest = Math.Min(length - _dry.Length, (int)(coreStart / speed));
        int start = lowest <= highest ? lowest + draws.Below(highest - lowest + 1) : (lowest + highest) / 2;
        Shift = -start;
        Resample(source, start * speed, speed, _dry);
    }

    /// <summary>Reads the source at positions <paramref name="from"/> + i * <paramref name="speed"/> (Catmull-Rom interpolation).</summary>
    private static void Resample(ReadOnlySpan<float> source, double from, double speed, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            double position = from + (i * speed);
            int at = (int)position;
            float t = (float)(position - at);
            float b = At(source, at);
            if (t == 0)
            {
                destination[i] = b;
                continue;
            }

            float a = At(source, at - 1);
            float c = At(source, at + 1);
            float d = At(source, at + 2);
            destination[i] = b + (0.5f * t * (c - a + (t * ((2 * a) - (5 * b) + (4 * c) - d + (t * ((3 * (b - c)) + d - a))))));
        }
    }

    private static float At(ReadOnlySpan<float> source, int index) => (uint)index < (uint)source.Length ? source[index] : 0;

    private void AddNoise(ref Draws draws, float level, Span<float> destination)
    {
        if (_noise.Length < destination.Length)
        {
            _noise = new float[destination.Length];
        }

        Span<float> added = _noise.AsSpan(0, destination.Length);
        if (settings.Babble > 0 && speech is { Length: > 0 } && draws.Chance(settings.Babble))
        {
            Noise.Babble(ref draws, speech, added);
        }
        else if (settings.Household > 0 && draws.Chance(settings.Household))
        {
            Noise.Household(ref draws, features.SampleRate, added);
        }
        else if (noise.Length > 0 && draws.Chance(settings.RecordedNoise))
        {
            Noise.Recorded(ref draws, noise, added);
        }
        else if (draws.Chance(0.5))
        {
            Noise.White(ref draws, added);
        }
        else
        {
            Noise.Pink(ref draws, added);
        }

        double ratio = Math.Pow(10, -draws.Uniform(settings.LowestSnr, settings.HighestSnr) / 20);
        float gain = (float)(level * ratio / (Rms(added) + SilenceRms));
        TensorPrimitives.MultiplyAdd(added, gain, destination, destination);
    }

    private static float Rms(ReadOnlySpan<float> values) => MathF.Sqrt(TensorPrimitives.SumOfSquares(values) / values.Length);
}
