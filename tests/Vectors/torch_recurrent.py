"""PyTorch cases: recurrent layers and what stands above them."""
import torch
from torch import nn
from torch.nn import functional

from torch_case import Case


class Rnn(Case):
    inputs = 5

    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(5, 19, num_layers=2)
        self.head = nn.Linear(19, 4)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


class Gru(Case):
    inputs = 6

    def __init__(self):
        super().__init__()
        self.front = nn.Linear(6, 9)
        self.gru = nn.GRU(9, 17, num_layers=2)
        self.head = nn.Linear(17, 6)

    def forward(self, x):
        return self.head(self.gru(torch.relu(self.front(x)))[0])


class Lstm(Case):
    inputs, many_to_one = 7, True

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(7, 13, num_layers=2)
        self.middle = nn.Linear(13, 10)
        self.head = nn.Linear(10, 5)

    def forward(self, x):
        return self.head(torch.tanh(self.middle(self.lstm(x)[0][-1:])))


class BidirectionalRnn(Case):
    name, inputs = "rnn_bidirectional", 5

    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(5, 11, nonlinearity="relu", bidirectional=True)
        self.head = nn.Linear(22, 4)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


class BidirectionalGru(Case):
    name, inputs = "gru_bidirectional", 6

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(6, 9, num_layers=2, bidirectional=True)
        self.head = nn.Linear(18, 5)

    def forward(self, x):
        return self.head(self.gru(x)[0])


class BidirectionalLstm(Case):
    name, inputs = "lstm_bidirectional", 5

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 7, num_layers=2, bidirectional=True)
        self.head = nn.Linear(14, 4)

    def forward(self, x):
        return self.head(self.lstm(x)[0])


class LastBidirectional(Case):
    """One output a sequence, of the state that each direction ends with: the forward one at the last time step, the reverse one at the first."""

    name, inputs, many_to_one = "last_bidirectional", 5, True

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 8, num_layers=2, bidirectional=True)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        h_n = self.lstm(x)[1][0]
        return self.head(torch.cat([h_n[-2], h_n[-1]])[None])


class ProjectedLstm(Case):
    name, inputs = "lstm_projection", 6

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 14, num_layers=2, proj_size=5)
        self.head = nn.Linear(5, 4)

    def forward(self, x):
        return self.head(self.lstm(x)[0])


class NoBias(Case):
    """All three cells and the head without biases."""

    name, inputs = "no_bias", 5

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(5, 10, bias=False)
        self.lstm = nn.LSTM(10, 7, bias=False)
        self.rnn = nn.RNN(7, 6, bias=False)
        self.head = nn.Linear(6, 4, bias=False)
        for parameter in self.parameters():
            parameter.data *= 2.5  # so that the norm of the gradient is above the one it is clipped to

    def forward(self, x):
        return self.head(self.rnn(self.lstm(self.gru(x)[0])[0])[0])


class LearnedState(Case):
    """Initial states that are parameters."""

    name, inputs = "learned_state", 4

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(4, 9)
        self.lstm = nn.LSTM(9, 6)
        self.head = nn.Linear(6, 3)
        for layer, name, size in [(self.gru, "h0_l0", 9), (self.lstm, "h0_l0", 6), (self.lstm, "c0_l0", 6)]:
            layer.register_parameter(name, nn.Parameter(0.5 * torch.randn(size)))

    def forward(self, x):
        x = self.gru(x, self.gru.h0_l0[None])[0]
        return self.head(self.lstm(x, (self.lstm.h0_l0[None], self.lstm.c0_l0[None]))[0])


class Ctc(Case):
    """Connectionist temporal classification, class 0 is the blank; spelled.i (L) are the labels of the whole sequence.

    The loss is the sum over the sequences of -ln P(labels), divided by their number.
    """

    inputs = 5
    spelled = [[3, 1, 4, 2], [5], [], [2, 2, 3, 1, 1], [4, 4]]

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 12)
        self.head = nn.Linear(12, 6)

    def forward(self, x):
        return self.head(self.lstm(x)[0])

    def draw(self, index):
        return {**self.draw_inputs(self.lengths[index]), "spelled": torch.tensor(self.spelled[index], dtype=torch.long)}

    def loss(self, batch):
        losses = []
        for sequence in batch:
            x, y = sequence["inputs"], sequence["spelled"]
            scores = torch.log_softmax(self(x), -1)[:, None]
            losses.append(functional.ctc_loss(scores, y[None], [len(x)], [len(y)], blank=0, reduction="sum"))
        return sum(losses) / len(losses)


class BinaryCrossEntropy(Case):
    """Sigmoid outputs; the loss is the mean over all outputs of the batch."""

    name, inputs = "bce", 5

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(5, 9)
        self.head = nn.Linear(9, 3)

    def forward(self, x):
        return self.head(self.gru(x)[0])

    def draw(self, index):
        length = self.lengths[index]
        return {**self.draw_inputs(length), "targets": (torch.rand(length, 3) < 0.85).double()}

    def outputs(self, sequence):
        return torch.sigmoid(self.logits(sequence))

    def loss(self, batch):
        logits = torch.cat([self.logits(sequence) for sequence in batch])
        return functional.binary_cross_entropy_with_logits(logits, torch.cat([sequence["targets"] for sequence in batch]))


class MeanSquaredError(Case):
    """Linear outputs, one row a sequence; the loss is the mean over all outputs of the batch."""

    name, inputs, many_to_one = "mse", 4, True

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 10)
        self.head = nn.Linear(10, 2)

    def forward(self, x):
        return self.head(self.lstm(x)[0][-1:])

    def draw(self, index):
        return {**self.draw_inputs(self.lengths[index]), "targets": torch.randn(1, 2).double()}

    def outputs(self, sequence):
        return self.logits(sequence)

    def loss(self, batch):
        outputs = torch.cat([self.logits(sequence) for sequence in batch])
        return functional.mse_loss(outputs, torch.cat([sequence["targets"] for sequence in batch]))


CASES = [
    Rnn, Gru, Lstm, BidirectionalRnn, BidirectionalGru, BidirectionalLstm, ProjectedLstm, NoBias, LearnedState, Ctc, BinaryCrossEntropy,
    MeanSquaredError, LastBidirectional]
