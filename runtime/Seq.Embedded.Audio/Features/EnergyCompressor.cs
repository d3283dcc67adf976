using System.Numerics;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Audio;

/// <summary>From the energies of the mel bands of consecutive frames to features: PCEN or logarithm.</summary>
/// <remarks>
/// <para>PCEN, in the frame t = 0, 1, ...: M = M + max(s, 1 / (t + 1)) (E - M), so that M starts as the mean and not at an arbitrary value;
/// y = scale ((E / (floor + M)^gain + bias)^power - bias^power). After Y. Wang et al., "Trainable frontend for robust and far-field
/// keyword spotting", 2017. Logarithm: y = scale ln(E + log floor).</para>
/// <para>An energy that is NaN or above 1e30 counts as 0, so bad samples cannot poison the levels. Allocates nothing after construction.</para>
/// </remarks>
internal sealed class EnergyCompressor
{
    private const float MaxEnergy = 1e30f; // full scale is below 1e10
    private const float MinLevel = 1e-30f; // far below any floor; decaying levels stop here, before slow denormal numbers

    private readonly FeatureKind _kind;
    private readonly float _smoothing;
    private readonly float _gain;
    private readonly float _bias;
    private readonly float _power;
    private readonly float _floor;
    private readonly float _logFloor;
    private readonly float _scale;
    private readonly float[] _level;  // (bands, padded): M
    private readonly float[] _result; // (bands, padded): with what compressing zero gives taken off
    private long _frames;

    public EnergyCompressor(FeatureSettings settings)
    {
        _kind = settings.Kind;
        _smoothing = (float)settings.PcenSmoothing;
        _gain = (float)settings.PcenGain;
        _bias = (float)settings.PcenBias;
        _power = (float)settings.PcenPower;
        _floor = (float)settings.PcenFloor;
        _logFloor = (float)settings.LogFloor;
        _scale = (float)settings.OutputScale;
        Energies = new float[Padded(settings.Bands)];
        _level = new float[Energies.Length];
        _result = new float[Energies.Length];
    }

    /// <summary>The energies of the frame, (bands), padded to whole vectors; the padding is 0.</summary>
    public float[] Energies { get; }

    /// <summary>Forgets the levels: the next frame is the first.</summary>
    public void Reset()
    {
        _level.AsSpan().Clear();
        _frames = 0;
    }

    /// <summary>Compresses <see cref="Energies"/>.</summary>
    /// <param name="features">Receives as many features as it has room for, at most the bands.</param>
    public void Compress(Span<float> features)
    {
        Span<Vector<float>> energies = MemoryMarshal.Cast<float, Vector<float>>(Energies.AsSpan());
        Span<Vector<float>> result = MemoryMarshal.Cast<float, Vector<float>>(_result.AsSpan());
        for (int i = 0; i < energies.Length; i++)
        {
            Vector<int> isSane = Vector.LessThanOrEqual(energies[i], new Vector<float>(MaxEnergy)); // false for NaN
            energies[i] = Vector.ConditionalSelect(isSane, energies[i], Vector<float>.Zero);
        }

        if (_kind == FeatureKind.LogMel)
        {
            for (int i = 0; i < energies.Length; i++)
            {
                result[i] = new Vector<float>(_scale) * VectorPower.Log(energies[i] + new Vector<float>(_logFloor));
            }
        }
        else
        {
            Normalise(energies, result);
        }

        _result.AsSpan(0, features.Length).CopyTo(features);
    }

    private void Normalise(ReadOnlySpan<Vector<float>> energies, Span<Vector<float>> result)
    {
        Span<Vector<float>> levels = MemoryMarshal.Cast<float, Vector<float>>(_level.AsSpan());
        var weight = new Vector<float>(Math.Max(_smoothing, 1f / (_frames + 1)));
        var bias = new Vector<float>(_bias);
        Vector<float> rootOfBias = Root(bias);
        for (int i = 0; i < energies.Length; i++)
        {
            Vector<float> level = levels[i] + weight * (energies[i] - levels[i]);
            level = Vector.Max(level, new Vector<float>(MinLevel));
            levels[i] = level;
            Vector<float> divisor = VectorPower.Log(new Vector<float>(_floor) + level) * new Vector<float>(-_gain);
            Vector<float> relative = energies[i] * VectorPower.Exp(divisor);
            result[i] = new Vector<float>(_scale) * (Root(relative + bias) - rootOfBias);
        }

        _frames++;
    }

    private Vector<float> Root(Vector<float> x) => _power == 0.5f
        ? Vector.SquareRoot(x)
        : VectorPower.Exp(VectorPower.Log(x) * new Vector<float>(_power));

    private static int Padded(int count) => (count + 15) & ~15; // whole vectors of any width
}
