namespace KeywordSpotter.Serving;

/// <summary>A message that a client should not have sent. It ends the connection, not the server.</summary>
/// <param name="message">What was found and what is allowed.</param>
internal sealed class ProtocolException(string message) : Exception(message);
