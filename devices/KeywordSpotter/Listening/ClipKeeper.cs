using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Listening;

/// <summary>
/// Writes clips of what was heard into a folder, on a thread of its own, and deletes the oldest ones beyond the limits. A disk that is full or gone is
/// told once; listening goes on, and so does writing when there is room again.
/// </summary>
internal sealed class ClipKeeper : IDisposable
{
    private const int Slots = 8; // clips that can wait for the disk
    private const int LeaveMilliseconds = 5000; // how long the end waits for a slow disk

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly KeepSettings _settings;
    private readonly string _folder;
    private readonly int _sampleRate;
    private readonly Action<string> _tell;
    private readonly Dictionary<string, long> _own = []; // file names of this run, numbered as they were written
    private readonly Slot[] _slots = new Slot[Slots];
    private readonly Thread _writer;
    private long _taken; // slots filled by the audio thread
    private long _written;
    private bool _ended;
    private bool _told;

    /// <summary>Makes the folder, which only its owner may read, and starts the thread.</summary>
    /// <param name="settings">Where to, and how many.</param>
    /// <param name="sampleRate">Of the clips, in Hz.</param>
    /// <param name="tell">Receives a line where something goes wrong, at most two in all; called by any thread.</param>
    /// <exception cref="InputException">The folder cannot be made or takes no files.</exception>
    public ClipKeeper(KeepSettings settings, int sampleRate, Action<string> tell)
    {
        _settings = settings;
        _sampleRate = sampleRate;
        _tell = tell;
        _folder = Path.Combine(settings.Folder, KeepSettings.NewFolder);
        try
        {
            PrivateFiles.CreateFolder(_folder);
            OutputFile.CheckWritable(Path.Combine(_folder, "clip" + KeptClip.Extension), "--keep");
            DeleteLeft();
            MakeRoom(0, 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--keep is '{settings.Folder}': {exception.Message}");
        }

        for (int i = 0; i < Slots; i++)
        {
            _slots[i] = new Slot(new float[(int)(KeepSettings.ClipSeconds * sampleRate)]);
        }

        _writer = new Thread(WriteAll) { IsBackground = true, Name = "kept clips" };
        _writer.Start();
    }

    /// <summary>Hands a clip over to the thread that writes. Never waits; allocates nothing. A clip that finds all slots taken is lost, and that is told.</summary>
    /// <param name="ring">What was heard last.</param>
    /// <param name="end">Position in it at which the word had ended.</param>
    /// <param name="word">The word.</param>
    /// <param name="utc">When it was heard.</param>
    public void Keep(AudioRing ring, long end, in HeardWord word, DateTime utc)
    {
        lock (_lock)
        {
            if (_taken - _written == Slots)
            {
                Tell("the disk is too slow to keep every clip");
                return;
            }

            Slot slot = _slots[_taken % Slots];
            slot.Count = ring.CopyBefore(end + (long)(KeepSettings.AfterSeconds * _sampleRate), slot.Samples);
            slot.Word = word;
            slot.Utc = utc;
            _taken++;
        }

        _waiting.Release();
    }

    /// <summary>Whether all that was handed over has been written, or has failed.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _taken == _written;
            }
        }
    }

    /// <summary>Waits until what was handed over is written, but not for ever.</summary>
    public void Dispose()
    {
        _ended = true;
        _waiting.Release();
        _writer.Join(LeaveMilliseconds);
    }

    private void WriteAll()
    {
        while (true)
        {
            _waiting.Wait();
            if (_taken == _written && _ended)
            {
                return;
            }

            Slot slot = _slots[_written % Slots];
            try
            {
                Write(slot);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InputException)
            {
                Tell($"a clip cannot be kept: {exception.Message}");
            }

            lock (_lock)
            {
                _written++;
            }
        }
    }

    private void Write(Slot slot)
    {
        PrivateFiles.CreateFolder(_folder); // somebody may have moved it away
        MakeRoom(1, (2 * slot.Count) + 44);
        var clip = new KeptClip(slot.Utc, slot.Word.Score, slot.Word.IsNearMiss, slot.Word.Keyword);
        while (File.Exists(Path.Combine(_folder, clip.FileName)))
        {
            clip = clip with { Utc = clip.Utc.AddMilliseconds(1) };
        }

        AtomicFile.Write(Path.Combine(_folder, clip.FileName), stream =>
        {
            PrivateFiles.Close(stream);
            WavWriter.Write(stream, slot.Samples.AsSpan(0, slot.Count), _sampleRate, channels: 1);
        });
        _own[clip.FileName] = _written + 1;
    }

    /// <summary>
    /// Deletes the oldest clips until so many more fit: those of earlier runs first, by their names, then this run's as they were written, for the
    /// clock may have gone back since. What has another name is somebody else's and stays.
    /// </summary>
    private void MakeRoom(int clips, long bytes)
    {
        FileInfo[] files = Array.FindAll(new DirectoryInfo(_folder).GetFiles("*" + KeptClip.Extension), file => KeptClip.Parse(file.Name) is not null);
        var names = new HashSet<string>(Array.ConvertAll(files, file => file.Name));
        foreach (string reviewed in _own.Keys.Where(name => !names.Contains(name)).ToArray())
        {
            _own.Remove(reviewed);
        }

        Array.Sort(files, Compare);
        int count = files.Length + clips;
        bytes += files.Sum(file => file.Length);
        foreach (FileInfo oldest in files)
        {
            if (count <= _settings.MostClips && bytes <= _settings.MostBytes)
            {
                return;
            }

            count--;
            bytes -= oldest.Length;
            oldest.Delete();
        }
    }

    private int Compare(FileInfo a, FileInfo b)
    {
        int written = _own.GetValueOrDefault(a.Name).CompareTo(_own.GetValueOrDefault(b.Name)); // 0: an earlier run's
        return written != 0 ? written : string.CompareOrdinal(a.Name, b.Name);
    }

    /// <summary>Deletes the temporary files of clips that a run left which was killed while it wrote; one that is being written is locked.</summary>
    private void DeleteLeft()
    {
        const int Behind = 37; // .GUID.tmp
        foreach (string path in Directory.GetFiles(_folder, ".*.tmp"))
        {
            string name = Path.GetFileName(path);
            if (name.Length <= Behind || KeptClip.Parse(name[1..^Behind]) is null)
            {
                continue;
            }

            try
            {
                new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.DeleteOnClose).Dispose();
            }
            catch (IOException)
            {
                // Somebody writes it.
            }
        }
    }

    private void Tell(string what)
    {
        if (!_told)
        {
            _told = true;
            _tell($"{what}; listening goes on (told once)");
        }
    }

    private sealed class Slot(float[] samples)
    {
        public float[] Samples { get; } = samples;

        public int Count { get; set; }

        public HeardWord Word { get; set; }

        public DateTime Utc { get; set; }
    }
}
