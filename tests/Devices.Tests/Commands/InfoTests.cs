namespace KeywordSpotter.Tests.Commands;

public sealed class InfoTests(TrainedModel model)
{
    [Fact]
    public void Info_shows_labels_layers_cost_and_features()
    {
        CommandRun run = CommandRun.Of("info", "--model", model.Path);

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("rise, sink", run.Output);
        Assert.Contains("Pcen, 40 bands", run.Output);
        Assert.Contains("2 frames, every 20 ms (80 values)", run.Output);
        Assert.Contains(run.Lines, line => line.StartsWith("gru", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.StartsWith("head", StringComparison.Ordinal));
        Assert.Contains("50,931", run.Output); // parameters: 50,736 + 65 for each of 3 outputs
    }

    [Fact]
    public void Info_missing_model_is_bad_input() =>
        CommandRun.Of("info", "--model", "no-such.safetensors").AssertFailed(1, "no-such.safetensors");

    [Fact]
    public void Info_weights_without_labels_are_no_keyword_model()
    {
        string path = model.In("unlabelled.safetensors");
        KeywordModel.Create(3, 0).Save(path);

        CommandRun.Of("info", "--model", path).AssertFailed(1, "unlabelled.safetensors", "seq.labels");
    }

    [Fact]
    public void Info_wrong_number_of_labels_is_bad_input()
    {
        string path = model.In("labels.safetensors");
        KeywordModel.Create(3, 0).Save(path, new Dictionary<string, string> { ["seq.labels"] = """["background","one"]""" });

        CommandRun.Of("info", "--model", path).AssertFailed(1, "2 labels", "allowed: 3");
    }
}
