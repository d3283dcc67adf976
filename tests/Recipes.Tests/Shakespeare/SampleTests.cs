namespace Recipes.Tests.Shakespeare;

public sealed class SampleTests(TrainedText text)
{
    [Fact]
    public void Sample_writes_so_many_characters_behind_the_prompt()
    {
        string written = Sample("--length", "40", "--prompt", "my king");

        Assert.StartsWith("my king", written);
        Assert.Equal("my king".Length + 40 + 1, written.Length); // a line break ends the output
    }

    [Fact]
    public void Sample_repeats_with_the_seed()
    {
        Assert.Equal(Sample("--seed", "3"), Sample("--seed", "3"));
        Assert.NotEqual(Sample("--seed", "3"), Sample("--seed", "4"));
    }

    [Fact]
    public void Sample_of_the_most_probable_character_is_the_same_for_all_seeds()
    {
        string greedy = Sample("--temperature", "0");

        Assert.Equal(greedy, Sample("--temperature", "0", "--seed", "9"));
        Assert.Equal(greedy, Sample("--top-k", "1", "--seed", "9"));
        Assert.Equal(greedy, Sample("--top-p", "0.001", "--seed", "9"));
        Assert.Contains("the ", greedy);
    }

    [Fact]
    public void Sample_unknown_character_in_the_prompt_is_bad_usage() =>
        CommandRun.Shakespeare("sample", "--model", text.ModelPath, "--prompt", "Z\u00FCrich").AssertFailed(2, "--prompt", "allowed: ", "acdeghiklmno");

    [Fact]
    public void Sample_missing_model_is_bad_input() =>
        CommandRun.Shakespeare("sample", "--model", "no-such.safetensors").AssertFailed(1, "no-such.safetensors: no such model file");

    [Fact]
    public void Sample_file_that_is_no_model_is_bad_input() =>
        CommandRun.Shakespeare("sample", "--model", text.TextPath).AssertFailed(1, "text.txt");

    [Fact]
    public void Sample_model_without_vocabulary_is_bad_input()
    {
        string path = text.In("no-vocabulary.safetensors");
        global::Shakespeare.SmallModel.Create(0).Save(path);

        CommandRun.Shakespeare("sample", "--model", path).AssertFailed(1, "no-vocabulary.safetensors: no language model", "vocabulary.unit");
    }

    [Fact]
    public void Sample_model_of_another_program_is_bad_input()
    {
        string path = text.In("music.safetensors");
        global::Chorales.ChoraleModel.Create(0).Save(path, Seq.Embedded.Text.Vocabulary.FromText("ab", new()).ToMetadata());

        CommandRun.Shakespeare("sample", "--model", path).AssertFailed(1, "music.safetensors");
    }

    [Fact]
    public void Sample_vocabulary_of_words_is_bad_input()
    {
        string path = text.In("words.safetensors");
        global::Shakespeare.SmallModel.Create(0).Save(
            path, Seq.Embedded.Text.Vocabulary.FromText("a b", new() { Unit = Seq.Embedded.Text.VocabularyUnit.Word }).ToMetadata());

        CommandRun.Shakespeare("sample", "--model", path).AssertFailed(1, "words.safetensors", "the unit Word; allowed: 66 or fewer of the unit Character");
    }

    private string Sample(params string[] more) => CommandRun.Shakespeare(["sample", "--model", text.ModelPath, .. more]).AssertDone().Output;
}
