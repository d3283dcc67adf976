using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests;

public class CompilationTests
{
    public static TheoryData<string> Names => Models.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Generated_code_compiles_without_a_warning(string name) => Generation.Run(Models.Source(name)).AssertClean();
}
