using System.Globalization;
using Seq.Embedded.Training;

namespace Seq.Embedded.Kill;

/// <summary>Training whose batches are functions of the number of updates, and its files: what lies in a folder says which updates went before.</summary>
public sealed class SavedTraining : IDisposable
{
    private const int Steps = 3, Sequences = 2;
    private readonly string _folder;
    private readonly SavedModel.Trainer _trainer = SavedModel.Create(seed: 1).CreateTrainer(new TrainerOptions { MaxBatch = Sequences, MaxSteps = Steps, Seed = 5 });

    /// <summary>Begins anew, or goes on from the checkpoint of the folder.</summary>
    public SavedTraining(string folder)
    {
        _folder = folder;
        if (File.Exists(CheckpointIn(folder)))
        {
            IReadOnlyDictionary<string, string> texts = _trainer.LoadCheckpoint(CheckpointIn(folder));
            if (texts["updates"] != Updates.ToString(CultureInfo.InvariantCulture))
            {
                throw new InvalidDataException($"The checkpoint has {Updates} updates and says {texts["updates"]}.");
            }
        }
    }

    /// <summary>Number of updates made.</summary>
    public int Updates => _trainer.Updates;

    public static string CheckpointIn(string folder) => Path.Combine(folder, "training.checkpoint");

    public static string ModelIn(string folder) => Path.Combine(folder, "model.safetensors");

    public void Update()
    {
        CounterRandom random = new(seed: 2, (ulong)Updates);
        float[] inputs = new float[Steps * SavedModel.InputSize];
        for (int i = 0; i < Sequences; i++)
        {
            random.FillUniform((ulong)(i * inputs.Length), inputs);
            _trainer.Add(inputs);
        }

        _trainer.Forward();
        for (int i = 0; i < Sequences; i++)
        {
            _trainer.CrossEntropy(i, [0, 1, (Updates + i) % SavedModel.OutputSize]);
        }

        _trainer.Backward();
        _trainer.Update(1e-3f);
    }

    /// <summary>Writes both files, the checkpoint first.</summary>
    public void Save()
    {
        Dictionary<string, string> texts = new() { ["updates"] = Updates.ToString(CultureInfo.InvariantCulture) };
        _trainer.SaveCheckpoint(CheckpointIn(_folder), texts);
        _trainer.ToModel(texts).Save(ModelIn(_folder));
    }

    public void Dispose() => _trainer.Dispose();
}
