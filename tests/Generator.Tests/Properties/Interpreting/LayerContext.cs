using Seq.Embedded.Generator.Tests.Properties.Drawing;

namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>What the formula of a layer is made from.</summary>
/// <param name="Layer">The layer as drawn.</param>
/// <param name="Name">Name of its tensors.</param>
/// <param name="Inputs">Values that it reads per time step; of a layer of tokens the size of the vocabulary.</param>
/// <param name="Units">Its number of units, also where it is open.</param>
/// <param name="Tensors">The tensors.</param>
internal sealed record LayerContext(DrawnLayer Layer, string Name, int Inputs, int Units, Tensors Tensors)
{
    /// <summary>A tensor of the layer.</summary>
    public double[] Tensor(string name, params int[] shape) => Tensors.Get($"{Name}.{name}", shape);
}
