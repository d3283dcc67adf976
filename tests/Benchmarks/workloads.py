"""Names of the workloads for people, and what each costs by its definition: multiply-adds and bytes of weights."""

SIZES = [16, 32, 64, 128, 256]
SQUARES = [8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]
BATCHES, LENGTHS = [1, 2, 4, 8, 16, 32, 64], [12, 24, 49, 98, 196, 392]
FRAMES = 98

MAIN = {
    **{f"lstm-40-{size}-step": f"LSTM 40->{size}, step" for size in SIZES},
    **{f"gru-40-{size}-step": f"GRU 40->{size}, step" for size in SIZES},
    "lstm-1-16-dense-step": "LSTM 1->16 + Dense, step",
    "keyword-step": "keyword model, step",
    "keyword-98": "keyword model, 98 frames",
    "bigru-98": "bidirectional GRU 40->64, 98 frames",
    "train-1": "training step, batch 1",
    "train-16": "training step, batch 16",
    "train-64": "training step, batch 64",
}
PROGRAM = {
    "frame": "audio front end, 10 ms of audio",
    "pipeline": "whole keyword pipeline, one core, times real time",
    "start": "start of the process to the first keyword found in a pipe of audio",
    "memory": "peak memory",
    "bytes": "to ship",
    "allocated": "allocated by the audio path in an hour of audio, after its first block",
}

# What the README shows: (workload, with weights of 8 bits).
README = [
    ("lstm-40-64-step", False), ("gru-40-64-step", False), ("gru-40-64-step", True), ("keyword-step", False), ("keyword-step", True), ("keyword-98", False), ("bigru-98", False),
    ("train-1", False), ("train-16", False), ("train-64", False), ("pipeline", False), ("start", False), ("memory", False), ("bytes", False),
]


def square_multiply_adds(size):
    """Of one step of a GRU with as many inputs as units: three gates over x and over h."""
    return 6 * size * size


def square_bytes(size):
    """Float32 weights of the same, with both biases."""
    return 4 * (6 * size * size + 6 * size)


def training_multiply_adds(batch, steps):
    """Of one training step of the keyword model: forward; gradients of weights; gradients of inputs, which the first layer's x does not need."""
    x, h, dense = 3 * 64 * 40, 3 * 64 * 64, 64 * 12
    forward = x + h + h + h + dense
    return batch * steps * (3 * forward - x)


def growth_name(batch, steps):
    return f"train-growth-{batch}-{steps}"
