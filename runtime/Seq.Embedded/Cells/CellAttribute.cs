namespace Seq.Embedded.Cells;

/// <summary>
/// The base of recurrent layers whose equations a program states itself: a class that derives from it, with a method <c>Equations</c>.
/// The generator reads the text of the method: the layer is then streamed, trained, costed and documented as the built-in ones are.
/// </summary>
/// <example>
/// <code>
/// using Seq.Embedded.Cells;
/// using static Seq.Embedded.Cells.Vector;
///
/// /// &lt;summary&gt;A GRU whose candidate sees the state itself, without weights.&lt;/summary&gt;
/// public sealed class LeakyAttribute(int units) : CellAttribute(units)
/// {
///     public static void Equations(Cell cell)
///     {
///         Vector x = cell.Input, h = cell.State("h");
///         Vector z = Sigmoid(cell.Affine("z", x, h));
///         Vector n = Tanh(cell.Affine("n", x) + cell.Parameter("p") * h);
///         cell.Next(h, (1 - z) * n + z * h);
///     }
/// }
///
/// [SequenceModel(Input = 40)]
/// [Leaky(64)]
/// [Dense(5, Activation.Softmax)]
/// public sealed partial class MyModel;
/// </code>
/// </example>
/// <remarks>
/// The method is <c>public static void Equations(Cell cell)</c>, in the class itself and in the project of the models. It may hold: local variables with
/// a value; <see cref="Cell.Next"/>; and as values + - *, numbers and constants, the functions of <see cref="Vector"/> and the members of <see cref="Cell"/>.
/// The first state declared is the layer's output. The constructor's parameter <c>units</c> is the number of units (H).
/// Weight tensors: <c>weight_ih_l0 (G * H, I)</c> and <c>bias_ih_l0 (G * H)</c> of the G gates that map x, in the order in which the method names them;
/// <c>weight_hh_l0</c>, <c>bias_hh_l0</c> likewise of those that map the first state or a computed vector; <c>weight_sh_l0</c>, <c>bias_sh_l0</c> of those
/// that map another state s; <c>p_l0 (H)</c> of a parameter p, <c>s_l0 (1)</c> of a scalar s.
/// </remarks>
/// <param name="units">Number of units (H) of each layer; 1 to 16,384.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class CellAttribute(int units) : RecurrentLayerAttribute(units);
