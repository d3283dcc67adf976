namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>A one at the place of the token, zeros elsewhere.</summary>
internal sealed class ReferenceOneHot(int vocabulary, Func<double, int> token) : ReferenceLayer
{
    public override int Units => vocabulary;

    public override double[][] Forward(double[][] inputs) => Array.ConvertAll(inputs, input =>
    {
        double[] row = new double[Units];
        row[token(input[0])] = 1;
        return row;
    });
}
