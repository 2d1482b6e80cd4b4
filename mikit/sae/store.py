"""Where a training's activations come from: streamed from a model in fixed memory, or drawn from an array.

A source is brought to any batch by its number alone, so that a training which stopped goes on with the same batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from mikit.errors import EmptyText, MikitError, TooLong, UnknownSite
from mikit.models.model import Model, Spec
from mikit.models.tokens import Tokens, adds_bos
from mikit.sae.dictionary import Place
from mikit.trace.engine import capture
from mikit.trace.sites import Site, check

PIECE = 20_000
"""Characters that are turned into tokens at once, so that a whole book as one text needs no more memory than a page."""


class Batch(NamedTuple):
    """Activations x [n, d_in], and what a transcoder should make of them [n, d_out]; an autoencoder's target is x."""

    x: Tensor
    target: Tensor


class Source(Protocol):
    """Batches in a fixed order. ``ready`` does a short piece of work and says whether ``take`` can be called."""

    @property
    def place(self) -> Place: ...
    def ready(self) -> bool: ...
    def take(self) -> Batch: ...
    def seek(self, batches: int) -> None: ...


class Drawn:
    """Activations that a function draws: ``draw(generator) -> [n, d]``. For toys with planted truth."""

    def __init__(self, draw: Callable[[torch.Generator], Tensor], seed: int = 0) -> None:
        self.place = Place()
        self._draw, self._seed, self._taken = draw, seed, 0

    def ready(self) -> bool:
        return True

    def take(self) -> Batch:
        x = self._draw(torch.Generator().manual_seed(_mixed(self._seed, self._taken)))
        self._taken += 1
        return Batch(x, x)

    def seek(self, batches: int) -> None:
        self._taken = batches


class Store:
    """A model's activations at ``site`` over ``texts``, shuffled within blocks of ``blocks_of`` batches, which is all
    that is kept in memory. One call of ``ready`` is one short trace. When the texts are through they start again.

    Texts are cut into windows of ``context`` tokens; what is left of each waits for others of its length, so nothing
    is padded. Position 0 of every window is left out: it is a sink of attention, unlike the rest.

    Raises EmptyText, UnknownSite, TooLong.
    """

    def __init__(
        self,
        model: Model,
        texts: Iterable[str],
        site: Site,
        target: Site | None = None,
        *,
        batch: int = 1024,
        context: int = 128,
        blocks_of: int = 32,
        trace_tokens: int = 256,
        seed: int = 0,
    ) -> None:
        if isinstance(texts, (str, Iterator)):
            raise MikitError(
                "A training goes over its texts again when it resumes, so they must be a list of texts, or an object"
                f" that can be iterated anew; a {type(texts).__name__} was given."
            )
        if not 2 <= context <= model.spec.context:
            raise TooLong(f"Windows of {context} tokens: this model reads 2 to {model.spec.context}.")
        self.place = Place(model=model.ref.name, model_sha256=model.ref.sha256, site=site, target=target)
        self._sites = (site, target or site)
        self._model, self._texts, self._seed = model, texts, seed
        self._batch, self._blocks_of, self._context, self._trace_tokens = batch, blocks_of, context, trace_tokens
        self._block = [torch.zeros(batch * blocks_of, width(model.spec, one)) for one in dict.fromkeys(self._sites)]
        self._order: Tensor | None = None  # of the block, drawn when it is full
        self._rest: list[Tensor] | None = None  # of the newest trace, what did not fit into the block
        self.seek(0)

    @property
    def nbytes(self) -> int:
        """Memory that the block takes."""
        return sum(part.numel() * part.element_size() for part in self._block)

    def ready(self) -> bool:
        """Run one trace where the block is not full yet; whether a batch can be taken."""
        if self._filled < len(self._block[0]):
            self._fill()
        return self._filled == len(self._block[0])

    def take(self) -> Batch:
        """The next batch. Call ``ready`` until it says yes."""
        block, number = divmod(self._taken, self._blocks_of)
        if self._order is None:
            generator = torch.Generator().manual_seed(_mixed(self._seed, block))
            self._order = torch.randperm(len(self._block[0]), generator=generator)
        chosen = self._order[number * self._batch : (number + 1) * self._batch]
        x, target = self._block[0][chosen], self._block[-1][chosen]
        self._taken += 1
        if self._taken % self._blocks_of == 0:
            self._filled, self._order = 0, None
        return Batch(x, target)

    def seek(self, batches: int) -> None:
        """Bring the store to a batch: only its block is computed again."""
        self._taken, self._filled = batches, 0
        self._order, self._rest = None, None
        self._packs = self._endless()
        skip = batches // self._blocks_of * len(self._block[0])
        while skip:
            ids = next(self._packs)
            tokens = ids.shape[0] * (ids.shape[1] - 1)
            if tokens > skip:
                self._rest = [part[skip:] for part in self._read(ids)]
            skip -= min(skip, tokens)

    def _fill(self) -> None:
        found = self._rest or self._read(next(self._packs))
        count = min(len(found[0]), len(self._block[0]) - self._filled)
        for block, part in zip(self._block, found, strict=True):
            block[self._filled : self._filled + count] = part[:count]
        self._rest = [part[count:] for part in found] if count < len(found[0]) else None
        self._filled += count

    def _read(self, ids: Tensor) -> list[Tensor]:
        """One trace: the values at the sites, [n, width], less position 0."""
        values = capture(self._model, Tokens(ids, (), ()), set(self._sites))
        return [values[site][:, 1:].flatten(2).flatten(0, 1).cpu() for site in dict.fromkeys(self._sites)]

    def _endless(self) -> Iterator[Tensor]:
        while True:
            some = False
            for ids in packs(windows(self._model, self._texts, self._context), self._trace_tokens):
                some = True
                yield ids
            if not some:
                raise EmptyText("The corpus holds no text of two tokens or more: there is nothing to train on.")


def windows(model: Model, texts: Iterable[str], context: int) -> Iterator[list[int]]:
    """Token ids of all texts, in windows of at most ``context`` tokens. Where the tokenizer sets a
    beginning-of-sequence token, every window begins with it. Raises MikitError for what is no text."""
    bos = [model.tokenizer.bos_token_id] if adds_bos(model.tokenizer) else []
    size = context - len(bos)
    for text in map(_readable, texts):
        for start in range(0, len(text), PIECE):
            ids = model.tokenizer(text[start : start + PIECE], add_special_tokens=False)["input_ids"]
            for first in range(0, len(ids), size):
                yield bos + ids[first : first + size]


def _readable(text: object) -> str:
    """Halves of a character, as JSON can leave them, are put together, or become the sign for what cannot be read."""
    if not isinstance(text, str):
        raise MikitError(f"A corpus is a list of texts; one of these is a {type(text).__name__}: {repr(text)[:40]}.")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def packs(windows: Iterable[list[int]], tokens: int) -> Iterator[Tensor]:
    """Windows of one length together, [rows, length], about ``tokens`` tokens each; those of one token are left out.
    What waits for company when the windows end comes last."""
    waiting: dict[int, list[list[int]]] = {}
    for ids in windows:
        if (length := len(ids)) < 2:
            continue
        rows = waiting.setdefault(length, [])
        rows.append(ids)
        if (len(rows) + 1) * length > tokens:
            yield torch.tensor(waiting.pop(length))
    for rows in waiting.values():
        yield torch.tensor(rows)


def width(spec: Spec, site: Site) -> int:
    """Numbers a position at a site, heads side by side. Raises UnknownSite for what is no activation."""
    check(site, spec)
    if site.name in ("pattern", "logits") or site.position is not None or site.head is not None:
        raise UnknownSite(f"{site} cannot be a dictionary's place: name a whole activation, such as resid_post.")
    heads = {"q": spec.heads, "z": spec.heads, "k": spec.kv_heads, "v": spec.kv_heads}
    if site.name in heads:
        return heads[site.name] * spec.d_head
    return spec.d_mlp if site.name == "mlp_post" else spec.d_model


def _mixed(seed: int, number: int) -> int:
    """One seed for each batch or block of a seed."""
    return seed * 1_000_003 + number
