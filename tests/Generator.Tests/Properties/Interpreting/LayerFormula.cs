namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>A layer over all time steps, in doubles, as its definition says.</summary>
internal abstract class LayerFormula
{
    /// <summary>The state before the first step, as a snapshot of a stream holds it: none for most layers.</summary>
    public virtual double[][] InitialState() => [];

    /// <summary>Outputs of all time steps.</summary>
    /// <param name="rows">Inputs of all time steps.</param>
    /// <param name="state">State before the first step; receives the one after the last.</param>
    /// <param name="chunk">Time steps after which what reads ahead starts anew; 0: the whole sequence.</param>
    public abstract double[][] Forward(double[][] rows, double[][] state, int chunk);

    /// <summary>The one output of a sequence that ends at this layer, from the state that the sequence left; null where it is the last row.</summary>
    public virtual double[]? OutputOf(double[][] state) => null;
}
