"""The arrays of an index, one feature after the other: examples, test items, a label and its score, tokens promoted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn
from torch.nn import functional

from mikit.errors import ShapeMismatch
from mikit.models.architectures import at
from mikit.models.model import Model, gain
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import sites
from mikit.sae.firings import Bools, Firings, Floats, Ints, Places
from mikit.sae.labels import BANDS, TOKENS, balanced, score_answers
from mikit.sae.pool import Half, Pool

AROUND = 12
"""Tokens shown on either side of a firing."""

BINS = 24
LISTED = 6
"""Promoted tokens, suppressed ones, and negatives of each kind."""

COMPANIONS = 5
FEWEST = 8
"""Firings in each half of the pool, below which a feature gets no label."""

ITEMS = 200
"""Firings, and as many silent places, on which a label is scored."""

GAIN = 0.02
"""A token is part of a label where it is this much more frequent at firings than at silent places."""

_BLOCK = 48_000_000
"""Bytes of logits held at once."""

_CLOSE = 300_000_000
"""Pairs of firings on one token that are counted for co-activation; above it, fewer windows are."""

_STREAM = ("resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post")


def shapes(features: int) -> dict[str, tuple[int, ...]]:
    f, rows = features, (len(BANDS), 3)
    return {
        "density": (f,),
        "peak": (f,),
        "histogram": (f, BINS),
        "edges": (f, 3),
        "shown": (f, *rows),
        "shown_levels": (f, *rows, 2 * AROUND + 1),
        "tests": (f, *rows),
        "negatives": (f, 2 * LISTED),
        "promoted": (f, LISTED),
        "promoted_values": (f, LISTED),
        "suppressed": (f, LISTED),
        "suppressed_values": (f, LISTED),
        "together": (f, COMPANIONS),
        "overlap": (f, COMPANIONS),
        "stability": (f,),
        "label_tokens": (f, TOKENS),
        "label_before": (f,),
        "score": (f, 3),
        "recall": (f, len(BANDS)),
        "shuffled": (f,),
    }


class Description:
    """The arrays of an Index while they are filled."""

    def __init__(self, model: Model, dictionary: Dictionary, pool: Pool, firings: Firings, seed: int) -> None:
        self.model, self.dictionary, self.pool, self.firings, self.seed = model, dictionary, pool, firings, seed
        self.features = dictionary.config.features
        self.directions = directions_of(dictionary)
        self.arrays: dict[str, NDArray[Any]] = {
            name: np.full(shape, *_EMPTY.get(name, (np.nan, np.float32)))
            for name, shape in shapes(self.features).items()
        }
        self.arrays["density"][:] = firings.count / pool.counts.sum()
        self.arrays["peak"][:] = firings.peak
        self._fired = np.zeros(pool.tokens.size, bool)
        self._halves = [Half(pool, testing, seed) for testing in (False, True)]
        self._rules: dict[int, tuple[Ints, int]] = {}  # classes that a label names; 1 where it names the token before
        self._items: dict[int, _Items] = {}

    def steps(self) -> Iterator[float]:
        """Fill the arrays, all but the stability; each step yields the share that is done."""
        for first in range(0, self.features, 32):
            block = range(first, min(first + 32, self.features))
            near = (self.directions[block.start : block.stop] @ self.directions.T).topk(min(4, self.features)).indices
            for feature, likest in zip(block, near.tolist(), strict=True):
                self._one(feature, [other for other in likest if other != feature])
            yield block.stop / self.features / 2
        self._score()
        yield 0.5
        for done in self._together():
            yield 0.5 + done / 4
        for done in self._written():
            yield 0.75 + done / 4

    def _one(self, feature: int, neighbours: list[int]) -> None:
        positions, values = self.firings.of(feature)
        if len(positions) == 0:
            return
        a, peak = self.arrays, self.firings.peak[feature]
        generator = np.random.default_rng([self.seed, 4, feature])
        bins = np.minimum(values / peak * BINS, BINS - 1).astype(int)
        kept = np.bincount(bins, minlength=BINS)
        a["histogram"][feature] = np.rint(kept * (self.firings.count[feature] / len(values)))
        a["edges"][feature] = edges = np.quantile(values, (0.9, 0.6, 0.3)).astype(np.float32)
        bands = (values[:, None] < edges).sum(1)

        order = generator.permutation(len(positions))
        here = self.pool.testing[positions]
        for testing, name in enumerate(("shown", "tests")):
            mine = order[here[order] == bool(testing)]
            a[name][feature] = _examples(positions[mine], values[mine], bands[mine], self.pool.width)
        a["shown_levels"][feature] = self._around(a["shown"][feature], positions, values / peak)

        self._fired[positions] = True
        sets = []
        for half in self._halves:
            mine = order[here[order] == half.testing]
            known = None
            if self.firings.thinned(feature):
                known = self.firings.key <= self.firings.limit[feature]
            peaks = self.pool.classes[a["shown"][feature, 0][a["shown"][feature, 0] >= 0]]
            others = [self.firings.of(other)[0] for other in neighbours]
            drawn, hard = half.silent(self._fired, known, peaks, others, generator, ITEMS // 2)
            sets.append(_Items(_stratified(positions[mine], bands[mine], self.pool.width), drawn, hard))
            if half.testing:
                a["negatives"][feature] = _listed(drawn, hard)
        self._fired[positions] = False
        if min(int((~here).sum()), int(here.sum())) >= FEWEST and all(items.whole for items in sets):
            self._propose(feature, sets[0])
            self._items[feature] = sets[1]

    def _around(self, shown: Ints, positions: Ints, shares: Floats) -> NDArray[np.uint8]:
        """Activations about each example as 255ths of the peak, none that is there at 0."""
        places = shown[..., None] + np.arange(-AROUND, AROUND + 1)
        at_ = np.minimum(np.searchsorted(positions, places), len(positions) - 1)
        there = (positions[at_] == places) & (shown[..., None] >= 0)
        there &= places // self.pool.width == shown[..., None] // self.pool.width
        levels = np.where(there, np.maximum(np.rint(shares[at_] * 255), 1), 0)
        return levels.astype(np.uint8)

    def _propose(self, feature: int, items: _Items) -> None:
        """The tokens that separate firings from silence best on the half for looking, or the tokens before them where
        these do better."""
        both = [items.telling(self.pool.classes, before) for before in (0, 1)]
        before = int(round(both[1][0], 9) > round(both[0][0], 9))
        named = both[before][1]
        self._rules[feature] = named, before
        classes = self.pool.classes[items.positions - before]
        ids = [self.pool.tokens.ravel()[items.positions[classes == number][0] - before] for number in named.tolist()]
        self.arrays["label_tokens"][feature, : len(ids)] = ids
        self.arrays["label_before"][feature] = bool(before)

    def _score(self) -> None:
        """Every label, and another feature's, on the half for testing."""
        labelled = np.array(sorted(self._items))
        generator = np.random.default_rng([self.seed, 5])
        for place, feature in enumerate(labelled.tolist()):
            items = self._items[feature]
            said = self._says(feature, items)
            found = score_answers(items.bands, said)
            self.arrays["score"][feature] = found[:3]
            self.arrays["recall"][feature] = np.array(found.recall, np.float16)
            if len(labelled) > 1:
                other = labelled[(place + generator.integers(1, len(labelled))) % len(labelled)]
                said = self._says(int(other), items)
                firing = items.bands >= 0
                self.arrays["shuffled"][feature] = balanced(said[firing], ~said[~firing])[0]

    def _says(self, feature: int, items: _Items) -> Bools:
        named, before = self._rules[feature]
        said: Bools = np.isin(self.pool.classes[items.positions - before], named)
        return said

    def _together(self) -> Iterator[float]:
        """Jaccard overlaps, counted over windows in which every feature's firings are known."""
        f = self.firings
        complete = np.flatnonzero(f.key <= f.limit.min())
        complete = complete[f.key[complete].argsort()]
        fired = np.bincount(f.positions, minlength=self.pool.tokens.size).astype(np.int64)
        pairs = (fired**2).reshape(self.pool.tokens.shape).sum(1)[complete].cumsum()
        kept = np.zeros(len(f.key), bool)
        kept[complete[: max(1, int(np.searchsorted(pairs, _CLOSE)))]] = True
        counted = kept[f.positions // self.pool.width]
        features = np.repeat(np.arange(self.features), np.diff(f.start))[counted]
        ones = np.ones(len(features), np.int32)
        table = sparse.csr_array((ones, (features, f.positions[counted])), (self.features, self.pool.tokens.size))
        own = table.sum(1)
        for first in range(0, self.features, 256):
            both = (table[first : first + 256] @ table.T).toarray()
            overlap = both / np.maximum(own[first : first + 256, None] + own - both, 1)
            overlap[np.arange(len(overlap)), first + np.arange(len(overlap))] = 0
            top = torch.from_numpy(overlap).topk(min(COMPANIONS, self.features))
            here = (slice(first, first + len(overlap)), slice(0, top.values.shape[1]))
            self.arrays["together"][here] = top.indices.where(top.values > 0, -1).numpy()
            self.arrays["overlap"][here] = top.values.numpy().astype(np.float16)
            yield min(first + 256, self.features) / self.features

    def _written(self) -> Iterator[float]:
        """The tokens that each feature promotes and suppresses."""
        if sites(self.dictionary)[1].name not in _STREAM:
            return
        norm, unembed = at(self.model.hf, self.model.arch.final_norm), at(self.model.hf, self.model.arch.unembed)
        tokens = min(len(self.model.tokenizer), len(unembed.weight))
        step = max(1, _BLOCK // (4 * tokens))
        with torch.no_grad():
            scale = gain(self.model, norm).float().cpu()
            for first in range(0, self.features, step):
                rows = self.dictionary.W_dec[first : first + step]
                if isinstance(norm, nn.LayerNorm):
                    rows = rows - rows.mean(1, keepdim=True)
                logits = (rows * scale).to(unembed.weight) @ unembed.weight[:tokens].T
                logits = (logits - logits.mean(1, keepdim=True)).float().cpu()
                for name, sign in (("promoted", 1), ("suppressed", -1)):
                    top = (sign * logits).topk(min(LISTED, tokens))
                    here = (slice(first, first + len(rows)), slice(0, top.indices.shape[1]))
                    self.arrays[name][here] = top.indices.numpy()
                    self.arrays[f"{name}_values"][here] = (sign * top.values).numpy().astype(np.float16)
                yield min(first + step, self.features) / self.features

    def stability(self, second: Dictionary | None) -> float:
        """Fill in each feature's likest in a dictionary of another seed; the mean of the same for random directions.
        Raises ShapeMismatch."""
        if second is None:
            return float("nan")
        theirs = directions_of(second)
        if theirs.shape[1] != self.directions.shape[1]:
            raise ShapeMismatch(
                f"The second dictionary's directions have {theirs.shape[1]} numbers, this one's"
                f" {self.directions.shape[1]}: take one of the same place, trained from another seed."
            )
        drawn = np.random.default_rng([self.seed, 6]).standard_normal(theirs.shape, np.float32)
        self.arrays["stability"][:] = _likest(self.directions, theirs)
        return float(_likest(self.directions, functional.normalize(torch.from_numpy(drawn), dim=1)).mean())

    def strings(self) -> dict[int, str]:
        """The text of every token in the arrays and the pool."""
        written = np.unique(np.concatenate([self.arrays["promoted"].ravel(), self.arrays["suppressed"].ravel()]))
        found = self.pool.strings | {id: self.model.token_string(id) for id in written[written >= 0].tolist()}
        return dict(sorted(found.items()))


_EMPTY: dict[str, tuple[Any, Any]] = {
    "density": (0, np.float32),
    "histogram": (0, np.int32),
    "shown_levels": (0, np.uint8),
    "overlap": (0, np.float32),
    "label_before": (False, np.bool_),
    **{
        name: (-1, np.int32)
        for name in ("shown", "tests", "negatives", "promoted", "suppressed", "together", "label_tokens")
    },
}
"""What an array holds before it is filled, and its dtype; of the others NaN in float32."""


class _Items:
    """Places on which a rule is judged: firings with their bands, and silent places."""

    def __init__(self, firing: tuple[Places, Places], drawn: Places, hard: Places) -> None:
        silent = np.concatenate([drawn, hard])
        self.positions = np.concatenate([firing[0], silent])
        self.bands = np.concatenate([firing[1], np.full(len(silent), -1)])

    @property
    def whole(self) -> bool:
        """Whether there are both firings and silent places."""
        return bool((self.bands >= 0).any() and (self.bands < 0).any())

    def telling(self, classes: Ints, before: int) -> tuple[float, Ints]:
        """Of all rules that name up to TOKENS classes, at firings (``before`` 0) or one token before them (1), the one
        with the best balanced accuracy: that accuracy, and the classes. A class adds half of what its share at firings
        exceeds its share at silent places, so the best are those that exceed most."""
        found, named = np.unique(classes[self.positions - before], return_inverse=True)
        firing = self.bands >= 0
        share, silent = (np.bincount(named[part], minlength=len(found)) / part.sum() for part in (firing, ~firing))
        order = (silent - share).argsort(kind="stable")[:TOKENS]
        gains = (share - silent)[order]
        kept = max(1, int((gains >= GAIN).sum()))
        return 0.5 + float(gains[:kept].sum()) / 2, found[order[:kept]]


def _examples(positions: Ints, values: Floats, bands: Places, width: int) -> Ints:
    """[4, 3] of firings in drawn order: the strongest, then some of each band, in different windows where there are."""
    found = np.full((len(BANDS), 3), -1, np.int32)
    used: set[int] = set()
    for band in range(len(BANDS)):
        left = ~np.isin(positions, found)
        order = np.flatnonzero(left & (bands == band)) if band else (-values).argsort(kind="stable")
        chosen = _spread(positions[order], 3, width, used)
        found[band, : len(chosen)] = chosen
    return found


def _stratified(positions: Ints, bands: Places, width: int) -> tuple[Places, Places]:
    """A quarter of the items from each band, from firings in drawn order, in different windows where there are."""
    chosen = [_spread(positions[bands == band], ITEMS // len(BANDS), width, set()) for band in range(len(BANDS))]
    positions = np.array([position for part in chosen for position in part], np.int64)
    return positions, np.repeat(np.arange(len(BANDS)), [len(part) for part in chosen])


def _spread(ordered: Ints, count: int, width: int, used: set[int]) -> list[int]:
    """The first ``count`` of some positions, those in windows that were not used before the others."""
    chosen: list[int] = []
    spare: list[int] = []
    for position in ordered[:4000].tolist():
        if len(chosen) == count:
            break
        if position // width in used:
            spare.append(position)
        else:
            used.add(position // width)
            chosen.append(position)
    return (chosen + spare)[:count]


def _listed(drawn: Places, hard: Places) -> Ints:
    """[12] the first six of each, -1 where there are fewer."""
    found = np.full((2, LISTED), -1, np.int32)
    for row, places in zip(found, (drawn, hard), strict=True):
        row[: len(places[:LISTED])] = places[:LISTED]
    return found.ravel()


def directions_of(dictionary: Dictionary) -> Tensor:
    return functional.normalize(dictionary.W_dec, dim=1)


def _likest(ours: Tensor, theirs: Tensor) -> Floats:
    """The largest cosine of each row of ours [n, d] with a row of theirs [m, d]; rows have length 1."""
    parts = [(part @ theirs.T).max(1).values for part in torch.split(ours, 512)]
    found: Floats = torch.cat(parts).numpy()
    return found
