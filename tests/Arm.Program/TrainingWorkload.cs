using KeywordSpotter;
using Seq.Embedded.Training;

namespace Seq.Embedded.Arm;

/// <summary>A training step of the keyword spotter's network: forward pass, cross-entropy at every step, back-propagation, AdamW. Its results are the outputs that the updates before have led to.</summary>
public sealed class TrainingWorkload : Workload
{
    public const int Sequences = 8;

    private readonly KeywordModel.Trainer _trainer;
    private readonly CounterRandom _random = new(seed: 11, stream: 0);
    private readonly float[] _inputs;
    private readonly int[] _labels;
    private ulong _drawn;

    /// <param name="steps">Time steps of each of the <see cref="Sequences"/>.</param>
    /// <param name="trained">Number of layers that learn, from the last down; those below are frozen.</param>
    public TrainingWorkload(int steps, int trained)
        : base(AudioWorkload.Labels, calls: 3)
    {
        _trainer = KeywordModel.Create(AudioWorkload.Labels, seed: 41).CreateTrainer(
            new TrainerOptions { MaxBatch = Sequences, MaxSteps = steps, FrozenLayers = KeywordModel.LayerNames[..^trained] });
        _inputs = new float[Sequences * steps * KeywordModel.InputSize];
        _labels = new int[steps];
        _labels.AsSpan().Fill(1);
    }

    public override void Draw()
    {
        _random.FillUniform(_drawn, _inputs);
        _drawn += (ulong)_inputs.Length;
    }

    public override void Next(Span<float> results)
    {
        int size = _inputs.Length / Sequences;
        _trainer.Clear();
        for (int i = 0; i < Sequences; i++)
        {
            _trainer.Add(_inputs.AsSpan(i * size, size));
        }

        _trainer.Forward();
        for (int i = 0; i < Sequences; i++)
        {
            _trainer.CrossEntropy(i, _labels, 1f / (Sequences * _labels.Length));
        }

        _trainer.GetOutputs(0)[^AudioWorkload.Labels..].CopyTo(results);
        _trainer.Backward();
        _trainer.Update(learningRate: 1e-2f);
    }
}
