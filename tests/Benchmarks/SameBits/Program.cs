using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using KeywordSpotter;
using SameBits;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

// SameBits MODEL.safetensors RECORDING.wav OUTPUTS: writes what the networks make of the recording, as floats, and tells the width of vectors.
SafeTensorsFile file = SafeTensorsFile.Read(args[0]);
FeatureSettings settings = FeatureSettings.FromMetadata(file.Metadata);
float[] inputs = new FeatureExtractor(settings).ExtractAll(WavFile.ReadMono(args[1], settings.SampleRate));
int steps = inputs.Length / settings.FeatureCount;

KeywordModel keywords = KeywordModel.Load(file);
float[] posteriors = new float[steps * keywords.OutputSize];
float[] stepped = new float[posteriors.Length];
keywords.CreateStream().Run(inputs, posteriors);
KeywordModel.Stream stream = keywords.CreateStream();
for (int t = 0; t < steps; t++)
{
    stream.Step(inputs.AsSpan(t * KeywordModel.InputSize, KeywordModel.InputSize), stepped.AsSpan(t * keywords.OutputSize, keywords.OutputSize));
}

float[] streamed = new float[steps * StreamedModel.OutputSize];
StreamedModel.Create(seed: 1).CreateStream().Run(inputs, streamed);
float[] pooled = new float[PooledModel.OutputSize];
PooledModel.Create(seed: 1).CreateStream(steps).Run(inputs, pooled);
File.WriteAllBytes(args[2], MemoryMarshal.AsBytes<float>((float[])[.. inputs, .. posteriors, .. stepped, .. streamed, .. pooled]).ToArray());
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{8 * Vector<byte>.Count} bits"));
