namespace Seq.Embedded.Training;

/// <summary>Numbered items of work for a <see cref="WorkerPool"/>. An object rather than a delegate: it carries its data without a closure.</summary>
public interface IParallelWork
{
    /// <summary>Does one item. Called for different items at the same time, so items write to different memory.</summary>
    /// <param name="item">The item, from 0.</param>
    void Execute(int item);
}
