namespace Shakespeare;

/// <summary>The networks to choose from: --size.</summary>
internal static class NetworkSize
{
    public const string Small = "small";
    public const string Large = "large";

    public static readonly string[] All = [Small, Large];

    /// <summary>The most tokens that a network can tell apart: all networks have as many.</summary>
    public const int Tokens = SmallModel.InputSize;

    public static INetwork Create(string size, int seed) => size == Large ? LargeModel.Create(seed) : SmallModel.Create(seed);
}
