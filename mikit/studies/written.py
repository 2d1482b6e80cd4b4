"""What studies that write many texts share: groups of rows that keep each trace short, and what the unsteered model
makes of a text."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from mikit.errors import EmptyText
from mikit.methods.surprise import surprise
from mikit.methods.writing import check_room, write
from mikit.models.model import Model, Spec
from mikit.models.tokens import Tokens
from mikit.studies import cost
from mikit.studies.prompts import Prompt
from mikit.trace.engine import AnyEdit, run

PATIENCE = 4
"""How many short traces the pass of all rows over their prompt may last. With fewer rows, a token costs more than it
tells: a step of 6 rows takes about as long as one of 16, since the weights are read from memory either way."""


class Text(NamedTuple):
    """What one row wrote: ``ids`` [n] and ``logprob`` [n], of each token under the row's own edits, in nats; ``length``
    tokens of it stand before the one that ends the text. What comes after is not counted."""

    ids: Tensor
    logprob: Tensor
    length: int

    @property
    def own(self) -> list[int]:
        """The ids that count."""
        kept: list[int] = self.ids[: self.length].tolist()
        return kept


def read_prompts(model: Model, prompts: Sequence[Prompt], length: int) -> list[Tokens]:
    """The prompts' tokens, after each of which ``length`` can be written. Raises EmptyText, TooLong."""
    if not prompts:
        raise EmptyText("There is no prompt to write after. Give at least one.")
    read = [prompt.tokens(model) for prompt in prompts]
    check_room(model, max(tokens.ids.shape[1] for tokens in read), length)
    return read


def held_in_writing(spec: Spec, typed: int, length: int, rows: int) -> int:
    """Bytes alive at once while ``rows`` texts of ``length`` tokens are written side by side after a prompt of
    ``typed``: all keys and values so far, and the pass over the prompt."""
    return 8 * spec.layers * spec.kv_heads * spec.d_head * rows * (typed + length) + cost.held(spec, typed, rows)


def groups(rows: int, typed: int, model: Model) -> list[range]:
    """The rows that write side by side after a prompt of ``typed`` tokens: as few groups as there must be, alike in
    size."""
    most = max(1, int(PATIENCE * _tokens_at_once(model) / typed))
    count = -(-rows // most)
    ends = [rows * i // max(count, 1) for i in range(count + 1)]
    return [range(start, end) for start, end in pairwise(ends)]


def read_at_once(model: Model, whole: int) -> int:
    """Texts of ``whole`` tokens, prompt included, that are read in one trace."""
    return max(1, int(_tokens_at_once(model) / whole))


def write_all(
    model: Model,
    tokens: Tokens,
    rows: Sequence[list[AnyEdit]],
    seeds: Sequence[int],
    *,
    length: int,
    temperature: float,
) -> Generator[None, None, list[Text]]:
    """A text for each row, in their order, written in groups. Yields after each trace."""
    texts = list[Text]()
    for group in groups(len(rows), tokens.ids.shape[1], model):
        for written in write(
            model,
            tokens,
            [rows[i] for i in group],
            length=length,
            temperature=temperature,
            seeds=[seeds[i] for i in group],
        ):
            found = written
            yield
        texts += [Text(ids, logprob, int(n)) for ids, logprob, n in zip(*found, strict=True)]
    return texts


def unsteered_logprob(model: Model, tokens: Tokens, texts: Sequence[Text]) -> Generator[None, None, list[Tensor]]:
    """Log-probabilities [n] of the tokens of each text after the prompt, when nothing is changed. Yields after each
    trace."""
    typed, found = tokens.ids.shape[1], list[Tensor]()
    for n, same in groupby(texts, key=lambda text: len(text.ids)):
        ids = torch.stack([text.ids for text in same])
        for group in torch.split(ids, read_at_once(model, typed + n)):
            whole = torch.cat([tokens.ids.expand(len(group), -1), group], dim=1)
            kept = range(typed - 1, typed + n - 1)
            logits = run(model, Tokens(whole, (), ()), [[]] * len(group), logits=kept)
            found += list(-surprise(logits.cpu(), group).nats)
            yield
    return found


def _tokens_at_once(model: Model) -> float:
    return cost.budget(model.spec) / model.spec.layers
