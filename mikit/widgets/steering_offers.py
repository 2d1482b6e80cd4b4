"""The directions that SteeringPanel offers, and those that a person builds in it. Nothing here runs a model."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np

from mikit.errors import BadDirection, nearest
from mikit.methods.scores import WordScore
from mikit.models.model import Model
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import sites
from mikit.sae.index import index_of
from mikit.sae.labels import rule_of, words
from mikit.sae.library import load_dictionary, opened, ref_of
from mikit.studies.contrasts import (
    FORMALITY,
    FORMALITY_PROMPTS,
    FORMALITY_SCORE,
    MOOD,
    MOOD_PROMPTS,
    MOOD_SCORE,
)
from mikit.studies.dictionary import check_feature
from mikit.studies.direction_files import load_direction
from mikit.studies.directions import (
    Direction,
    FeatureDirection,
    PairDirection,
    StoredDirection,
    SumDirection,
    TokenDirection,
    vector,
)
from mikit.studies.prompts import TextPrompt
from mikit.studies.steer_dose import DOSES
from mikit.studies.steering import OF_FEATURES, How

MODEL, SHIPPED = "smollm2-135m", "smollm2-135m-l9"
PICKED = {
    2507: "server, servers, database, databases, data, web, software, client, digital, virtual, system, AI",
    2277: "language, languages, word, words, speak, Spanish, English, French, called, name",
    287: "hello, welcome, dear, friend, friends, love, world",
    4329: "feel, feels, feeling, felt, touch, warm, warmth, heat, cold, heart, sense",
    3301: "private, public, personal, own, property, investment, luxury, owner, business, market",
}
"""Features of SHIPPED, chosen by hand from 22 with labels that hold, because the text shows it when they are added at
0.4 of the stream's length; and words that it is seen by."""

PLAIN_PROMPTS = tuple(
    TextPrompt(text=text)
    for text in (
        "The new cafe on the corner is",
        "My favourite thing about the garden is",
        "Hi, about the party on Saturday:",
        "When I looked out of the window this morning,",
    )
)
DEPTH = 14 / 30
"""The share of the layers after which a direction of no particular layer is tried first: 14 of smollm2-135m's 30, where
both shipped contrasts work best."""


SCORES: dict[Direction, WordScore] = {FORMALITY: FORMALITY_SCORE, MOOD: MOOD_SCORE}


class Scale(NamedTuple):
    """The slider of a strength: its ends, its steps, where it stands at first, and the doses that are measured."""

    min: float
    max: float
    step: float
    unit: str
    first: float
    measured: tuple[float, ...]


SHARES = tuple(i / 5 for i in range(6))
SCALES: dict[How, Scale] = {
    "add": Scale(DOSES[0], DOSES[-1], 0.05, "× residual norm", 0.4, DOSES),
    "project": Scale(0.0, 1.0, 0.05, "of it taken out", 1.0, SHARES),
    "clamp": Scale(0.0, 2.0, 0.05, "× peak; 0 leaves it as it is", 1.0, tuple(2 * share for share in SHARES)),
    "ablate": Scale(0.0, 1.0, 0.05, "of it taken away", 1.0, SHARES),
}


def dictionary_of(model: Model) -> Dictionary | None:
    """The dictionary of this model that comes with mikit."""
    if model.ref.name != MODEL:
        return None
    dictionary = load_dictionary(SHIPPED)
    return dictionary if dictionary.place.model_sha256 == model.ref.sha256 else None


def offered(model: Model, dictionary: Dictionary | None, more: Sequence[Direction]) -> dict[str, Direction]:
    """What can be chosen from the start, by name."""
    features: list[Direction] = []
    if dictionary is not None and ref_of(dictionary).name == SHIPPED:
        features = [feature_direction(dictionary, feature) for feature in PICKED]
    return {direction.name: direction for direction in (FORMALITY, MOOD, *features, *more)}


def feature_direction(dictionary: Dictionary, feature: int) -> FeatureDirection:
    """Raises UnknownSite where the dictionary has no such feature."""
    check_feature(dictionary, feature)
    return FeatureDirection(name=f"feature {feature}", dictionary=ref_of(dictionary), feature=feature)


def offer_wire(direction: Direction) -> dict[str, Any]:
    """What the browser needs to know of a direction."""
    return {"name": direction.name, "kind": direction.kind, "about": about(direction), "hows": list(hows(direction))}


def hows(direction: Direction) -> tuple[How, ...]:
    """What can be done with a direction: a dictionary's feature can be set, an arrow cannot."""
    every: tuple[How, ...] = get_args(How)
    plain = tuple(how for how in every if how not in OF_FEATURES)
    if not isinstance(direction, FeatureDirection):
        return plain
    dictionary = opened(direction.dictionary)
    source, target = sites(dictionary)
    if dictionary.config.normalise != "none" or source != target or source.name != "resid_post":
        return plain
    return every if index_of(dictionary) is not None else tuple(how for how in every if how != "clamp")


def only_layer(direction: Direction, how: How) -> int | None:
    """The one layer in which this can be done, None where there are more."""
    if how not in OF_FEATURES or not isinstance(direction, FeatureDirection):
        return None
    return sites(opened(direction.dictionary))[0].layer


def about(direction: Direction) -> str:
    """Where a direction comes from, in a few words."""
    if isinstance(direction, PairDirection):
        way = {"mean": "difference of means", "pca": "first principal component", "probe": "logistic probe"}
        return f"{len(direction.plus)} pairs of texts, {way[direction.how]}"
    if isinstance(direction, FeatureDirection):
        return f"{direction.dictionary.name}: {_label(direction)}"
    if isinstance(direction, TokenDirection):
        return f"unembedding of {direction.token!r}"
    if isinstance(direction, StoredDirection):
        return f"from a file, made at layer {direction.layer}"
    return " ".join(f"{weight:+g} × {term.name}" for weight, term in direction.terms).replace("-", "\N{MINUS SIGN}")


def _label(direction: FeatureDirection) -> str:
    """A feature's proposed label with its score: one never stands without the other."""
    index = index_of(opened(direction.dictionary))
    rule = rule_of(index, direction.feature) if index else None
    if index is None or rule is None:
        return "no label"
    score, low, high = index.score[direction.feature].tolist()
    if not np.isfinite(score):
        return f"{words(rule)} · untested"
    return f"{words(rule)} · blind score {score:.2f} [{low:.2f}, {high:.2f}]"


def first_words(direction: Direction) -> dict[str, str]:
    """The words that a direction's effect is counted by at first; none for one that was built here."""
    if direction in SCORES:
        return {side: ", ".join(getattr(SCORES[direction], side)) for side in ("plus", "minus")}
    if isinstance(direction, FeatureDirection) and direction.dictionary.name == SHIPPED:
        return {"plus": PICKED.get(direction.feature, ""), "minus": ""}
    return {"plus": "", "minus": ""}


def score_of(words: Mapping[str, str], direction: Direction) -> WordScore:
    """The score of the words that were typed. Raises BadMetric where there are none."""
    plus, minus = (tuple(filter(None, map(str.strip, words[side].split(",")))) for side in ("plus", "minus"))
    shipped = SCORES.get(direction)
    if shipped and (shipped.plus, shipped.minus) == (plus, minus):
        return shipped
    return WordScore(name=f"words of {direction.name}", plus=plus, minus=minus)


def prompts_of(direction: Direction) -> tuple[TextPrompt, ...]:
    """Prompts on which a direction shows."""
    known: dict[Direction, tuple[TextPrompt, ...]] = {FORMALITY: FORMALITY_PROMPTS, MOOD: MOOD_PROMPTS}
    return known.get(direction, PLAIN_PROMPTS)


def question_of(direction: Direction) -> str:
    """What a blind rating asks."""
    known: dict[Direction, str] = {FORMALITY: "Which text is more formal?", MOOD: "Which text is more cheerful?"}
    if direction in known:
        return known[direction]
    if words := first_words(direction)["plus"]:
        return f"Which text has more to do with: {', '.join(words.split(', ')[:4])}?"
    return f'Which text has more of "{direction.name}"?'


def examples(directions: Iterable[Direction]) -> list[dict[str, str]]:
    """Prompts to begin from, each with a direction that shows on it."""
    return [
        {"label": f"{direction.name}: {prompt.text}", "prompt": prompt.text, "direction": direction.name}
        for direction in directions
        for prompt in prompts_of(direction)[: 1 if direction.kind == "feature" else 2]
    ]


def home(direction: Direction, model: Model) -> int:
    """The layer after which a direction is tried first: the one it was made at, if it was made at one."""
    if isinstance(direction, StoredDirection):
        return direction.layer
    if isinstance(direction, FeatureDirection):
        source, _ = sites(opened(direction.dictionary))
        return source.layer if source.layer is not None else 0
    return round(DEPTH * model.spec.layers)


def built(
    message: Mapping[str, Any],
    buffers: Sequence[Any],
    model: Model,
    dictionary: Dictionary | None,
    known: Mapping[str, Direction],
) -> Direction:
    """The direction that a message describes, fit for this model as far as can be told without running it.

    Raises BadDirection, NotOneToken, UnknownSite, DictionaryUnusable."""
    kind = message["do"]
    if kind == "build":
        return PairDirection(
            name=_name(message), plus=tuple(message["plus"]), minus=tuple(message["minus"]), how=message["how"]
        )
    if kind == "sum":
        terms = tuple((_number(weight), _known(known, name)) for weight, name in message["terms"])
        return SumDirection(name=_name(message), terms=terms)
    if kind == "token":
        direction: Direction = TokenDirection(name=f"token {message['token']!r}", token=message["token"])
    elif kind == "feature":
        if dictionary is None:
            raise BadDirection(
                f"There is no dictionary of {model.ref.name} here. Give the panel one: dictionary='name or folder'."
            )
        direction = feature_direction(dictionary, int(message["feature"]))
    else:
        direction = _from_file(str(message["name"]), bytes(buffers[0]))
    vector(direction, model, 0)  # a lookup for these three: it refuses another model's, another width's
    return direction


def _from_file(name: str, content: bytes) -> StoredDirection:
    """The direction in a file that a browser sent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(content)
        try:
            return load_direction(path)
        except BadDirection as error:
            raise BadDirection(str(error).replace(str(path), path.name)) from error


def _name(message: Mapping[str, Any]) -> str:
    name = str(message["name"]).strip()
    if not name:
        raise BadDirection("A direction needs a name, by which it is chosen and kept. Type one.")
    return name


def _known(known: Mapping[str, Direction], name: str) -> Direction:
    if name not in known:
        raise BadDirection(f"There is no direction '{name}' here.{nearest(name, known)}")
    return known[name]


def _number(weight: object) -> float:
    """JSON has no NaN: a field that was left empty comes as null."""
    return float("nan") if weight is None else float(str(weight))
