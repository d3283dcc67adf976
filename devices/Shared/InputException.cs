namespace Devices;

/// <summary>Input that a command cannot work with: reported in one line, exit status 1.</summary>
internal sealed class InputException(string message) : Exception(message);
