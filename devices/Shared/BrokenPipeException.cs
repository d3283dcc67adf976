namespace Devices;

/// <summary>Whoever read standard output is gone, as in <c>kws listen mic | head -1</c>: a normal end, not an error.</summary>
internal sealed class BrokenPipeException() : IOException("standard output is closed");
