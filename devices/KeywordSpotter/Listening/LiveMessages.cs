using System.Text;

namespace KeywordSpotter.Listening;

/// <summary>
/// Standard error while a <see cref="LiveView"/> draws on the same terminal: whole lines are shown in the view, which they would garble otherwise.
/// Without a view, before it begins and after it has ended, they are written as ever.
/// </summary>
/// <param name="error">Standard error.</param>
internal sealed class LiveMessages(TextWriter error) : TextWriter
{
    /// <summary>Shows the lines; null as long as there is none.</summary>
    public LiveView? View { get; set; }

    /// <inheritdoc/>
    public override Encoding Encoding => error.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => error.Write(value);

    /// <inheritdoc/>
    public override void Write(string? value) => error.Write(value);

    /// <inheritdoc/>
    public override void WriteLine(string? value)
    {
        if (View?.Say(value ?? "") != true)
        {
            error.WriteLine(value);
        }
    }

    /// <inheritdoc/>
    public override void Flush() => error.Flush();
}
