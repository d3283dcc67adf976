using Seq.Embedded.Models.Tests.Models;

namespace Seq.Embedded.Models.Tests;

public class TaskTests
{
    [Fact]
    public void Run_gives_the_bits_of_the_steps()
    {
        KeywordModel model = KeywordModel.Create(5, 1);
        float[] inputs = new float[100 * KeywordModel.InputSize];
        new Seq.Embedded.Training.CounterRandom(1, 2).FillUniform(0, inputs);
        float[] whole = new float[500], stepped = new float[500];
        model.CreateStream().Run(inputs, whole);
        KeywordModel.Stream stream = model.CreateStream();
        for (int t = 0; t < 100; t++)
        {
            stream.Step(inputs.AsSpan(t * 80, 80), stepped.AsSpan(t * 5, 5));
        }

        Assert.Equal(stepped, whole);
    }
}
