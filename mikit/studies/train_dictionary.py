"""Train a dictionary of a model's activations, live: stopped anywhere, it goes on there, and arrives at the same
weights."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from pydantic import Field, model_validator
from torch import Tensor

from mikit.errors import DictionaryUnusable, EmptyText, NoDisk
from mikit.methods.intervals import bootstrap
from mikit.models.cache import cache_dir
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.sae.dictionary import Activation, Config, Dictionary
from mikit.sae.evaluate import flat, measure, random_dictionary
from mikit.sae.index import POOL, pool
from mikit.sae.store import Store, packs, width, windows
from mikit.sae.train import Progress, Trainer, Training, resume
from mikit.studies import cost
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study
from mikit.trace.arrays import Array
from mikit.trace.engine import capture, exclusive
from mikit.trace.sites import Site

log = logging.getLogger("mikit")

LEARNING_RATE = 2e-3
K = 32
BLOCKS_OF = 8
"""Batches that are gathered, shuffled and learned from before the next are gathered: few, so that the curves move."""
CONTEXT = 128
PIECE = 2000
"""Characters of a piece of text; one piece of HELD_OUT_EVERY is never trained on."""
HELD_OUT_EVERY = 20
HELD_OUT_TOKENS = 4096
TRACE_TOKENS = 256
KEPT = 3
"""Stopped trainings that are kept on disk, the newest."""
REMEMBERED = 4
RESAMPLES = 500
CHANCE_TOKENS = 1024
"""Tokens on which the random dictionary beside the curves is measured; at the end it is all that are held out."""

WHY = (
    "As many random directions, with as many features a token and the best scale for the held-out windows: what any"
    " directions would reach."
)


class TrainDictionary(Study):
    """Train a dictionary of ``features`` features at ``site``, ``updates`` updates of ``batch`` tokens. ``k``: features
    a token (TopK, BatchTopK); ``sparsity``: the price of firing (ReLU, JumpReLU); ``prefixes``: Matryoshka sizes.
    ``texts``: a tuple of texts, or "pool": the held-out windows that come with the shipped dictionary, 250,000 tokens.
    One piece of text in 20 is never trained on.

    Grids: ``fvu``, ``l0``, ``dead`` [step] of each update's batch; at the end ``held-out fvu`` (with an interval over
    windows), ``held-out l0`` and ``held-out dead`` (the share that never fires there) [text]. Control: a random
    dictionary with as many features a token, on the held-out windows. Position 0 of every window is left out.

    Stopped before its end it is kept in mikit's cache folder, and the same study goes on there. ``dictionary()`` is
    what came out."""

    kind: Literal["train-dictionary"] = "train-dictionary"
    site: Site
    features: int = Field(default=2304, ge=2, le=65_536)
    activation: Activation = "topk"
    k: int | None = None
    sparsity: float = 0.0
    prefixes: tuple[int, ...] = ()
    updates: int = Field(default=200, ge=2, le=100_000)
    batch: int = Field(default=512, ge=8, le=8192)
    texts: tuple[str, ...] | Literal["pool"] = "pool"

    # Training passes rounding on, and another machine rounds differently.
    tolerances: ClassVar[dict[str, float]] = {
        "fvu": 0.02, "l0": 1.0, "dead": 0.02, "held-out fvu": 0.01, "held-out l0": 0.5, "held-out dead": 0.02,
    }  # fmt: skip

    @model_validator(mode="after")
    def _can_be_trained(self) -> Self:
        if self.k is None and self.activation in ("topk", "batchtopk"):
            object.__setattr__(self, "k", min(K, self.features))  # frozen from now on
        self.training  # noqa: B018  # says what cannot be trained
        return self

    @property
    def training(self) -> Training:
        return Training(
            features=self.features,
            updates=self.updates,
            activation=self.activation,
            k=self.k,
            sparsity=self.sparsity,
            prefixes=self.prefixes,
            learning_rate=LEARNING_RATE,
            dead_after=max(self.batch, self.updates * self.batch // 5),
            seed=self.seed,
        )

    def estimate(self, model: Model) -> Cost:
        d, s = width(model.spec, self.site), model.spec
        tokens = self.updates * self.batch + HELD_OUT_TOKENS
        depth = s.layers if self.site.layer is None else self.site.layer + 1
        update = (3e-8 * self.features * self.batch + 8e-6 * self.features) * d / 576  # measured on one core
        dense = 1 if self.k else 3
        weights = 4 * self.features * d
        values = 4 * self.features * (2048 + 3 * dense * self.batch)
        kept = 4 * d * (self.batch * BLOCKS_OF + 2 * HELD_OUT_TOKENS)
        return Cost(
            seconds=cost.seconds(s, tokens) * depth / s.layers + dense * update * self.updates,
            bytes=12 * weights + values + kept + cost.held_a_layer(s, TRACE_TOKENS),
        )

    def inputs(self, model: Model) -> list[Tensor]:
        held_out, trained = self.pieces()
        return [torch.tensor(ids) for some in (held_out, trained) for ids in windows(model, some, _context(model))]

    def method(self, model: Model) -> Method:
        return Method(
            sites=(self.site,),
            metric=f"fvu: squared error by squared distance from the mean, position 0 left out; Adam, learning rate"
            f" {LEARNING_RATE:g}, {self.batch} tokens an update, windows of {_context(model)} tokens;"
            f" held out: one piece of text in {HELD_OUT_EVERY}, to {HELD_OUT_TOKENS} tokens",
        )

    def pieces(self) -> tuple[list[str], list[str]]:
        """The texts in pieces: those held out, and those trained on, in an order drawn from the seed. Raises
        EmptyText."""
        texts = _pool() if self.texts == "pool" else self.texts
        pieces = [piece for text in texts for piece in re.findall(rf"(?s).{{1,{PIECE}}}(?=\s|$)|.{{1,{PIECE}}}", text)]
        pieces = [piece for piece in dict.fromkeys(pieces) if piece.strip()]  # none is held out and trained on
        if len(pieces) < 2:
            raise EmptyText(
                f"The corpus has {len(pieces)} different pieces of text ({PIECE} characters at most): one is held out,"
                " so two are the least. Give more text."
            )
        rest = [piece for i, piece in enumerate(pieces) if i % HELD_OUT_EVERY]
        order = torch.randperm(len(rest), generator=torch.Generator().manual_seed(self.seed))
        return pieces[::HELD_OUT_EVERY], [rest[i] for i in order.tolist()]

    def steps(self, model: Model) -> Iterator[Result | None]:
        held_out, trained = self.pieces()
        kept_out: list[Tensor] = []
        for found in _activations(model, self.site, held_out):
            kept_out += found
            yield None
        if not kept_out:
            raise EmptyText("The held-out texts hold no text of two tokens or more: there is nothing to measure on.")
        chance = _Chance(self, torch.cat(kept_out))
        file = self.file(trained)
        trainer = _begun(self.training, self._store(model, trained), file)
        try:
            while trainer.update < self.updates:
                before = trainer.update
                with exclusive():  # free between steps, so that others get their turn
                    next(trainer)
                yield self._result(trainer.history, chance) if trainer.update > before else None
        except GeneratorExit:
            _keep(self, trainer, file)
            raise
        dictionary = trainer.dictionary()
        ours = _held_out(dictionary, kept_out)
        yield None
        theirs = _held_out(random_dictionary(dictionary, torch.cat(kept_out), seed=self.seed), kept_out)
        fvu, l0 = (round(float(ours[f"held-out {name}"].values.numpy()[0]), 4) for name in ("fvu", "l0"))
        dictionary.place = dictionary.place.model_copy(update={"declared": {"fvu": fvu, "l0": l0}})
        _remember(self, dictionary)
        file.unlink(missing_ok=True)
        yield self._result(trainer.history, chance, ours, theirs)

    def _store(self, model: Model, texts: list[str]) -> Store:
        return Store(
            model,
            texts,
            self.site,
            batch=self.batch,
            context=_context(model),
            blocks_of=BLOCKS_OF,
            trace_tokens=TRACE_TOKENS,
            seed=self.seed,
        )

    def _result(
        self,
        history: list[Progress],
        chance: _Chance,
        ours: dict[str, Grid] | None = None,
        theirs: dict[str, Grid] | None = None,
    ) -> Result:
        """What there is after the updates in ``history``; ``ours`` and ``theirs``, on the held-out windows, end it."""
        by_chance = [chance.at(now.l0) for now in history]
        steps = tuple(str(now.update) for now in history)
        why = Control(name="random dictionary", why=WHY, grids=_curves(steps, by_chance) | (theirs or {}))
        return Result(
            study=self,
            grids=_curves(steps, [(now.fvu, now.l0, now.dead) for now in history]) | (ours or {}),
            controls=(why,),
            done=1.0 if ours else len(history) / (self.updates + 1),
        )

    def file(self, trained: list[str]) -> Path:
        """Where a stopped training is kept: named by all that decides its weights."""
        about = [self.model_dump_json(), self.training.model_dump_json(), trained]
        digest = hashlib.sha256(json.dumps(about).encode()).hexdigest()
        return cache_dir() / ".trainings" / f"{digest[:32]}.safetensors"

    @property
    def kept(self) -> str:
        """What became of the training that was stopped last in this process, in a sentence; "" where none was."""
        return _SAID.get(self, "")

    def dictionary(self) -> Dictionary:
        """What was trained in this process. Raises DictionaryUnusable where nothing was trained to its end."""
        if self not in _TRAINED:
            raise DictionaryUnusable(
                "This study was not trained to its end in this process: call mikit.run_study(study) first, or press"
                " Start. It takes as long as it says."
            )
        return _TRAINED[self]

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour != "mikit":
            return ""  # a training loop, its store and its revival are no script of a page
        skipped = {"kind", "model", "site", "texts"}
        given = {name: value for name, value in self.model_dump(exclude_defaults=True).items() if name not in skipped}
        site = ", ".join(f"{name}={value!r}" for name, value in self.site.model_dump(exclude_none=True).items())
        return MIKIT_SCRIPT.format(
            model=self.model.handle,
            site=site,
            fields="".join(f", {name}={value!r}" for name, value in given.items()),
            texts=repr(self.texts),
        )


class _Chance:
    """Random dictionaries on held-out activations, one for each number of features a token that comes up."""

    def __init__(self, study: TrainDictionary, x: Tensor) -> None:
        self._study, self._x = study, x[:CHANCE_TOKENS]
        self._found: dict[int, tuple[float, float, float]] = {}

    def at(self, l0: float) -> tuple[float, float, float]:
        """FVU, features a token and the dead share of one with about ``l0`` features a token: exact for TopK, else
        within a fifth, so that a falling L0 asks for few of them."""
        near = round(1.4 ** round(math.log(max(l0, 1.0), 1.4)))
        k = min(max(self._study.k or near, 1), self._study.features)
        if k not in self._found:
            n, d = self._study.features, self._x.shape[1]
            like = Dictionary(
                Config(d_in=d, features=n, activation="topk", k=k),
                {
                    "W_enc": torch.zeros(d, n),
                    "b_enc": torch.ones(n),
                    "W_dec": torch.zeros(n, d),
                    "b_dec": torch.zeros(d),
                },
            )
            tally = measure(random_dictionary(like, self._x, seed=self._study.seed), self._x)
            self._found[k] = (tally.fvu, tally.l0, tally.dead)
        return self._found[k]


def _context(model: Model) -> int:
    return min(CONTEXT, model.spec.context)


def _pool() -> tuple[str, ...]:
    """The windows that come with the shipped dictionary, as texts. Raises DictionaryUnusable."""
    found = pool()
    if found is None:
        raise DictionaryUnusable(
            f"The texts of the pool come with the index of the dictionary {POOL}, which is not here: install mikit"
            " anew, or give texts of your own."
        )
    return found.texts


def _activations(model: Model, site: Site, texts: list[str]) -> Iterator[list[Tensor]]:
    """Windows of activations [tokens, width], position 0 left out, to HELD_OUT_TOKENS tokens; one short trace each."""
    seen = 0
    for ids in packs(windows(model, texts, _context(model)), TRACE_TOKENS):
        values = capture(model, Tokens(ids, (), ()), {site})[site]
        yield list(flat(values)[:, 1:].cpu())
        seen += ids.numel()
        if seen >= HELD_OUT_TOKENS:
            return


def _begun(training: Training, store: Store, file: Path) -> Trainer:
    """The training where it was stopped, or a new one."""
    if file.is_file():
        try:
            return resume(file, store)
        except DictionaryUnusable as error:
            log.warning("A training begins anew: %s", error)
    return Trainer(training, store)


def _keep(study: TrainDictionary, trainer: Trainer, file: Path) -> None:
    """Save a training that is stopped; where that fails its numbers stay, and a sentence says so."""
    if trainer.update == 0:
        return
    try:
        trainer.save(file)
        for old in sorted(file.parent.glob("*.safetensors"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
    except (NoDisk, OSError) as error:
        _SAID[study] = f"Stopped at update {trainer.update}, and not kept: {error} Its numbers so far stay on screen."
        log.warning(_SAID[study])
        return
    _SAID[study] = f"Stopped at update {trainer.update} of {study.updates}; start again to go on from there."


def _curves(steps: tuple[str, ...], numbers: Sequence[tuple[float, float, float]]) -> dict[str, Grid]:
    return {
        name: Grid(values=Array.of(values), axes={"step": steps}, unit=unit)
        for (name, unit), values in zip(UNITS.items(), zip(*numbers, strict=True), strict=True)
    }


def _held_out(dictionary: Dictionary, kept_out: list[Tensor]) -> dict[str, Grid]:
    """FVU with an interval over windows, drawn anew with replacement; features a token; the share that never fires."""
    x = torch.cat(kept_out)
    tally = measure(dictionary, x)
    sizes = [len(window) for window in kept_out]
    left = [float(part.square().sum()) for part in torch.split(dictionary.error(x).double(), sizes)]
    apart = [float((window - x.mean(0)).double().square().sum()) for window in kept_out]
    low, high = bootstrap(lambda counts: (counts @ left) / (counts @ apart), np.ones(len(sizes)), 0, RESAMPLES)
    several = len(sizes) > 1
    axes = {"text": ("held out",)}
    numbers = {"fvu": tally.fvu, "l0": tally.l0, "dead": tally.dead}
    return {
        f"held-out {name}": Grid(
            values=Array.of([number]),
            axes=axes,
            unit=UNITS[name],
            low=Array.of([low]) if name == "fvu" and several else None,
            high=Array.of([high]) if name == "fvu" and several else None,
        )
        for name, number in numbers.items()
    }


def _remember(study: TrainDictionary, dictionary: Dictionary) -> None:
    _TRAINED.pop(study, None)
    _TRAINED[study] = dictionary
    _SAID.pop(study, None)
    while len(_TRAINED) > REMEMBERED:
        del _TRAINED[next(iter(_TRAINED))]


UNITS = {"fvu": "fraction of variance", "l0": "features a token", "dead": "share of features"}

_TRAINED: dict[TrainDictionary, Dictionary] = {}
"""The newest few dictionaries trained in this process: each takes tens of megabytes."""

_SAID: dict[TrainDictionary, str] = {}
"""What became of trainings that were stopped."""

MIKIT_SCRIPT = """\
import mikit

model = mikit.load({model!r})
study = mikit.TrainDictionary(
    model=model.ref, site=mikit.Site({site}){fields},
    texts={texts},
)
result = mikit.run_study(study)
for name in ("held-out fvu", "held-out l0", "held-out dead"):
    print(result.frame(name))
print(study.dictionary())
"""
