using Seq.Embedded.Audio;

namespace KeywordSpotter.Input;

/// <summary>Any source as one channel at the rate of the model: channels averaged, resampled. Memory is bounded; allocates nothing per block.</summary>
internal sealed class MonoReader
{
    private const int BlockFrames = 1600;

    private readonly IAudioSource _source;
    private readonly Resampler? _resampler;
    private readonly float[] _interleaved;
    private readonly float[] _mono = new float[BlockFrames];
    private readonly float[] _resampled;
    private bool _ended;

    public MonoReader(IAudioSource source, int sampleRate)
    {
        _source = source;
        _interleaved = new float[BlockFrames * source.Channels];
        _resampler = source.SampleRate == sampleRate ? null : new Resampler(source.SampleRate, sampleRate);
        _resampled = _resampler is null ? [] : new float[_resampler.GetMaxOutput(BlockFrames)];
    }

    /// <summary>Waits for the next block; it is valid until the next call.</summary>
    /// <returns>False at the end of the audio.</returns>
    public bool TryRead(out ReadOnlySpan<float> block)
    {
        int frames = _ended ? 0 : _source.Read(_interleaved);
        if (frames > 0)
        {
            ChannelMixer.Average(_interleaved, _source.Channels, _mono.AsSpan(0, frames));
            block = _mono.AsSpan(0, frames);
            if (_resampler is not null)
            {
                block = _resampled.AsSpan(0, _resampler.Process(block, _resampled));
            }

            return true;
        }

        bool flush = !_ended && _resampler is not null;
        _ended = true;
        block = flush ? _resampled.AsSpan(0, _resampler!.Flush(_resampled)) : default;
        return flush;
    }
}
