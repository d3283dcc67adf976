using System.Globalization;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Input;
using KeywordSpotter.Listening;
using KeywordSpotter.Spotting;
using Seq.Embedded.Decoding;

namespace KeywordSpotter.Calibration;

/// <summary>
/// A room that is listened to as it is now. Kept are the posteriors, 4 bytes for each output and step (3.6 MB an hour for four keywords), and in memory, if wanted,
/// two seconds of audio of the moments with the highest scores; no other audio.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="name">What is listened to, for reports.</param>
/// <param name="mostMoments">Moments whose audio is kept.</param>
internal sealed class LiveRoom(SpotterModel model, string name, int mostMoments)
{
    private const double LongestItemHours = 1; // a new one is begun, so that no list becomes long
    private const double ProgressSeconds = 600;
    private const double SilentDecibels = -85;

    private readonly List<ReplayedItem> _items = [];
    private readonly List<LiveAudio.Kept> _kept = [];
    private readonly List<float> _posteriors = [];
    private readonly float[] _posterior = new float[model.Network.OutputSize];
    private readonly float[] _smoothed = new float[model.Network.OutputSize];
    private readonly ScoreStream _stream = new(model.With(model.Detector with { SmoothingSteps = [1] }));
    private readonly PosteriorSmoother _smoother = model.Detector.CreateSmoother();
    private AudioRing _recent = new(AudioOfMoment(model));
    private double _itemStart; // seconds of audio before the item
    private (float Score, int Keyword, long Step) _candidate;
    private (float Score, int Keyword) _highest;
    private long _steps; // of the item

    /// <summary>Listens until there is enough, the audio ends or Ctrl+C ends it.</summary>
    /// <param name="input">Where the audio comes from.</param>
    /// <param name="hours">How much is enough; infinite for all that there is.</param>
    /// <param name="recorder">Receives the audio; null for none.</param>
    /// <param name="tell">Told, in a line each, how far it is and what may be wrong.</param>
    /// <returns>What was heard, in pieces.</returns>
    /// <exception cref="InputException">Nothing was heard.</exception>
    public ReplayedItem[] Listen(AudioInput input, double hours, RoomRecorder? recorder, Action<string> tell)
    {
        int rate = model.Features.SampleRate;
        long wanted = (long)Math.Min(hours * 3600 * rate, long.MaxValue / 2);
        long told = 0, heard = 0, begun = 0;
        while (heard < wanted && input.TryRead(out ReadOnlySpan<float> block))
        {
            if (input.HasRestarted || heard - begun >= LongestItemHours * 3600 * rate)
            {
                End(begun, heard);
                begun = heard;
                if (input.HasRestarted)
                {
                    _stream.Reset();
                    _smoother.Reset();
                    _recent = new AudioRing(AudioOfMoment(model));
                }
            }

            block = block[..(int)Math.Min(block.Length, wanted - heard)];
            heard += block.Length;
            recorder?.Push(block);
            _recent.Push(block);
            while (_stream.TryNext(ref block, _posterior))
            {
                Step();
            }

            if (heard - told >= ProgressSeconds * rate)
            {
                told = heard;
                tell(Text($"{Progress(heard, hours)} heard, {input.Level.TotalRms:0} dBFS; highest score {_highest.Score:0.00} ({model.Keywords[_highest.Keyword]})"));
            }
        }

        End(begun, heard);
        if (heard == 0)
        {
            throw new InputException($"{name}: nothing was heard, so nothing can be chosen; nothing is written");
        }

        if (heard < wanted && double.IsFinite(hours))
        {
            tell($"ended after {Progress(heard, hours)}: what was heard counts");
        }

        if (input.Level.TotalRms < SilentDecibels)
        {
            tell(Text($"the level was {input.Level.TotalRms:0} dBFS, as of a microphone that is muted: such hours prove nothing"));
        }

        return [.. _items];
    }

    private void Step()
    {
        _posteriors.AddRange(_posterior);
        _smoother.Push(_posterior, _smoothed);
        for (int keyword = 0; keyword < model.Keywords.Count; keyword++)
        {
            float score = _smoothed[keyword + 1];
            _candidate = score > _candidate.Score ? (score, keyword, _steps) : _candidate;
            _highest = score > _highest.Score ? (score, keyword) : _highest;
        }

        _steps++;
        if (_candidate.Score > 0 && (_steps - _candidate.Step) * model.Features.SecondsPerVector >= Moment.SecondsAfter)
        {
            Keep();
        }
    }

    /// <summary>Keeps the audio of the highest score of late, if it is among the highest of all.</summary>
    private void Keep()
    {
        (float score, int keyword, long step) = _candidate;
        _candidate = default;
        if (mostMoments > 0 && (_kept.Count < mostMoments || score > _kept[^1].Score))
        {
            double seconds = _itemStart + Spotter.EndSeconds(new Detection(step, keyword, score), model.Detector, model.Features);
            var samples = new float[AudioOfMoment(model)];
            int count = _recent.CopyBefore(_recent.Position, samples);
            _kept.Add(new LiveAudio.Kept(seconds, score, samples[..count]));
            _kept.Sort((one, other) => other.Score.CompareTo(one.Score));
            _kept.RemoveRange(Math.Min(_kept.Count, mostMoments), Math.Max(0, _kept.Count - mostMoments));
        }
    }

    private void End(long begun, long heard)
    {
        if (_candidate.Score > 0)
        {
            Keep();
        }

        double rate = model.Features.SampleRate;
        if (_steps > 0)
        {
            var track = new ScoreTrack([.. _posteriors], _posterior.Length, 0, (heard - begun) / rate);
            _items.Add(new ReplayedItem(track, -1, -1) { Audio = new LiveAudio(name, _itemStart, _kept) });
        }

        _posteriors.Clear();
        _steps = 0;
        _itemStart = heard / rate;
    }

    private string Progress(long heard, double hours)
    {
        string time = TimeText.Of(TimeSpan.FromSeconds(heard / (double)model.Features.SampleRate));
        return double.IsFinite(hours) ? $"{time} of {TimeText.Of(TimeSpan.FromHours(hours))}" : time;
    }

    private static int AudioOfMoment(SpotterModel model) => (int)((Moment.SecondsBefore + Moment.SecondsAfter) * model.Features.SampleRate);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
