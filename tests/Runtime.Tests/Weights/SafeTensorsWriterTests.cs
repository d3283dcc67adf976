using System.Buffers.Binary;
using System.Text;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Tests.Weights;

public class SafeTensorsWriterTests
{
    [Fact]
    public void Write_what_was_read_gives_the_same_bytes_as_the_reference_layout()
    {
        string reference = TestVectors.GetPath("weights.safetensors");
        SafeTensorsFile file = SafeTensorsFile.Read(reference);
        using MemoryStream stream = new();

        SafeTensorsWriter.Write(stream, file.Tensors.Reverse(), file.Metadata);

        Assert.Equal(File.ReadAllBytes(reference), stream.ToArray());
    }

    [Fact]
    public void Write_any_order_gives_sorted_aligned_header_and_the_values_back()
    {
        SafeTensor a = SafeTensor.Create("a\u00e9\"", [2, 1], [1, -0f]);
        SafeTensor b = SafeTensor.Create("b", [], [float.NaN]);
        SafeTensor empty = SafeTensor.Create("B", [0, 4], []);
        using MemoryStream first = new(), second = new();

        SafeTensorsWriter.Write(first, [b, empty, a], new Dictionary<string, string> { ["z"] = "1", ["y"] = "line\n\u00e9" });
        SafeTensorsWriter.Write(second, [a, b, empty], new Dictionary<string, string> { ["y"] = "line\n\u00e9", ["z"] = "1" });

        Assert.Equal(first.ToArray(), second.ToArray());
        int headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(first.ToArray());
        Assert.Equal(0, headerLength % 8);
        Assert.StartsWith("{\"__metadata__\":{\"y\":", Encoding.UTF8.GetString(first.ToArray(), 8, headerLength), StringComparison.Ordinal);
        first.Position = 0;
        SafeTensorsFile file = SafeTensorsFile.Read(first, "memory");
        Assert.Equal("line\n\u00e9", file.Metadata["y"]);
        Assert.Equal(["B", "a\u00e9\"", "b"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([1, -0f], file.Tensors[1].ToArray());
        Assert.Equal([2L, 1L], file.Tensors[1].Shape);
        Assert.Empty(file.Tensors[2].Shape);
        Assert.Equal([float.NaN], file.Tensors[2].ToArray());
    }

    [Fact]
    public void Write_existing_file_is_replaced_and_keeps_its_permissions()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m.safetensors");
        File.WriteAllText(path, "old");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }

        SafeTensorsWriter.Write(path, [SafeTensor.Create("a", [1], [3])]);

        Assert.Equal([3f], SafeTensorsFile.Read(path).Tensors[0].ToArray());
        Assert.Equal(["m.safetensors"], folder.FileNames);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void Write_through_a_link_replaces_the_file_it_points_to()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        using TemporaryFolder folder = new();
        string path = folder.GetPath("real");
        string link = folder.GetPath("link");
        File.WriteAllText(path, "old");
        File.CreateSymbolicLink(link, path);

        SafeTensorsWriter.Write(link, [SafeTensor.Create("a", [1], [3])]);

        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.Equal([3f], SafeTensorsFile.Read(path).Tensors[0].ToArray());
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    [InlineData(typeof(InvalidOperationException))]
    public void AtomicFile_failure_while_writing_leaves_old_file_and_no_other(Type type)
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m.safetensors");
        File.WriteAllText(path, "old");

        Exception? e = Record.Exception(() => AtomicFile.Write(path, stream =>
        {
            stream.Write([1, 2, 3]);
            throw (Exception)Activator.CreateInstance(type, "No space left on device")!;
        }));

        Assert.IsType(type, e);
        Assert.Contains("No space left on device", e.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["m.safetensors"], folder.FileNames);
    }

    [Fact]
    public void AtomicFile_flushes_a_folder_and_reports_one_that_cannot_be_opened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Folders cannot be flushed here.");
        using TemporaryFolder folder = new();
        string umlaut = Directory.CreateDirectory(Path.Combine(folder.FullName, "gr\u00fcn")).FullName;

        Assert.True(AtomicFile.FlushFolder(folder.FullName));
        Assert.True(AtomicFile.FlushFolder(umlaut));
        Assert.False(AtomicFile.FlushFolder(Path.Combine(folder.FullName, "none")));
    }

    [Fact]
    public void AtomicFile_deletes_what_killed_writers_left_and_not_what_others_are_writing()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m*.safetensors");
        string left = $".m*.safetensors.{Guid.NewGuid():n}.tmp", ofOther = $".n.safetensors.{Guid.NewGuid():n}.tmp", ofUser = ".m*.safetensors.mine.tmp";
        foreach (string name in (string[])[left, ofOther, ofUser])
        {
            File.WriteAllText(folder.GetPath(name), "half");
        }

        AtomicFile.Write(path, outer =>
        {
            outer.Write("outer"u8);
            AtomicFile.Write(path, inner => inner.Write("inner"u8));
            Assert.Equal("inner", File.ReadAllText(path));
            Assert.Equal(4, folder.FileNames.Length);
        });

        Assert.Equal("outer", File.ReadAllText(path));
        Assert.Equal(new[] { ofOther, ofUser, "m*.safetensors" }.Order(StringComparer.Ordinal), folder.FileNames.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AtomicFile_writers_of_one_file_do_not_disturb_each_other()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m.safetensors");
        byte[][] contents = [.. Enumerable.Range(1, 4).Select(i => Enumerable.Repeat((byte)i, 10_000 * i).ToArray())];

        Parallel.ForEach(contents, new ParallelOptions { MaxDegreeOfParallelism = contents.Length }, content =>
        {
            for (int i = 0; i < 50; i++)
            {
                AtomicFile.Write(path, stream => stream.Write(content));
                byte[] read = File.ReadAllBytes(path);
                Assert.Equal(contents[read[0] - 1], read);
            }
        });

        Assert.Equal(["m.safetensors"], folder.FileNames);
    }

    [Fact]
    public void Write_through_a_linked_folder_goes_where_it_leads_and_not_to_a_device()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        using TemporaryFolder folder = new();
        string real = Directory.CreateDirectory(folder.GetPath("real")).FullName, inner = Directory.CreateDirectory(folder.GetPath("real/inner")).FullName;
        Directory.CreateSymbolicLink(folder.GetPath("far"), inner);
        File.CreateSymbolicLink(Path.Combine(inner, "link"), "../file");
        Directory.CreateSymbolicLink(folder.GetPath("devices"), "/dev");
        Directory.CreateSymbolicLink(folder.GetPath("loop"), "loop");

        AtomicFile.Write(folder.GetPath("far/link"), stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(Path.Combine(real, "file")));
        Assert.NotNull(new FileInfo(Path.Combine(inner, "link")).LinkTarget);
        Assert.Contains("it is a device", Assert.Throws<IOException>(() => AtomicFile.Write(folder.GetPath("devices/null"), _ => { })).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => AtomicFile.Write(folder.GetPath("loop/file"), _ => { }));
    }

    [Fact]
    public void Write_to_missing_folder_folder_or_device_names_the_path()
    {
        using TemporaryFolder folder = new();
        string missing = Path.Combine(folder.FullName, "none", "m.safetensors");

        Assert.Contains($"'{missing}'", Assert.Throws<IOException>(() => SafeTensorsWriter.Write(missing, [])).Message, StringComparison.Ordinal);
        Assert.Contains("it is a folder", Assert.Throws<IOException>(() => SafeTensorsWriter.Write(folder.FullName, [])).Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Contains("it is a device", Assert.Throws<IOException>(() => SafeTensorsWriter.Write("/dev/null", [])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Write_two_tensors_of_one_name_is_refused()
    {
        SafeTensor tensor = SafeTensor.Create("a", [1], [3]);

        Assert.Throws<ArgumentException>(() => SafeTensorsWriter.Write(new MemoryStream(), [tensor, tensor]));
    }

    [Fact]
    public void Create_values_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SafeTensor.Create("a", [2], [3]));
        Assert.Throws<ArgumentException>(() => SafeTensor.Create("a", [-1, -1], [3]));
        Assert.Throws<ArgumentException>(() => SafeTensor.Create("a", [long.MaxValue, long.MaxValue], [3]));
        Assert.Throws<ArgumentException>(() => SafeTensor.Create("", [1], [3]));
        Assert.Throws<ArgumentException>(() => SafeTensor.Create("__metadata__", [1], [3]));
    }
}
