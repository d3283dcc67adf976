using KeywordSpotter.Spotting;

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
        Assert.Contains("203,724 bytes of weights (shared), 32-bit floats", run.Output);
        Assert.Matches(@"tuning +\d+\.\d MB for the head, \d+\.\d MB for the last layer with it, \d+\.\d MB for all layers", run.Output);
        Assert.Contains("50,931", run.Output); // parameters: 50,736 + 65 for each of 3 outputs
    }

    [Fact]
    public void Info_missing_model_is_bad_input() =>
        CommandRun.Of("info", "--model", "no-such.safetensors").AssertFailed(1, "no-such.safetensors");

    [Fact]
    public void Info_folder_is_bad_input() =>
        CommandRun.Of("info", "--model", ".").AssertFailed(1, ".: is a folder; a model is a file");

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

    [Theory]
    [InlineData("""["one","background","two"]""")]
    [InlineData("""["background","one","one"]""")]
    [InlineData("""["background","one","background"]""")]
    [InlineData("""["background","one","t\u0007wo"]""")]
    [InlineData("""["background","one",""]""")]
    [InlineData("""["background","one",2]""")]
    [InlineData("""{"background":1}""")]
    public void Info_labels_that_are_not_allowed_are_bad_input(string labels)
    {
        string path = model.In($"labels-{Guid.NewGuid():N}.safetensors");
        KeywordModel.Create(3, 0).Save(path, new Dictionary<string, string> { ["seq.labels"] = labels });

        CommandRun.Of("info", "--model", path).AssertFailed(1, path, "seq.labels", "'background' and at least one keyword");
    }

    [Theory]
    [InlineData("features.fft_size", "1024x")]
    [InlineData("features.bands", "512")] // bands between the bins of the transform
    [InlineData("features.stack", "3")]
    [InlineData("features.kind", "log_mel")]
    [InlineData("features.high_hz", "7000")]
    [InlineData("features.surprise", "1")]
    public void Info_features_that_do_not_fit_are_bad_input(string key, string value)
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        var metadata = new Dictionary<string, string>(loaded.Network.Metadata) { [key] = value };
        string path = model.In($"features-{Guid.NewGuid():N}.safetensors");
        loaded.Network.Save(path, metadata.Where(pair => !pair.Key.StartsWith("seq.") || pair.Key == SpotterModel.LabelsKey).ToDictionary());

        CommandRun.Of("info", "--model", path).AssertFailed(1, path);
    }
}
