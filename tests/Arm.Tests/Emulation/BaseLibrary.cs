using System.Xml.Linq;
using Mono.Cecil;

namespace Seq.Embedded.Arm.Emulation;

/// <summary>The base library as the native compiler for arm64 needs it.</summary>
/// <remarks>
/// That of the linux-x64 package marks the instructions of x64 as intrinsic and those of arm64 not. Here it is the other way round; everything else
/// stays as it is.
/// </remarks>
internal static class BaseLibrary
{
    private const string Arm = "System.Runtime.Intrinsics.Arm";
    private const string Constants = "ILLink.Substitutions.xml";
    private const string Attribute = "System.Runtime.CompilerServices.IntrinsicAttribute";

    public static void WriteForArm(string source, string destination)
    {
        using AssemblyDefinition library = AssemblyDefinition.ReadAssembly(source);
        MethodDefinition constructor = library.MainModule.GetType(Attribute).Methods.Single(method => method.IsConstructor);
        foreach (TypeDefinition type in library.MainModule.GetTypes())
        {
            switch (Outermost(type).Namespace)
            {
                case Arm:
                    Mark(type, constructor);
                    break;
                case "System.Runtime.Intrinsics.X86":
                    Deny(type);
                    break;
            }
        }

        AllowArm(library.MainModule);
        library.Write(destination);
    }

    /// <summary>Takes the statement that the instructions of arm64 are absent out of the constants that the compiler removes branches by.</summary>
    private static void AllowArm(ModuleDefinition module)
    {
        EmbeddedResource constants = module.Resources.OfType<EmbeddedResource>().Single(resource => resource.Name == Constants);
        XDocument document = XDocument.Load(constants.GetResourceStream());
        document.Descendants("type").Where(type => ((string?)type.Attribute("fullname"))?.StartsWith(Arm, StringComparison.Ordinal) == true).Remove();
        module.Resources.Remove(constants);
        using var text = new MemoryStream();
        document.Save(text);
        module.Resources.Add(new EmbeddedResource(Constants, constants.Attributes, text.ToArray()));
    }

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static void Mark(TypeDefinition type, MethodDefinition constructor)
    {
        foreach (ICustomAttributeProvider member in type.Methods.Cast<ICustomAttributeProvider>().Append(type))
        {
            if (!member.CustomAttributes.Any(attribute => attribute.AttributeType.FullName == Attribute))
            {
                member.CustomAttributes.Add(new CustomAttribute(constructor));
            }
        }
    }

    /// <summary>IsSupported is false.</summary>
    private static void Deny(TypeDefinition type)
    {
        if (type.Methods.FirstOrDefault(method => method.Name == "get_IsSupported") is { } isSupported)
        {
            var body = new Mono.Cecil.Cil.MethodBody(isSupported);
            body.GetILProcessor().Emit(Mono.Cecil.Cil.OpCodes.Ldc_I4_0);
            body.GetILProcessor().Emit(Mono.Cecil.Cil.OpCodes.Ret);
            isSupported.Body = body;
        }
    }
}
