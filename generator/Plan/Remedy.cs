using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>A failure as a value: the descriptor's id, the place it is about, the arguments of its message and what would repair it.</summary>
internal sealed record Failure(string Id, SpecPlace Place, EquatableArray<string> Arguments, EquatableArray<Remedy> Remedies);

/// <summary>A change of one argument that repairs a failure: what a code fix offers.</summary>
/// <param name="Place">The argument; the class for a modifier.</param>
/// <param name="Value">The new value as C#: <c>16_384</c>, <c>"gru_2"</c>, or the bare name of an enumeration's value. Of a class: the modifier to remove.</param>
internal sealed record Remedy(SpecPlace Place, string Value);

/// <summary>Notes a failure of a spec.</summary>
internal delegate void Fail(DiagnosticDescriptor descriptor, SpecPlace place, string[] arguments, params Remedy[] remedies);
