namespace Devices;

/// <summary>
/// Random numbers that are the same on every machine and in every release: SplitMix64 (Steele, Lea and Flood,
/// "Fast Splittable Pseudorandom Number Generators", 2014). Small enough to start one per training example.
/// </summary>
internal struct Draws(ulong seed)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>Independent numbers for each combination of the keys.</summary>
    public static Draws For(ulong seed, ulong first, ulong second) => new(Mix(Mix(Mix(seed) + first) + second));

    /// <summary>Spreads every bit of the value over all bits of the result.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public ulong Next() => Mix(_state += Increment);

    /// <summary>In [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public double Uniform(double low, double high) => low + ((high - low) * Unit());

    /// <summary>In [0, <paramref name="count"/>); 0 when the count is not positive.</summary>
    public int Below(int count) => count <= 1 ? 0 : (int)(Unit() * count);

    /// <summary>Puts items in a random order.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    public bool Chance(double probability) => Unit() < probability;

    /// <summary>About normal with deviation 1: the sum of the four 16-bit parts of one draw. For noise, where speed matters.</summary>
    public float Bell()
    {
        const float deviation = 37837.2f; // sqrt(4 * (65536^2 - 1) / 12)
        ulong bits = Next();
        int sum = (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) + (int)((bits >> 32) & 0xFFFF) + (int)(bits >> 48);
        return (sum - 131070) * (1 / deviation);
    }
}
