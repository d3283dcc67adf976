using System.Globalization;
using KeywordSpotter.Input;

namespace KeywordSpotter.Recording;

/// <summary>Leads through recording a keyword: says what to do, shows the level, finds each time that it is said, and says why one is of no use.</summary>
/// <param name="keyword">What is to be said.</param>
/// <param name="count">How often.</param>
/// <param name="sampleRate">Of the audio, in Hz.</param>
/// <param name="text">Receives what is said, in lines.</param>
/// <param name="live">Whether the text is a terminal, where the level can be shown.</param>
internal sealed class RecordingGuide(string keyword, int count, int sampleRate, TextWriter text, bool live)
{
    private const int MostFaults = 5; // in a row, before something must be done about the microphone
    private const double WaitSeconds = 15; // of silence before what to do is said again
    private const int MeterWidth = 30;
    private const double MeterLowest = -60; // dB

    // A voice is never twice the same: what is asked for is what the keyword will be like later.
    private static readonly string[] s_manners =
    [
        "as you usually would", "a little faster", "from two steps away", "more softly", "a little slower",
        "as you usually would", "turned away from the microphone", "as if in a hurry", "from across the room", "louder, as if something were playing",
    ];

    /// <summary>Listens until the keyword was recorded often enough.</summary>
    /// <param name="tryRead">Waits for the next block; false at the end of the audio.</param>
    /// <param name="level">Level of that audio.</param>
    /// <param name="keep">Told about each good recording: its number from 1 on, and its samples.</param>
    /// <returns>The recordings; fewer than asked for where the audio ends.</returns>
    /// <exception cref="InputException">Five in a row were of no use.</exception>
    public IReadOnlyList<float[]> Record(ReadBlock tryRead, LevelMeter level, Action<int, float[]> keep)
    {
        var finder = new UtteranceFinder(sampleRate);
        var takes = new List<float[]>();
        int faults = 0;
        long waited = 0;
        Ask(0);
        while (takes.Count < count && tryRead(out ReadOnlySpan<float> block))
        {
            waited = finder.IsOpen ? 0 : waited + block.Length;
            ShowLevel(level, finder.IsOpen);
            while (takes.Count < count && finder.TryNext(ref block, out Utterance? utterance))
            {
                Judge(utterance!, takes, ref faults, keep);
                waited = 0;
            }

            if (waited > WaitSeconds * sampleRate)
            {
                Say("nothing was heard; is it the right microphone, and is it turned on?");
                Ask(takes.Count);
                waited = 0;
            }
        }

        if (takes.Count < count && finder.Finish() is { } last)
        {
            Judge(last, takes, ref faults, keep);
        }

        return takes;
    }

    private void Judge(Utterance utterance, List<float[]> takes, ref int faults, Action<int, float[]> keep)
    {
        if (TakeCheck.Fault(utterance, sampleRate) is { } fault)
        {
            Say($"not used: {fault}");
            if (++faults == MostFaults)
            {
                throw new InputException($"{MostFaults} recordings in a row were of no use, the last because {fault}");
            }

            Ask(takes.Count);
            return;
        }

        faults = 0;
        takes.Add(utterance.Samples);
        keep(takes.Count, utterance.Samples);
        double seconds = (utterance.End - utterance.Start) / (double)sampleRate;
        Say(string.Create(CultureInfo.InvariantCulture, $"good: {seconds:0.0} s, {utterance.Rms:0} dB, {utterance.Rms - utterance.Floor:0} dB above the room"));
        if (takes.Count < count)
        {
            Ask(takes.Count);
        }
    }

    private void Ask(int done) => Say($"{done + 1} of {count}: say \"{keyword}\", {s_manners[done % s_manners.Length]}");

    private void ShowLevel(LevelMeter level, bool speaking)
    {
        if (live)
        {
            int bar = (int)Math.Clamp((level.Rms - MeterLowest) / -MeterLowest * MeterWidth, 0, MeterWidth);
            text.Write(string.Create(CultureInfo.InvariantCulture, $"\r[{new string('#', bar),-MeterWidth}] {level.Rms,4:0} dB{(speaking ? " *" : "  ")}"));
            text.Flush();
        }
    }

    private void Say(string line)
    {
        if (live)
        {
            text.Write("\r" + new string(' ', MeterWidth + 12) + "\r");
        }

        text.WriteLine(line);
    }
}
