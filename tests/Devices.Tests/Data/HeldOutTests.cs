using KeywordSpotter.Data;

namespace KeywordSpotter.Tests.Data;

public sealed class HeldOutTests
{
    [Fact]
    public void Fraction_is_the_same_for_all_clips_of_a_speaker()
    {
        Assert.Equal(HeldOut.Fraction("bed/0a7c2a8d_nohash_0.wav"), HeldOut.Fraction("cat/0a7c2a8d_nohash_1.wav"));
        Assert.NotEqual(HeldOut.Fraction("bed/0a7c2a8d_nohash_0.wav"), HeldOut.Fraction("bed/0b09edd3_nohash_0.wav"));
    }

    [Fact]
    public void Fraction_depends_on_neither_folder_nor_extension() =>
        Assert.Equal(HeldOut.Fraction("/a/b/12.wav"), HeldOut.Fraction("c/12.WAV"));

    [Fact]
    public void Split_holds_back_the_wanted_part()
    {
        string[] names = [.. Enumerable.Range(0, 2000).Select(i => $"{i}.wav")];

        (string[] training, string[] validation) = Split(names, 0.1);

        Assert.InRange(validation.Length, 150, 250);
        Assert.Equal(names.Order(), training.Concat(validation).Order());
    }

    [Fact]
    public void Split_adding_files_moves_no_other_file()
    {
        string[] names = [.. Enumerable.Range(0, 200).Select(i => $"{i}.wav")];

        string[] few = Split(names[..100], 0.2).Validation;
        string[] many = Split(names, 0.2).Validation;

        Assert.Subset(many.ToHashSet(), few.ToHashSet());
    }

    [Theory]
    [InlineData(2, 0.01, 1)]
    [InlineData(2, 0.5, 1)]
    [InlineData(1, 0.5, 0)]
    [InlineData(5, 0.0, 0)]
    public void Split_leaves_neither_side_empty(int count, double fraction, int least)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(i => $"clip{i}.wav")];

        (string[] training, string[] validation) = Split(names, fraction);

        Assert.True(validation.Length >= least);
        Assert.True(training.Length >= 1 || count == 1);
        Assert.Equal(count, training.Length + validation.Length);
    }

    [Theory]
    [InlineData(1e-9)] // nobody would be held back
    [InlineData(0.9999999)] // everybody would be
    public void Split_that_must_move_someone_moves_all_clips_of_a_speaker(double fraction)
    {
        string[] names = [.. Enumerable.Range(0, 12).Select(i => $"speaker{i % 3}_nohash_{i}.wav")];

        (string[] training, string[] validation) = Split(names, fraction);

        Assert.Equal((fraction < 0.5 ? 4 : 8), validation.Length);
        Assert.Empty(training.Select(name => name[..8]).Intersect(validation.Select(name => name[..8])));
    }

    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(0.5, 5)]
    public void Split_of_a_single_speaker_divides_the_clips_and_says_so(double fraction, int held)
    {
        SplitClips split = HeldOut.Split([.. Enumerable.Range(0, 10).Select(i => new Clip($"one_nohash_{i}.wav", [], 16000))], fraction);

        Assert.True(split.Divided);
        Assert.Equal((10 - held, held), (split.Training.Length, split.Validation.Length));
        Assert.False(HeldOut.Split([new Clip("a.wav", [], 16000), new Clip("b.wav", [], 16000)], fraction).Divided);
    }

    [Fact]
    public void Hash_never_changes() => Assert.Equal(198367012849983736UL, HeldOut.Hash("a"));

    private static (string[] Training, string[] Validation) Split(string[] names, double fraction)
    {
        SplitClips split = HeldOut.Split([.. names.Select(name => new Clip(name, [], 16000))], fraction);
        return ([.. split.Training.Select(clip => clip.Name)], [.. split.Validation.Select(clip => clip.Name)]);
    }
}
