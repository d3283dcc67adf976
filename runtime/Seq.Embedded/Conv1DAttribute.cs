namespace Seq.Embedded;

/// <summary>
/// A convolution over time, causal: output j reads the inputs up to time step t = j * Stride,
/// <c>y_j = f(sum over k of W_k x_(t - (K - 1 - k) D) + b)</c>, inputs before the first time step being zero. T inputs give ceil(T / Stride) outputs.
/// Weight tensors: <c>weight (O, I, K)</c>, <c>bias (O)</c>, those of PyTorch's <c>nn.Conv1d</c>, which computes the same on an input with (K - 1) D zeros
/// before the first time step. It streams: the last (K - 1) D inputs are part of the state.
/// </summary>
/// <remarks>
/// With a stride, the layers above are computed at every Stride-th time step only, the first one included: <c>Step</c> of a many-to-many model says whether
/// there is an output, and <c>Stream.GetOutputSteps</c> how many outputs <c>Run</c> gives.
/// </remarks>
/// <param name="channels">Number of outputs (O); 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class Conv1DAttribute(int channels) : LayerAttribute
{
    /// <summary>Number of outputs (O).</summary>
    public int Channels { get; } = channels;

    /// <summary>Inputs that an output reads (K); 1 to 1,024. Default 3.</summary>
    public int Kernel { get; set; } = 3;

    /// <summary>Time steps from one output to the next; 1 to 1,024. Default 1.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>Time steps from one input that an output reads to the next (D); 1 to 1,024. Default 1.</summary>
    public int Dilation { get; set; } = 1;

    /// <summary>The function f: None, Relu, Tanh or Sigmoid. Default <see cref="Activation.None"/>.</summary>
    public Activation Activation { get; set; }

    /// <summary>False: the layer has no b, and no tensor of it. Default true.</summary>
    public bool Bias { get; set; } = true;
}
