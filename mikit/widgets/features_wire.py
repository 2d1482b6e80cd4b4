"""What FeatureDashboard sends to the browser: all features in a few arrays, one feature in detail."""

from __future__ import annotations

from typing import Any

import numpy as np

from mikit.sae.index import Index, pool
from mikit.sae.labels import BANDS, Snippet, intruder, quiz, rule_of, token_key, words
from mikit.studies.base import Result
from mikit.studies.dictionary import SINK
from mikit.studies.feature_effect import FeatureEffect
from mikit.studies.features_on_text import FeaturesOnText
from mikit.studies.intruder import Intruder
from mikit.studies.score_label import ScoreLabel
from mikit.widgets.wire import encode

OPENING = 3
"""Good features, and as many bad ones, that the view opens on."""

READ_WINDOWS = 500
"""Windows that a dictionary of one's own is read on: a minute or so."""

ENOUGH = 100
"""Firings in the pool, below which a feature is not held up as good or bad."""

_RANKS = ("", "second ", "third ")


def all_wire(index: Index) -> dict[str, Any]:
    """Every feature at once."""
    keys = {id: token_key(index.strings[id]) for id in np.unique(index.label_tokens).tolist() if id >= 0}
    named = sorted(set(keys.values()))
    number_of = {word: place for place, word in enumerate(named)}
    place = {id: number_of[key] for id, key in keys.items()} | {-1: -1}
    return {
        "density": encode(index.density),
        "peak": encode(index.peak),
        "score": encode(index.score),
        "shuffled": encode(index.shuffled),
        "stability": encode(index.stability),
        "stability_random": number(index.stability_random),
        "words": named,
        "label": encode(np.vectorize(place.get, otypes=[np.int32])(index.label_tokens)),
        "before": encode(index.label_before),
        "pool": int((index.tokens >= 0).sum()) - len(index.tokens),
    }


def opening(index: Index) -> list[dict[str, Any]]:
    """The features whose proposed labels scored best and worst, and why they stand there; those that fired seldom are
    passed over."""
    firings = index.histogram.sum(1)
    eligible = np.flatnonzero(np.isfinite(index.score[:, 0]) & (firings >= ENOUGH))
    low, high = index.score[eligible, 1], index.score[eligible, 2]
    best = eligible[np.argsort(-low, kind="stable")[:OPENING]].tolist()
    worst = [feature for feature in eligible[np.argsort(high, kind="stable")[:OPENING]].tolist() if feature not in best]
    of = f"of {len(eligible)} that fired {ENOUGH}+ times"
    return [
        {"id": feature, "good": good, "why": f"{_RANKS[rank]}{'best' if good else 'worst'} scored {of}"}
        for good, features in ((True, best), (False, worst))
        for rank, feature in enumerate(features)
    ]


def detail_wire(index: Index, feature: int) -> dict[str, Any]:
    """One feature. Pure lookup: no model is run."""
    near, cosines = index.neighbours(feature)
    together = index.together[feature]
    return {
        "id": feature,
        "firings": int(index.histogram[feature].sum()),
        "histogram": index.histogram[feature].tolist(),
        "promoted": _written(index, index.promoted[feature], index.promoted_values[feature]),
        "suppressed": _written(index, index.suppressed[feature], index.suppressed_values[feature]),
        "examples": [
            _example(index, feature, band, place)
            for band in range(len(BANDS))
            for place in range(index.shown.shape[2])
            if index.shown[feature, band, place] >= 0
        ],
        "recall": [number(share) for share in index.recall[feature]],
        "cosine": [{"id": int(other), "value": float(value)} for other, value in zip(near, cosines, strict=True)],
        "together": [
            {"id": int(other), "value": float(value)}
            for other, value in zip(together, index.overlap[feature], strict=True)
            if other >= 0
        ],
    }


def promoters(index: Index, wanted: str) -> dict[str, Any]:
    """The features that raise a token most, among those that have it in their first six. A leading space and case do
    not count."""
    key = wanted.strip().lower()
    ids = [id for id, text in index.strings.items() if key and text.strip().lower() == key]
    there = np.isin(index.promoted, ids)
    values = np.where(there, index.promoted_values, -np.inf).max(1)
    found = np.flatnonzero(there.any(1))
    found = found[np.argsort(-values[found], kind="stable")]
    return {"wanted": wanted, "ids": found.tolist(), "values": values[found].tolist()}


def on_text_wire(result: Result) -> dict[str, Any]:
    """The feature that was asked for, token by token, and the features that fire most."""
    study = result.study
    assert isinstance(study, FeaturesOnText)
    values, strength = (result.grids[name].values.numpy() for name in ("activation", "strength"))
    beside = result.controls[0].grids["activation"].values.numpy() if result.controls else None
    tokens = result.texts["tokens"]
    features = [int(label) for label in result.grids["strength"].axes["feature"]]
    order = [row for row in np.argsort(-strength, kind="stable").tolist() if strength[row] > 0]
    return {
        "prompt": study.text,
        "feature": study.features[0],
        "tokens": list(tokens),
        "values": encode(values[0]),
        "control": None if beside is None else encode(beside[0]),
        "strongest": [
            {"id": features[row], "share": float(strength[row]), "token": tokens[int(np.nanargmax(values[row]))]}
            for row in order
        ],
    }


def effect_wire(result: Result) -> dict[str, Any]:
    """One feature changed at every dose, and the features beside it."""
    study = result.study
    assert isinstance(study, FeatureEffect)
    own = result.grids
    doses, tokens = (own["logit change"].axes[name] for name in ("dose", "token"))
    none = {"kl": np.zeros((0, len(doses))), "logit change": np.zeros((0, len(doses), len(tokens)))}
    beside = {k: grid.values for k, grid in result.controls[0].grids.items()} if result.controls else none
    return {
        "prompt": study.prompt,
        "feature": study.feature,
        "how": study.how,
        "doses": encode(np.array([float(dose) for dose in doses])),
        "kl": encode(own["kl"].values.numpy()[0]),
        "kl_random": encode(beside["kl"]),
        "tokens": list(tokens),
        "change": encode(own["logit change"].values.numpy()[0]),
        "change_random": encode(beside["logit change"]),
        "notes": [note for note in result.texts["notes"] if note != SINK],
    }


def fit_wire(result: Result) -> dict[str, Any]:
    """What the dictionary reaches at its place, beside what was declared, and random directions."""
    random = result.controls[0].grids if result.controls else {}
    measured, declared = ({name: grid.values.numpy()[run] for name, grid in result.grids.items()} for run in (0, 1))
    return {
        "fvu": float(measured["fvu"]),
        "l0": float(measured["l0"]),
        "declared": {name: number(value) for name, value in declared.items()},
        "random": float(random["fvu"].values.numpy()[0]) if random else None,
    }


def quiz_outcome(index: Index, result: Result) -> dict[str, Any]:
    """A person's score, by band, beside the same answers shuffled; and now the truth."""
    study = result.study
    assert isinstance(study, ScoreLabel)
    accuracy = result.grids["accuracy"]
    return {
        "score": [float(one.numpy()[0]) for one in (accuracy.values, accuracy.low, accuracy.high) if one],
        "recall": [number(share) for share in result.grids["right"].values.numpy()],
        "shuffled": float(result.controls[0].grids["accuracy"].values.numpy()[0]),
        "truth": list(quiz(index, study.feature, study.seed).truth),
        "answers": list(study.answers),
    }


def game_outcome(index: Index, result: Result) -> dict[str, Any]:
    """The last round, and how many of all rounds with this feature were won."""
    study = result.study
    assert isinstance(study, Intruder)
    rounds = len(study.choices)
    accuracy = result.grids["accuracy"]
    low, high = (float(end.numpy()[0]) for end in (accuracy.low, accuracy.high) if end)
    won = round(float(accuracy.values.numpy()[0]) * rounds)
    foreign = intruder(index, study.feature, study.seed + rounds - 1).foreign
    return {"foreign": foreign, "picked": study.choices[-1], "played": [won, rounds], "range": [low, high]}


def label_of(index: Index, feature: int) -> str:
    """The proposed label in words, "" where there is none."""
    rule = rule_of(index, feature)
    return words(rule) if rule else ""


def pool_texts() -> dict[str, Any]:
    """What a dictionary without an index is read on: windows of the pool that comes with mikit, by kind of text; where
    there is no pool, the study's own sentences."""
    index = pool()
    if index is None:
        return {}
    texts: dict[str, tuple[str, ...]] = {}
    for kind, text in zip(index.kinds[:READ_WINDOWS], index.texts, strict=False):
        texts[kind] = (*texts.get(kind, ()), text)
    return {"texts": texts, "windows": READ_WINDOWS}


def snippets_wire(items: tuple[Snippet, ...]) -> list[dict[str, Any]]:
    return [{"tokens": list(item.tokens), "centre": item.centre} for item in items]


def number(value: float) -> float | None:
    """JSON has no NaN."""
    return float(value) if np.isfinite(value) else None


def _written(index: Index, ids: Any, values: Any) -> list[dict[str, Any]]:
    """Tokens with what a unit of activation adds to their logits."""
    return [
        {"token": index.strings[id], "value": value}
        for id, value in zip(ids.tolist(), values.tolist(), strict=True)
        if id >= 0
    ]


def _example(index: Index, feature: int, band: int, place: int) -> dict[str, Any]:
    position = int(index.shown[feature, band, place])
    ids = index.window(position)
    inside = ids >= 0
    return {
        "band": band,
        "kind": index.kind(position),
        "tokens": [index.strings[id] for id in ids[inside].tolist()],
        "values": index.shown_values[feature, band, place][inside].tolist(),
        "centre": int(inside[: len(ids) // 2].sum()),
    }
