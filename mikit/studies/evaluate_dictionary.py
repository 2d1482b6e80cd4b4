"""How good a dictionary is on each kind of text, beside random directions and a model that learned nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from mikit.methods.intervals import bootstrap
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import flat, random_dictionary, sites, surprises
from mikit.sae.library import SHIPPED, load_dictionary
from mikit.sae.pool import draw
from mikit.studies import code_dictionary
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.cost import held, seconds
from mikit.studies.dictionary import IndexedStudy
from mikit.studies.texts import ORDINARY
from mikit.trace.arrays import Array
from mikit.trace.engine import capture

RUNS = ("own", "spliced", "zero", "mean")
RESAMPLES = 1000
FEWEST = 4
"""Windows of a kind, below which there is no interval."""

Floats = NDArray[np.float64]
Measure = Callable[[Floats], Floats]
"""How often each window is taken, [..., W] -> a number of them together, [..., ...]."""

RANDOM = (
    "As many random directions, with as many features a token and the best scale, on these windows: what any directions"
    " would reach."
)
SCRAMBLED = (
    "The numbers of a dictionary trained in the same way on the same architecture with scrambled weights, measured when"
    " it was made and not here: what a model that learned nothing gives."
)


class EvaluateDictionary(IndexedStudy):
    """Measure a dictionary on windows of held-out text: the first ``windows`` of its index's pool, or of ``texts`` (for
    each kind its texts), else of ordinary sentences; the kinds take turns, and position 0 of each window is left out.
    ``k``: read a TopK dictionary with another number of features a token.

    Grids: ``fvu`` [kind], the share of variance left out; ``l0`` [kind], features that fire on a token; ``dead``
    [kind], the share of features that fired on none of these tokens; ``density`` [feature]; ``cross entropy`` [kind,
    run] in nats a token: the model's own, with the dictionary's output in place of the activation, with zeros, with the
    mean activation of the other windows; ``recovered`` [kind, against], how much of what zeros or the mean cost the
    dictionary gives back. 95 % intervals by bootstrap over windows (NaN below 4). Controls: a random dictionary on the
    same windows; where there is one, the dictionary of a model with scrambled weights, whose numbers are quoted."""

    kind: Literal["evaluate-dictionary"] = "evaluate-dictionary"
    texts: dict[str, tuple[str, ...]] = Field(default={})
    windows: int = Field(default=16, ge=2)
    k: int | None = Field(default=None, ge=1)

    needs: ClassVar[tuple[str, ...]] = ("traced is raw", "batched is single")

    def estimate(self, model: Model) -> Cost:
        lengths = list(map(len, self.inputs(model)))
        kept = 4 * sum(lengths) * (2 * model.spec.d_model + self.dictionary.features)
        logits = 2 * 4 * len(RUNS) * max(lengths) * model.spec.vocab
        return Cost(
            seconds=(2 + len(RUNS)) * seconds(model.spec, sum(lengths)),
            bytes=held(model.spec, max(lengths), len(RUNS)) + kept + logits,
        )

    def inputs(self, model: Model) -> list[Tensor]:
        return [ids for _, ids in self._windows(model)]

    def method(self, model: Model) -> Method:
        return Method(
            sites=tuple(dict.fromkeys(sites(self.fitting(model)))),
            metric="fvu: squared error over squared distance from the mean; cross entropy of tokens 2 on, in nats;"
            " recovered: (broken - spliced) / (broken - own); position 0 keeps its own activation in every run",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        dictionary = self.fitting(model)
        if self.k is not None:
            dictionary = dictionary.with_k(self.k)
        site = sites(dictionary)[1]
        windows = self._windows(model)
        kinds = tuple(kind for kind, _ in windows)
        texts = [Tokens(ids[None], (), ()) for _, ids in windows]
        read: list[Read] = []
        for tokens in texts:
            read.append(_read(model, dictionary, tokens))
            yield None
        random = chance = None
        if not dictionary.config.transcoder:
            random = random_dictionary(dictionary, torch.cat([one.x for one in read]), seed=self.seed)
            chance = Measured.of(random, read, kinds)
        found = Measured.of(dictionary, read, kinds)
        means = _means_of_others([one.y for one in read])
        for n, (tokens, one, mean) in enumerate(zip(texts, read, means, strict=True)):
            outputs = (None, dictionary.reconstruct(one.x), torch.zeros_like(one.y), mean.expand_as(one.y))
            found.losses[n] = surprises(model, tokens, site, one.target, outputs)
            if random and chance:
                yield None
                chance.losses[n] = found.losses[n]
                spliced = surprises(model, tokens, site, one.target, [random.reconstruct(one.x)])
                chance.losses[n, RUNS.index("spliced")] = float(spliced)
            yield self._result(found, chance, (1 + n) / len(texts))

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "nnsight":
            return ""
        show = "\n".join(f'print(result.frame("{name}"))' for name in ("fvu", "l0", "cross entropy", "recovered"))
        return code_dictionary.mikit_script(self, show)

    def _windows(self, model: Model) -> list[tuple[str, Tensor]]:
        """Each window's kind of text, and its ids."""
        index = None if self.texts else self.described()
        pool = index or draw(model, self.texts or {"ordinary sentences": ORDINARY}, self.windows, self.seed)
        rows = zip(pool.kinds, pool.tokens[: self.windows], strict=False)
        return [(kind, torch.from_numpy(ids[ids >= 0]).long()) for kind, ids in rows]

    def _result(self, found: Measured, chance: Measured | None, done: float) -> Result:
        controls = []
        if chance:
            controls.append(Control(name="random dictionary", why=RANDOM, grids=chance.grids(self.seed)))
        if (scrambled := self._scrambled()) is not None:
            controls.append(scrambled)
        tokens = f"{len(found.kinds)} windows, {int(found.tokens.sum())} tokens."
        return Result(
            study=self,
            grids=found.grids(self.seed),
            texts={"notes": (tokens,)},
            controls=tuple(controls),
            done=done,
        )

    def _scrambled(self) -> Control | None:
        """What is declared of the dictionary of a model with scrambled weights, where one comes with mikit."""
        name = f"{self.dictionary.name}-random"
        if name not in SHIPPED or self.k is not None:
            return None
        declared = load_dictionary(name).place.declared
        grids = {
            grid: Grid(values=Array.of(np.array([declared[grid]])), axes={"kind": ("all",)}, unit=unit)
            for grid, unit in UNITS.items()
            if grid in declared
        }
        return Control(name="random model", why=SCRAMBLED, grids=grids)


UNITS = {"fvu": "share of variance", "l0": "features a token", "dead": "share of features"}


class Read(NamedTuple):
    """Of one window: what the dictionary reads, x [position - 1, d_in], what it should give, y [position - 1, d_out],
    and the target as it is, [position, ...]."""

    x: Tensor
    y: Tensor
    target: Tensor


@dataclass(frozen=True)
class Measured:
    """What each of W windows adds to the numbers of a dictionary: counts of ``tokens`` and of ``active`` features [W],
    squared error and square [W], sums [W, d_out], how often each feature ``fired`` [W, F], and summed ``losses`` [W,
    run], NaN until they are known."""

    kinds: tuple[str, ...]
    tokens: Floats
    active: Floats
    left: Floats
    square: Floats
    total: Floats
    fired: Floats
    losses: Floats

    @classmethod
    def of(cls, dictionary: Dictionary, read: Sequence[Read], kinds: tuple[str, ...]) -> Measured:
        parts = []
        for x, y, _ in read:
            features = dictionary.encode(x)
            fires = (features > 0).double()
            error, target = (y - dictionary.decode(features, x)).double(), y.double()
            parts.append(
                {
                    "tokens": len(x),
                    "active": fires.sum(),
                    "left": error.square().sum(),
                    "square": target.square().sum(),
                    "total": target.sum(0),
                    "fired": fires.sum(0),
                }
            )
        columns = {name: np.array([np.asarray(part[name]) for part in parts], np.float64) for name in parts[0]}
        return cls(kinds=kinds, losses=np.full((len(read), len(RUNS)), np.nan), **columns)

    def grids(self, seed: int) -> dict[str, Grid]:
        names = tuple(dict.fromkeys(self.kinds))
        kinds = ("all", *names) if len(names) > 1 else ("all",)
        within = [np.array([kind in ("all", one) for one in self.kinds]) for kind in kinds]
        known = np.isfinite(self.losses).all(1)
        kind, n = {"kind": kinds}, len(kinds)

        def grid(measures: Sequence[Measure], unit: str, axes: dict[str, tuple[str, ...]], of: list[Floats]) -> Grid:
            found = [_bootstrapped(measure, rows, seed) for measure, rows in zip(measures, of, strict=True)]
            value, low, high = np.stack(found, axis=1)
            return Grid(values=Array.of(value), axes=axes, unit=unit, low=Array.of(low), high=Array.of(high))

        whole = [rows.astype(np.float64) for rows in within]
        heard = [(rows & known).astype(np.float64) for rows in within]
        silent = np.stack([(rows @ self.fired == 0).mean() for rows in whole])
        return {
            "fvu": grid([self._fvu(rows) for rows in whole], UNITS["fvu"], kind, whole),
            "l0": grid([self._l0] * n, UNITS["l0"], kind, whole),
            "dead": Grid(values=Array.of(silent), axes=kind, unit=UNITS["dead"]),
            "density": Grid(
                values=Array.of(self.fired.sum(0) / self.tokens.sum()),
                axes={"feature": tuple(map(str, range(self.fired.shape[1])))},
                unit="share of tokens",
            ),
            "cross entropy": grid([self._entropy] * n, "nats a token", kind | {"run": RUNS}, heard),
            "recovered": grid([self._recovered] * n, "share of what it costs", kind | {"against": RUNS[2:]}, heard),
        }

    def _fvu(self, rows: Floats) -> Measure:
        """The mean is that of all ``rows`` also where windows are drawn anew: fewer different ones vary less."""
        mean = (rows @ self.total) / (rows @ self.tokens)
        variance = self.square - 2 * self.total @ mean + self.tokens * (mean @ mean)
        return lambda counts: (counts @ self.left) / (counts @ variance)

    def _l0(self, counts: Floats) -> Floats:
        found: Floats = (counts @ self.active) / (counts @ self.tokens)
        return found

    def _entropy(self, counts: Floats) -> Floats:
        found: Floats = (counts @ np.nan_to_num(self.losses)) / (counts @ (self.tokens - 1))[..., None]
        return found

    def _recovered(self, counts: Floats) -> Floats:
        own, spliced, *broken = np.moveaxis(self._entropy(counts), -1, 0)
        return np.stack([(worse - spliced) / (worse - own) for worse in broken], axis=-1)


def _bootstrapped(measure: Measure, rows: Floats, seed: int) -> Floats:
    """A measure of the windows ``rows`` [W] (1 or 0), and the range that holds 95 % of it when as many are drawn from
    them with replacement: [3, ...]. NaN where there are none, or too few for a range."""
    with np.errstate(invalid="ignore", divide="ignore"):
        value = measure(rows)
        if rows.sum() < FEWEST:
            return np.stack([value, np.full_like(value, np.nan), np.full_like(value, np.nan)])
        return np.stack([value, *bootstrap(measure, rows, seed, RESAMPLES)])


def _read(model: Model, dictionary: Dictionary, tokens: Tokens) -> Read:
    source, target = sites(dictionary)
    values = capture(model, tokens, {source, target})
    x, y = (flat(values[site])[0, 1:].cpu() for site in (source, target))
    return Read(x, y, values[target][0].cpu())


def _means_of_others(values: Sequence[Tensor]) -> list[Tensor]:
    """For each window the mean activation over all others, [d_out]."""
    sums, counts = torch.stack([y.sum(0) for y in values]), torch.tensor([len(y) for y in values])
    return list((sums.sum(0) - sums) / (counts.sum() - counts)[:, None])
