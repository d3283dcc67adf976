using KeywordSpotter.Tuning;

namespace KeywordSpotter.Tests.Tuning;

public sealed class SpliceTests
{
    private const int Steps = 80;
    private const int Width = 4;

    [Theory]
    [InlineData(2)]
    [InlineData(30)]
    [InlineData(50)]
    public void Precede_keeps_the_whole_keyword_behind_other_speech(int start)
    {
        const int length = 20;
        float[] speech = Enumerable.Repeat(5f, Steps * Width).ToArray();
        for (ulong seed = 0; seed < 50; seed++)
        {
            float[] example = new float[Steps * Width];
            for (int i = 0; i < length * Width; i++)
            {
                example[(start * Width) + i] = 10 + (i / Width);
            }

            var draws = new Draws(seed);
            Splice.Precede(ref draws, speech, example, Width);

            int first = Array.FindIndex(example, value => value >= 10) / Width;
            int before = example.TakeWhile(value => value == 5).Count() / Width;
            Assert.InRange(before, 10, 50);
            Assert.InRange(first - before, 0, 3);
            Assert.Equal(Enumerable.Range(10, length), Enumerable.Range(0, length).Select(i => (int)example[(first + i) * Width]));
        }
    }

    [Fact]
    public void Precede_of_a_keyword_that_fills_the_example_changes_nothing()
    {
        float[] example = Enumerable.Repeat(1f, Steps * Width).ToArray();
        var draws = new Draws(1);

        Splice.Precede(ref draws, new float[Steps * Width], example, Width);

        Assert.All(example, value => Assert.Equal(1f, value));
    }
}
