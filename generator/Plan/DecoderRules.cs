using System.Globalization;
using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>The rules of models with an encoder and a decoder.</summary>
internal sealed class DecoderRules(ModelSpec spec, Fail fail)
{
    private readonly IReadOnlyList<string> _names = Planner.LayerNames(spec.Layers);

    public void Validate()
    {
        List<int> decoders = [.. Enumerable.Range(0, spec.Layers.Count).Where(i => spec.Layers[i].Is(LayerKind.Decoder))];
        foreach (int stray in Enumerable.Range(0, spec.Layers.Count).Where(i => spec.Layers[i].Is(LayerKind.Attention) && (decoders.Count == 0 || i < decoders[0])))
        {
            fail(Descriptors.DecoderPlace, new SpecPlace(stray, ""), ["[Attention] has no [Decoder] above it"]);
        }

        if (decoders.Count == 0)
        {
            return;
        }

        int decoder = decoders[0];
        ValidatePlace(decoders);
        if (decoders.Count == 1 && IsInOrder(decoder) && IsEncoder(decoder))
        {
            ValidateStates(decoder);
            ValidateAttention(decoder);
        }
    }

    private void ValidatePlace(List<int> decoders)
    {
        foreach (int second in decoders.Skip(1))
        {
            fail(Descriptors.DecoderPlace, new SpecPlace(second, ""), ["The model has a second [Decoder]"]);
        }

        if (spec.Task != "ManyToMany")
        {
            fail(Descriptors.DecoderPlace, new SpecPlace(-1, "Task"), [$"Task is {spec.Task}"]);
        }

        if (spec.LookAhead != 0)
        {
            fail(Descriptors.DecoderPlace, new SpecPlace(-1, "LookAhead"), [$"LookAhead is {Numbers.Text(spec.LookAhead)}"], []);
        }

        foreach (int index in decoders)
        {
            ValidateNothing(index, "[Decoder]");
        }
    }

    /// <summary>Layers without tensors or outputs of their own take no name and no dropout.</summary>
    private void ValidateNothing(int index, string kind)
    {
        LayerSpec layer = spec.Layers[index];
        if (layer.Name is not null)
        {
            fail(Descriptors.NothingToSet, new SpecPlace(index, "Name"), ["Name", $"\"{layer.Name}\"", kind.Trim('[', ']')]);
        }

        if (layer.Dropout != 0)
        {
            fail(Descriptors.NothingToSet, new SpecPlace(index, "Dropout"), ["Dropout", layer.Dropout.ToString(CultureInfo.InvariantCulture), kind.Trim('[', ']')]);
        }
    }

    /// <summary>Tokens, recurrent layers, attention or none, probabilities of the tokens.</summary>
    private bool IsInOrder(int decoder)
    {
        int at = decoder + 1, last = spec.Layers.Count - 1;
        int? vocabulary = spec.Layers[decoder].Units;
        bool Wrong(int index, string found)
        {
            fail(Descriptors.DecoderOrder, new SpecPlace(index, ""), [found, Numbers.Text(vocabulary ?? 0)]);
            return false;
        }

        string At(int index) => index <= last ? $"[{spec.Layers[index].Kind}] stands" : "no layer stands";
        if (at > last || !spec.Layers[at].TakesTokens)
        {
            return Wrong(Math.Min(at, last), $"{At(at)} where [Embedding] or [OneHot] is expected");
        }

        int first = ++at;
        while (at <= last && Planner.IsRecurrent(spec.Layers[at]))
        {
            if (spec.Layers[at].Direction != "Forward")
            {
                return Wrong(at, $"[{spec.Layers[at].Kind}] has Direction = {spec.Layers[at].Direction}, which reads tokens that are not there yet");
            }

            at++;
        }

        if (at == first)
        {
            return Wrong(Math.Min(at, last), $"{At(at)} where a recurrent layer is expected");
        }

        if (at <= last && spec.Layers[at].Is(LayerKind.Attention))
        {
            at++;
        }

        if (at != last || spec.Layers[at] is not { Kind: "Dense", Text: null } dense || Planner.CellOf(dense)?.EndsInSoftmax(dense) != true)
        {
            return Wrong(Math.Min(at, last), at < last ? $"{At(at)} and {last - at} more behind it where the last layer, [Dense] with softmax, is expected" : $"{At(at)} without softmax where [Dense] with softmax is expected");
        }

        return dense.Units == vocabulary || Wrong(at, $"[Dense] has {(dense.Units is { } size ? Numbers.Text(size) : "an open number of")} outputs");
    }

    /// <summary>An encoder has recurrent layers, or is of dense layers above a vector.</summary>
    private bool IsEncoder(int decoder)
    {
        List<LayerSpec> encoder = [.. spec.Layers.Take(decoder)];
        int other = encoder.FindIndex(layer => Planner.CellOf(layer) is { } cell && (cell.PoolsTime || cell.Window(layer) is not null));
        if (other >= 0)
        {
            fail(Descriptors.DecoderPlace, new SpecPlace(other, ""), [$"The encoder has [{encoder[other].Kind}], whose rows do not stand for one time step of the source each"]);
            return false;
        }

        if (encoder.Any(Planner.IsRecurrent) || (encoder.Count > 0 && encoder.All(layer => layer.Is("Dense"))))
        {
            return true;
        }

        fail(Descriptors.DecoderPlace, new SpecPlace(decoder, ""), [encoder.Count == 0 ? "[Decoder] has no encoder above it" : "The encoder has no recurrent layer and is not of [Dense] layers alone"]);
        return false;
    }

    private void ValidateStates(int decoder)
    {
        List<(string Name, int Index, IReadOnlyList<int> Sizes)> from = States(0, decoder), to = States(decoder + 1, spec.Layers.Count);
        bool attends = spec.Layers.Any(layer => layer.Is(LayerKind.Attention));
        if (from.Count == 0)
        {
            // One-to-many: the vector becomes the first state.
            LayerSpec last = spec.Layers[decoder - 1];
            if (last.Units is { } size && size != to[0].Sizes[0])
            {
                FailState(to[0].Index, to[0].Name, Describe(to[0]), _names[decoder - 1], $"Dense, {Numbers.Text(size)} outputs");
            }

            FailLearned(to[0].Index, to[0].Name);
            return;
        }

        foreach (((string Name, int Index, IReadOnlyList<int> Sizes) source, (string Name, int Index, IReadOnlyList<int> Sizes) target) in from.Zip(to, (source, target) => (source, target)))
        {
            if (spec.Layers[source.Index].Kind != spec.Layers[target.Index].Kind || !source.Sizes.SequenceEqual(target.Sizes))
            {
                FailState(target.Index, target.Name, Describe(target), source.Name, Describe(source));
            }

            FailLearned(target.Index, target.Name);
        }

        if (!attends && spec.Layers[from[from.Count - 1].Index].Direction == "Bidirectional")
        {
            fail(Descriptors.DecoderPlace, new SpecPlace(decoder, ""), [$"The reverse direction of the encoder's {from[from.Count - 1].Name} is read by nothing without [Attention]"], []);
        }

        if (from.Count > to.Count && !attends)
        {
            fail(Descriptors.DecoderPlace, new SpecPlace(decoder, ""), [$"The encoder's {from[from.Count - 1].Name} is read by nothing: without [Attention] the decoder needs as many recurrent layers as the encoder, {Numbers.Text(from.Count)}, and has {Numbers.Text(to.Count)}"]);
        }
    }

    private void FailState(int index, string name, string found, string source, string sourceText) =>
        fail(Descriptors.DecoderState, new SpecPlace(index, ""), [name, found, source, sourceText]);

    private void FailLearned(int index, string name)
    {
        if (spec.Layers[index].Option("InitialState", "Zero") == "Learned")
        {
            fail(Descriptors.DecoderState, new SpecPlace(index, "InitialState"), [name, "InitialState = Learned", "the encoder", "a state to begin with"]);
        }
    }

    private void ValidateAttention(int decoder)
    {
        int index = spec.Layers.ToList().FindIndex(layer => layer.Is(LayerKind.Attention));
        if (index < 0)
        {
            return;
        }

        LayerSpec attention = spec.Layers[index];
        List<(string Name, int Index, IReadOnlyList<int> Sizes)> from = States(0, decoder), to = States(decoder + 1, spec.Layers.Count);
        if (from.Count == 0)
        {
            fail(Descriptors.DecoderPlace, new SpecPlace(index, ""), ["[Attention] stands in a one-to-many model, whose source has no time steps"]);
        }
        else if (attention.Number("Units") == 0 && attention.Option("Score", "Additive") == "Additive")
        {
            fail(Descriptors.AttentionUnits, new SpecPlace(index, "Units"), ["Units is 0 and the score additive"]);
        }
        else if (attention.Number("Units") == 0 && WidthOf(decoder - 1) != to[to.Count - 1].Sizes[0])
        {
            fail(Descriptors.AttentionUnits, new SpecPlace(index, "Units"), [$"Units is 0 and {to[to.Count - 1].Name} has {Numbers.Text(to[to.Count - 1].Sizes[0])} outputs, {_names[decoder - 1]} {Numbers.Text(WidthOf(decoder - 1))}"]);
        }
    }

    /// <summary>Outputs of a layer of the encoder.</summary>
    private int WidthOf(int index)
    {
        LayerSpec layer = spec.Layers[index];
        int sides = layer.Direction == "Bidirectional" && layer.Merge == "Concatenate" ? 2 : 1;
        return Planner.IsRecurrent(layer) ? sides * StateSizes(layer)[0] : layer.Units ?? 0;
    }

    /// <summary>The recurrent layers of a part of the model, stacks layer by layer, with the sizes of their states; the first is that of the output.</summary>
    private List<(string Name, int Index, IReadOnlyList<int> Sizes)> States(int first, int end) =>
    [
        .. from index in Enumerable.Range(first, end - first)
           where Planner.IsRecurrent(spec.Layers[index])
           from stack in Enumerable.Range(0, Math.Min(spec.Layers[index].Layers, Validator.MaxLayers))
           select (_names[index], index, StateSizes(spec.Layers[index])),
    ];

    private static IReadOnlyList<int> StateSizes(LayerSpec layer) =>
        [.. Planner.CellOf(layer)!.Equations(layer).Kept.Where(kept => kept.IsState).Select(kept => kept.Space.Units ?? layer.Units ?? 0)];

    private string Describe((string Name, int Index, IReadOnlyList<int> Sizes) state) => $"{spec.Layers[state.Index].Kind}, states of {string.Join(" and ", state.Sizes.Select(size => Numbers.Text(size)))}";
}
