#!/usr/bin/env python3
"""Times the benchmark's workloads in PyTorch on one thread, in the interchange format of the benchmarks.

  torch_peer.py [WORKLOAD...]     all unless told; needs PyTorch (Debian: python3-torch)
  torch_peer.py --once WORKLOAD   one run, and its first output printed: for the time of a process

Streaming steps call nn.LSTM or nn.GRU with the states of the call before; all inference is under inference_mode. A training step is forward, cross-entropy
at every time step, backward, clip_grad_norm_ and Adam. BENCHMARK_SECONDS: how long to measure each, 0.2 unless set.
"""
import json
import os
import statistics
import sys
import time

import torch
from torch import nn

FEATURES, CLASSES, FRAMES, ROWS, REPETITIONS = 40, 12, 98, 16, 5


class Keyword(nn.Module):
    """Two layers of GRU and a linear one."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(FEATURES, 64, num_layers=2)
        self.head = nn.Linear(64, CLASSES)

    def forward(self, x, state=None):
        y, state = self.gru(x, state)
        return self.head(y), state


class Effect(nn.Module):
    """One small LSTM and a linear layer."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 16)
        self.head = nn.Linear(16, 1)

    def forward(self, x, state=None):
        y, state = self.lstm(x, state)
        return self.head(y), state


def stepping(create, inputs):
    """Returns the function that makes so many steps, and returns the last output."""
    model = create().eval()
    rows = [torch.rand(1, 1, inputs) * 2 - 1 for _ in range(ROWS)]
    state = None

    def steps(count):
        nonlocal state
        with torch.inference_mode():
            for i in range(count):
                y, state = model(rows[i % ROWS], state)
            return y

    return steps


def sequences(create):
    model = create().eval()
    inputs = torch.rand(FRAMES + ROWS, 1, FEATURES) * 2 - 1

    def runs(count):
        with torch.inference_mode():
            for i in range(count):
                y, _ = model(inputs[i % ROWS:i % ROWS + FRAMES])
            return y

    return runs


def training(batch):
    model = Keyword()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    inputs = torch.rand(FRAMES, batch, FEATURES) * 2 - 1
    labels = torch.randint(CLASSES, (FRAMES * batch,))

    def updates(count):
        for _ in range(count):
            optimizer.zero_grad()
            logits, _ = model(inputs)
            nn.functional.cross_entropy(logits.reshape(-1, CLASSES), labels).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        return logits

    return updates


WORKLOADS = {
    **{f"lstm-40-{size}-step": ("us", lambda size=size: stepping(lambda: nn.LSTM(FEATURES, size), FEATURES)) for size in (16, 32, 64, 128, 256)},
    **{f"gru-40-{size}-step": ("us", lambda size=size: stepping(lambda: nn.GRU(FEATURES, size), FEATURES)) for size in (16, 32, 64, 128, 256)},
    "keyword-step": ("us", lambda: stepping(Keyword, FEATURES)),
    "lstm-1-16-dense-step": ("us", lambda: stepping(Effect, 1)),
    "keyword-98": ("us", lambda: sequences(Keyword)),
    "bigru-98": ("us", lambda: sequences(lambda: nn.GRU(FEATURES, 64, bidirectional=True))),
    **{f"train-{batch}": ("ms", lambda batch=batch: training(batch)) for batch in (1, 16, 64)},
}


def measure(work, seconds):
    """Seconds that one piece of the work takes: the median of several repetitions behind a warm-up."""

    def timed(count):
        start = time.perf_counter()
        work(count)
        return time.perf_counter() - start

    count, elapsed = 1, timed(1)
    while elapsed < seconds / (2 * REPETITIONS):
        count *= 2
        elapsed = timed(count)
    elapsed = timed(count)
    count = max(1, int(count * seconds / (REPETITIONS * elapsed)))
    return statistics.median(timed(count) / count for _ in range(REPETITIONS))


def main(arguments):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    once = arguments[:1] == ["--once"]
    names = arguments[once:] or list(WORKLOADS)
    unknown = [name for name in names if name not in WORKLOADS]
    if unknown:
        sys.exit(f"torch_peer.py: no workload '{unknown[0]}'; allowed: {' '.join(WORKLOADS)}")
    seconds = float(os.environ.get("BENCHMARK_SECONDS", "0.2"))
    for name in names:
        unit, create = WORKLOADS[name]
        work = create()
        if once:
            print(work(1).flatten()[0].item())
            continue
        value = measure(work, seconds) * {"us": 1e6, "ms": 1e3}[unit]
        print(json.dumps({"workload": name, "peer": "pytorch", "variant": torch.__version__, "value": float(f"{value:.5g}"), "unit": unit}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
