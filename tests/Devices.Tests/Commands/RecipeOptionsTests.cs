using System.Reflection;
using Devices.Usage;
using KeywordSpotter.Commands;
using KeywordSpotter.Training;

namespace KeywordSpotter.Tests.Commands;

public sealed class RecipeOptionsTests
{
    private const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;

    [Fact]
    public void All_has_every_option()
    {
        var recipe = new RecipeOptions();

        Option[] fields = [.. typeof(RecipeOptions).GetFields(Private).Where(field => field.FieldType == typeof(Option)).Select(field => (Option)field.GetValue(recipe)!)];

        Assert.NotEmpty(fields);
        Assert.Equal(fields.Select(option => option.Name).Order(), recipe.All.Select(option => option.Name).Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("--no-augment")]
    [InlineData("--epochs 7 --steps 8 --batch 9 --seconds 1.5 --learning-rate 0.00001 --weight-decay 0.5 --clip 0.25 --negative-weight 3 --activation-steps 20 --seed 11")]
    [InlineData("--validation 0.3 --mine 2 --mine-minutes 3.5 --mix word=0.125,run=0")]
    [InlineData("--speed-min 0.9 --speed-max 1.1 --reverb 0.1 --snr-min -5 --snr-max 30 --clean 0.2 --context 0.6 --masks 0.7")]
    public void Describe_reads_back_as_the_same_options(string words)
    {
        TrainingOptions options = Read(words);

        string described = RecipeOptions.Describe(options);

        Assert.Equal(options, Read(described));
        string[] absent = ["--threads", "--no-augment"];
        Assert.All(new RecipeOptions().All.Select(option => option.Name).Except(absent), name => Assert.Contains($"{name} ", described));
    }

    [Theory]
    [InlineData("--reverb 0.5")]
    [InlineData("--masks 0")]
    [InlineData("--clean 0.15")]
    [InlineData("--speed-min 0.9")]
    public void Read_no_augment_with_variation_is_bad_usage(string variation)
    {
        string message = Assert.Throws<UsageException>(() => Read($"--no-augment {variation}")).Message;

        Assert.Contains("--no-augment", message);
        Assert.Contains(variation.Split(' ')[0], message);
    }

    [Fact]
    public void Read_no_augment_varies_nothing() => Assert.Equal(
        new AugmentationSettings
        {
            SlowestSpeed = 1, FastestSpeed = 1, Reverberation = 0, LowestSnr = 50, HighestSnr = 50, Clean = 0, Context = 0, Masks = 0,
        },
        Read("--no-augment").Augmentation);

    private static TrainingOptions Read(string words)
    {
        var recipe = new RecipeOptions();
        var command = new Command { Name = "train", Summary = "", Options = [.. recipe.All], Run = _ => 0 };
        return recipe.Read(Arguments.Parse(command, words.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }
}
