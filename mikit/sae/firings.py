"""Where each feature fired over a pool of windows, collected in one pass and in bounded memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Places = NDArray[np.integer[Any]]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

MOST = 10_000_000
"""Firings kept at once, 12 bytes each. A TopK of 32 over 250,000 tokens has 8 million; where hundreds of features fire
on a token they are thinned to half of this whenever it is reached."""

STRONGEST_WINDOWS = 8
"""Of a thinned feature, the windows with its strongest firings stay, besides those that chance kept."""


class Firings:
    """Firings of ``features`` in ``windows`` of ``width`` positions; position p of the pool is window p // width.

    Counts and peaks are exact always. A feature that fires too often for memory keeps its firings in windows drawn by
    chance, those with ``key`` <= ``limit`` of that feature, and in its strongest windows; of a window all or none stay,
    so what is around a firing is known wherever the firing is."""

    def __init__(self, features: int, windows: int, width: int, seed: int, most: int = MOST) -> None:
        self.features, self.width, self._most = features, width, most
        self.count: NDArray[np.int64] = np.zeros(features, np.int64)
        self.peak: Floats = np.zeros(features, np.float32)
        self.key: NDArray[np.int64] = np.random.default_rng([seed, 1]).permutation(windows)
        self.limit: NDArray[np.int64] = np.full(features, windows)
        self._parts: list[tuple[Ints, Ints, Floats]] = []
        self._held = 0

    def add(self, features: Ints, positions: Ints, values: Floats) -> None:
        """Firings of whole windows that were not added before: three arrays [n]."""
        self.count += np.bincount(features, minlength=self.features)
        np.maximum.at(self.peak, features, values)
        self._parts.append((features.astype(np.int32), positions.astype(np.int32), values.astype(np.float32)))
        self._held += len(values)
        if self._held > self._most:
            self._thin()

    def finish(self) -> None:
        """Order all firings by feature, then position: ``of`` can be called."""
        if (self.limit < len(self.key)).any():
            self._thin()
        features, self.positions, self.values = self._joined()
        self.start = np.searchsorted(features, np.arange(self.features + 1))
        self._parts = []

    def of(self, feature: int) -> tuple[Ints, Floats]:
        """Positions of the pool where it fired, in their order, and its activations there."""
        here = slice(self.start[feature], self.start[feature + 1])
        return self.positions[here], self.values[here]

    def thinned(self, feature: int) -> bool:
        """Whether only a part of its windows was kept."""
        return bool(self.limit[feature] < len(self.key))

    def _joined(self) -> tuple[Ints, Ints, Floats]:
        features, positions, values = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        self._parts = []
        order = np.lexsort((positions, features))
        return features[order], positions[order], values[order]

    def _thin(self) -> None:
        features, positions, values = self._joined()
        starts = np.flatnonzero(np.diff(features, prepend=-1) | np.diff(positions // self.width, prepend=-1))
        lengths = np.diff(starts, append=len(features))  # of a run: the firings of one feature in one window
        feature = features[starts]
        key = self.key[positions[starts] // self.width]
        most = np.maximum.reduceat(values, starts)

        by_key = np.lexsort((key, feature))
        before = lengths[by_key].cumsum() - lengths[by_key]
        drawn = np.empty(len(starts), bool)
        drawn[by_key] = _since_first(before, feature[by_key]) < self._most // 2 // self.features
        lost = ~drawn
        np.minimum.at(self.limit, feature[lost], key[lost] - 1)

        by_strength = np.lexsort((-most, feature))
        strong = np.empty(len(starts), bool)
        strong[by_strength] = _since_first(np.arange(len(starts)), feature[by_strength]) < STRONGEST_WINDOWS

        kept = np.repeat(drawn | strong, lengths)
        self._parts = [(features[kept], positions[kept], values[kept])]
        self._held = int(kept.sum())


def _since_first(counts: NDArray[np.int64], groups: Ints) -> NDArray[np.int64]:
    """Each count less that of its group's first element; groups stand together."""
    first = np.flatnonzero(np.diff(groups, prepend=-1))
    return counts - np.repeat(counts[first], np.diff(first, append=len(groups)))
