using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SpokenWords.Data;

/// <summary>
/// Recordings to train on and recordings to test on, with no speaker on both sides.
/// </summary>
/// <param name="Training">To train on.</param>
/// <param name="Test">Of the other speakers.</param>
internal sealed record SpeakerSplit(Recording[] Training, Recording[] Test)
{
    private const int HashRange = 1 << 27;

    /// <summary>Holds back the speakers that are asked for.</summary>
    public static SpeakerSplit Of(Recording[] recordings, Predicate<string> isTest) => new(
        Array.FindAll(recordings, recording => !isTest(recording.Speaker)),
        Array.FindAll(recordings, recording => isTest(recording.Speaker)));

    /// <summary>
    /// A number in [0, 100) that depends on the speaker alone: the last 27 bits of the SHA-1 of the name. It is the rule by which Google Speech Commands
    /// is divided (Warden 2018): below 10 its validation part, from there to below 20 its test part.
    /// </summary>
    public static double Percentage(string speaker)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(Encoding.UTF8.GetBytes(speaker), hash);
        uint last = BinaryPrimitives.ReadUInt32BigEndian(hash[^sizeof(uint)..]);
        return last % HashRange * (100.0 / (HashRange - 1));
    }

    /// <summary>
    /// Deals the speakers out into folds of equal numbers, ordered by their <see cref="Percentage"/>: with as many folds as speakers each fold is one speaker.
    /// </summary>
    /// <returns>The speakers of each fold.</returns>
    public static string[][] Deal(string[] speakers, int folds)
    {
        string[] ordered = [.. speakers.OrderBy(Percentage).ThenBy(speaker => speaker, StringComparer.Ordinal)];
        var dealt = new string[folds][];
        for (int fold = 0; fold < folds; fold++)
        {
            dealt[fold] = [.. ordered.Where((_, index) => index % folds == fold)];
        }

        return dealt;
    }
}
