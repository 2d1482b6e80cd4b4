"""Text written token by token, several rows side by side: one short trace a token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from mikit.errors import NotFinite, ShapeMismatch, TooLong
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.trace.engine import Rows, begin, step


class Written(NamedTuple):
    """What every row has written so far. ``ids`` [rows, n]; ``logprob`` [rows, n], of each token under the row's own
    edits, at temperature 1, in nats; ``lengths`` [rows]: tokens before the one that ends the text, at most n."""

    ids: Tensor
    logprob: Tensor
    lengths: Tensor


def write(
    model: Model,
    tokens: Tokens,
    rows: Rows,
    *,
    length: int,
    temperature: float,
    seeds: Sequence[int],
    reads: Sequence[int | None] = (),
) -> Iterator[Written]:
    """Write ``length`` tokens after the prompt, one row for each list of edits, and yield after each token; ends early
    once every row has ended its text.

    Row i draws with the luck of ``seeds[i]``: rows of one seed have the same luck at the same place, so that edits that
    change nothing write the same text (the Gumbel-max trick: argmax of logits / temperature + Gumbel noise is a draw
    from the softmax). Temperature 0 takes the likeliest. A row with ``reads[i] = j`` chooses nothing: it is shown what
    row j writes, and says how likely it finds that; without ``reads`` every row writes. ``tokens`` holds one prompt for
    all rows, or one a row.

    Raises TooLong before the first token where prompt and text do not fit the model, NotFinite, and what ``run``
    raises."""
    reads = reads or [None] * len(rows)
    check_room(model, tokens.ids.shape[1], length)
    _check_plan(rows, seeds, reads)
    luck = Luck(seeds, model.spec.vocab)
    source = torch.tensor([i if j is None else j for i, j in enumerate(reads)])
    ends = torch.tensor(sorted(model.end_ids()))
    logprob: list[Tensor] = []

    def pick(logits: Tensor) -> Tensor:
        logits = logits.float().cpu()
        _check_finite(logits)
        score = logits / temperature + luck.draw() if temperature else logits
        chosen: Tensor = score.argmax(-1)[source]
        logprob.append(logits.log_softmax(-1).gather(1, chosen[:, None])[:, 0])
        return chosen

    state = begin(model, tokens, rows, pick)
    for n in range(1, length + 1):
        if n > 1:
            state = step(model, state, rows, pick)
        ids = state.ids[:, state.prompt_length :]
        lengths = _lengths(ids, ends)
        yield Written(ids, torch.stack(logprob, dim=1), lengths)
        if bool((lengths < n).all()):
            return


class Luck:
    """Gumbel noise [rows, vocab], token by token; rows of one seed share theirs."""

    def __init__(self, seeds: Sequence[int], vocab: int) -> None:
        self._order = list(dict.fromkeys(seeds))
        self._generators = [torch.Generator().manual_seed(seed) for seed in self._order]
        self._row = torch.tensor([self._order.index(seed) for seed in seeds])
        self._vocab = vocab

    def draw(self) -> Tensor:
        drawn = torch.stack([torch.empty(self._vocab).exponential_(generator=g) for g in self._generators])
        return -drawn.log()[self._row]


def check_room(model: Model, typed: int, length: int) -> None:
    """Raise TooLong where ``length`` tokens cannot be written after a prompt of ``typed``."""
    if typed + length > model.spec.context:
        raise TooLong(
            f"The prompt has {typed} tokens and {length} are to be written; {model.ref.name} reads at most"
            f" {model.spec.context} in all. Shorten the prompt, or write less."
        )


def _check_plan(rows: Rows, seeds: Sequence[int], reads: Sequence[int | None]) -> None:
    if not len(rows) == len(seeds) == len(reads):
        raise ShapeMismatch(
            f"{len(rows)} rows of edits need as many seeds and reads; there are {len(seeds)} and {len(reads)}."
        )
    if any(j is not None and (not 0 <= j < len(rows) or reads[j] is not None) for j in reads):
        raise ShapeMismatch(f"A row can read only a row that writes; the reads are {list(reads)}.")


def _check_finite(logits: Tensor) -> None:
    broken = ~torch.isfinite(logits).all(-1)
    if bool(broken.any()):
        raise NotFinite(
            f"In {int(broken.sum())} of {len(logits)} rows the change is so strong that the model's logits are no"
            " numbers any more. Use a smaller strength."
        )


def _lengths(ids: Tensor, ends: Tensor) -> Tensor:
    """Tokens before the first that ends a text, [rows]; all of them where none does."""
    ended = torch.isin(ids, ends)
    return torch.where(ended.any(1), ended.int().argmax(1), ids.shape[1])
