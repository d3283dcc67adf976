using Seq.Embedded.Models.Tests.Cases;

namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>A one at the place of the token, zeros elsewhere.</summary>
internal sealed class ReferenceOneHot(ModelCase model) : ReferenceLayer
{
    public override int Units => model.InputSize;

    public override double[][] Forward(double[][] inputs) => Array.ConvertAll(inputs, input =>
    {
        double[] row = new double[Units];
        row[model.Token(input[0])] = 1;
        return row;
    });
}
