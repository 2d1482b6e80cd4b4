"""Steering and writing by plain PyTorch hooks and a key-value cache, with nothing of mikit's but the model's blocks."""

from __future__ import annotations

import torch
from transformers import DynamicCache

from mikit.studies.directions import PairDirection
from mikit.studies.texts import ORDINARY
from tests.trace import reference

PAIRS = PairDirection(name="odd", plus=("w1 w3 w5", "w7 w9 w11 w13"), minus=("w2 w4 w6", "w8 w10 w12 w14"))


def stream(model, ids, layer):
    """The stream that leaves a layer, [position, d_model], without position 0."""
    kept = []
    handle = reference.blocks(model)[layer].register_forward_hook(lambda _m, _a, out: kept.append(out[0, 1:].clone()))
    reference.logits(model.hf, ids)
    handle.remove()
    return kept[0]


def norm(model, layer):
    """How long the stream usually is after a layer: the unit of doses."""
    read = [stream(model, model.tokens(text).ids, layer).norm(dim=-1) for text in ORDINARY[:4]]
    return torch.cat(read).mean()


def arrow(model, layer):
    """The unit mean difference of PAIRS."""
    plus, minus = (
        torch.stack([stream(model, model.tokens(text).ids, layer).mean(0) for text in side])
        for side in (PAIRS.plus, PAIRS.minus)
    )
    difference = (plus - minus).mean(0)
    return difference / difference.norm()


class Push:
    """Adds ``push`` [d_model] after a layer at the positions of the text from ``since`` on, counting what it has seen;
    None adds nothing."""

    def __init__(self, model, layer, push, since=1):
        self.block, self.push, self.since, self.seen = reference.blocks(model)[layer], push, since, 0

    def __call__(self, out):
        if self.push is not None:
            positions = torch.arange(self.seen, self.seen + out.shape[1])
            out = out + (positions >= self.since)[None, :, None] * self.push
        self.seen += out.shape[1]
        return out

    def hooked(self):
        return reference.changed((self.block, "output", self))


def write(model, ids, push, *, seed, length, temperature):
    """One text of at most ``length`` tokens, up to its end, drawn by argmax of logits / temperature + Gumbel noise, and
    each token's log-probability."""
    luck = torch.Generator().manual_seed(seed)
    cache, new, written, told = DynamicCache(config=model.hf.config), ids, [], []
    with push.hooked(), torch.no_grad():
        for _ in range(length):
            logits = model.hf(new, past_key_values=cache, use_cache=True).logits[0, -1]
            noise = -torch.empty(len(logits)).exponential_(generator=luck).log()
            chosen = int((logits / temperature + noise).argmax())
            if chosen in model.end_ids():
                break
            told.append(logits.log_softmax(-1)[chosen])
            written.append(chosen)
            new = torch.tensor([[chosen]])
    return written, torch.tensor(told)


def read(model, ids, written):
    """Log-probability of each written token when nothing is changed, by one pass over the whole text."""
    whole = torch.cat([ids, torch.tensor([written])], dim=1)
    logits = reference.logits(model.hf, whole)[0, ids.shape[1] - 1 : -1]
    return logits.log_softmax(-1)[torch.arange(len(written)), torch.tensor(written)]
