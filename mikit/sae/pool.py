"""A pool of held-out windows, one half for looking and one for testing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from mikit.errors import EmptyText
from mikit.models.model import Model
from mikit.sae.firings import Bools, Ints, Places
from mikit.sae.labels import token_key
from mikit.sae.store import windows as windows_of

WIDTH = 128
"""Tokens of a window, or as many as the model reads."""

SHORTEST = 8
"""A window of fewer tokens, such as the last of a text, is left out."""


class Pool:
    """``tokens`` [W, width] ids, -1 after the end of a short window; ``kinds`` [W]; ``halves`` [W], whether a window is
    for testing; ``strings``, each id's text. Of every position p = window * width + place, flat: ``classes``, a number
    that all tokens share which are the same to a label, -1 outside; ``counts``, whether it is a token and no window's
    first; ``testing``."""

    def __init__(self, model: Model, windows: list[list[int]], kinds: list[str], width: int, seed: int) -> None:
        self.width = width
        self.lengths = [len(ids) for ids in windows]
        self.kinds = tuple(kinds)
        self.tokens: Ints = np.full((len(windows), width), -1, np.int32)
        for row, ids in zip(self.tokens, windows, strict=True):
            row[: len(ids)] = ids
        self.halves: Bools = np.random.default_rng([seed, 1]).permutation(len(windows)) % 2 == 1

        there: Ints = np.unique(self.tokens[self.tokens >= 0])
        self.strings = {id: model.token_string(id) for id in there.tolist()}
        keys = [token_key(text) for text in self.strings.values()]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        table: Ints = np.full(int(there[-1]) + 2, -1, np.int32)  # its last entry is for -1
        table[there] = [numbers[key] for key in keys]
        self.classes: Ints = table[self.tokens].ravel()
        counts = self.tokens >= 0
        counts[:, 0] = False
        self.counts: Bools = counts.ravel()
        self.testing: Bools = np.repeat(self.halves, width)


def draw(model: Model, texts: Mapping[str, Iterable[str]], windows: int, seed: int) -> Pool:
    """At most ``windows`` windows, drawn from all texts of a kind, as many of each kind as it has. Raises EmptyText."""
    width = min(WIDTH, model.spec.context)
    generator = np.random.default_rng([seed, 0])
    drawn = []
    for kind, given in texts.items():
        cut = [ids for ids in windows_of(model, given, width) if len(ids) >= SHORTEST]
        drawn += [(turn, kind, cut[i]) for turn, i in enumerate(generator.permutation(len(cut))[:windows].tolist())]
    drawn = sorted(drawn, key=lambda one: one[0])[:windows]  # the kinds take turns
    if len(drawn) < 2:
        raise EmptyText(
            f"The texts give {len(drawn)} windows of {SHORTEST} tokens or more; an index needs two, one to look at and"
            " one to test on. Give longer texts."
        )
    return Pool(model, [ids for _, _, ids in drawn], [kind for _, kind, _ in drawn], width, seed)


class Half:
    """The positions of one half of a pool, to draw places from where a feature is silent."""

    def __init__(self, pool: Pool, testing: bool, seed: int) -> None:
        self.testing, self.width = testing, pool.width
        self._mine = pool.counts & (pool.testing == testing)
        mine = np.flatnonzero(self._mine)
        self._shuffled = np.random.default_rng([seed, 2, int(testing)]).permutation(mine)
        self._by_class = mine[pool.classes[mine].argsort(kind="stable")]
        self._start = np.searchsorted(pool.classes[self._by_class], np.arange(pool.classes.max() + 2))

    def silent(
        self,
        fired: Bools,
        known: Bools | None,
        peaks: Ints,
        others: list[Ints],
        generator: np.random.Generator,
        count: int,
    ) -> tuple[Places, Places]:
        """Positions where a feature is silent: ``count`` drawn from all, and ``count`` hard ones, with a token of the
        classes ``peaks``, then where ``others`` fire; what these lack is drawn from all too.

        ``fired`` [positions]; ``known`` [windows]: those in which all its firings are known, None for all."""

        def quiet(places: Places) -> Places:
            kept: Places = places[~fired[places] & self._mine[places]]
            return kept if known is None else kept[known[kept // self.width]]

        same = [self._by_class[self._start[number] : self._start[number + 1]] for number in np.unique(peaks)]
        hard = generator.permutation(quiet(np.concatenate([self._shuffled[:0], *same])))[:count]
        for places in others:
            if len(hard) < count:
                more = np.setdiff1d(quiet(places), hard)
                hard = np.append(hard, generator.permutation(more)[: count - len(hard)])
        needed = 2 * count - len(hard)
        turned = np.roll(self._shuffled, int(generator.integers(max(len(self._shuffled), 1))))
        for size in (4 * needed, len(turned)):
            drawn = quiet(turned[:size])
            drawn = drawn[~np.isin(drawn, hard)][:needed]
            if len(drawn) == needed:
                break
        return drawn[:count], np.append(hard, drawn[count:])
