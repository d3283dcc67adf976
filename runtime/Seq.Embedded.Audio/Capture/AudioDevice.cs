namespace Seq.Embedded.Audio;

/// <summary>A microphone that this machine has.</summary>
/// <param name="Name">What to open it by.</param>
/// <param name="Description">What its driver says about it, in one line; may be empty.</param>
public sealed record AudioDevice(string Name, string Description);
