using System.Text.Json.Serialization;

namespace SpokenWords;

/// <summary>How labels are written as JSON, without reflection.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class LabelJson : JsonSerializerContext;
