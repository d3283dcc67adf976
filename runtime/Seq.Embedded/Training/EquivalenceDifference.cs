using System.Globalization;

namespace Seq.Embedded.Training;

/// <summary>One output that two forms of a model compute differently.</summary>
/// <param name="Form">The form that is compared: <c>Run</c> or <c>Step</c>.</param>
/// <param name="Sequence">The sequence, 0 to 2.</param>
/// <param name="Frame">The row of its outputs.</param>
/// <param name="Output">The value of the row.</param>
/// <param name="Expected">What the training forward computes, or Run where the weights have 8 bits.</param>
/// <param name="Actual">What the form computes.</param>
public sealed record EquivalenceDifference(string Form, int Sequence, int Frame, int Output, float Expected, float Actual)
{
    /// <summary>The difference in one line.</summary>
    /// <returns>For example <c>of Step in sequence 0, frame 17, output 2: 0.25 in place of 0.5</c>.</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"of {Form} in sequence {Sequence}, frame {Frame}, output {Output}: {Actual:R} in place of {Expected:R}");
}
