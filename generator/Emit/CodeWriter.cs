using System.Text;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Text with indentation, always with <c>\n</c>.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _indent;

    public CodeWriter Line(string line = "")
    {
        if (line.Length > 0)
        {
            _text.Append(' ', 4 * _indent).Append(line);
        }

        _text.Append('\n');
        return this;
    }

    /// <summary>Several lines, each at the current indentation.</summary>
    public CodeWriter Lines(string lines)
    {
        foreach (string line in lines.Replace("\r", "").Split('\n'))
        {
            Line(line);
        }

        return this;
    }

    public CodeWriter Open(string head = "")
    {
        if (head.Length > 0)
        {
            Line(head);
        }

        Line("{");
        _indent++;
        return this;
    }

    /// <summary>A block under a condition; the content alone where the condition is empty.</summary>
    public CodeWriter If(string condition, Action content)
    {
        if (condition.Length == 0)
        {
            content();
            return this;
        }

        Open($"if ({condition})");
        content();
        return Close();
    }

    /// <summary>Closes a block; no empty line stands before the brace.</summary>
    public CodeWriter Close()
    {
        _indent--;
        if (_text.Length >= 2 && _text[_text.Length - 1] == '\n' && _text[_text.Length - 2] == '\n')
        {
            _text.Length--;
        }

        return Line("}");
    }

    /// <summary>Closes the block of an initializer.</summary>
    public CodeWriter CloseStatement()
    {
        _indent--;
        return Line("};");
    }

    public override string ToString() => _text.ToString();
}
