using KeywordSpotter.Data;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Training;

/// <summary>
/// Listens to a random part of the training background with the model as it is and remembers where it came closest to
/// hearing a keyword; later epochs draw examples from there.
/// </summary>
internal sealed class HardNegativeMiner(TrainingData data, TrainingOptions options, int sampleRate)
{
    private const int MostKept = 400;
    private const float LeastScore = 0.05f;
    private const double BlockSeconds = 1.5; // at most one negative is kept per block of a clip
    private const double PauseSeconds = 0.5; // between clips: room for the score of a word to peak after it
    private const int ClipsPerStream = 16;
    private const ulong Purpose = 0x6D696E65; // keeps these draws apart from those of the examples

    /// <summary>What was found last, the hardest first.</summary>
    public HardNegative[] Pool { get; set; } = [];

    /// <summary>Searches again; the harder half of what was known stays in the pool.</summary>
    public void Search(SpotterModel model, int epoch, CancellationToken stop)
    {
        IReadOnlyList<Clip> clips = DrawClips(epoch);
        Clip[][] streams = [.. clips.Chunk(ClipsPerStream)];
        List<HardNegative>[] found = Parallelism.Map(
            streams, options.Threads, stop, () => new Replayer(model), (stream, replayer) => Listen(model, stream, replayer));
        List<HardNegative> all = [];
        foreach (List<HardNegative> negatives in found)
        {
            all.AddRange(negatives);
        }

        HardNegative[] hardest = [.. all.OrderByDescending(negative => negative.Score)]; // stable: equal scores keep the order of the clips
        var pool = new List<HardNegative>();
        var known = new HashSet<string>();
        foreach (HardNegative negative in (HardNegative[])[.. hardest, .. Pool[..(Pool.Length / 2)]])
        {
            if (pool.Count < MostKept && known.Add($"{negative.Clip.Name} {negative.Sample}"))
            {
                pool.Add(negative);
            }
        }

        Pool = [.. pool];
    }

    private List<Clip> DrawClips(int epoch)
    {
        Draws draws = Draws.For((ulong)options.Seed, Purpose, (ulong)epoch);
        Clip[] all = data.TrainingBackground.All;
        double left = options.MineMinutes * 60;
        var clips = new List<Clip>();
        for (int i = 0; i < all.Length && left > 0; i++)
        {
            int other = i + draws.Below(all.Length - i);
            (all[i], all[other]) = (all[other], all[i]);
            clips.Add(all[i]);
            left -= (all[i].Samples.Length / (double)sampleRate) + PauseSeconds;
        }

        return clips;
    }

    private static List<HardNegative> Listen(SpotterModel model, Clip[] clips, Replayer replayer)
    {
        int sampleRate = model.Features.SampleRate;
        var pause = new float[(int)(PauseSeconds * sampleRate)];
        Draws draws = new((ulong)clips.Length);
        Replayer.AddQuiet(ref draws, pause);

        replayer.Begin(pause);
        var starts = new List<int>();
        int at = pause.Length;
        foreach (Clip clip in clips)
        {
            starts.Add(at);
            replayer.Feed(clip.ToFloats());
            replayer.Feed(pause);
            at += clip.Samples.Length + pause.Length;
        }

        ScoreTrack track = replayer.End(ref draws);
        float[] scores = track.Smooth(model.Detector);
        var found = new List<HardNegative>();
        int hop = model.Features.HopSamples * model.Features.Stride;
        int block = (int)(BlockSeconds * sampleRate);
        for (int i = 0; i < clips.Length; i++)
        {
            int end = starts[i] + clips[i].Samples.Length + pause.Length;
            for (int start = starts[i]; start < end; start += block)
            {
                (float score, int step) = Loudest(scores, track.Outputs, start / hop, Math.Min(end, start + block) / hop);
                if (score >= LeastScore)
                {
                    int sample = Math.Min((step * hop) - starts[i], clips[i].Samples.Length - 1);
                    found.Add(new HardNegative(clips[i], Math.Max(0, sample), score));
                }
            }
        }

        return found;
    }

    private static (float Score, int Step) Loudest(float[] scores, int outputs, int from, int to)
    {
        (float Score, int Step) best = (-1, from);
        to = Math.Min(to, scores.Length / outputs);
        for (int step = from; step < to; step++)
        {
            for (int output = 1; output < outputs; output++)
            {
                float score = scores[(step * outputs) + output];
                best = score > best.Score ? (score, step) : best;
            }
        }

        return best;
    }
}
