using KeywordSpotter.Models;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Models;

public sealed class ModelVersionsTests : IDisposable
{
    private static readonly Dictionary<string, string> s_noNotes = [];

    private readonly string _root = Directory.CreateTempSubdirectory("kws-versions-").FullName;

    private string ModelPath => Path.Combine(_root, "home.safetensors");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void First_save_keeps_nothing_else()
    {
        Save(1);

        Assert.False(Directory.Exists(ModelVersions.FolderOf(ModelPath)));
        ModelVersion only = Assert.Single(ModelVersions.List(ModelPath));
        Assert.Equal((0, true, "kws enroll 1", "missed 1 of 10"), (only.Number, only.IsCurrent, only.Maker, only.Figures));
        Assert.Equal(["word"], only.Keywords);
    }

    [Fact]
    public void Save_over_a_model_keeps_the_last_five_before_it()
    {
        for (int seed = 1; seed <= 9; seed++)
        {
            Save(seed);
        }

        IReadOnlyList<ModelVersion> versions = ModelVersions.List(ModelPath);
        Assert.Equal([4, 5, 6, 7, 8, 9], versions.Select(version => version.Number));
        Assert.Equal([9], versions.Where(version => version.IsCurrent).Select(version => version.Number));
        Assert.All(versions, version => Assert.Equal($"kws enroll {version.Number}", version.Maker));
    }

    [Fact]
    public void RollBack_goes_one_back_each_time_and_forward_by_number()
    {
        byte[][] models = [.. Enumerable.Range(1, 3).Select(Save)];

        Assert.Equal(2, ModelVersions.RollBack(ModelPath, null).Number);
        Assert.Equal(models[1], File.ReadAllBytes(ModelPath));
        Assert.Equal(1, ModelVersions.RollBack(ModelPath, null).Number);
        Assert.Equal(models[0], File.ReadAllBytes(ModelPath));
        Assert.Contains("no version before", Assert.Throws<InputException>(() => ModelVersions.RollBack(ModelPath, null)).Message);
        Assert.Equal(3, ModelVersions.RollBack(ModelPath, 3).Number);
        Assert.Equal(models[2], File.ReadAllBytes(ModelPath));
        Assert.Contains("allowed: 1, 2, 3", Assert.Throws<InputException>(() => ModelVersions.RollBack(ModelPath, 7)).Message);
    }

    [Fact]
    public void Save_after_RollBack_keeps_the_version_that_was_gone_back_to()
    {
        for (int seed = 1; seed <= 7; seed++)
        {
            Save(seed);
        }

        ModelVersions.RollBack(ModelPath, 2);
        Save(8);

        Assert.Equal([2, 3, 4, 5, 6, 7, 8], ModelVersions.List(ModelPath).Select(version => version.Number));
    }

    [Fact]
    public void File_that_was_copied_here_by_hand_is_kept_too()
    {
        Save(1);
        Save(2);
        string other = Path.Combine(_root, "other.safetensors");
        Create(5).Save(other, []);
        File.Copy(other, ModelPath, overwrite: true);

        Assert.Equal([1, 2, 0], ModelVersions.List(ModelPath).Select(version => version.Number));
        ModelVersions.RollBack(ModelPath, 1);

        Assert.Equal([1, 2, 3], ModelVersions.List(ModelPath).Select(version => version.Number));
        Assert.Equal(File.ReadAllBytes(other), File.ReadAllBytes(ModelVersions.List(ModelPath)[2].Path));
    }

    [Fact]
    public void Power_that_fails_between_version_and_file_leaves_the_old_model_and_no_harm()
    {
        byte[] first = Save(1), second = Save(2);

        // What is on the disk then: the version of the third model, and the file of the second.
        Create(3).Save(Path.Combine(ModelVersions.FolderOf(ModelPath), "0003.safetensors"), []);

        Assert.Equal(second, File.ReadAllBytes(ModelPath));
        Assert.Equal([false, true, false], ModelVersions.List(ModelPath).Select(version => version.IsCurrent));
        Assert.Equal(1, ModelVersions.RollBack(ModelPath, null).Number);
        Assert.Equal(first, File.ReadAllBytes(ModelPath));
        Save(4);
        Assert.Equal((4, true), (ModelVersions.List(ModelPath)[^1].Number, ModelVersions.List(ModelPath)[^1].IsCurrent));
    }

    [Fact]
    public void Versions_that_cannot_be_written_leave_the_model_as_it_is()
    {
        byte[] before = Save(1);
        File.WriteAllText(ModelVersions.FolderOf(ModelPath), "a file where the folder should be");

        Assert.ThrowsAny<IOException>(() => Save(2));

        Assert.Equal(before, File.ReadAllBytes(ModelPath));
    }

    [Fact]
    public void Damaged_version_is_listed_and_refused()
    {
        Save(1);
        byte[] second = Save(2);
        string version = ModelVersions.List(ModelPath)[0].Path;
        File.WriteAllBytes(version, File.ReadAllBytes(version)[..1000]);

        Assert.StartsWith("damaged: ", ModelVersions.List(ModelPath)[0].Figures);
        Assert.ThrowsAny<Exception>(() => ModelVersions.RollBack(ModelPath, null));
        Assert.Equal(second, File.ReadAllBytes(ModelPath));
        CommandRun.Of("models", ModelPath, "--roll-back").AssertFailed(1, "0001.safetensors");
    }

    [Fact]
    public void Models_lists_versions_and_goes_back()
    {
        byte[] first = Save(1);
        Save(2);

        CommandRun list = CommandRun.Of("models", ModelPath), back = CommandRun.Of("models", ModelPath, "--roll-back"), forth = CommandRun.Of("models", ModelPath, "--roll-back", "2");

        Assert.Equal((0, 3), (list.Status, list.Lines.Length));
        Assert.Matches(@"^ +1 +\d{4}-\d\d-\d\d \d\d:\d\d +word +kws enroll 1 +missed 1 of 10$", list.Lines[1]);
        Assert.Matches(@"^\* +2 .* kws enroll 2 +missed 2 of 10$", list.Lines[2]);
        Assert.Contains("is version 1 again", back.Output);
        Assert.Contains("is version 2 again", forth.Output);
        CommandRun.Of("models", "--roll-back", ModelPath).AssertFailed(2, "--roll-back", "a whole number");
        CommandRun.Of("models").AssertFailed(2, "FILE");
        CommandRun.Of("models", Path.Combine(_root, "none")).AssertFailed(1, "none", "no such model file");
        Assert.NotEqual(first, File.ReadAllBytes(ModelPath));
    }

    /// <returns>The bytes of the file.</returns>
    private byte[] Save(int seed)
    {
        ModelVersions.Save(Create(seed), ModelPath, $"kws enroll {seed}", $"missed {seed} of 10", s_noNotes);
        return File.ReadAllBytes(ModelPath);
    }

    private static SpotterModel Create(int seed) =>
        SpotterModel.Create(KeywordModel.Create(2, seed), ["word"], new FeatureSettings(), new DetectorSettings { Thresholds = [0.5f] });
}
