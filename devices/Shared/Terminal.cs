namespace Devices;

/// <summary>What a command talks to: the three standard streams, and the token that Ctrl+C cancels.</summary>
internal sealed record Terminal(Func<Stream> OpenInput, TextWriter Output, TextWriter Error, CancellationToken Stop);
