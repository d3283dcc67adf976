"""PyTorch cases: tokens, convolution over time, attention pooling."""
import torch
from torch import nn
from torch.nn import functional

from torch_case import Case, TokenCase


class Tokens(TokenCase):
    inputs = 13

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(13, 6)
        self.gru = nn.GRU(6, 11)
        self.head = nn.Linear(11, 13)

    def forward(self, tokens):
        return self.head(self.gru(self.embedding(tokens))[0])


class OneHot(TokenCase):
    """The recurrent layer reads one-hot vectors, so that each step picks a column of weight_ih."""

    name, inputs = "one_hot", 7

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(7, 9)
        self.head = nn.Linear(9, 7)

    def forward(self, tokens):
        return self.head(self.lstm(functional.one_hot(tokens, 7).double())[0])


class Convolution(Case):
    """Causal: zeros on the left, so that output j sees the inputs up to time j * stride; ceil(T / stride) outputs."""

    name, inputs = "conv", 6
    kernel, stride, dilation, activation = 5, 1, 1, staticmethod(torch.relu)

    def __init__(self):
        super().__init__()
        self.conv1d = nn.Conv1d(6, 9, self.kernel, stride=self.stride, dilation=self.dilation)
        self.gru = nn.GRU(9, 10)
        self.head = nn.Linear(10, 4)

    def rows(self, length):
        return -(-length // self.stride)

    def forward(self, x):
        padded = functional.pad(x.t()[None], ((self.kernel - 1) * self.dilation, 0))
        return self.head(self.gru(self.activation(self.conv1d(padded))[0].t())[0])


class StridedConvolution(Convolution):
    name, stride, activation = "conv_stride", 2, staticmethod(torch.tanh)


class DilatedConvolution(Convolution):
    name, dilation, activation = "conv_dilation", 2, staticmethod(lambda x: x)


class StridedDilatedConvolution(Convolution):
    name, kernel, stride, dilation = "conv_stride_dilation", 3, 3, 2


class BidirectionalConvolution(Convolution):
    """A reverse direction over the outputs of a stride."""

    name, stride, activation = "conv_stride_bidirectional", 2, staticmethod(torch.tanh)

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(9, 7, bidirectional=True)
        self.head = nn.Linear(14, 4)


class Pooling(nn.Module):
    """sum_t softmax_t(v . tanh(W h_t + b)) h_t"""

    def __init__(self, size, units):
        super().__init__()
        self.projection = nn.Linear(size, units)
        self.score = nn.Linear(units, 1, bias=False)

    def forward(self, h):
        return torch.softmax(self.score(torch.tanh(self.projection(h))), 0).t() @ h


class AttentionPooling(Case):
    name, inputs, many_to_one = "attention_pooling", 5, True

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(5, 11)
        self.pooling = Pooling(11, 6)
        self.head = nn.Linear(11, 4)
        for parameter in self.pooling.parameters():
            parameter.data *= 4  # so that the scores differ: with nearly equal ones the gradients of the projection cancel

    def forward(self, x):
        return self.head(self.pooling(self.gru(x)[0]))


CASES = [
    Tokens, OneHot, Convolution, StridedConvolution, DilatedConvolution, StridedDilatedConvolution, AttentionPooling,
    BidirectionalConvolution]
