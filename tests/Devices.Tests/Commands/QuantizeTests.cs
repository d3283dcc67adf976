using System.Globalization;
using System.Text.RegularExpressions;
using KeywordSpotter.Spotting;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Tests.Commands;

public sealed class QuantizeTests(TrainedModel model)
{
    [Fact]
    public void Quantize_writes_a_file_of_8_bits_with_the_same_texts_and_tells_both_sizes()
    {
        string path = model.In("int8.safetensors");

        CommandRun run = CommandRun.Of("quantize", "--model", model.Path, "--out", path);

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal($"{path}: 56,664 bytes of weights; {model.Path} has 203,724", Assert.Single(run.Lines));
        SafeTensorsFile floats = SafeTensorsFile.Read(model.Path), int8 = SafeTensorsFile.Read(path);
        Assert.False(Int8Weights.IsInt8(floats));
        Assert.True(Int8Weights.IsInt8(int8));
        Assert.Equal(floats.Metadata.OrderBy(pair => pair.Key), int8.Metadata.OrderBy(pair => pair.Key));
        Assert.InRange(new FileInfo(path).Length / (double)new FileInfo(model.Path).Length, 0.25, 0.31);
    }

    [Fact]
    public void Quantize_of_nothing_rounds_the_bundled_model_which_hears_the_same_words()
    {
        string path = model.In("bundled-int8.safetensors");

        Assert.Equal(0, CommandRun.Of("quantize", "--out", path).Status);

        static string[] Words(CommandRun run) => [.. run.Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2])];
        string[] words = Words(CommandRun.Of("listen"));
        Assert.NotEmpty(words);
        Assert.Equal(words, Words(CommandRun.Of("listen", "--model", path)));
    }

    [Fact]
    public void Commands_take_a_file_of_8_bits_as_they_take_one_of_floats()
    {
        string path = model.In("for-commands.safetensors");
        CommandRun.Of("quantize", "--model", model.Path, "--out", path);

        CommandRun info = CommandRun.Of("info", "--model", path), evaluate = CommandRun.Of("evaluate", "--data", model.In("data"), "--model", path);

        Assert.Equal(0, info.Status);
        Assert.Contains("rise, sink", info.Output);
        Assert.Contains("56,664 bytes of weights (shared), 8-bit integers", info.Output);
        Assert.Contains("50,931", info.Output);
        Assert.Equal(0, evaluate.Status);
        Assert.Contains(evaluate.Lines, line => line.StartsWith("rise", StringComparison.Ordinal) && line.Contains("of     20 found"));
    }

    [Fact]
    public void Quantize_with_recordings_compares_misses_at_the_same_false_accepts()
    {
        CommandRun run = CommandRun.Of(
            "quantize", "--model", model.Path, "--out", model.In("compared.safetensors"), "--data", model.In("data"), "--background", model.In("background"));

        Assert.Equal((0, ""), (run.Status, run.Error));
        (double before, double after, double change) = Rates(run, @"missed at \d+ false accepts or fewer");
        Assert.Equal(before + change, after, 0.11); // each has one digit
        Assert.InRange(after, 0, 10);
        Assert.Contains(run.Lines, line => line.StartsWith("missed at the model's own threshold", StringComparison.Ordinal));
    }

    [Fact]
    public void Networks_of_both_formats_are_one_network()
    {
        Assert.Equal(KeywordModel.Spec, Int8KeywordModel.Spec);
        Assert.Equal(KeywordModel.InputSize, Int8KeywordModel.InputSize);
        Assert.Equal(KeywordModel.StateBytes, Int8KeywordModel.StateBytes);
    }

    [Fact]
    public void Network_of_floats_takes_no_8_bits()
    {
        string path = model.In("for-floats.safetensors");
        CommandRun.Of("quantize", "--model", model.Path, "--out", path);

        WeightFileException exception = Assert.Throws<WeightFileException>(() => KeywordModel.Load(path));

        Assert.Equal(("8-bit weights", "floats, or a model with Weights = WeightFormat.Int8"), (exception.Found, exception.Expected));
    }

    [Fact]
    public void Steps_of_8_bits_allocate_nothing()
    {
        string path = model.In("allocation.safetensors");
        CommandRun.Of("quantize", "--model", model.Path, "--out", path);
        ScoreStream stream = new(SpotterModel.Load(path));
        float[] samples = SmallAudio.Background(3, 2), smoothed = new float[stream.Outputs];
        Listen();
        long before = GC.GetAllocatedBytesForCurrentThread();

        int steps = Listen();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(steps, 90, 101);

        int Listen()
        {
            int count = 0;
            ReadOnlySpan<float> left = samples;
            while (stream.TryNext(ref left, smoothed))
            {
                count++;
            }

            return count;
        }
    }

    [Fact]
    public void Quantize_of_8_bits_is_bad_input()
    {
        string path = model.In("once.safetensors"), again = model.In("twice.safetensors");
        CommandRun.Of("quantize", "--model", model.Path, "--out", path);

        CommandRun.Of("quantize", "--model", path, "--out", again).AssertFailed(1, "once.safetensors", "8 bits already", "allowed: ");

        Assert.False(File.Exists(again));
    }

    [Fact]
    public void Quantize_onto_itself_is_bad_input_and_keeps_the_floats()
    {
        Directory.CreateDirectory(model.In("itself"));
        string path = model.In("itself", "m.safetensors"), link = model.In("itself", "link.safetensors"), folder = model.In("itself", "folder");
        File.Copy(model.Path, path);
        File.CreateSymbolicLink(link, "m.safetensors");
        Directory.CreateSymbolicLink(folder, ".");
        string[] names = [path, link, Path.Combine(folder, "m.safetensors"), Path.Combine(folder, "link.safetensors")];
        names = [.. names, .. names.Select(name => Path.GetRelativePath(Environment.CurrentDirectory, name))];

        Assert.All(
            from name in names from output in names select (name, output),
            pair => CommandRun.Of("quantize", "--model", pair.name, "--out", pair.output).AssertFailed(1, pair.output, "another file"));

        Assert.Equal(File.ReadAllBytes(model.Path), File.ReadAllBytes(path));
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void Quantize_onto_the_file_of_the_bundled_model_is_bad_input_and_keeps_the_floats()
    {
        string path = model.In("bundled.safetensors");
        using (Stream bundled = typeof(Program).Assembly.GetManifestResourceStream("wake-words.safetensors")!, copy = File.Create(path))
        {
            bundled.CopyTo(copy);
        }

        byte[] before = File.ReadAllBytes(path);

        CommandRun.Of("quantize", "--out", path).AssertFailed(1, path, "another file");

        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void Quantize_replaces_a_file_of_other_weights_or_of_none()
    {
        string path = model.In("replaced.safetensors");
        File.WriteAllText(path, "no weights");

        Assert.Equal(0, CommandRun.Of("quantize", "--model", model.Path, "--out", path).Status);
        Assert.Equal(0, CommandRun.Of("quantize", "--model", model.Path, "--out", path).Status);
        byte[] rounded = File.ReadAllBytes(path);
        KeywordModel.Create(3, 0).Save(path);
        Assert.Equal(0, CommandRun.Of("quantize", "--model", model.Path, "--out", path).Status);

        Assert.Equal(rounded, File.ReadAllBytes(path));
    }

    [Fact]
    public void Quantize_what_cannot_be_written_is_bad_input()
    {
        string missing = model.In("no-such-folder", "int8.safetensors");
        CommandRun.Of("quantize", "--model", model.Path, "--out", missing).AssertFailed(1, missing, "there is no folder");
        CommandRun.Of("quantize", "--model", model.Path, "--out", model.Root).AssertFailed(1, model.Root, "is a folder");
        CommandRun.Of("quantize", "--model", model.Path, "--out", "/dev/null").AssertFailed(1, "/dev/null", "is a device");
    }

    [Fact]
    public void Quantize_to_a_device_through_links_is_bad_input()
    {
        string file = model.In("null.safetensors"), folder = model.In("devices");
        File.CreateSymbolicLink(file, Path.GetRelativePath(model.Root, "/dev/null"));
        Directory.CreateSymbolicLink(folder, "/dev");

        foreach (string path in new[] { "/dev/stdout", file, Path.GetRelativePath(Environment.CurrentDirectory, file), Path.Combine(folder, "null") })
        {
            CommandRun.Of("quantize", "--model", "no-such.safetensors", "--out", path).AssertFailed(1, path, "is a device");
        }
    }

    [Fact]
    public void Quantize_to_links_that_lead_nowhere_is_bad_input()
    {
        string loop = model.In("loop.safetensors"), missing = model.In("missing.safetensors");
        File.CreateSymbolicLink(loop, "loop.safetensors");
        File.CreateSymbolicLink(missing, "no-such-folder/x.safetensors");

        CommandRun.Of("quantize", "--model", model.Path, "--out", loop).AssertFailed(1, loop);
        CommandRun.Of("quantize", "--model", model.Path, "--out", missing).AssertFailed(1, missing, "there is no folder", model.In("no-such-folder"));
    }

    [Fact]
    public void A_folder_that_takes_no_file_is_named_and_the_file_that_tried_it_is_not()
    {
        foreach (string folder in new[] { "/proc", "/sys" }) // closed to root, too
        {
            string path = Path.Combine(folder, "x.safetensors");
            CommandRun[] runs = [CommandRun.Of("quantize", "--model", model.Path, "--out", path), CommandRun.Of("train", "--data", model.In("data"), "--out", path)];
            Assert.All(runs, run =>
            {
                run.AssertFailed(1, $"{path}: cannot be written: ", $"in the folder {folder}");
                Assert.DoesNotContain("probe", run.Error);
            });
        }
    }

    [Fact]
    public void Quantize_of_no_model_is_bad_input_and_writes_nothing()
    {
        string path = model.In("nothing.safetensors"), text = model.In("text.safetensors"), unlabelled = model.In("unlabelled-floats.safetensors");
        File.WriteAllText(text, "no weights");
        KeywordModel.Create(3, 0).Save(unlabelled);

        CommandRun.Of("quantize", "--model", "no-such.safetensors", "--out", path).AssertFailed(1, "no-such.safetensors");
        CommandRun.Of("quantize", "--model", text, "--out", path).AssertFailed(1, "text.safetensors");
        CommandRun.Of("quantize", "--model", unlabelled, "--out", path).AssertFailed(1, "unlabelled-floats.safetensors", "seq.labels");
        CommandRun.Of("quantize", "--model", model.Path, "--out", path, "--data", "no-such-data").AssertFailed(1, "no-such-data");

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Quantize_with_recordings_of_no_keyword_is_bad_input_and_writes_nothing()
    {
        string path = model.In("no-keyword.safetensors");
        SmallAudio.Write(model.In("other-words", "other", "0.wav"), SmallAudio.Background(840, 1));

        CommandRun run = CommandRun.Of("quantize", "--model", model.Path, "--out", path, "--data", model.In("other-words"));

        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Contains("has no clip of a keyword", run.Error);
        Assert.Contains("folders named rise, sink", run.Error);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Quantize_that_is_stopped_keeps_the_weights()
    {
        string path = model.In("stopped.safetensors");

        CommandRun run = CommandRun.OfStopped("quantize", "--model", model.Path, "--out", path, "--data", model.In("data"));

        Assert.Equal(1, run.Status);
        Assert.Contains("the weights are saved, there is no comparison", run.Error);
        Assert.True(Int8Weights.IsInt8(SafeTensorsFile.Read(path)));
    }

    [Fact]
    public void Quantize_with_wrong_options_is_bad_usage()
    {
        CommandRun.Of("quantize", "--model", model.Path).AssertFailed(2, "--out <file> is missing");
        CommandRun.Of("quantize", "--out", model.In("x.safetensors"), "--background", model.In("background")).AssertFailed(2, "--background", "--data DIR");
        CommandRun.Of("quantize", model.Path, "--out", model.In("x.safetensors")).AssertFailed(2, model.Path, "allowed: none");
    }

    private static (double Before, double After, double Change) Rates(CommandRun run, string name)
    {
        Match match = Regex.Match(run.Output, $@"^{name} +([\d.]+) % +([\d.]+) % +([+-]?[\d.]+) points$", RegexOptions.Multiline);
        Assert.True(match.Success, run.Output);
        double Value(int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
        return (Value(1), Value(2), Value(3));
    }
}
