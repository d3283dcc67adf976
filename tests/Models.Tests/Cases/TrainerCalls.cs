using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>Calls that only generated trainers have, bound once: they allocate nothing.</summary>
internal static class TrainerCalls
{
    public delegate int AddTokens(ReadOnlySpan<int> tokens);

    public delegate int AddTokensFrom(ReadOnlySpan<int> tokens, ReadOnlySpan<float> initialState);

    public delegate int AddTokenPair(ReadOnlySpan<int> source, ReadOnlySpan<int> targetInputs);

    public delegate int AddVectorPair(ReadOnlySpan<float> source, ReadOnlySpan<int> targetInputs);

    /// <summary>The method Add that has the parameters of the delegate.</summary>
    public static T Adder<T>(this SequenceTrainer trainer)
        where T : Delegate => (T)Delegate.CreateDelegate(typeof(T), trainer, trainer.GetType().GetMethod("Add", [.. typeof(T).GetMethod("Invoke")!.GetParameters().Select(parameter => parameter.ParameterType)])!);
}
