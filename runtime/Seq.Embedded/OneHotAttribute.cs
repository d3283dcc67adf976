namespace Seq.Embedded;

/// <summary>
/// Each token as a vector of zeros with a one at the token's place: <c>y_k = 1 where k = token, else 0</c>. Only the first layer: the model then takes tokens,
/// 0 to V - 1, in place of vectors, and <see cref="SequenceModelAttribute.Input"/> is the size of the vocabulary (V). The vectors are never written: the next layer's
/// product with one is a lookup of a column of its weights, without a multiplication. No tensors; the layer cannot be named and has no dropout.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class OneHotAttribute : LayerAttribute;
