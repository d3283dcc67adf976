#!/usr/bin/env python3
"""Writes the benchmark's models for ONNX Runtime: make_models.py FOLDER (needs numpy and python3-onnx).

One file a workload, NAME.onnx, with seeded random weights. Inputs: x, then the states s0, s1 ... of a step; outputs: y where the model
has one of its own (a single layer's output is its state), then the new states t0, t1 ... The program in onnxruntime.c knows their sizes.
"""
import pathlib
import sys

import numpy
from onnx import TensorProto, checker, helper, numpy_helper

FEATURES, CLASSES, FRAMES = 40, 12, 98
STATES = {"GRU": ["h"], "LSTM": ["h", "c"]}
GATES = {"GRU": 3, "LSTM": 4}


class Graph:
    """Collects nodes, weights, inputs and outputs."""

    def __init__(self, seed):
        self._random = numpy.random.default_rng(seed)
        self._nodes, self._weights, self._inputs, self._outputs = [], [], [], []
        self._states = 0

    def input(self, name, *shape):
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def output(self, name, *shape):
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def node(self, operator, inputs, outputs, **attributes):
        self._nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return outputs[0]

    def constant(self, values):
        name = f"w{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(values, name))
        return name

    def draw(self, columns, *shape):
        return self.constant(self._random.uniform(-1, 1, shape).astype(numpy.float32) / numpy.float32(columns ** 0.5))

    def recurrent(self, operator, x, inputs, units, carried, sequence, directions=1):
        """A layer; carried: its states are inputs and outputs of the model; sequence: the name of the outputs of all time steps, None for none."""
        rows, states = GATES[operator] * units, STATES[operator]
        operands = [x, self.draw(inputs, directions, rows, inputs), self.draw(units, directions, rows, units), self.draw(units, directions, 2 * rows), ""]
        results = [sequence or ""]
        if carried:
            for _ in states:
                operands.append(self.input(f"s{self._states}", directions, 1, units))
                results.append(f"t{self._states}")
                self.output(f"t{self._states}", directions, 1, units)
                self._states += 1
        attributes = {"linear_before_reset": 1} if operator == "GRU" else {}
        self.node(operator, operands, results, hidden_size=units, direction="bidirectional" if directions == 2 else "forward", **attributes)
        return sequence or results[1]

    def dense(self, x, inputs, outputs, rows):
        flat = self.node("Reshape", [x, self.constant(numpy.array([rows, inputs], numpy.int64))], ["flat"])
        self.node("Gemm", [flat, self.draw(inputs, inputs, outputs), self.draw(inputs, outputs)], ["y"])
        self.output("y", rows, outputs)

    def save(self, folder, name):
        # y first, then the states.
        self._outputs.sort(key=lambda output: output.name != "y")
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
        checker.check_model(model)
        (folder / f"{name}.onnx").write_bytes(model.SerializeToString())


def step(folder, operator, inputs, units):
    graph = Graph(seed=1)
    graph.recurrent(operator, graph.input("x", 1, 1, inputs), inputs, units, carried=True, sequence=None)
    graph.save(folder, f"{operator.lower()}-{inputs}-{units}-step")


def effect(folder):
    graph = Graph(seed=1)
    h = graph.recurrent("LSTM", graph.input("x", 1, 1, 1), 1, 16, carried=True, sequence=None)
    graph.dense(h, 16, 1, 1)
    graph.save(folder, "lstm-1-16-dense-step")


def keyword(folder, frames, carried, name):
    graph = Graph(seed=1)
    x, inputs, units = graph.input("x", frames, 1, FEATURES), FEATURES, 64
    for layer in range(2):
        y = graph.recurrent("GRU", x, inputs, units, carried, sequence=f"y{layer}")
        # (frames, directions, batch, units) to (frames, batch, units): the next layer's input
        x, inputs = graph.node("Squeeze", [y, graph.constant(numpy.array([1], numpy.int64))], [f"x{y}"]), units
    graph.dense(x, units, CLASSES, frames)
    graph.save(folder, name)


def bidirectional(folder):
    graph = Graph(seed=1)
    graph.recurrent("GRU", graph.input("x", FRAMES, 1, FEATURES), FEATURES, 64, carried=False, sequence="y", directions=2)
    graph.output("y", FRAMES, 2, 1, 64)  # of one sequence: in memory as (T, directions * units)
    graph.save(folder, f"bigru-{FRAMES}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for operation in GATES:
        for size in (16, 32, 64, 128, 256):
            step(target, operation, FEATURES, size)
    effect(target)
    keyword(target, 1, carried=True, name="keyword-step")
    keyword(target, FRAMES, carried=False, name=f"keyword-{FRAMES}")
    bidirectional(target)
