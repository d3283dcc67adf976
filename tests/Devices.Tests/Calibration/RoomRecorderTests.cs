using KeywordSpotter.Calibration;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Calibration;

public sealed class RoomRecorderTests
{
    private const int SampleRate = 1000;

    [Fact]
    public void Push_writes_each_minute_and_the_rest()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("room-recorder-");
        var told = new List<string>();
        try
        {
            using (var recorder = new RoomRecorder(folder.FullName, SampleRate, told.Add))
            {
                for (int i = 0; i < 130; i++)
                {
                    recorder.Push(Enumerable.Repeat(i / 200f, SampleRate).ToArray());
                }
            }

            string[] files = [.. folder.GetFiles().Select(file => file.FullName).Order()];
            Assert.Equal([60_000, 60_000, 10_000], files.Select(file => WavFile.ReadMono(file, SampleRate).Length));
            Assert.Equal(61 / 200f, WavFile.ReadMono(files[1], SampleRate)[1500], 1e-4f);
            Assert.Empty(told);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Push_where_nothing_can_be_written_says_so_once_and_at_the_end()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"no-room-{Guid.NewGuid():n}");
        var told = new List<string>();
        using (var recorder = new RoomRecorder(folder, SampleRate, told.Add))
        {
            recorder.Push(new float[200 * SampleRate]);
            Assert.StartsWith("the recording ends here, the listening goes on: ", Assert.Single(told));
        }

        Assert.Equal(2, told.Count);
        Assert.StartsWith($"{folder}: holds the first 0 minutes only: ", told[1]);
    }
}
