using System.Numerics;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Audio.Kernels;

/// <summary>Per-channel energy normalisation (PCEN): the energies of the bands of consecutive frames, each relative to its band's recent level.</summary>
/// <remarks>
/// <para>In the frame t = 0, 1, ...: M = M + max(s, 1 / (t + 1)) (E - M), so that M starts as the mean and not at an arbitrary value;
/// y = scale ((E / (floor + M)^gain + bias)^power - bias^power). After Y. Wang et al., "Trainable frontend for robust and far-field
/// keyword spotting", 2017.</para>
/// <para>An energy that is NaN or above 1e30 counts as 0, so bad samples cannot poison the levels. Allocates nothing after construction.</para>
/// </remarks>
/// <param name="bands">Number of bands.</param>
/// <param name="smoothing">s: weight of the newest frame in the level, in (0, 1].</param>
/// <param name="gain">How much of the level is divided out, 0 to 1.</param>
/// <param name="bias">Added before the power, positive.</param>
/// <param name="power">The root that compresses, in (0, 1].</param>
/// <param name="floor">Added to the level, positive.</param>
/// <param name="scale">Multiplies every result.</param>
public sealed class ChannelNormalizer(int bands, float smoothing, float gain, float bias, float power, float floor, float scale)
{
    private const float MinLevel = 1e-30f; // far below any floor; decaying levels stop here, before slow denormal numbers

    private readonly float[] _level = new float[BandEnergies.Padded(bands)]; // M
    private long _frames;

    /// <summary>Forgets the levels: the next frame is the first.</summary>
    public void Reset()
    {
        _level.AsSpan().Clear();
        _frames = 0;
    }

    /// <summary>Normalises the energies of the next frame. Allocates nothing.</summary>
    /// <param name="energies">E: the bands, padded to a multiple of 16.</param>
    /// <param name="destination">y; may be the same memory as the energies.</param>
    /// <exception cref="ArgumentException">A length is not allowed.</exception>
    public void Apply(ReadOnlySpan<float> energies, Span<float> destination)
    {
        ReadOnlySpan<Vector<float>> x = BandEnergies.Vectors(energies, destination, out Span<Vector<float>> y);
        Span<Vector<float>> levels = MemoryMarshal.Cast<float, Vector<float>>(_level.AsSpan());
        var weight = new Vector<float>(Math.Max(smoothing, 1f / (_frames + 1)));
        var biases = new Vector<float>(bias);
        Vector<float> rootOfBias = Root(biases);
        for (int i = 0; i < x.Length; i++)
        {
            Vector<float> energy = BandEnergies.Sane(x[i]);
            Vector<float> level = levels[i] + weight * (energy - levels[i]);
            level = Vector.Max(level, new Vector<float>(MinLevel));
            levels[i] = level;
            Vector<float> divisor = VectorPower.Log(new Vector<float>(floor) + level) * new Vector<float>(-gain);
            Vector<float> relative = energy * VectorPower.Exp(divisor);
            y[i] = new Vector<float>(scale) * (Root(relative + biases) - rootOfBias);
        }

        _frames++;
    }

    private Vector<float> Root(Vector<float> x) => power == 0.5f
        ? Vector.SquareRoot(x)
        : VectorPower.Exp(VectorPower.Log(x) * new Vector<float>(power));
}
