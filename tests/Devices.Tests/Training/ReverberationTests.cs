using KeywordSpotter.Training;

namespace KeywordSpotter.Tests.Training;

public sealed class ReverberationTests
{
    [Fact]
    public void Apply_is_convolution_with_the_response_to_an_impulse()
    {
        const int length = 12000;
        var impulse = new float[length];
        impulse[0] = 1;
        var response = new float[length];
        var reverberation = new Reverberation(16000);
        Draws draws = new(3);
        reverberation.Apply(ref draws, impulse, response);

        var dry = new float[length];
        Draws noise = new(4);
        for (int i = 0; i < length; i++)
        {
            dry[i] = noise.Bell();
        }

        var wet = new float[length];
        draws = new(3);
        reverberation.Apply(ref draws, dry, wet);

        foreach (int at in (int[])[0, 1, 2047, 2048, 5000, 11999])
        {
            double expected = 0;
            for (int delay = 0; delay <= at; delay++)
            {
                expected += (double)response[delay] * dry[at - delay];
            }

            Assert.Equal(expected, wet[at], 1e-4);
        }
    }

    [Fact]
    public void Apply_tail_decays_and_is_shorter_than_350_ms()
    {
        var reverberation = new Reverberation(16000);
        for (ulong seed = 0; seed < 50; seed++)
        {
            var impulse = new float[8000];
            impulse[0] = 1;
            var response = new float[8000];
            Draws draws = new(seed);
            reverberation.Apply(ref draws, impulse, response);

            Assert.InRange(response[0], 0.35f, 1.85f);
            Assert.Equal(1, response.Skip(1).Sum(value => value * value), 0.01);
            Assert.All(response[5602..], value => Assert.Equal(0, value));
            Assert.True(response[1..400].Sum(value => value * value) > response[400..].Where(value => value != 0).TakeLast(20).Sum(value => value * value));
        }
    }
}
