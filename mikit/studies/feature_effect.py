"""What a feature does to the next token: take its part away, or add more of it, beside other features treated alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, NamedTuple

import torch
from torch import Tensor

from mikit.methods.metrics import kl
from mikit.methods.patching import Patched, patched_logits
from mikit.models.model import Model
from mikit.sae.dictionary import Dictionary, normalised
from mikit.sae.evaluate import flat, sites
from mikit.studies import code_dictionary, cost
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.dictionary import SINK, IndexedStudy, check_feature, check_length
from mikit.trace.arrays import Array
from mikit.trace.engine import capture, remember
from mikit.trace.sites import Site

DOSES = tuple(i / 4 for i in range(9))
WHOLE = DOSES.index(1.0)
CONTROLS = 4
ALIKE = 20
"""Features whose part in the prompt is most alike in size, from which the controls of "ablate" are drawn."""

MOVED = 10
TOP = 5
How = Literal["ablate", "boost"]


class FeatureEffect(IndexedStudy):
    """Change one feature's part of the activation at every position but 0, at doses 0 to 2, and see what becomes of the
    next token.

    "ablate" takes away ``dose`` times the feature's own contribution wherever it fires in the unedited run: 1 leaves
    nothing of it. "boost" adds ``dose`` times the feature's peak (its largest activation in the index; without one, on
    this prompt) times its direction, everywhere. Grids: ``kl`` [feature, dose], KL(unedited || edited) of the next
    token in nats; ``logit change`` [feature, dose, token] of the ten tokens that move most at dose 1, less the mean
    over all tokens; ``probability`` [feature, dose, token] of the five likeliest tokens at doses 0, 1 and 2; ``length``
    [feature], how long the change is at dose 1, all positions together. Texts: ``tokens``; ``notes``.

    Control "other features", the same grids: for "ablate" four features that fire on this prompt, drawn from those
    whose part is most alike in length; for "boost" four drawn features, along whose directions a change of the same
    length is added."""

    kind: Literal["feature-effect"] = "feature-effect"
    prompt: str
    feature: int
    how: How = "ablate"

    needs: ClassVar[tuple[str, ...]] = ("traced is raw", "batched is single", "short pass")

    def estimate(self, model: Model) -> Cost:
        length = model.tokens(self.prompt).ids.shape[1]
        site = sites(self.fitting(model))[1]
        one = [Patched((i,), site, torch.empty(0), 1) for i in range(1, len(DOSES))]
        needed = cost.patching(model, one * (1 + CONTROLS), length)
        values = length * (2 * self.dictionary.features + len(one) * (1 + CONTROLS) * model.spec.d_model)
        return needed.model_copy(update={"bytes": needed.bytes + 4 * values})

    def inputs(self, model: Model) -> list[Tensor]:
        return [model.tokens(self.prompt).ids[0]]

    def method(self, model: Model) -> Method:
        did = {"ablate": "takes away the feature's contribution", "boost": "adds the feature's direction at its peak"}
        return Method(
            sites=tuple(dict.fromkeys(sites(self.fitting(model)))),
            metric=f"{did[self.how]}, times the dose, at every position but 0; KL of the next-token distribution from"
            " the unedited run's, change of logits less the mean over all tokens, and probabilities",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        dictionary = self.fitting(model)
        check_feature(dictionary, self.feature)
        tokens = model.tokens(self.prompt)
        check_length(tokens)
        source, target = sites(dictionary)
        base = remember(model, tokens)
        yield None
        values = capture(model, tokens, {source, target})
        own, x = values[target][0, 1:], flat(values[source])[0, 1:]
        changes, notes = self._changes(dictionary, x)
        cells = _cells(target, own, changes)
        logits = base.logits.cpu().expand(len(changes), len(DOSES), -1).clone()
        for group, found in patched_logits(model, base, cells, since=1, budget=cost.budget(model.spec)):
            for cell, row in zip(group, found.cpu(), strict=True):
                logits[cell.index] = row
            feature, dose = group[-1].index
            whole = feature + (dose == len(DOSES) - 1)
            yield self._result(model, tokens.strings, changes, logits[:whole], notes) if whole else None
        if not cells:
            yield self._result(model, tokens.strings, changes, logits, notes)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_dictionary.feature_effect_script(self, model, flavour, DOSES, MOVED)

    def _changes(self, dictionary: Dictionary, x: Tensor) -> tuple[list[Change], tuple[str, ...]]:
        """What dose 1 adds at each position [position - 1, d_out]: the feature, then its controls. And notes."""
        features = dictionary.encode(x)
        if self.how == "ablate":
            return self._ablations(dictionary, features, x)
        return self._boosts(dictionary, features, x)

    def _ablations(self, dictionary: Dictionary, features: Tensor, x: Tensor) -> tuple[list[Change], tuple[str, ...]]:
        unit = scale(dictionary, x)
        length = (features * unit).norm(dim=0) * dictionary.W_dec.norm(dim=1)
        notes = [SINK]
        if not length[self.feature]:
            notes.append(f"Feature {self.feature} does not fire on this prompt: there is nothing to take away.")
        others = length.nonzero()[:, 0]
        others = others[others != self.feature]
        alike = others[(length[others] - length[self.feature]).abs().argsort()[:ALIKE]]
        if len(alike) < CONTROLS:
            notes.append(f"{len(alike)} other features fire on this prompt: that is all there is to compare with.")
        drawn = alike[torch.randperm(len(alike), generator=self._generator())[:CONTROLS]]
        return [
            Change(f, -features[:, f, None] * unit * dictionary.W_dec[f]) for f in (self.feature, *drawn.tolist())
        ], tuple(notes)

    def _boosts(self, dictionary: Dictionary, features: Tensor, x: Tensor) -> tuple[list[Change], tuple[str, ...]]:
        index = self.described()
        peak = float(features[:, self.feature].max() if index is None else index.peak[self.feature])
        notes = [SINK]
        if index is None:
            notes.append(
                f"This dictionary has no index, so the feature's peak is not known: dose 1 adds its largest activation"
                f" on this prompt, {peak:.3g}."
            )
        if not peak:
            notes.append(f"Feature {self.feature} never fired where its peak was looked for: there is nothing to add.")
        size = peak * scale(dictionary, x).expand(len(x), 1)
        length = dictionary.W_dec.norm(dim=1)
        others = length.nonzero()[:, 0]
        others = others[others != self.feature]
        drawn = others[torch.randperm(len(others), generator=self._generator())[:CONTROLS]]
        return [
            Change(f, size * dictionary.W_dec[f] * (length[self.feature] / length[f]))
            for f in (self.feature, *drawn.tolist())
        ], tuple(notes)

    def _generator(self) -> torch.Generator:
        return torch.Generator().manual_seed(self.seed)

    def _result(
        self,
        model: Model,
        strings: tuple[str, ...],
        changes: Sequence[Change],
        runs: Tensor,
        notes: tuple[str, ...],
    ) -> Result:
        """``runs``: logits [feature, dose, vocab] of as many changes as are done."""
        moved, top = _moved(runs[0]), _likeliest(runs[0])
        names = [tuple(map(model.token_string, ids)) for ids in (moved, top)]
        grids = [
            _grids(changes[part][: len(runs[part])], runs[part], (moved, top), names)
            for part in (slice(0, 1), slice(1, None))
            if len(runs[part])
        ]
        return Result(
            study=self,
            grids=grids[0],
            texts={"tokens": strings, "notes": notes},
            controls=tuple(Control(name="other features", why=self._why(), grids=found) for found in grids[1:]),
            done=len(runs) / len(changes),
        )

    def _why(self) -> str:
        if self.how == "ablate":
            return (
                f"Other features that fire on this prompt, drawn (seed {self.seed}) from those whose part is most alike"
                " in length, taken away in the same way: what losing a part of this size does by itself."
            )
        return (
            f"Other features, drawn (seed {self.seed}): a change of the same length along their directions. What any"
            " push of this size does."
        )


class Change(NamedTuple):
    """A feature, and what dose 1 of its change adds at each position but 0, [position - 1, d_out]."""

    feature: int
    change: Tensor


def scale(dictionary: Dictionary, x: Tensor) -> Tensor:
    """By what a feature's part is stretched at each position of x, [position, 1] or [1]: 1, unless the dictionary
    scales each token."""
    if dictionary.config.transcoder:
        return torch.ones(1)
    return torch.as_tensor(normalised(dictionary.config.normalise, x)[2]).float().reshape(-1, 1)


def _cells(site: Site, own: Tensor, changes: Sequence[Change]) -> list[Patched]:
    """Every change at every dose, on top of the site's ``own`` values; one of nothing is no cell."""
    return [
        Patched((i, j), site, own + dose * one.change.reshape(own.shape), 1)
        for i, one in enumerate(changes)
        if one.change.any()
        for j, dose in enumerate(DOSES)
        if dose
    ]


def centred(logits: Tensor) -> Tensor:
    """Changes of logits [dose, vocab] from dose 0, less their mean over all tokens, which no probability feels."""
    change = logits - logits[0]
    return change - change.mean(-1, keepdim=True)


def _moved(logits: Tensor) -> list[int]:
    """The tokens that move most at dose 1; where none moves, the likeliest."""
    change = centred(logits)[WHOLE].abs()
    order = change if change.any() else logits[0]
    return [int(i) for i in order.topk(min(MOVED, len(order))).indices]


def _likeliest(logits: Tensor) -> list[int]:
    """The likeliest tokens of doses 0, 1 and 2, each once."""
    top = [logits[i].topk(min(TOP, logits.shape[1])).indices for i in (0, WHOLE, -1)]
    return list(dict.fromkeys(torch.cat(top).tolist()))


def _grids(
    changes: Sequence[Change], runs: Tensor, ids: tuple[list[int], list[int]], names: list[tuple[str, ...]]
) -> dict[str, Grid]:
    """Of some features and their logits [dose, vocab]."""
    feature = {"feature": tuple(str(one.feature) for one in changes)}
    at = feature | {"dose": tuple(f"{dose:g}" for dose in DOSES)}
    divergence = torch.stack([kl(logits, logits[0]) for logits in runs])
    moves = torch.stack([centred(logits)[:, ids[0]] for logits in runs])
    likely = torch.stack([logits.softmax(-1)[:, ids[1]] for logits in runs])
    length = torch.stack([one.change.norm() for one in changes])
    return {
        "kl": Grid(values=Array.of(divergence), axes=at, unit="nats"),
        "logit change": Grid(values=Array.of(moves), axes=at | {"token": names[0]}, unit="logits"),
        "probability": Grid(values=Array.of(likely), axes=at | {"token": names[1]}, unit="probability"),
        "length": Grid(values=Array.of(length), axes=feature, unit="length"),
    }
