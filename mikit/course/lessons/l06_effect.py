"""Lesson 06, third part: what becomes of the next token without a feature, beside features treated alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mikit.course.lessons.l03_real import measured
from mikit.course.lessons.l06_features import dictionary, index, labelled_features, subject
from mikit.course.lessons.l06_labels import my_rule
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.sae.labels import rule_of, snippet, token_key, words
from mikit.sae.library import ref_of
from mikit.studies.base import Result
from mikit.studies.dictionary import read
from mikit.studies.feature_effect import WHOLE, FeatureEffect, How

SHORT = 6
"""Tokens before the one that the feature fires on, where time is short."""

GOOD = 0.65
"""A label's score, from which on it counts as a good one here."""


def prompt_of(context: Context) -> str:
    """The piece of the pool on which the learner's feature fires most, up to the token that it fires on; a shorter
    piece where time is short."""
    here = index()
    piece = snippet(here, int(here.shown[subject(context), 0, 0]))
    first = 0 if context.pace == "full" else max(0, piece.centre - SHORT)
    return "".join(piece.tokens[first : piece.centre + 1])


def firing(context: Context) -> list[int]:
    """The features that fire on the prompt, the largest activation first; position 0 is left out."""
    model = context.model()
    values = dictionary().encode(read(model, dictionary(), model.tokens(prompt_of(context))))[0].amax(0)
    order = values.argsort(descending=True, stable=True)
    return [int(feature) for feature in order if values[feature] > 0]


def labelled(context: Context) -> list[int]:
    """The learner's own feature, and some of the others with good labels, from the strongest to the weakest: a few
    where time is short, and more until one of them does no more than its controls."""
    here = index()
    known = set(labelled_features(here).tolist())
    good = [f for f in firing(context) if f in known and here.score[f, 0] >= GOOD and f != subject(context)]
    places = np.linspace(0, len(good) - 1, min(len(good), 7 if context.pace == "full" else 2)).astype(int).tolist()
    found = [subject(context), *(good[place] for place in places)]
    for feature in (f for f in good if f not in found):
        if any(is_quiet(context, one) for one in reversed(found)):
            break
        found.append(feature)
    return found


def is_quiet(context: Context, feature: int) -> bool:
    """Whether the feature's loss does no more than that of the most costly of its controls."""
    own, others = moved(effect(context, feature))
    return bool(own <= others.max())


def effect(context: Context, feature: int, how: How = "ablate") -> Result:
    """The study; run once, and kept while the kernel is."""
    model = context.model()
    study = FeatureEffect(
        model=model.ref, dictionary=ref_of(dictionary()), prompt=prompt_of(context), feature=feature, how=how
    )
    return measured(study, model)


def moved(result: Result) -> tuple[float, np.ndarray[Any, Any]]:
    """KL of the next token at dose 1 in nats: the feature's, and each of its controls'."""
    others = result.controls[0].grids["kl"].values.numpy()[:, WHOLE] if result.controls else np.zeros(0)
    return float(result.grids["kl"].values.numpy()[0, WHOLE]), others


def named(feature: int) -> str:
    rule = rule_of(index(), feature)
    return words(rule) if rule else "no label"


def effects(context: Context) -> Iterator[str]:
    """A line for each labelled feature: what its loss does, beside the loss of others of the same length."""
    yield f"{'feature':>7} {'score':>6} {'its loss':>9} {'others, least and most':>23}   label"
    for feature in labelled(context):
        own, others = moved(effect(context, feature))
        yield (
            f"{feature:7} {index().score[feature, 0]:6.2f} {own:9.4f} {others.min():14.4f} {others.max():8.4f}"
            f"   {named(feature)}"
        )


def raised(context: Context, feature: int) -> tuple[tuple[str, ...], int, int]:
    """The ten tokens that move most when the feature is boosted; how many of them the learner's label names; and how
    many are among the six that its direction promotes or the six that it suppresses."""
    here, keys = index(), my_rule(context).keys
    tokens = effect(context, feature, "boost").grids["logit change"].axes["token"]
    written = {here.strings[int(id)] for id in (*here.promoted[feature], *here.suppressed[feature])}
    return tokens, sum(token_key(one) in keys for one in tokens), sum(one in written for one in tokens)


# -- E6: a good label, and no effect ----------------------------------------------------------------------------------


def check_quiet(answer: Any, context: Context) -> Verdict:
    here = index()
    if not isinstance(answer, (int, np.integer)) or isinstance(answer, bool) or not 0 <= answer < len(here):
        return no("a feature's number", f"Give one number, 0 to {len(here) - 1}: the first column of the table.")
    feature = int(answer)
    if feature not in firing(context):
        return no(
            "it fires here",
            f"Feature {feature} is silent on the prompt. What is not there cannot be missed.",
        )
    score = float(here.score[feature, 0])
    if feature not in labelled_features(here) or not here.score[feature, 0] >= GOOD:
        return no(
            "a label that holds",
            f"The label of feature {feature} scores {score:.2f}. Asked is one with {GOOD} or more: good to read.",
        )
    own, others = moved(effect(context, feature))
    if own > others.max():
        return no(
            "no more than others",
            f"Without feature {feature} the next token changes by {own:.4f} nats, and without others of its length by"
            f" {others.max():.4f} at most. This one matters here; look for one that does not.",
        )
    return yes(
        f"label {score:.2f}, loss {own:.4f} nats",
        f"Others of its length cost {others.min():.4f} to {others.max():.4f}. Its label tells when it fires. On this"
        " prompt its firing makes no more difference than anything else of that size.",
    )


def our_quiet(context: Context) -> int:
    return next(feature for feature in reversed(labelled(context)) if is_quiet(context, feature))


def _silent(context: Context) -> int:
    here, on = index(), set(firing(context))
    return next(int(feature) for feature in labelled_features(here) if feature not in on)


def _unlabelled(context: Context) -> int:
    here = index()
    return next(feature for feature in firing(context) if not here.score[feature, 0] >= GOOD)


E6 = Exercise(
    id="E6",
    title="Find a feature with a good label and no effect",
    minutes=5,
    hints=(
        "Each line has two things to compare: what the loss of this feature does, and what the loss of others does.",
        "Look for a line in which 'its loss' is not above the larger of the two numbers beside it.",
        "All of the table's features have labels of 0.65 or more. The first line is your own feature; try the"
        " last ones.",
    ),
    check=check_quiet,
    ours=our_quiet,
    wrong=(
        Wrong(subject, "This one matters here"),
        Wrong(_silent, "cannot be missed"),
        Wrong(_unlabelled, "Asked is one with"),
        Wrong(lambda c: "since", "the first column"),
    ),
)
