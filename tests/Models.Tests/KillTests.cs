using System.Diagnostics;
using System.Globalization;
using Seq.Embedded.Kill;

namespace Seq.Embedded.Models.Tests;

/// <summary>
/// A process that trains and saves is killed at random moments and started again, over and over. Each time its files are whole, of states that training without
/// interruption goes through, bit for bit.
/// </summary>
public class KillTests
{
    [Fact]
    public Task A_killed_training_leaves_whole_files_and_goes_on_to_the_same_bits() =>
        Task.WhenAll(KillOften(every: 1, kills: 70), KillOften(every: 1, kills: 75), KillOften(every: 3, kills: 60));

    /// <param name="every">Updates from one save to the next: what is between them is lost, and made again.</param>
    /// <param name="kills">How often the process is killed.</param>
    private static async Task KillOften(int every, int kills)
    {
        using TemporaryFolder folder = new();
        string path = Directory.CreateDirectory(folder.GetPath("killed")).FullName;
        using Uninterrupted training = new(Directory.CreateDirectory(folder.GetPath("uninterrupted")).FullName);
        Random random = new(kills);
        int cut = 0;
        string[] before = [];
        for (int kill = 0; kill < kills; kill++)
        {
            int said = await Kill(path, every, random);
            string[] left = Directory.GetFiles(path, ".*.tmp");

            // One of each file, or two where the process was killed just before it deleted the other.
            Assert.True(left.Length <= 4, $"kill {kill}: {string.Join(", ", left)}");
            cut += Math.Min(1, left.Except(before).Count());
            before = left;
            training.Check(path, said, every);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{cut} of {kills} kills came while a file was written, in {training.Updates} updates");
        Assert.True(cut > 0, "no kill came while a file was written");
        int updates = training.Updates + 2;
        using (Process last = Start(path, updates, every))
        {
            await last.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await last.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, last.ExitCode);
        }

        training.Check(path, updates, every);
        Assert.Equal(updates, training.Updates);
        Assert.Equal(2, Directory.GetFiles(path).Length);
    }

    /// <summary>Starts the process, kills it at a random moment, before or after it has saved, and returns the last number of updates that it said it had saved.</summary>
    private static async Task<int> Kill(string path, int every, Random random)
    {
        using Process process = Start(path, int.MaxValue, every);
        string output = "";
        double delay = 150;
        if (random.Next(10) > 0)
        {
            output += await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) + "\n";
            long start = Stopwatch.GetTimestamp();
            output += await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) + "\n";

            // As long as training and saving take here and now.
            delay = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * delay), TestContext.Current.CancellationToken);
        Assert.False(process.HasExited, "the process ended before it was killed");
        process.Kill();
        output += await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string[] lines = output[..(output.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? 0 : int.Parse(lines[^1], CultureInfo.InvariantCulture);
    }

    private static Process Start(string path, int updates, int every)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(SavedTraining).Assembly.Location);
        start.ArgumentList.Add(path);
        start.ArgumentList.Add(updates.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(every.ToString(CultureInfo.InvariantCulture));
        return Process.Start(start)!;
    }

    /// <summary>The same training, which nobody kills: it follows that of the process.</summary>
    private sealed class Uninterrupted(string folder) : IDisposable
    {
        private readonly SavedTraining _training = new(folder);
        private int _modelUpdates;
        private byte[] _model = [];

        public int Updates => _training.Updates;

        /// <summary>The checkpoint is of the state that the process said it had saved, or of the next one. The model is of the same state, or as it was.</summary>
        /// <param name="path">The folder.</param>
        /// <param name="said">0: the process said nothing; then what counts is the state that it began with.</param>
        /// <param name="every">Updates from one save to the next.</param>
        public void Check(string path, int said, int every)
        {
            int saved = said == 0 ? Updates : said;
            if (File.Exists(SavedTraining.ModelIn(path)))
            {
                byte[] model = File.ReadAllBytes(SavedTraining.ModelIn(path));
                int updates = int.Parse(SavedModel.Load(SavedTraining.ModelIn(path)).Metadata["updates"], CultureInfo.InvariantCulture);
                Assert.True(updates >= said, $"the model has {updates} updates, and {said} were saved");
                if (updates != _modelUpdates)
                {
                    Advance(updates);
                    (_modelUpdates, _model) = (updates, File.ReadAllBytes(SavedTraining.ModelIn(folder)));
                }

                Assert.True(_model.AsSpan().SequenceEqual(model), $"the model of {updates} updates differs");
            }

            bool exists = File.Exists(SavedTraining.CheckpointIn(path));
            Assert.True(exists || saved == 0, $"no checkpoint, and {saved} updates were saved");
            if (exists)
            {
                using (SavedTraining resumed = new(path))
                {
                    Assert.True(resumed.Updates == saved || resumed.Updates == saved + every, $"the checkpoint has {resumed.Updates} updates, and {saved} were saved");
                    Advance(resumed.Updates);
                }

                Assert.True(File.ReadAllBytes(SavedTraining.CheckpointIn(folder)).AsSpan().SequenceEqual(File.ReadAllBytes(SavedTraining.CheckpointIn(path))), $"the checkpoint of {Updates} updates differs");
            }
        }

        public void Dispose() => _training.Dispose();

        private void Advance(int updates)
        {
            Assert.True(Updates <= updates, $"back from {Updates} updates to {updates}");
            if (Updates < updates)
            {
                while (Updates < updates)
                {
                    _training.Update();
                }

                _training.Save();
            }
        }
    }
}
