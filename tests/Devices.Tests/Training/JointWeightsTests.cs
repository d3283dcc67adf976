using KeywordSpotter.Spotting;
using KeywordSpotter.Training;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Tests.Training;

public sealed class JointWeightsTests(TrainedModel model)
{
    private static readonly JointOutputs s_outputs = new([SpotterModel.BackgroundLabel, "rise", "new", "phoneme:", "phoneme:a"], 3, 2, 0);

    [Fact]
    public void Create_takes_layers_and_the_rows_of_known_outputs()
    {
        SafeTensorsFile start = SafeTensorsFile.Read(model.Path);

        JointModel joint = JointWeights.Create(s_outputs, 3, start);

        string path = model.In("joint.safetensors");
        joint.Save(path);
        SafeTensorsFile saved = SafeTensorsFile.Read(path);
        foreach (SafeTensor tensor in start.Tensors)
        {
            Assert.True(saved.TryGetTensor(tensor.Name, out SafeTensor? same));
            if (!tensor.Name.StartsWith("head", StringComparison.Ordinal))
            {
                Assert.Equal(tensor.ToArray(), same.ToArray());
                continue;
            }

            int width = tensor.Name == "head.bias" ? 1 : 64;
            Assert.Equal(5 * width, same.Length);
            Assert.Equal(tensor.ToArray()[..(2 * width)], same.ToArray()[..(2 * width)]); // background and rise
            Assert.NotEqual(tensor.ToArray()[(2 * width)..], same.ToArray()[(2 * width)..(3 * width)]); // sink is not new
        }
    }

    [Fact]
    public void ToKeywordModel_has_the_first_group_of_outputs_behind_a_softmax()
    {
        JointModel joint = JointModel.Create(s_outputs.Count, 4);
        KeywordModel keywords = JointWeights.ToKeywordModel(joint, s_outputs);
        float[] input = new float[80], logits = new float[s_outputs.Count], posteriors = new float[s_outputs.Keywords];
        input[7] = 1;

        joint.CreateStream().Step(input, logits);
        keywords.CreateStream().Step(input, posteriors);

        double sum = logits[..3].Sum(logit => Math.Exp(logit));
        Assert.Equal(3, keywords.OutputSize);
        for (int i = 0; i < posteriors.Length; i++)
        {
            Assert.Equal(Math.Exp(logits[i]) / sum, posteriors[i], 1e-5);
        }
    }

    [Fact]
    public void Train_with_vocabulary_and_phonemes_learns_from_a_file_of_all_outputs()
    {
        string phonemes = model.In("words.tsv"), joint = model.In("learned.joint.safetensors");
        File.WriteAllLines(phonemes, [$"{SmallAudio.Rise}/*\tl h", $"{SmallAudio.Sink}/*\th l"]);
        string[] train =
        [
            "train", "--data", model.In("data"), "--background", model.In("background"), "--vocabulary", model.In("data"), "--phonemes", phonemes,
            "--epochs", "1", "--steps", "2", "--batch", "8", "--seconds", "1.6", "--joint", joint,
        ];

        CommandRun first = CommandRun.Of([.. train, "--out", model.In("first-joint.safetensors")]);
        CommandRun second = CommandRun.Of([.. train[..^2], "--start", joint, "--out", model.In("second-joint.safetensors")]);

        Assert.Equal((0, 0), (first.Status, second.Status));
        Assert.Contains("vocabulary 2 words, 40 clips; phonemes 2", first.Error);
        Assert.Contains("\"word:rise\"", SafeTensorsFile.Read(joint).Metadata[JointWeights.LabelsKey]);
        Assert.Equal(["rise", "sink"], SpotterModel.Load(model.In("second-joint.safetensors")).Keywords);
        CommandRun.Of([.. train, "--out", joint]).AssertFailed(2, "--joint", "allowed: another file");
    }
}
