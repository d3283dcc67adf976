"""PyTorch cases: cells that PyTorch lacks, written here from their equations, so that autograd gives the gradients.

Tensors have the names and the order of gates of the weight files. Where an equation has b, it is b_ih + b_hh as in PyTorch.
"""
import torch
from torch import nn

from torch_case import Case


class Cell(nn.Module):
    """A layer of one direction: a time loop over `step`, from states of zero."""

    gates, states, biases = 1, 1, True

    def __init__(self, inputs, units, reverse=False):
        super().__init__()
        self.inputs, self.units, self.reverse = inputs, units, reverse
        self.suffix = "_l0_reverse" if reverse else "_l0"
        self.define()

    def define(self):
        rows = self.gates * self.units
        self.add("weight_ih", rows, self.inputs)
        self.add("weight_hh", rows, self.units)
        if self.biases:
            self.add("bias_ih", rows)
            self.add("bias_hh", rows)

    def add(self, name, *shape):
        self.register_parameter(name + self.suffix, nn.Parameter((torch.rand(shape) * 2 - 1) / self.units**0.5))

    def add_norm(self, name, size):
        norm = nn.LayerNorm(size, eps=1e-5)
        norm.weight.data += 0.3 * torch.randn(size)
        norm.bias.data += 0.3 * torch.randn(size)
        self.add_module(name + self.suffix, norm)

    def __getitem__(self, name):
        return getattr(self, name + self.suffix)

    def products(self, x, h):
        """W_ih x + b_ih and W_hh h + b_hh, by gates."""
        a, b = self["weight_ih"] @ x, self["weight_hh"] @ h
        if self.biases:
            a, b = a + self["bias_ih"], b + self["bias_hh"]
        return a.chunk(self.gates), b.chunk(self.gates)

    def forward(self, x):
        states = [torch.zeros(self.units, dtype=x.dtype) for _ in range(self.states)]
        outputs = []
        for row in (x.flip(0) if self.reverse else x):
            states = self.step(row, *states)
            outputs.append(states[0])
        outputs = torch.stack(outputs)
        return outputs.flip(0) if self.reverse else outputs


class GruBeforeCell(Cell):
    """Cho et al. 2014: n = tanh(W_in x + W_hn (r * h) + b)."""

    gates = 3

    def step(self, x, h):
        (xr, xz, xn), (hr, hz, _) = self.products(x, h)
        r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
        hn = self["weight_hh"].chunk(3)[2] @ (r * h) + self["bias_hh"].chunk(3)[2]
        return [(1 - z) * torch.tanh(xn + hn) + z * h]


class GruSimpleCell(Cell):
    """No reset gate: gates z, n."""

    gates = 2

    def step(self, x, h):
        (xz, xn), (hz, hn) = self.products(x, h)
        z = torch.sigmoid(xz + hz)
        return [(1 - z) * torch.tanh(xn + hn) + z * h]


class GruNormalizedCell(Cell):
    """Ba et al. 2016: a layer normalisation over all gates of W_ih x, another of W_hh h."""

    gates, biases = 3, False

    def define(self):
        super().define()
        self.add_norm("norm_ih", 3 * self.units)
        self.add_norm("norm_hh", 3 * self.units)

    def step(self, x, h):
        xr, xz, xn = self["norm_ih"](self["weight_ih"] @ x).chunk(3)
        hr, hz, hn = self["norm_hh"](self["weight_hh"] @ h).chunk(3)
        r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
        return [(1 - z) * torch.tanh(xn + r * hn) + z * h]


class LstmReverseCell(Cell):
    """The plain LSTM, for the reverse direction alone."""

    gates, states = 4, 2

    def step(self, x, h, c):
        i, f, g, o = (a + b for a, b in zip(*self.products(x, h)))
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return [torch.sigmoid(o) * torch.tanh(c), c]


class LstmPeepholeCell(Cell):
    """Gers et al. 2000: i and f see c, o sees the new c."""

    gates, states = 4, 2

    def define(self):
        super().define()
        self.add("peephole", 3 * self.units)

    def step(self, x, h, c):
        i, f, g, o = (a + b for a, b in zip(*self.products(x, h)))
        pi, pf, po = self["peephole"].chunk(3)
        c = torch.sigmoid(f + pf * c) * c + torch.sigmoid(i + pi * c) * torch.tanh(g)
        return [torch.sigmoid(o + po * c) * torch.tanh(c), c]


class LstmCoupledCell(Cell):
    """i = 1 - f: gates f, g, o; peepholes f, o."""

    gates, states = 3, 2

    def define(self):
        super().define()
        self.add("peephole", 2 * self.units)

    def step(self, x, h, c):
        f, g, o = (a + b for a, b in zip(*self.products(x, h)))
        pf, po = self["peephole"].chunk(2)
        f = torch.sigmoid(f + pf * c)
        c = f * c + (1 - f) * torch.tanh(g)
        return [torch.sigmoid(o + po * c) * torch.tanh(c), c]


class LstmNormalizedCell(Cell):
    """As the GRU, and tanh reads the normalised c."""

    gates, states, biases = 4, 2, False

    def define(self):
        super().define()
        self.add_norm("norm_ih", 4 * self.units)
        self.add_norm("norm_hh", 4 * self.units)
        self.add_norm("norm_c", self.units)

    def step(self, x, h, c):
        i, f, g, o = (self["norm_ih"](self["weight_ih"] @ x) + self["norm_hh"](self["weight_hh"] @ h)).chunk(4)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return [torch.sigmoid(o) * torch.tanh(self["norm_c"](c)), c]


class MguCell(Cell):
    """Zhou et al. 2016: gates f, n."""

    gates = 2

    def step(self, x, h):
        (xf, xn), (hf, _) = self.products(x, h)
        f = torch.sigmoid(xf + hf)
        n = torch.tanh(xn + self["weight_hh"].chunk(2)[1] @ (f * h) + self["bias_hh"].chunk(2)[1])
        return [(1 - f) * h + f * n]


class FastGrnnCell(Cell):
    """Kusupati et al. 2018: one product for both, two biases, two scalars."""

    biases = False

    def define(self):
        super().define()
        self.add("bias_gate", self.units)
        self.add("bias_update", self.units)
        self.add("zeta", 1)
        self.add("nu", 1)

    def step(self, x, h):
        a = self["weight_ih"] @ x + self["weight_hh"] @ h
        z, n = torch.sigmoid(a + self["bias_gate"]), torch.tanh(a + self["bias_update"])
        return [(torch.sigmoid(self["zeta"]) * (1 - z) + torch.sigmoid(self["nu"])) * n + z * h]


class CellCase(Case):
    """One layer of a cell and the head."""

    inputs, layer, cell = 5, "", None

    def __init__(self):
        super().__init__()
        self.add_module(self.layer, self.cell(5, 9))
        self.head = nn.Linear(9, 4)

    def forward(self, x):
        return self.head(getattr(self, self.layer)(x))


class GruBefore(CellCase):
    name, layer, cell = "gru_before", "gru", GruBeforeCell


class GruSimple(CellCase):
    name, layer, cell = "gru_simple", "gru", GruSimpleCell


class GruNormalized(CellCase):
    name, layer, cell = "gru_normalized", "gru", GruNormalizedCell


class LstmPeephole(CellCase):
    name, layer, cell = "lstm_peephole", "lstm", LstmPeepholeCell


class LstmCoupled(CellCase):
    name, layer, cell = "lstm_coupled", "lstm", LstmCoupledCell


class LstmNormalized(CellCase):
    name, layer, cell = "lstm_normalized", "lstm", LstmNormalizedCell


class Mgu(CellCase):
    layer, cell = "mgu", MguCell


class FastGrnn(CellCase):
    name, layer, cell = "fast_grnn", "fastgrnn", FastGrnnCell


class Merges(Case):
    """Directions added, directions averaged, and the reverse direction alone."""

    inputs = 5

    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(5, 7, bidirectional=True)
        self.gru = nn.GRU(7, 6, bidirectional=True)
        self.lstm = LstmReverseCell(6, 9, reverse=True)
        self.head = nn.Linear(9, 4)

    def forward(self, x):
        x = sum(self.rnn(x)[0].chunk(2, -1))
        x = sum(self.gru(x)[0].chunk(2, -1)) / 2
        return self.head(self.lstm(x))


class Residual(Case):
    """The output of a layer plus its input."""

    inputs = 9

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(9, 9)
        self.lstm = nn.LSTM(9, 9)
        self.head = nn.Linear(9, 4)

    def forward(self, x):
        x = x + self.gru(x)[0]
        return self.head(x + self.lstm(x)[0])


CASES = [GruBefore, GruSimple, GruNormalized, LstmPeephole, LstmCoupled, LstmNormalized, Mgu, FastGrnn, Merges, Residual]
