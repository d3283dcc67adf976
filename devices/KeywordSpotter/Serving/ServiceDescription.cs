using System.Text.Json;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Serving;

/// <summary>
/// What Home Assistant learns of this service from the message <c>info</c>: a wake-word program with a model for each keyword. All fields
/// that any version of the protocol requires are there; the lists of other services are empty.
/// </summary>
internal static class ServiceDescription
{
    /// <summary>Shown as the name of the service.</summary>
    public const string Name = "kws";

    /// <summary>Writes the properties of the data.</summary>
    public static void Write(Utf8JsonWriter json, SpotterModel model)
    {
        foreach (string other in (ReadOnlySpan<string>)["asr", "tts", "handle", "intent", "mic", "snd"])
        {
            json.WriteStartArray(other);
            json.WriteEndArray();
        }

        json.WriteStartArray("wake");
        json.WriteStartObject();
        WriteArtifact(json, Name, "Keyword spotter of Seq.Embedded: offline, without key or account");
        json.WriteStartArray("models");
        foreach (string keyword in model.Keywords)
        {
            json.WriteStartObject();
            WriteArtifact(json, keyword, keyword);
            json.WriteString("phrase", keyword);
            json.WriteStartArray("languages");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteArtifact(Utf8JsonWriter json, string name, string description)
    {
        json.WriteString("name", name);
        json.WriteStartObject("attribution");
        json.WriteString("name", "Seq.Embedded");
        json.WriteString("url", "");
        json.WriteEndObject();
        json.WriteBoolean("installed", true);
        json.WriteString("description", description);
        json.WriteString("version", typeof(ServiceDescription).Assembly.GetName().Version?.ToString(3));
    }
}
