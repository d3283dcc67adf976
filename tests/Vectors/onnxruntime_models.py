#!/usr/bin/env python3
"""Makes models/onnx_*.safetensors: outputs and final states of recurrent layers in ONNX Runtime.

Run: python3 onnxruntime_models.py libonnxruntime.so.1 (the library inside npm's onnxruntime-node; needs numpy and python3-onnx). The
committed files were made with ONNX Runtime 1.30 and onnx 1.12. Seeded; computed in float32, so that another processor may change last bits.

Each case is one ONNX operator (RNN, GRU or LSTM) over a batch of sequences of several lengths, with initial states.
NAME.safetensors holds its weights under PyTorch's names and in our order of gates. NAME.vectors.safetensors holds for sequence i:
inputs.i (T, I), initial.i and final.i (the states: of the forward direction h, c where there is one, then those of the reverse
direction), outputs.i (T, H of each direction).
"""
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import vector_files
from onnxruntime_library import Library

LENGTHS = [11, 1, 6, 3]
OURS = {"RNN": "h", "GRU": "rzn", "LSTM": "ifgo"}
THEIRS = {"RNN": "h", "GRU": "zrn", "LSTM": "iofg"}  # ONNX calls n of the GRU h, and g of the LSTM c


def reorder(values, theirs, ours):
    """Rows of gates from one order to another: (gates * H, ...)."""
    blocks = dict(zip(theirs, numpy.split(values, len(theirs))))
    return numpy.concatenate([blocks[gate] for gate in ours])


def convert(operator, layer, attributes, w, r, b, p):
    """Our tensors from those of the operator; the first dimension of each is the direction."""
    tensors = {}
    theirs, ours = THEIRS[operator], OURS[operator]
    for direction in range(len(w)):
        suffix = "_reverse" if direction == 1 or attributes["direction"] == "reverse" else ""
        biases = numpy.split(b[direction], 2)
        for name, values in [("weight_ih", w[direction]), ("weight_hh", r[direction]), ("bias_ih", biases[0]), ("bias_hh", biases[1])]:
            values = reorder(values, theirs, ours)
            if attributes.get("input_forget"):
                # ONNX states the input gate and makes f = 1 - i; ours is i = 1 - f. As 1 - sigmoid(a) = sigmoid(-a), f is -i.
                i, _, g, o = numpy.split(values, 4)
                values = numpy.concatenate([-i, g, o])
            tensors[f"{layer}.{name}_l0{suffix}"] = values
        if p is not None:
            tensors[f"{layer}.peephole_l0{suffix}"] = reorder(p[direction], "iof", "ifo")
    return tensors


def make(library, folder, name, operator, inputs, units, seed, peepholes=False, **attributes):
    attributes.setdefault("direction", "forward")
    random = numpy.random.default_rng(seed)
    directions = 2 if attributes["direction"] == "bidirectional" else 1
    rows, batch, steps = len(THEIRS[operator]) * units, len(LENGTHS), max(LENGTHS)

    def draw(*shape):
        return random.uniform(-0.5, 0.5, shape).astype(numpy.float32)

    weights = {"W": draw(directions, rows, inputs), "R": draw(directions, rows, units), "B": draw(directions, 2 * rows)}
    if peepholes:
        weights["P"] = draw(directions, 3 * units)
    states = ["h", "c"] if operator == "LSTM" else ["h"]
    feeds = {"X": random.standard_normal((steps, batch, inputs)).astype(numpy.float32), "sequence_lens": numpy.array(LENGTHS, numpy.int32)}
    feeds.update({f"initial_{state}": draw(directions, batch, units) for state in states})
    outputs = ["Y"] + [f"Y_{state}" for state in states]

    operands = ["X", "W", "R", "B", "sequence_lens"] + [f"initial_{state}" for state in states] + (["P"] if peepholes else [])
    node = helper.make_node(operator, operands, outputs, hidden_size=units, **attributes)
    graph = helper.make_graph(
        [node], name,
        [helper.make_tensor_value_info(key, TensorProto.INT32 if value.dtype == numpy.int32 else TensorProto.FLOAT, value.shape) for key, value in feeds.items()],
        [helper.make_tensor_value_info(key, TensorProto.FLOAT, [None] * (4 if key == "Y" else 3)) for key in outputs],
        [numpy_helper.from_array(value, key) for key, value in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)])
    onnx.checker.check_model(model)
    y, *last = library.run(model.SerializeToString(), feeds, outputs)

    y = y.reshape(steps, directions, batch, units)
    last = [values.reshape(directions, batch, units) for values in last]
    vectors = {}
    for i, length in enumerate(LENGTHS):
        vectors[f"inputs.{i}"] = feeds["X"][:length, i]
        vectors[f"initial.{i}"] = numpy.concatenate([feeds[f"initial_{state}"][d, i] for d in range(directions) for state in states])
        vectors[f"outputs.{i}"] = y[:length, :, i].reshape(length, directions * units)
        vectors[f"final.{i}"] = numpy.concatenate([values[d, i] for d in range(directions) for values in last])

    tensors = convert(operator, operator.lower(), attributes, weights["W"], weights["R"], weights["B"], weights.get("P"))
    vector_files.write(folder / f"onnx_{name}.safetensors", tensors)
    vector_files.write(folder / f"onnx_{name}.vectors.safetensors", vectors)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    runtime = Library(sys.argv[1])
    target = pathlib.Path(__file__).parent / "models"
    make(runtime, target, "gru_after", "GRU", 6, 13, seed=1, linear_before_reset=1)
    make(runtime, target, "gru_before", "GRU", 6, 13, seed=2, linear_before_reset=0)
    make(runtime, target, "gru_bidirectional", "GRU", 5, 11, seed=3, linear_before_reset=1, direction="bidirectional")
    make(runtime, target, "gru_before_bidirectional", "GRU", 5, 11, seed=4, linear_before_reset=0, direction="bidirectional")
    make(runtime, target, "lstm", "LSTM", 5, 10, seed=5)
    make(runtime, target, "lstm_bidirectional", "LSTM", 5, 9, seed=6, direction="bidirectional")
    make(runtime, target, "lstm_peephole", "LSTM", 6, 11, seed=7, peepholes=True)
    make(runtime, target, "lstm_coupled", "LSTM", 4, 9, seed=8, input_forget=1)
    make(runtime, target, "rnn_reverse", "RNN", 5, 12, seed=9, direction="reverse")
    runtime.close()
    print(f"made with ONNX Runtime {runtime.version}, onnx {onnx.__version__}")
