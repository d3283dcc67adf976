using KeywordSpotter.Data;

namespace KeywordSpotter.Tests.Data;

public sealed class AudioLengthTests(TrainedModel model)
{
    [Fact]
    public void Of_sums_the_headers_of_all_files()
    {
        string one = model.In("lengths", "1.wav");
        string two = model.In("lengths", "2.wav");
        SmallAudio.Write(one, new float[8000], 8000);
        SmallAudio.Write(two, new float[32000], 16000);

        AudioLength length = AudioLength.Of([one, two], 16000, 2, TestContext.Current.CancellationToken);

        Assert.Equal(new AudioLength(3, 96000), length);
    }

    [Fact]
    public void CheckFits_names_hours_and_bytes()
    {
        var length = new AudioLength(7200, 230_400_000);

        length.CheckFits(230_400_000);
        string message = Assert.Throws<InputException>(() => length.CheckFits(230_399_999)).Message;

        Assert.Contains("2.0 hours, 230,400,000 bytes", message);
        Assert.Contains("allowed: 230,399,999 bytes", message);
        Assert.InRange(AudioLength.Limit, 1_000_000, long.MaxValue);
    }
}
