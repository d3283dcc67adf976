namespace Seq.Embedded.Tests.Audio;

/// <summary>Something like speech: a gliding voice with syllables, over faint noise.</summary>
internal static class Speech
{
    public static float[] Make(int samples, int rate = 16000, int seed = 1)
    {
        var random = new Random(seed);
        float[] result = new float[samples];
        double phase = 0;
        for (int i = 0; i < samples; i++)
        {
            double t = (double)i / rate;
            phase += 2 * Math.PI * (120 + 30 * Math.Sin(2 * Math.PI * 0.7 * t)) / rate;
            double voice = 0;
            for (int harmonic = 1; harmonic <= 25; harmonic++)
            {
                double formant = 500 + 300 * Math.Sin(2 * Math.PI * 1.3 * t);
                double distance = (harmonic * 130 - formant) / 400;
                voice += Math.Sin(harmonic * phase) * (0.02 + Math.Exp(-distance * distance));
            }

            double syllable = Math.Max(0, Math.Sin(2 * Math.PI * 3 * t)) * (Math.Sin(2 * Math.PI * 0.4 * t) > -0.3 ? 1 : 0);
            result[i] = (float)(0.08 * voice * syllable + 0.003 * (random.NextDouble() - 0.5));
        }

        return result;
    }
}
