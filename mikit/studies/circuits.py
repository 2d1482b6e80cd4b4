"""What the studies of edges share: a circuit as data, what goes along the edges that are cut, the scores of all edges,
and shares of a measure over several pairs."""

from __future__ import annotations

import math
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar, Literal
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator
from torch import Tensor

from mikit.circuits.edges import edge_scores
from mikit.circuits.faithfulness import LEAST, Ends, Run, ends
from mikit.circuits.run_edges import BYTES, COST, against_prompt, against_texts, measured
from mikit.circuits.sets import check_count, strongest
from mikit.errors import BadCircuit, BadMetric, ShapeMismatch, UnknownSite
from mikit.methods.intervals import jackknife, mean_interval
from mikit.methods.metrics import logit_difference
from mikit.models.model import Model, Spec
from mikit.models.tokens import Tokens
from mikit.studies import cost
from mikit.studies.base import Control, Cost, Grid, Study
from mikit.studies.pairs import PairStudy, PromptPair, ReadPair
from mikit.studies.texts import ORDINARY
from mikit.trace.arrays import Array
from mikit.trace.graph import Graph, graph_of
from mikit.trace.sites import Site, check

Against = Literal["other prompt", "mean", "resample"]
Floats = NDArray[np.float64]
NEEDS = ("residual identity", "heads sum", "traced is raw", "batched is single", "short pass")
LOGITS, SHARE = "logits", "share of the logit difference"
LIGHTER = "Use shorter prompts, or fewer pairs."
MEASURE = "logit difference: the answer's logit less the foil's, at the last position"
RANKED = "edges ranked on these same pairs, against the changed prompt; intervals leave out what others would rank"
BACKWARD = 4
"""How many times as long as a plain pass one with slopes and their products takes."""
HELD = 7
"""How many times what all senders write in one text is held at a time while it is read (measured)."""
SCORED_AT_MOST = 64
"""Pairs whose scores are kept, 0.6 MB each for smollm2-135m."""
_SCORES: WeakKeyDictionary[Model, dict[tuple[str, str, str, str, int], Tensor]] = WeakKeyDictionary()


class RankedCircuit(BaseModel):
    """The ``count`` edges of highest score by EAP-IG in ``ig_steps`` steps (1: EAP), the mean over the study's pairs;
    ``absolute``: of largest score, whichever way."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["ranked"] = "ranked"
    count: int = Field(ge=1)
    ig_steps: int = Field(default=5, ge=1, le=100)
    absolute: bool = False

    def edges(self, model: Model, scores: Tensor | None = None) -> Tensor:
        """[receiver, sender], bool, from scores of that shape. Raises BadCircuit, ShapeMismatch."""
        assert scores is not None, "a ranked circuit is made of scores"
        return strongest(graph_of(model.spec), scores.abs() if self.absolute else scores, self.count)


class PartsCircuit(BaseModel):
    """All edges between these parts, the embedding and the logits. Parts are heads and MLPs: "L18H6", "L18 MLP". A
    head's k and v are those of its key-value head."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["parts"] = "parts"
    parts: tuple[str, ...]

    @field_validator("parts")
    @classmethod
    def _some(cls, parts: tuple[str, ...]) -> tuple[str, ...]:
        if not parts:
            raise BadCircuit("The circuit has no part, so there is nothing to test. Choose at least one head or MLP.")
        return tuple(dict.fromkeys(parts))

    def edges(self, model: Model, scores: Tensor | None = None) -> Tensor:
        """[receiver, sender], bool. Raises UnknownSite."""
        graph = graph_of(model.spec)
        sends = torch.zeros(len(graph.senders), dtype=torch.bool)
        reads = torch.zeros(len(graph.receivers), dtype=torch.bool)
        sends[0] = reads[-1] = True
        for name in self.parts:
            part = part_of(name, model.spec)
            sends[sender_of(graph, part)] = True
            reads[graph.made_of(part)] = True
        return graph.edges & reads[:, None] & sends[None]


class EdgeCircuit(BaseModel):
    """The edges that are 1 in ``mask``, uint8 [receiver, sender], in the order of ``mikit.trace.graph.graph_of``."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["edges"] = "edges"
    mask: Array

    def edges(self, model: Model, scores: Tensor | None = None) -> Tensor:
        """[receiver, sender], bool. Raises ShapeMismatch, BadCircuit."""
        graph = graph_of(model.spec)
        if self.mask.shape != tuple(graph.edges.shape):
            raise ShapeMismatch(
                f"The mask has shape {self.mask.shape}; this model's edges need {tuple(graph.edges.shape)}: receivers,"
                " senders."
            )
        numbers = torch.from_numpy(self.mask.numpy().astype(np.float64))
        if len(odd := numbers[(numbers != 0) & (numbers != 1)]):
            raise BadCircuit(
                f"A mask holds 1 for each edge that is kept and 0 for all others; this one has {odd[0]:g}."
            )
        kept = numbers == 1
        if not kept.any():
            raise BadCircuit("The circuit has no edge, so there is nothing to test. Keep at least one.")
        if len(wrong := (kept & ~graph.edges).nonzero()):
            receiver, sender = wrong[0].tolist()
            raise BadCircuit(
                f"The mask keeps {len(wrong)} edges that do not exist, the first of them"
                f" '{edge_name(graph, receiver, sender)}': a part reads only parts before it."
            )
        return kept


Circuit = Annotated[RankedCircuit | PartsCircuit | EdgeCircuit, Field(discriminator="kind")]


class CircuitStudy(PairStudy, Study):
    """Along the edges of a circuit goes what their senders write in the original prompt's run, along all others what
    they wrote in the changed prompt's (``against`` "other prompt"), the mean over ordinary texts, or draws from them
    ("resample"). Pairs may be of different lengths. The measure is the logit difference, its mean over the pairs."""

    against: Against = "other prompt"

    needs: ClassVar[tuple[str, ...]] = NEEDS
    lighter: ClassVar[str] = LIGHTER

    def running(self, model: Model, pair: ReadPair) -> Generator[None, None, Run]:
        """What runs circuits on one pair; can be stopped between the traces that prepare it. Raises WrongDtype,
        EmptyText, Busy."""
        if self.against == "other prompt":
            setting = against_prompt(model, pair.clean, pair.corrupt)
            yield None
        else:
            for setting in against_texts(model, pair.clean, _ordinary(model), self.against, self.seed):  # noqa: B007
                yield None
        return partial(measured, model, setting, difference(pair), cost.budget(model.spec))

    def bounded(
        self, model: Model, pair: ReadPair, before: Sequence[Ends] = ()
    ) -> Generator[None, None, tuple[Run, Ends]]:
        """What runs circuits on one pair, and the measure with all edges and with none. Raises BadMetric, with the last
        pair also where all of them, those of the pairs ``before`` among them, cancel."""
        run = yield from self.running(model, pair)
        between = ends(run, graph_of(model.spec))
        pooled = Pooled.of([*before, between])
        if len(pooled.whole) == len(self.pairs) and pooled.cancels:
            raise BadMetric(
                f"The pairs point opposite ways and cancel: their mean metric is {pooled.whole.mean():+.4f} with all"
                f" edges and {pooled.none.mean():+.4f} with none, so there is no difference for a circuit to keep a"
                " share of. Swap answer and foil where they point the other way, or take other pairs."
            )
        yield None
        return run, between

    def inputs(self, model: Model) -> list[Tensor]:
        texts = [] if self.against == "other prompt" else [tokens.ids[0] for tokens in _ordinary(model)]
        return [*super().inputs(model), *texts]

    def cost_of(self, model: Model, circuits: int, *, at_hand: int = 1) -> Cost:
        """Of running so many sets of edges on every pair, of which so many are at hand at a time."""
        pairs = [(pair.clean.ids.shape[1], self._since(pair)) for pair in self.read(model)]
        texts = [] if self.against == "other prompt" else [tokens.ids.shape[1] for tokens in _ordinary(model)]
        return cost_of_runs(model, pairs, circuits, texts, at_hand)

    @property
    def cut(self) -> str:
        """What cut edges carry, in words."""
        return {
            "other prompt": "the changed prompt's values",
            "mean": "the mean over ordinary texts",
            "resample": "values drawn from ordinary texts",
        }[self.against]

    def _since(self, pair: ReadPair) -> int:
        return pair.first if self.against == "other prompt" else 1


def part_name(site: Site) -> str:
    """A sender or receiver in a few letters: "embedding", "L18H6", "L18 MLP", "logits"; "L18H6 q" for what a head
    reads."""
    if site.name in ("resid_pre", "logits"):
        return "embedding" if site.name == "resid_pre" else "logits"
    if site.name in ("mlp_in", "mlp_out"):
        return f"L{site.layer} MLP"
    return f"L{site.layer}H{site.head}" if site.name == "z" else str(site)


def edge_name(graph: Graph, receiver: int, sender: int) -> str:
    """An edge by its places in the graph: "L17H3 > L18H2 k"."""
    return f"{part_name(graph.senders[sender])} > {part_name(graph.receivers[receiver])}"


def part_of(name: str, spec: Spec) -> Site:
    """The sender of that name, a head or an MLP. Raises UnknownSite."""
    found = re.fullmatch(r"L(\d+)(?:H(\d+)| MLP)", name)
    if found is None:
        raise UnknownSite(
            f"There is no part called '{name}'. A part is a head, such as L{spec.layers - 1}H0, or an MLP, such as"
            f" L{spec.layers - 1} MLP; embedding and logits belong to every circuit."
        )
    layer, head = found.groups()
    site = Site(name="mlp_out", layer=int(layer)) if head is None else Site(name="z", layer=int(layer), head=int(head))
    check(site, spec)
    return site


def sender_of(graph: Graph, part: Site) -> int:
    """The place of a head or an MLP among the senders."""
    assert part.layer is not None, "every part has a layer"
    first: int = graph.sent_by(part.name, part.layer).start
    return first + (part.head or 0)


def difference(pair: ReadPair) -> partial[Tensor]:
    """The measure of a pair: logits [rows, vocab] -> [rows]."""
    return partial(logit_difference, answer=pair.answer, foil=pair.foil)


def scored(model: Model, pairs: Sequence[PromptPair], steps: int) -> Iterator[Tensor]:
    """Edge scores of the pairs so far, [pair, receiver, sender], in logits: yields after each trace, the last time with
    all pairs scored. What was scored before is not scored again. Raises BadPair, NotOneToken, EmptyText, TooLong,
    WrongDtype, Busy."""
    kept, done = _SCORES.setdefault(model, {}), list[Tensor]()
    for pair in pairs:
        key = _key(pair, steps)
        if key not in kept:
            read = pair.read(model)
            for now in edge_scores(model, read.clean, read.corrupt, difference(read), steps=steps):
                yield torch.stack([*done, now])
            while len(kept) >= SCORED_AT_MOST:
                del kept[next(iter(kept))]
            kept[key] = now
        done.append(kept[key])
    yield torch.stack(done)


def ranking(model: Model, pairs: Sequence[PromptPair], steps: int) -> Generator[None, None, Tensor]:
    """The mean of ``scored`` over all pairs, [receiver, sender]; can be stopped between its traces."""
    found = torch.empty(0)
    for found in scored(model, pairs, steps):  # noqa: B007  # the last one counts
        yield None
    return found.mean(0)


def edges_of(circuit: Circuit, model: Model, pairs: Sequence[PromptPair]) -> Generator[None, None, Tensor]:
    """A circuit's edges [receiver, sender], bool; can be stopped between the traces that rank them. Raises BadCircuit,
    ShapeMismatch, UnknownSite."""
    if circuit.kind != "ranked":
        return circuit.edges(model)
    check_count(graph_of(model.spec), circuit.count)
    scores = yield from ranking(model, pairs, circuit.ig_steps)
    return circuit.edges(model, scores)


@dataclass(frozen=True)
class Pooled:
    """Shares of several pairs as a share of their mean measure: a pair counts by its difference, ``whole`` less
    ``none`` [pair]. NaN where these cancel."""

    whole: Floats
    none: Floats

    @classmethod
    def of(cls, between: Sequence[Ends]) -> Pooled:
        return cls(np.array([each.whole for each in between]), np.array([each.none for each in between]))

    @property
    def cancels(self) -> bool:
        """Whether there is nothing between the mean measures to take shares of."""
        return abs(float((self.whole - self.none).mean())) < LEAST

    def values(self, shares: Floats) -> Floats:
        """The measure of shares, both [pair, ...]."""
        beside = (-1, *[1] * (shares.ndim - 1))
        return self.none.reshape(beside) + shares * (self.whole - self.none).reshape(beside)

    def share(self, shares: Floats) -> Floats:
        """Of shares [pair, ...] that of the mean measure, [...]."""
        if self.cancels:
            return np.full(shares.shape[1:], np.nan)
        return np.average(shares, axis=0, weights=self.whole - self.none)

    def left_out(self, shares: Floats) -> Floats | None:
        """``share`` without each pair in turn, [pair, ...]; None for a single pair, and where any of these cancels."""
        others = ~np.eye(len(shares), dtype=bool)
        folds = [Pooled(self.whole[some], self.none[some]) for some in others]
        if len(folds) < 2 or any(fold.cancels for fold in folds):
            return None
        return np.stack([fold.share(shares[some]) for fold, some in zip(folds, others, strict=True)])

    def grid(self, shares: Floats, axes: dict[str, tuple[str, ...]]) -> Grid:
        """``share`` as a grid, with an interval where there are several pairs."""
        return jackknifed(self.share(shares), self.left_out(shares), axes, SHARE)


def jackknifed(whole: Floats, left_out: Floats | None, axes: dict[str, tuple[str, ...]], unit: str) -> Grid:
    """A measure of all pairs [...], with its 95 % interval from the same without each pair in turn, [pair, ...]."""
    low, high = (None, None) if left_out is None else (Array.of(x) for x in jackknife(whole, left_out))
    return Grid(values=Array.of(whole), axes=axes, unit=unit, low=low, high=high)


def range_grid(draws: Floats, axes: dict[str, tuple[str, ...]], unit: str) -> Grid:
    """The mean over draws [draw, ...] and their range, of those that are there; NaN where none is."""
    low, high = np.fmin.reduce(draws), np.fmax.reduce(draws)
    return Grid(
        values=Array.of(mean_interval(draws).value), axes=axes, unit=unit, low=Array.of(low), high=Array.of(high)
    )


def random_circuits_control(grids: dict[str, Grid], draws: int, seed: int) -> Control:
    why = f"{draws} circuits of as many edges, random ways through the model (seed {seed}): their mean and their range."
    return Control(name="random circuits", why=why, grids=grids)


def one_after_the_other(*costs: Cost) -> Cost:
    """The cost of all, of which one is held at a time."""
    return Cost(seconds=sum(cost.seconds for cost in costs), bytes=max(cost.bytes for cost in costs))


def cost_of_circuit(circuit: Circuit, model: Model, pairs: Sequence[PromptPair]) -> Cost:
    """Of finding a circuit's edges."""
    return cost_of_scores(model, pairs, circuit.ig_steps) if circuit.kind == "ranked" else Cost(seconds=0, bytes=0)


def cost_of_scores(model: Model, pairs: Sequence[PromptPair], steps: int) -> Cost:
    """Of scoring all edges on these pairs: no time where it has been done."""
    fixed, per_token = cost.speed(model)
    spec, graph = model.spec, graph_of(model.spec)
    kept = _SCORES.get(model, {})
    left = [pair.read(model).clean.ids.shape[1] for pair in pairs if _key(pair, steps) not in kept]
    scores = 4 * graph.edges.numel() * (len(pairs) + 3)
    if not left:
        return Cost(seconds=0, bytes=scores)
    longest = max(left)
    written = HELD * 4 * len(graph.senders) * spec.d_model * longest
    took = sum((2 + BACKWARD * steps) * (fixed + per_token * length) for length in left)
    return Cost(seconds=took, bytes=scores + written + spec.layers * cost.held_a_layer(spec, longest))


def cost_of_runs(
    model: Model, lengths: Sequence[tuple[int, int]], circuits: int, texts: Sequence[int] = (), at_hand: int = 1
) -> Cost:
    """Of running ``circuits`` sets of edges on prompts, each of so many tokens, from a position on. ``texts``: lengths
    of those whose values cut edges carry; ``at_hand``: prompts that are held at a time."""
    fixed, per_token = cost.speed(model)
    spec = model.spec
    a_token = 4 * len(graph_of(spec).senders) * spec.d_model
    took, largest, held = 0.0, 0, 0
    for length, since in lengths:
        took += (2 + len(texts)) * (fixed + per_token * length) + sum(2 * (fixed + per_token * n) for n in texts)
        tokens = max(1, length - since)
        rows = max(1, min(int(cost.budget(spec) / (COST * spec.layers * tokens)), BYTES // (a_token * tokens)))
        took += math.ceil(circuits / rows) * fixed + circuits * COST * per_token * tokens
        largest = max(
            largest, 3 * a_token * length, HELD * a_token * max(texts, default=0), 2 * rows * a_token * tokens
        )
        held = max(held, a_token * tokens)
    return Cost(seconds=took, bytes=at_hand * held + largest)


def _key(pair: PromptPair, steps: int) -> tuple[str, str, str, str, int]:
    """What scores depend on."""
    return (pair.clean, pair.corrupt, pair.answer, pair.foil, steps)


def _ordinary(model: Model) -> list[Tokens]:
    return [model.tokens(text) for text in ORDINARY]
