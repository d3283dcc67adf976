"""PyTorch cases: an encoder and a decoder with teacher forcing; attention as in Luong et al. 2015 (scores: Bahdanau et al. 2015, Luong)."""
import torch
from torch import nn

from torch_case import Case

START, END = 0, 1


class Attention(nn.Module):
    """Query s_t (decoder), keys h_j (encoder): tanh(W_c [sum_j softmax_j(score) h_j; s_t] + b_c).

    score = v . tanh(W_q s_t + W_k h_j + b), or s_t . h_j when there are no units.
    """

    def __init__(self, size, units=None):
        super().__init__()
        if units is not None:
            self.query = nn.Linear(size, units)
            self.key = nn.Linear(size, units, bias=False)
            self.score = nn.Linear(units, 1, bias=False)
        self.combine = nn.Linear(2 * size, size)
        self.additive = units is not None

    def forward(self, s, h):
        if self.additive:
            scores = self.score(torch.tanh(self.query(s)[:, None] + self.key(h)[None]))[..., 0]
        else:
            scores = s @ h.t()
        context = torch.softmax(scores, -1) @ h
        return torch.tanh(self.combine(torch.cat([context, s], -1)))


class DecoderCase(Case):
    """labels.i is the target sequence, its end included; the decoder reads decoder_tokens.i: the start, then the targets but the last."""

    targets = [3, 5, 1, 7, 4]

    def draw(self, index):
        sequence = self.draw_inputs(self.lengths[index])
        labels = torch.cat([torch.randint(2, self.head.out_features, (self.targets[index] - 1,)), torch.tensor([END])])
        sequence["decoder_tokens"] = torch.cat([torch.tensor([START]), labels[:-1]])
        sequence["labels"] = labels
        return sequence

    def logits(self, sequence):
        inputs = sequence["tokens"] if "tokens" in sequence else sequence["inputs"]
        return self(inputs, sequence["decoder_tokens"])


class AdditiveAttention(DecoderCase):
    name, inputs = "decoder_additive", 5

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(5, 9)
        self.decoder = nn.ModuleDict({"embedding": nn.Embedding(8, 6), "gru": nn.GRU(6, 9)})
        self.attention = Attention(9, 7)
        self.head = nn.Linear(9, 8)

    def forward(self, x, y):
        h, last = self.gru(x)
        s = self.decoder["gru"](self.decoder["embedding"](y), last)[0]
        return self.head(self.attention(s, h))


class DotProductAttention(DecoderCase):
    """Tokens to tokens, two layers; the keys are the outputs of the encoder's upper layer."""

    name, inputs = "decoder_dot", 10

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10, 5)
        self.gru = nn.GRU(5, 11, num_layers=2)
        self.decoder = nn.ModuleDict({"embedding": nn.Embedding(7, 6), "gru": nn.GRU(6, 11, num_layers=2)})
        self.attention = Attention(11)
        self.head = nn.Linear(11, 7)

    def draw_inputs(self, length):
        return {"tokens": torch.randint(0, self.inputs, (length,))}

    def forward(self, x, y):
        h, last = self.gru(self.embedding(x))
        s = self.decoder["gru"](self.decoder["embedding"](y), last)[0]
        return self.head(self.attention(s, h))


class PlainDecoder(DecoderCase):
    """No attention: all that the decoder knows is the encoder's final state, h and c."""

    name, inputs = "decoder_plain", 4

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 9)
        self.decoder = nn.ModuleDict({"embedding": nn.Embedding(6, 5), "lstm": nn.LSTM(5, 9)})
        self.head = nn.Linear(9, 6)

    def forward(self, x, y):
        last = self.lstm(x)[1]
        return self.head(self.decoder["lstm"](self.decoder["embedding"](y), last)[0])


class OneToMany(DecoderCase):
    """A vector in, a sequence out: the decoder starts from a dense layer's outputs."""

    name, inputs, lengths = "one_to_many", 6, [1, 1, 1, 1, 1]

    def __init__(self):
        super().__init__()
        self.front = nn.Linear(6, 10)
        self.decoder = nn.ModuleDict({"embedding": nn.Embedding(7, 5), "gru": nn.GRU(5, 10)})
        self.head = nn.Linear(10, 7)

    def forward(self, x, y):
        start = torch.tanh(self.front(x))
        return self.head(self.decoder["gru"](self.decoder["embedding"](y), start)[0])


CASES = [AdditiveAttention, DotProductAttention, PlainDecoder, OneToMany]
