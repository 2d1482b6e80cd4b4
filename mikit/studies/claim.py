"""A claim about what a model answers, held to a rule that was locked before the first run."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator
from torch import Tensor

from mikit.errors import BadClaim
from mikit.methods.intervals import Floats, mean_interval
from mikit.methods.metrics import logit_difference
from mikit.methods.rules import (
    POWER,
    Told,
    Verdict,
    judge,
    judge_all,
    share_interval,
    together,
    told_of_mean,
    told_of_share,
)
from mikit.models.model import Model
from mikit.studies import code_claim, cost
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study
from mikit.studies.names import NAMES, TEMPLATES, changed, couples
from mikit.studies.prompts import token_ids
from mikit.trace.arrays import Array
from mikit.trace.engine import run
from mikit.trace.sites import Site

Access = Literal["weights", "API only", "a paper"]
Measure = Literal["share right", "mean logit difference"]
UNITS: dict[Measure, str] = {"share right": "share of prompts", "mean logit difference": "logits"}
CODES: dict[Verdict, int] = {"rule met": 1, "cannot tell": 0, "rule not met": -1}
CODE_UNIT = "verdict: 1 met, 0 cannot tell, -1 not met"
SIDES = ("at least", "at most")

OFFERED = (
    TEMPLATES[0],
    "{IO} went to the store. {S} went there too. {S} gave a drink to",
    "When {IO} and {S} went to the store, a drink was given by {S} to",
    "{S} gave {IO} a drink at the store. The drink was given to",
    "{IO} was given a drink by {S} at the store. The drink was given to",
    *TEMPLATES[1:],
)
"""Wordings to begin from; in each, {S} gives and {IO} receives."""

CANNOT_TEST: dict[Access, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "weights": ((), ()),
    "API only": (
        (
            "mikit ran nothing. Through an API one sees texts, at most a few probabilities; nobody outside can tell"
            " which weights answered, or whether they are the same tomorrow.",
            "mikit cannot test what happens inside: no logits of all tokens, no activations, no patching.",
        ),
        (
            "The weights, or someone who has them and runs this page.",
            "Failing that: all prompts and all answers with date, model name, sampling settings and the log"
            " probabilities of both names. From these the shares of this page can be counted, but not replayed.",
        ),
    ),
    "a paper": (
        (
            "mikit ran nothing. A paper says what was found with its prompts on its model; no run here can say whether"
            " it was.",
        ),
        (
            "The weights by their hash, every prompt, the rule and when it was fixed, and the number behind each mean.",
            "With the weights: choose that access and run the paper's wordings beside others.",
        ),
    ),
}
"""What mikit cannot test, and what would be needed, by access."""


class NameList(BaseModel):
    """Names to draw couples from; each is one token after a space."""

    model_config = ConfigDict(frozen=True)

    name: str
    names: tuple[str, ...]


LISTS = (
    NameList(name="English names", names=NAMES),
    NameList(
        name="names from many languages",
        names=(
            "Maria", "Carlos", "Ahmed", "Omar", "Wei", "Ming", "Ivan", "Boris",
            "Raj", "Kumar", "Juan", "Diego", "Sofia", "Hassan", "Pierre", "Marie",
        ),
    ),
)  # fmt: skip


class Rule(BaseModel):
    """In every wording, with every name list, ``measure`` is at least ``at_least``: a share of prompts in which the
    answer is right, or a mean logit difference."""

    model_config = ConfigDict(frozen=True)

    measure: Measure = "share right"
    at_least: float = Field(default=0.75, allow_inf_nan=False)

    @property
    def says(self) -> str:
        if self.measure == "share right":
            return f"in every wording, with every name list, at least {percent(self.at_least)} of the prompts are right"
        return f"in every wording, with every name list, the mean logit difference is at least {self.at_least:+.2f}"


class Earlier(BaseModel):
    """A claim that was locked on the same page before this one, and what came of it."""

    model_config = ConfigDict(frozen=True)

    locked_at: str
    claim: str
    rule: str
    verdict: str


class CheckClaim(Study):
    """Whether a rule about name prompts holds in every wording and with every name list. {IO} is the name that is
    right, {S} the other. ``n`` couples a cell are drawn by ``seed``, the same for all wordings; the prompt is right
    where the logit of {IO} is above that of {S} at the last position.

    ``locked_at`` is the UTC time at which all of this was fixed; without it nothing runs. With access to no weights
    nothing runs either, and the texts say what is missing.

    Grids [wording, names]: ``right`` with exact intervals, ``logit difference`` with Student's t intervals (95 % for
    all cells together), ``n``, ``verdict``; ``told`` [wording, names, side]: the nearest true values that n could have
    told from the bar. Controls: the changed prompt, where the other name is right; a coin for which name is right."""

    kind: Literal["claim"] = "claim"
    claim: str
    access: Access = "weights"
    wordings: tuple[str, ...] = OFFERED[:3]
    names: tuple[NameList, ...] = LISTS
    n: int = Field(default=32, ge=2, le=1000)
    rule: Rule = Rule()
    locked_at: str = ""
    earlier: tuple[Earlier, ...] = ()

    needs: ClassVar[tuple[str, ...]] = ("traced is raw", "batched is single")

    @field_validator("claim")
    @classmethod
    def _something_is_claimed(cls, claim: str) -> str:
        if not claim.strip():
            raise BadClaim("No claim is written down. Write one sentence that could turn out wrong.")
        return claim.strip()

    @field_validator("wordings")
    @classmethod
    def _wordings_name_both(cls, wordings: tuple[str, ...]) -> tuple[str, ...]:
        for wording in wordings:
            _refuse_wording(wording)
        return _once(wordings, "wording")

    @field_validator("names")
    @classmethod
    def _lists_have_names(cls, lists: tuple[NameList, ...]) -> tuple[NameList, ...]:
        _once([one.name for one in lists], "name list")
        for one in lists:
            _once(one.names, f"name in '{one.name}'")
        return lists

    @field_validator("locked_at")
    @classmethod
    def _a_time(cls, locked_at: str) -> str:
        try:
            utc = not locked_at or datetime.fromisoformat(locked_at).utcoffset() == timedelta(0)
        except ValueError:
            utc = False
        if not utc:
            raise BadClaim(f"The time of locking is {locked_at!r}; it should be ISO 8601 in UTC, 2026-01-31T12:00:00Z.")
        return locked_at

    @property
    def stamps(self) -> tuple[str, ...]:
        """What the figures must carry where there is no second wording or list to compare with."""
        alone = {"one wording": len(self.wordings), "one name list": len(self.names)}
        return tuple(stamp for stamp, count in alone.items() if count == 1)

    @property
    def couples(self) -> list[list[tuple[str, str]]]:
        """``n`` couples (IO, S) of each name list. Raises BadClaim where a list has too few."""
        return [_couples(one, self.n, self.seed) for one in self.names]

    def estimate(self, model: Model) -> Cost:
        lengths = [len(ids) for ids in self.inputs(model)]
        if not lengths:
            return Cost(seconds=0, bytes=0)
        fixed, per_token = cost.speed(model)
        traces = sum(lengths) / _tokens_a_trace(model)
        rows = max(1, _tokens_a_trace(model) // max(lengths))
        return Cost(
            seconds=fixed * traces + per_token * sum(lengths), bytes=cost.held(model.spec, max(lengths), rows=rows)
        )

    def inputs(self, model: Model) -> list[Tensor]:
        if self.access != "weights":
            return []
        return [model.tokens(text).ids[0] for cell in self.cells() for text in (*cell.prompts, *cell.changed)]

    def method(self, model: Model) -> Method:
        if self.access != "weights":
            return Method(sites=(), metric="none: nothing was run")
        return Method(
            sites=(Site(name="logits", position=-1),),
            metric=f"{self.rule.measure} ({UNITS[self.rule.measure]}): logit of {{IO}} less logit of {{S}}, right where"
            " above 0",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        if not self.locked_at:
            raise BadClaim("This claim is not locked. Lock the wordings, the names and the rule before the first run.")
        if self.access != "weights":
            cannot, needed = CANNOT_TEST[self.access]
            yield Result(study=self, grids={}, texts={"cannot test": cannot, "needed": needed, "stamps": self.stamps})
            return
        cells = self.cells()
        found = [Found([], []) for _ in cells]
        for cell, here in zip(cells, found, strict=True):
            pairs = [token_ids(model, f" {io}", f" {s}") for io, s in cell.couples]
            for texts, differences in ((cell.prompts, here.original), (cell.changed, here.changed)):
                for chunk in self._measured(model, texts, pairs, differences):
                    differences[:] = chunk
                    yield self._result(cells, found, done=_done(found, self.n))

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_claim.script(self, model, flavour)

    def cells(self) -> list[Cell]:
        """One a wording and name list, the wordings in their order. Raises BadClaim."""
        drawn = list(zip(self.names, self.couples, strict=True))
        return [Cell(wording, one.name, couples) for wording in self.wordings for one, couples in drawn]

    def _measured(
        self, model: Model, texts: Sequence[str], pairs: Sequence[tuple[int, int]], before: list[float]
    ) -> Iterator[list[float]]:
        """The logit differences so far, in the order of ``texts``, after each short trace; NaN is not measured yet.
        Prompts of one length go together, and none is padded."""
        ids = [model.tokens(text).ids[0] for text in texts]
        found = [float("nan")] * len(texts)
        for length in sorted({len(one) for one in ids}):
            same = [i for i, one in enumerate(ids) if len(one) == length]
            rows = max(1, _tokens_a_trace(model) // length)
            for first in range(0, len(same), rows):
                batch = same[first : first + rows]
                logits = run(model, model.tokens_from(torch.stack([ids[i] for i in batch])), [[] for _ in batch])
                for i, row in zip(batch, logits, strict=True):
                    found[i] = float(logit_difference(row, *pairs[i]))
                yield found

    def _result(self, cells: Sequence[Cell], found: Sequence[Found], done: float) -> Result:
        original = np.array([_padded(one.original, self.n) for one in found])
        changed = np.array([_padded(one.changed, self.n) for one in found])
        judged = [self._judged(row, len(cells)) for row in original]
        verdict = judge_all([one.verdict for one in judged]) if done == 1 else None
        coin = torch.rand(original.shape, generator=torch.Generator().manual_seed(self.seed)).numpy() < 0.5
        shape = {"wording": self.wordings, "names": tuple(one.name for one in self.names)}

        def grid(values: Sequence[float] | NDArray[np.floating], unit: str) -> Grid:
            axes = dict(shape)
            array = np.asarray(values, np.float32)
            if array.ndim == 2:
                axes["side"] = SIDES
            return Grid(values=Array.of(array.reshape([len(x) for x in axes.values()])), axes=axes, unit=unit)

        texts: dict[str, tuple[str, ...]] = {
            "stamps": self.stamps,
            "examples": tuple(cell.prompts[0] for cell in cells),
        }
        if verdict is not None:
            texts |= {"verdict": (in_words(verdict, self.n),), "told": (self._told(judged),)}
            texts["cells"] = tuple(self._in_words(cell, one) for cell, one in zip(cells, judged, strict=True))
            texts |= {"average": (_average(original),), "not shown": self._not_shown()}
        return Result(
            study=self,
            grids=_measures(original, shape)
            | {
                "n": grid(np.isfinite(original).sum(1), "prompts"),
                "verdict": grid([CODES[one.verdict] for one in judged], CODE_UNIT),
                "told": grid(np.array([one.told for one in judged]), UNITS[self.rule.measure]),
            },
            texts=texts,
            controls=(
                Control(
                    name="changed prompts",
                    why="The last {S} became {IO} (a wording that names {S} once: both exchanged), so the other name is"
                    " right; counted as if it were not.",
                    grids=_measures(changed, shape),
                ),
                Control(
                    name="shuffled answers",
                    why=f"Which of the two names counts as right is drawn by a coin (seed {self.seed}): what chance"
                    " gives.",
                    grids=_measures(np.where(coin, -original, original), shape),
                ),
            ),
            done=done,
        )

    def _judged(self, differences: Floats, cells: int) -> Judged:
        """What the rule says of one cell, and what its n could have told. A cell that is not whole is not judged."""
        bar, confidence = self.rule.at_least, together(cells)
        if not np.isfinite(differences).all():
            return Judged("cannot tell", Told(np.nan, np.nan))
        if self.rule.measure == "share right":
            _, low, high = _share(differences, confidence)
            return Judged(judge(low, high, bar), told_of_share(self.n, bar, confidence))
        _, low, high = _mean(differences, confidence)
        return Judged(judge(low, high, bar), told_of_mean(differences, bar, confidence))

    def _in_words(self, cell: Cell, one: Judged) -> str:
        return f"{cell.wording} | {cell.names}: {in_words(one.verdict, self.n)}"

    def _told(self, judged: Sequence[Judged]) -> str:
        """The smallest deviation that every cell could have shown."""
        told = np.array([one.told for one in judged])
        above, below = told[:, 0].max(), told[:, 1].min()  # the worst cell; NaN where one has none
        bar = self._number(self.rule.at_least)
        up = "no true value" if np.isnan(above) else f"a true value of {self._number(above)} or more"
        down = "none" if np.isnan(below) else f"one of {self._number(below)} or less"
        return (
            f"With n = {self.n} in a cell and a bar of {bar}, {up} would have given 'rule met' there with"
            f" {percent(POWER)} chance, and {down} 'rule not met'. Anything between, this n could not have told from"
            " the bar."
        )

    def _number(self, value: float) -> str:
        return percent(value) if self.rule.measure == "share right" else f"{value:+.2f} logits"

    def _not_shown(self) -> tuple[str, ...]:
        lines = [
            "Other wordings, other names, other models and other tasks: one more wording can turn the verdict.",
            "Why the model answers so. The slider changes one value in one pair of prompts.",
            "That the prompts are a fair sample of what people write: they were chosen.",
        ]
        if self.stamps:
            lines.insert(0, f"Whether it depends on how one asks: {' and '.join(self.stamps)} was tried.")
        if self.earlier:
            lines.append(f"{len(self.earlier)} other claims were locked on this page before; the record lists them.")
        return tuple(lines)


class Cell(NamedTuple):
    """One wording with one name list."""

    wording: str
    names: str
    couples: list[tuple[str, str]]

    @property
    def prompts(self) -> list[str]:
        return [self.wording.format(IO=io, S=s) for io, s in self.couples]

    @property
    def changed(self) -> list[str]:
        """The other name is right: the last {S} becomes {IO}; where {S} stands once, the two are exchanged."""
        if self.wording.count("{S}") == 1:
            return [self.wording.format(IO=s, S=io) for io, s in self.couples]
        return [changed(self.wording).format(IO=io, S=s) for io, s in self.couples]


class Found(NamedTuple):
    """Logit differences of a cell, prompt by prompt; empty: not begun."""

    original: list[float]
    changed: list[float]


class Judged(NamedTuple):
    verdict: Verdict
    told: Told


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def in_words(verdict: Verdict, n: int) -> str:
    return f"cannot tell at n = {n}" if verdict == "cannot tell" else verdict


def _refuse_wording(wording: str) -> None:
    """Raises BadClaim for a wording that cannot be filled in, or whose end would mislead the model."""
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(wording) if field is not None]
    except ValueError:
        fields = ["?"]
    if strange := sorted(set(fields) - {"IO", "S"}):
        raise BadClaim(f"The wording {wording!r} has {{{strange[0]}}}. Only {{IO}} and {{S}} can be filled in.")
    if missing := [name for name in ("IO", "S") if name not in fields]:
        raise BadClaim(
            f"The wording {wording!r} lacks {{{missing[0]}}}. Write {{IO}} where the name that is right stands, and"
            " {S} where the other does."
        )
    if wording != wording.strip():
        raise BadClaim(
            f"The wording {wording!r} begins or ends with a space. A name is a token that brings its own space: end"
            " with the last word before it."
        )


def _once(entries: Sequence[str], what: str) -> tuple[str, ...]:
    if not entries:
        raise BadClaim(f"There is no {what}. Give at least one; two let the figures say whether it matters.")
    if twice := [one for i, one in enumerate(entries) if one in entries[:i]]:
        raise BadClaim(f"The {what} {twice[0]!r} stands there twice. Take one out.")
    return tuple(entries)


def _couples(one: NameList, n: int, seed: int) -> list[tuple[str, str]]:
    drawn = couples(one.names, seed)
    if len(drawn) < n:
        raise BadClaim(
            f"The list '{one.name}' has {len(one.names)} names, which make {len(drawn)} ordered couples; n is {n}."
            " Add names, or lower n."
        )
    return drawn[:n]


def _tokens_a_trace(model: Model) -> int:
    return int(cost.budget(model.spec) / model.spec.layers)


def _padded(values: Sequence[float], n: int) -> Floats:
    return np.array([*values, *[np.nan] * (n - len(values))])


def _done(found: Sequence[Found], n: int) -> float:
    measured = sum(int(np.isfinite(values).sum()) for one in found for values in one if values)
    return measured / (2 * n * len(found))


def _share(values: Floats, confidence: float) -> tuple[float, float, float]:
    if not len(values):
        return np.nan, np.nan, np.nan
    right = int((values > 0).sum())
    return right / len(values), *share_interval(right, len(values), confidence)


def _mean(values: Floats, confidence: float) -> tuple[float, float, float]:
    mean = mean_interval(values, confidence) if len(values) > 1 else None
    if mean is None or mean.low is None or mean.high is None:
        return (float(values[0]) if len(values) else np.nan), np.nan, np.nan
    return float(mean.value), float(mean.low), float(mean.high)


def _measures(differences: Floats, axes: dict[str, tuple[str, ...]]) -> dict[str, Grid]:
    """Both measures of every cell, from logit differences [cell, n]; NaN is not measured yet."""
    size, confidence = [len(labels) for labels in axes.values()], together(len(differences))
    grids = {}
    for name, unit, of in (("right", "share of prompts", _share), ("logit difference", "logits", _mean)):
        three = np.array([of(row[np.isfinite(row)], confidence) for row in differences]).T.reshape(3, *size)
        value, low, high = map(Array.of, three)
        grids[name] = Grid(values=value, low=low, high=high, axes=axes, unit=unit)
    return grids


def _average(differences: Floats) -> str:
    right = differences > 0
    return (
        f"Over all {right.size} prompts {percent(right.mean())} are right: an average, in which the cells from"
        f" {percent(right.mean(1).min())} to {percent(right.mean(1).max())} are no longer to be seen."
    )
