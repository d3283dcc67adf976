namespace Seq.Embedded.Audio.Tables;

/// <summary>Cosine transforms of logarithms of bands, in double precision. Compiled into the generator.</summary>
internal static class CosineTable
{
    /// <summary>(coefficients, bands): l[i] factor[i] cos(pi i (b + 0.5) / bands), with the lifter l[i] = 1 + lifter / 2 sin(pi i / lifter).</summary>
    /// <param name="coefficients">How many.</param>
    /// <param name="bands">Of how many bands.</param>
    /// <param name="norm">The factors.</param>
    /// <param name="lifter">0 for none.</param>
    /// <param name="scale">Multiplies every value.</param>
    public static float[] Create(int coefficients, int bands, CosineNorm norm, double lifter, double scale)
    {
        float[] table = new float[coefficients * bands];
        for (int i = 0; i < coefficients; i++)
        {
            double factor = Math.Sqrt((i == 0 && norm == CosineNorm.Orthonormal ? 1.0 : 2.0) / bands) * scale;
            double lift = lifter == 0 ? 1 : 1 + (lifter / 2 * Math.Sin(Math.PI * i / lifter));
            for (int band = 0; band < bands; band++)
            {
                table[(i * bands) + band] = (float)(lift * factor * Math.Cos(Math.PI * i * (band + 0.5) / bands));
            }
        }

        return table;
    }
}
