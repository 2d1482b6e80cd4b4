"""One value of the stream moved from one run towards another, by plain PyTorch hooks: the reference for patching."""

from __future__ import annotations

import torch
from torch import Tensor

from mikit.models.model import Model
from mikit.studies.pairs import PromptPair
from tests.trace.reference import blocks, changed


def stream_of(model: Model, text: str, layer: int) -> Tensor:
    """The stream that enters a layer, [position, d_model]."""
    kept: list[Tensor] = []
    handle = blocks(model)[layer].register_forward_pre_hook(lambda _, args: kept.append(args[0][0].clone()))
    with torch.no_grad():
        model.hf(model.tokens(text).ids)
    handle.remove()
    return kept[0]


def restored(model: Model, pair: PromptPair, layer: int, position: int, dose: float = 1.0) -> Tensor:
    """Last logits [vocab] of the changed run, with one position's stream moved by ``dose`` to the original run's."""
    clean = stream_of(model, pair.clean, layer)

    def patch(stream: Tensor) -> Tensor:
        stream = stream.clone()
        stream[0, position] += dose * (clean[position] - stream[0, position])
        return stream

    with torch.no_grad(), changed((blocks(model)[layer], "input", patch)):
        return model.hf(model.tokens(pair.corrupt).ids).logits[0, -1]


def difference(model: Model, pair: PromptPair, logits: Tensor) -> float:
    answer, foil = (int(model.tokens(word).ids[0, 0]) for word in (pair.answer, pair.foil))
    return float(logits[answer] - logits[foil])


def kl(changed_run: Tensor, logits: Tensor) -> float:
    """KL(changed || logits) of the next token, in nats."""
    before, after = changed_run.log_softmax(-1), logits.log_softmax(-1)
    return float((before.exp() * (before - after)).sum())


def straight_line(model: Model, pair: PromptPair) -> Tensor:
    """Attribution patching of the stream into each layer, [layer, position]: the slope of the logit difference at the
    changed run, times the difference of the two runs."""
    layers, length = len(blocks(model)), model.tokens(pair.clean).ids.shape[1]
    moves = [torch.zeros(length, model.spec.d_model, requires_grad=True) for _ in range(layers)]
    hooks = [(block, "input", lambda x, move=move: x + move) for block, move in zip(blocks(model), moves, strict=True)]
    answer, foil = (int(model.tokens(word).ids[0, 0]) for word in (pair.answer, pair.foil))
    with torch.enable_grad(), changed(*hooks):
        logits = model.hf(model.tokens(pair.corrupt).ids).logits[0, -1]
        slopes = torch.autograd.grad(logits[answer] - logits[foil], moves)
    apart = [stream_of(model, pair.clean, i) - stream_of(model, pair.corrupt, i) for i in range(layers)]
    return torch.stack([(slope * gap).sum(-1) for slope, gap in zip(slopes, apart, strict=True)]).detach()
