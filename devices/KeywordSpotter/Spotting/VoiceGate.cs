using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Spotting;

/// <summary>
/// Lets audio through while there may be a voice in it, and holds it back while a quiet room is silent, so that features and network rest.
/// One per stream, one thread; allocates nothing after construction.
/// </summary>
/// <remarks>
/// <para>Audio is taken in frames of one step of the model (320 samples, 20 ms). The power of a frame is measured twice, as the mean square of
/// x[i] - x[i - 1], in which fricatives stand out, and of x[i] - x[i - d], d = rate / 2000, in which vowels do: both are deaf to hum and rumble.
/// Each has a floor that follows the room: F = F + 0.04 (P - F) in silence, 1 dB per second upwards under anything louder. A frame is loud
/// where a power exceeds its floor by the margin; the gate opens with it, and closes when none was for the hang-over.</para>
/// <para>When it opens, the frames held back last, up to the pre-roll, are heard first: the start of a word is among them. What was held back before
/// is skipped in whole steps, so the frames of the features stay where they would be without a gate; a silence no longer than the pre-roll skips
/// nothing. It stays open in a room that is not quiet (a floor above -40 dB), where a word may hardly exceed the noise.</para>
/// <para>Sums have one order at every width of vectors: all machines decide alike.</para>
/// </remarks>
internal sealed class VoiceGate
{
    private const float LowestFloor = 1e-9f; // -90 dB: about the rounding of 16 bits
    private const float LoudRoom = 1e-4f; // -40 dB
    private const float Following = 0.04f; // half a second
    private const float Averaging = 0.15f;
    private const float RisePerSecond = 1.26f; // 1 dB
    private const int NearDelay = 1;

    private readonly VoiceGateSettings _settings;
    private readonly int _frame; // samples
    private readonly int _farDelay;
    private readonly int _hangOver; // frames
    private readonly float _rise;
    private readonly float[] _samples; // (delay + frame): the end of the last frame, and this one
    private readonly float[] _ring; // (preRoll, frame): what was held back last
    private int _filled; // of the frame
    private long _held; // frames held back since the gate closed
    private int _replay; // of them, still to be heard
    private int _open; // frames for which the gate stays open, 0 when it is closed
    private Floor _near;
    private Floor _far;
    private bool _started;

    public VoiceGate(FeatureSettings features, VoiceGateSettings settings)
    {
        _settings = settings;
        _frame = features.HopSamples * features.Stride;
        _farDelay = Math.Max(2, features.SampleRate / 2000);
        _hangOver = Frames(settings.HangOverSeconds);
        PreRoll = Frames(settings.PreRollSeconds);
        _rise = MathF.Pow(RisePerSecond, (float)features.SecondsPerVector);
        _samples = new float[_farDelay + _frame];
        _ring = new float[PreRoll * _frame];
        Reset();

        int Frames(double seconds) => Math.Max(1, (int)Math.Ceiling(seconds / features.SecondsPerVector));
    }

    /// <summary>Whether audio is let through.</summary>
    public bool IsOpen => _open > 0;

    /// <summary>Frames that are heard first when the gate opens after a longer silence.</summary>
    public int PreRoll { get; }

    /// <summary>Frames held back now.</summary>
    public long Held => IsOpen ? _replay : _held;

    /// <summary>Takes samples until there is a frame to be heard (true) or all are taken (false).</summary>
    /// <param name="samples">Mono, +-1; advanced past what was taken.</param>
    /// <param name="heard">A frame, one step of the model; valid until the next call.</param>
    /// <param name="skipped">Frames that were left out before it.</param>
    public bool TryNext(ref ReadOnlySpan<float> samples, out ReadOnlySpan<float> heard, out long skipped)
    {
        skipped = 0;
        while (true)
        {
            if (_replay > 0)
            {
                heard = HeldFrame(_held - _replay);
                _replay--;
                return true;
            }

            if (!Fill(ref samples))
            {
                heard = default;
                return false;
            }

            bool wasOpen = IsOpen;
            Decide();
            if (wasOpen)
            {
                heard = Frame; // also the last one, which closes the gate
                return true;
            }

            Frame.CopyTo(HeldFrame(_held++));
            if (IsOpen)
            {
                _replay = (int)Math.Min(_held, PreRoll);
                skipped = _held - _replay;
            }
        }
    }

    /// <summary>Starts a new stream, with the gate open.</summary>
    public void Reset()
    {
        Array.Clear(_samples);
        _filled = 0;
        _held = 0;
        _replay = 0;
        _open = _hangOver;
        _started = false;
    }

    /// <summary>At the end of the audio: the samples that make no whole frame; valid until the next call.</summary>
    public ReadOnlySpan<float> TakeRest()
    {
        int rest = _filled == _frame ? 0 : _filled;
        _filled = 0;
        return _samples.AsSpan(_farDelay, rest);
    }

    /// <summary>Stays open for the hang-over from now on, because a keyword may be coming.</summary>
    public void Hold() => Open();

    private Span<float> Frame => _samples.AsSpan(_farDelay);

    private Span<float> HeldFrame(long frame) => _ring.AsSpan((int)(frame % PreRoll) * _frame, _frame);

    private bool Fill(ref ReadOnlySpan<float> samples)
    {
        if (_filled == _frame)
        {
            _samples.AsSpan(_frame).CopyTo(_samples); // the end of the frame before
            _filled = 0;
        }

        int taken = Math.Min(_frame - _filled, samples.Length);
        samples[..taken].CopyTo(_samples.AsSpan(_farDelay + _filled));
        samples = samples[taken..];
        _filled += taken;
        return _filled == _frame;
    }

    private void Decide()
    {
        float near = Power(NearDelay);
        float far = Power(_farDelay);
        if (!float.IsFinite(near + far))
        {
            Open(); // bad samples are not for the gate to judge, and must not become its floor
            return;
        }

        if (!_started)
        {
            _started = true;
            _near.Start(near);
            _far.Start(far);
        }

        bool loud = _near.Follow(near, _settings, _rise) | _far.Follow(far, _settings, _rise);
        if (loud || _near.Level > LoudRoom || _far.Level > LoudRoom)
        {
            Open();
        }
        else if (_open > 0 && --_open == 0)
        {
            _held = 0;
        }
    }

    private void Open() => _open = _hangOver;

    /// <summary>Mean square of x[i] - x[i - delay] over the frame.</summary>
    private float Power(int delay)
    {
        ReadOnlySpan<Vector128<float>> now = MemoryMarshal.Cast<float, Vector128<float>>(Frame);
        ReadOnlySpan<Vector128<float>> before = MemoryMarshal.Cast<float, Vector128<float>>(_samples.AsSpan(_farDelay - delay, _frame));
        Vector128<float> even = Vector128<float>.Zero;
        Vector128<float> odd = Vector128<float>.Zero;
        int i = 0;
        for (; i + 1 < now.Length; i += 2)
        {
            Vector128<float> first = now[i] - before[i];
            Vector128<float> second = now[i + 1] - before[i + 1];
            even += first * first;
            odd += second * second;
        }

        for (; i < now.Length; i++)
        {
            Vector128<float> last = now[i] - before[i];
            even += last * last;
        }

        float sum = Vector128.Sum(even + odd);
        for (int j = 4 * now.Length; j < _frame; j++)
        {
            float last = _samples[_farDelay + j] - _samples[_farDelay + j - delay];
            sum += last * last;
        }

        return sum / _frame;
    }

    /// <summary>What the room has in one of the two powers when nobody speaks.</summary>
    private struct Floor
    {
        private float _mean; // of the power, over a tenth of a second

        public float Level { get; private set; }

        public void Start(float power) => Level = _mean = Math.Max(LowestFloor, power);

        /// <summary>Whether a power is loud, alone or with those before it; the level follows it.</summary>
        public bool Follow(float power, VoiceGateSettings settings, float rise)
        {
            _mean += Averaging * (power - _mean);
            bool loud = power > settings.Margin * Level || _mean > settings.MeanMargin * Level;
            Level = Math.Max(LowestFloor, loud ? Math.Min(power, Level * rise) : Level + (Following * (power - Level)));
            return loud;
        }
    }
}
