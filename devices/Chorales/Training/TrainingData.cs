using Chorales.Music;

namespace Chorales.Training;

/// <summary>The chorales of a training run.</summary>
/// <param name="Training">To learn from.</param>
/// <param name="Validation">To choose the epoch by; may be empty.</param>
/// <param name="Unseen">Neither learned from nor chosen by: to measure the result on; may be empty.</param>
internal sealed record TrainingData(Chorale[] Training, Chorale[] Validation, Chorale[] Unseen)
{
    /// <summary>Reads the parts "train" and "valid" of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="holdOut">Part of the training chorales to hold out; 0: the part "valid" chooses the epoch.</param>
    /// <param name="seed">Which ones are held out.</param>
    /// <exception cref="InputException">The file is no file of chorales, has no part "train", or too few chorales to hold some out.</exception>
    public static TrainingData Load(string path, double holdOut, ulong seed)
    {
        Chorale[]? training = null;
        Chorale[] validation = [];
        List<string> names = [];
        foreach ((string name, Chorale[] chorales) in ChoraleFile.Read(path))
        {
            names.Add(name);
            training = name == ChoraleFile.TrainingPart ? chorales : training;
            validation = name == ChoraleFile.ValidationPart ? chorales : validation;
        }

        if (training is null)
        {
            throw new InputException($"{path}: has the parts {string.Join(", ", names)}; needed: {ChoraleFile.TrainingPart}");
        }

        if (holdOut == 0)
        {
            return new TrainingData(training, validation, []);
        }

        int held = (int)Math.Ceiling(holdOut * training.Length);
        if (held == training.Length)
        {
            throw new InputException($"{path}: {ChoraleFile.TrainingPart} has {training.Length} chorales, and {held} of them are to be held out; needed: some that are left");
        }

        Draws.For(seed, 0, 0).Shuffle(training);
        return new TrainingData(training[held..], training[..held], validation);
    }
}
