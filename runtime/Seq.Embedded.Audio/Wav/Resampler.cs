namespace Seq.Embedded.Audio;

/// <summary>Changes the sample rate of a stream of samples.</summary>
/// <remarks>
/// <para>Output n is the band-limited input at the time n * from / to, counted in input samples: y[n] = sum over k of x[k] h(n from/to - k),
/// where h is a sinc with a Kaiser window that spans 80 samples of the lower rate to either side. It passes up to 0.92 of the lower of both
/// Nyquist frequencies within 0.001 dB and stops by more than 80 dB from that Nyquist frequency on, so nothing audible is aliased.
/// Source of the formulas: J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974;
/// J. O. Smith, "Digital Audio Resampling".</para>
/// <para>There is no delay between input and output time: the filter's look-ahead is waited for, and outside of the audio there is silence.
/// The output is the same, bit for bit, however the input is split, and does not depend on the width of the machine's vectors.
/// A NaN or infinite sample spoils only the outputs within the filter's reach. Equal rates copy.</para>
/// <para>Not thread-safe. <see cref="Process"/>, <see cref="Flush"/> and <see cref="Reset"/> allocate nothing.</para>
/// </remarks>
public sealed class Resampler
{
    private const int BlockSamples = 1024;

    private readonly int _up;     // to / gcd
    private readonly int _down;   // from / gcd
    private readonly ResamplerFilter? _filter; // null: equal rates
    private readonly float[] _history;
    private int _held;            // samples in _history
    private int _first;           // index in _history of the first tap of the next output
    private int _fraction;        // of the next output's time, in 1/_up input samples
    private long _consumed;
    private long _produced;

    /// <summary>Creates a resampler and computes its filter.</summary>
    /// <param name="fromRate">Of the input, in Hz: 1,000 to 768,000.</param>
    /// <param name="toRate">Of the output, in Hz: 1,000 to 768,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not allowed.</exception>
    public Resampler(int fromRate, int toRate)
    {
        CheckRate(fromRate, nameof(fromRate));
        CheckRate(toRate, nameof(toRate));
        FromRate = fromRate;
        ToRate = toRate;
        int divisor = GreatestCommonDivisor(fromRate, toRate);
        _up = toRate / divisor;
        _down = fromRate / divisor;
        _filter = _up == _down ? null : new ResamplerFilter(_up, _down);
        _history = _filter is null ? [] : new float[_filter.Taps + BlockSamples];
        Reset();
    }

    /// <summary>Sample rate of the input in Hz.</summary>
    public int FromRate { get; }

    /// <summary>Sample rate of the output in Hz.</summary>
    public int ToRate { get; }

    /// <summary>Resamples a whole recording.</summary>
    /// <param name="samples">The recording.</param>
    /// <param name="fromRate">Its sample rate in Hz: 1,000 to 768,000.</param>
    /// <param name="toRate">The sample rate of the result in Hz: 1,000 to 768,000.</param>
    /// <returns>ceil(length * toRate / fromRate) samples; the same as <see cref="Process"/> and <see cref="Flush"/> give.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not allowed, or the result would be longer than an array.</exception>
    public static float[] Resample(ReadOnlySpan<float> samples, int fromRate, int toRate)
    {
        var resampler = new Resampler(fromRate, toRate);
        long count = resampler.OutputCount(samples.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength, nameof(samples));
        float[] result = new float[count];
        int made = resampler.Filter(samples, result);
        resampler.Finish(result.AsSpan(made), (int)(count - made));
        return result;
    }

    /// <summary>How many outputs a whole recording gives: ceil(inputCount * to / from).</summary>
    public long OutputCount(long inputCount) => (long)(((Int128)inputCount * _up + _down - 1) / _down);

    /// <summary>Room that is always enough for the output of <see cref="Process"/> with so many samples, and of <see cref="Flush"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative, or the room exceeds an int.</exception>
    public int GetMaxOutput(int inputCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputCount);
        long room = OutputCount((long)inputCount + (_filter?.Taps ?? 0)) + 1;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(room, int.MaxValue, nameof(inputCount));
        return (int)room;
    }

    /// <summary>Takes all of the input and writes the outputs whose filter it completes.</summary>
    /// <param name="input">The next samples, any number.</param>
    /// <param name="output">At least <see cref="GetMaxOutput"/> of the input's length; must not overlap the input.</param>
    /// <returns>Samples written.</returns>
    /// <exception cref="ArgumentException">The output is too short.</exception>
    public int Process(ReadOnlySpan<float> input, Span<float> output)
    {
        CheckRoom(output, GetMaxOutput(input.Length));
        return Filter(input, output);
    }

    /// <summary>Ends the stream: writes the outputs that still waited for input, as if silence followed, and resets.</summary>
    /// <param name="output">At least <see cref="GetMaxOutput"/> of 0.</param>
    /// <returns>Samples written; all outputs since the last reset are <see cref="OutputCount"/> of all inputs.</returns>
    /// <exception cref="ArgumentException">The output is too short.</exception>
    public int Flush(Span<float> output)
    {
        CheckRoom(output, GetMaxOutput(0));
        return Finish(output, (int)(OutputCount(_consumed) - _produced));
    }

    /// <summary>Forgets all input: the next sample is at time 0.</summary>
    public void Reset()
    {
        _consumed = 0;
        _produced = 0;
        _first = 0;
        _fraction = 0;
        _held = 0;
        if (_filter is not null)
        {
            // Silence before the first sample, so that the first output is centred on it.
            _held = _filter.Before;
            _history.AsSpan(0, _held).Clear();
        }
    }

    private int Finish(Span<float> output, int count)
    {
        Span<float> silence = stackalloc float[64];
        silence.Clear();
        int made = 0;
        while (made < count)
        {
            made += Filter(silence, output[made..count]);
        }

        Reset();
        return made;
    }

    /// <summary>As <see cref="Process"/>, but stops without an error where the output is full.</summary>
    private int Filter(ReadOnlySpan<float> input, Span<float> output)
    {
        _consumed += input.Length;
        if (_filter is null)
        {
            input.CopyTo(output);
            _produced += input.Length;
            return input.Length;
        }

        int made = 0;
        while (!input.IsEmpty)
        {
            int taken = Math.Min(input.Length, _history.Length - _held);
            input[..taken].CopyTo(_history.AsSpan(_held));
            input = input[taken..];
            _held += taken;
            while (made < output.Length && _first + _filter.Taps <= _held)
            {
                output[made++] = _filter.Apply(_history.AsSpan(_first, _filter.Taps), _fraction);
                _first += (_fraction + _down) / _up;
                _fraction = (_fraction + _down) % _up;
            }

            // Drops what no later output needs. The first tap of the next output may lie beyond what has arrived.
            int dropped = Math.Min(_first, _held);
            _history.AsSpan(dropped, _held - dropped).CopyTo(_history);
            _held -= dropped;
            _first -= dropped;
        }

        _produced += made;
        return made;
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }

    private static void CheckRoom(Span<float> output, int needed)
    {
        if (output.Length < needed)
        {
            throw new ArgumentException($"The output has room for {output.Length} samples; {needed} are needed (GetMaxOutput).", nameof(output));
        }
    }

    private static void CheckRate(int rate, string parameter)
    {
        if (rate is < WavFormat.MinSampleRate or > WavFormat.MaxSampleRate)
        {
            throw new ArgumentOutOfRangeException(parameter, rate,
                $"The sample rate must be {WavFormat.MinSampleRate} to {WavFormat.MaxSampleRate} Hz.");
        }
    }
}
