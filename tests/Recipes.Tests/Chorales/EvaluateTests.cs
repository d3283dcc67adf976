using Chorales;
using Chorales.Music;

namespace Recipes.Tests.Chorales;

public sealed class EvaluateTests(TrainedMusic music)
{
    [Fact]
    public void Evaluate_measures_each_part()
    {
        CommandRun run = CommandRun.Chorales("evaluate", music.DataPath, "--model", music.ModelPath);

        string[] lines = run.AssertDone().Lines;
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"^train: 24 chorales, \d+ time steps foretold, \d\.\d{4} nats per time step$", lines[0]);
        Assert.Matches(@"^valid: 4 chorales, 50 time steps foretold, \d\.\d{4} nats per time step$", lines[1]); // lengths 12, 13, 14, 15: all but the first time steps
    }

    [Fact]
    public void Measure_is_the_formula()
    {
        ChoraleModel model = ChoraleModel.Load(music.ModelPath);
        Chorale[] chorales = [new([[60, 64], [62], []]), new([[48, 55], [50, 57]])];
        double expected = 0;
        foreach (Chorale chorale in chorales)
        {
            float[] inputs = new float[chorale.Length * 88], targets = new float[chorale.Length * 88], outputs = new float[chorale.Length * 88];
            chorale.CopyTo(0, inputs, targets);
            model.CreateStream().Run(inputs, outputs);
            for (int i = 88; i < outputs.Length; i++)
            {
                expected -= targets[i] == 1 ? Math.Log(outputs[i]) : Math.Log(1.0 - outputs[i]);
            }
        }

        ModelScore score = ModelScore.Measure(model, chorales, TestContext.Current.CancellationToken);

        Assert.Equal(3, score.Steps);
        Assert.Equal(expected / 3, score.NatsPerStep, 1e-4);
    }

    [Fact]
    public void CopyTo_moves_the_notes_and_shifts_time_by_one()
    {
        float[] inputs = new float[2 * 88], targets = new float[2 * 88];

        new Chorale([[21], [60, 106]]).CopyTo(2, inputs, targets);

        Assert.Equal([88 + 2], Indices(inputs));
        Assert.Equal([2, 88 + 41, 88 + 87], Indices(targets));

        static int[] Indices(float[] values) => [.. Enumerable.Range(0, values.Length).Where(i => values[i] == 1)];
    }

    [Fact]
    public void Evaluate_missing_files_are_bad_input()
    {
        CommandRun.Chorales("evaluate", "no-such.json", "--model", music.ModelPath).AssertFailed(1, "no-such.json: no such file");
        CommandRun.Chorales("evaluate", music.DataPath, "--model", "no-such.safetensors").AssertFailed(1, "no-such.safetensors: no such model file");
        CommandRun.Chorales("evaluate", music.DataPath, "--model", music.DataPath).AssertFailed(1, "music.json");
    }

    [Fact]
    public void Evaluate_model_of_another_program_is_bad_input()
    {
        string path = music.In("text.safetensors");
        global::Shakespeare.SmallModel.Create(0).Save(path);

        CommandRun.Chorales("evaluate", music.DataPath, "--model", path).AssertFailed(1, "text.safetensors");
    }
}
