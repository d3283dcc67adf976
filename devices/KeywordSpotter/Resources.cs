namespace KeywordSpotter;

/// <summary>Files that are part of the program itself, so that one binary is all there is to ship.</summary>
internal static class Resources
{
    /// <exception cref="InputException">The program was built without the resource.</exception>
    public static Stream Open(string name, string whenMissing) =>
        typeof(Resources).Assembly.GetManifestResourceStream(name) ?? throw new InputException(whenMissing);
}
