namespace Seq.Embedded.Generator.Tests.Testing;

internal static class TextComparison
{
    /// <summary>Fails with the first line that differs.</summary>
    public static void AssertEqual(string expected, string actual, string hint)
    {
        string[] expectedLines = expected.Split('\n'), actualLines = actual.Split('\n');
        for (int i = 0; i < Math.Max(expectedLines.Length, actualLines.Length); i++)
        {
            string expectedLine = i < expectedLines.Length ? expectedLines[i] : "(end of text)", actualLine = i < actualLines.Length ? actualLines[i] : "(end of text)";
            Assert.True(expectedLine == actualLine, $"Line {i + 1} differs.\nexpected: {expectedLine}\nactual:   {actualLine}\n{hint}");
        }
    }
}
