"""Lesson 06, second part: a label for a real feature, tested on places it was not made from, and hunted with texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mikit.course.lessons.l06_features import (
    PLAIN,
    activations,
    alarms,
    dictionary,
    index,
    misses,
    own_rule,
    places_of,
    promoted_rule,
    says,
    scored,
    subject,
    subjects,
    text_up_to,
)
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.sae.index import Index
from mikit.sae.labels import BANDS, Rule, fires, items_of, quiz, snippet, token_key, words
from mikit.sae.library import ref_of
from mikit.studies.base import Result, run_study
from mikit.studies.features_on_text import FeaturesOnText
from mikit.studies.score_label import ScoreLabel

MOST_WORDS = 12
PLAIN_TEXT = "Purple cats slept."
"""No label of a learner's feature names a word of it."""

TRIES = 40


def as_rule(answer: Any) -> Rule | None:
    """("on" or "after", words) as a rule; None for anything else."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return None
    where, given = answer
    if where not in ("on", "after") or isinstance(given, str) or not isinstance(given, Sequence):
        return None
    if not given or not all(isinstance(word, str) and word.strip() for word in given):
        return None
    return Rule(tuple(dict.fromkeys(token_key(word) for word in given)), "on" if where == "on" else "before")


def as_answer(rule: Rule) -> tuple[str, list[str]]:
    return ("on" if rule.where == "on" else "after"), list(rule.keys)


def my_rule(context: Context) -> Rule:
    """The learner's label, else the proposed one."""
    return as_rule(context.given("E3")) or own_rule(index(), subject(context))


def blind(context: Context, rule: Rule) -> Result:
    """A label's answers at the feature's 24 test places, which nobody has seen, beside the same answers shuffled."""
    here, feature = index(), subject(context)
    asked = quiz(here, feature, 0)
    pieces = [(item.tokens, item.centre - (rule.where == "before")) for item in asked.items]
    answers = tuple(token_key(tokens[at]) in rule.keys for tokens, at in pieces)
    study = ScoreLabel(
        model=context.model().ref,
        dictionary=ref_of(dictionary()),
        feature=feature,
        label=words(rule),
        answers=answers,
    )
    return run_study(study, context.model())


def outcome(result: Result) -> Iterator[str]:
    """A blind test in three lines."""
    accuracy, right = result.grids["accuracy"], result.grids["right"].values.numpy()
    value, low, high = (float(part.numpy()[0]) for part in (accuracy.values, accuracy.low, accuracy.high) if part)
    shuffled = float(result.controls[0].grids["accuracy"].values.numpy()[0])
    (label,) = result.texts["label"]
    yield f"{label} predicts firing {value:.2f} [{low:.2f}, {high:.2f}]; the same answers shuffled {shuffled:.2f}"
    shares = zip((*BANDS, "silent"), right, strict=True)
    yield "right at: " + ", ".join(f"{name} {share:.0%}" for name, share in shares)


def on_text(context: Context, text: str, label: Any) -> Iterator[str]:
    """A text's tokens: the feature's activation, the mean of the same token in eight other orders of the text, and
    what the label says."""
    model, feature = context.model(), subject(context)
    rule = as_rule(label) or my_rule(context)
    study = FeaturesOnText(model=model.ref, dictionary=ref_of(dictionary()), text=text, features=(feature,))
    result = run_study(study, model)
    own = result.grids["activation"].values.numpy()[0]
    beside = result.controls[0].grids["activation"].values.numpy()[0]
    strings = result.texts["tokens"]
    yield f"{'token':16} {'activation':>10} {'other order':>12}   {words(rule)}"
    for i, said in enumerate(says(rule, strings)):
        told = "left out" if i == 0 else ("fires" if said else "-")
        numbers = f"{'':>10} {'':>12}" if i == 0 else f"{own[i]:10.1f} {beside[i]:12.1f}"
        yield f"{strings[i]!r:16} {numbers}   {told}"


# -- E3: a label of one's own -----------------------------------------------------------------------------------------


def check_label(answer: Any, context: Context) -> Verdict:
    rule = as_rule(answer)
    if rule is None:
        return no("where, and words", 'Give ("on", [...]) or ("after", [...]) with one word or more, as strings.')
    if len(rule.keys) > MOST_WORDS:
        return no("a label is short", f"This label names {len(rule.keys)} words. Take {MOST_WORDS} at most.")
    here, feature = index(), subject(context)
    value, low, high = scored(here, feature, rule)
    if low > 0.5:
        return _holds(here, feature, rule, (value, low, high))
    turned = rule._replace(where="before" if rule.where == "on" else "on")
    if scored(here, feature, turned)[1] > 0.5:
        right, wrong = ("on", "after") if turned.where == "on" else ("after", "on")
        return no("on the token, or after it", f"These words stand {right} the firings, not where you look: '{wrong}'.")
    promoted = set(promoted_rule(here, feature).keys)
    if len(promoted & set(rule.keys)) * 2 > len(rule.keys):
        return no(
            "where it fires",
            "These are tokens that the feature promotes: what it writes. Asked is what stands where it fires.",
        )
    positions, bands = items_of(here, feature)
    said = fires(here, rule, positions)
    if not said.any() and not set(rule.keys) & {token_key(text) for text in here.strings.values()}:
        return no(
            "words that are tokens",
            f"No text of the pool has {words(rule)[3:]} as one token. Read what stands in «» and write that.",
        )
    found, left = int(said[bands >= 0].sum()), int((~said[bands < 0]).sum())
    return no(
        "better than a coin",
        f"It finds {found} of 12 firings and leaves {left} of 12 silent places alone: {value:.2f} [{low:.2f},"
        f" {high:.2f}]. The whole interval should lie above 0.5.",
    )


def _holds(here: Index, feature: int, rule: Rule, score: tuple[float, float, float]) -> Verdict:
    other = next(one for one in subjects() if one != feature)
    elsewhere = scored(here, feature, own_rule(here, other))[0]
    value, low, high = score
    return yes(
        f"predicts firing {value:.2f} [{low:.2f}, {high:.2f}]",
        f"These 24 places were not in what you read. The label of feature {other} gets {elsewhere:.2f} on them. The"
        " test was blind once: what you change now, you change after seeing the result.",
    )


def our_label(context: Context) -> tuple[str, list[str]]:
    return as_answer(own_rule(index(), subject(context)))


def _frequent(count: int) -> list[str]:
    here = index()
    ids, counts = np.unique(here.tokens[here.tokens >= 0], return_counts=True)
    texts = [here.strings[int(id)].strip() for id in ids[np.argsort(-counts, kind="stable")]]
    return [text for text in texts if text.isalpha()][:count]


E3 = Exercise(
    id="E3",
    title="Label a real feature, blind",
    minutes=6,
    hints=(
        "Look at the tokens in «» in all four bands, not only at the first three. Which come again?",
        'Name them: ("on", ["one", "two"]). If it is the word before «» that comes again, write "after".',
        "In the view above, the proposed label stands beside the feature's number. Its words are a good start.",
    ),
    check=check_label,
    ours=our_label,
    wrong=(
        Wrong(lambda c: ("after", our_label(c)[1]), "These words stand on the firings"),
        Wrong(lambda c: as_answer(promoted_rule(index(), subject(c))), "what it writes"),
        Wrong(lambda c: ("on", _frequent(2000)[-1:]), "The whole interval should lie above 0.5"),
        Wrong(lambda c: ("on", ["qqqqq", "zzzzz"]), "as one token"),
        Wrong(lambda c: ("on", _frequent(60)), "This label names"),
        Wrong(lambda c: "on a word", 'Give ("on", [...])'),
    ),
)

# -- E4: a false positive and a false negative ------------------------------------------------------------------------

FALSE_YES, FALSE_NO = "false positive", "false negative"
KEYS = (FALSE_YES, FALSE_NO)


@dataclass(frozen=True)
class Compared:
    """Where a label and a feature agree and differ on a text: tokens of each kind, position 0 left out. ``most``: the
    largest activation as a share of the feature's peak."""

    hits: tuple[str, ...]
    alarms: tuple[str, ...]
    misses: tuple[str, ...]
    most: float
    first: bool
    """Whether the label's word stands at position 0."""


def compared(context: Context, text: str) -> Compared:
    feature, rule = subject(context), my_rule(context)
    strings, values = activations(context.model(), text, feature)
    share = (values / float(index().peak[feature])).numpy()
    said = says(rule, strings)

    def tokens(where: np.ndarray[Any, Any]) -> tuple[str, ...]:
        return tuple(strings[i] for i in np.flatnonzero(where) if i > 0)

    return Compared(
        hits=tokens(said & (share > 0)),
        alarms=tokens(said & (share == 0)),
        misses=tokens(~said & (share >= PLAIN)),
        most=float(share.max()),
        first=token_key(strings[0]) in rule.keys,
    )


def check_hunt(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, Mapping) or set(answer) != set(KEYS):
        return no("two texts", 'Give {"false positive": "...", "false negative": "..."}.')
    if not all(isinstance(text, str) and text.strip() for text in answer.values()):
        return no("two texts", "Both are texts, with a word or more.")
    yeses, noes = (compared(context, answer[key]) for key in KEYS)
    if not (yeses.alarms and noes.misses) and yeses.misses and noes.alarms:
        return no(
            "which is which",
            "You have them the wrong way round. At a false positive the label says yes and the feature is silent.",
        )
    if not yeses.alarms:
        return no("the label says yes, the feature is silent", _no_alarm(yeses))
    if not noes.misses:
        return no("the feature fires, the label says no", _no_miss(noes))
    return yes(
        f"silent on {yeses.alarms[0]!r}, firing on {noes.misses[0]!r}",
        "Two places at which your label is wrong. It may still be a good one: now you can say where it ends.",
    )


def _no_alarm(found: Compared) -> str:
    if found.hits:
        return f"In your first text the label says yes on {found.hits[0]!r}, and the feature fires there: a hit."
    if found.first:
        return "The label's word is the first of your text, and position 0 is left out. Put some words before it."
    return "In your first text the label says no everywhere. Use a word that it names, in an unusual place."


def _no_miss(found: Compared) -> str:
    if found.hits and found.most >= PLAIN:
        return "In your second text the feature fires where the label says yes, and nowhere else: hits only."
    return (
        f"In your second text the feature reaches {found.most:.0%} of its peak where the label says no. Ask for"
        f" {PLAIN:.0%} or more, in words that the label does not name."
    )


def our_hunt(context: Context) -> dict[str, str]:
    """Texts from the pool, begun later and cut short where the feature does the same on less."""
    here, feature, rule = index(), subject(context), my_rule(context)
    yes_at = [*alarms(here, feature, rule), *places_of(here, rule, TRIES)]
    alarm = next((text for text in _texts(here, yes_at) if compared(context, text).alarms), None)
    miss = next((text for text in _texts(here, misses(here, feature, rule)) if compared(context, text).misses), None)
    if alarm is None or miss is None:
        raise LookupError(f"the texts of the pool have no exception to {words(rule)}")
    return {FALSE_YES: alarm, FALSE_NO: miss}


def _texts(here: Index, positions: Sequence[int]) -> Iterator[str]:
    pieces = [snippet(here, position) for position in positions]
    yield from ("".join(piece.tokens[: piece.centre + 1]) for piece in pieces)
    yield from (text_up_to(here, position) for position in positions)


def _a_hit(context: Context) -> str:
    here, feature, rule = index(), subject(context), my_rule(context)
    places = here.shown[feature].ravel()
    places = places[fires(here, rule, places)]
    return next(text for text in _texts(here, places.tolist()) if compared(context, text).hits)


def _only_hits(context: Context) -> dict[str, str]:
    return {FALSE_YES: our_hunt(context)[FALSE_YES], FALSE_NO: PLAIN_TEXT}


E4 = Exercise(
    id="E4",
    title="Hunt a false positive and a false negative",
    minutes=7,
    hints=(
        "The table has a column for the feature and one for the label. Look for a line in which they differ.",
        "For a false positive put the label's word where it means something else, or is part of a name. For a false"
        " negative write of the same thing in other words.",
        "The lowest band of the examples is full of firings without the label's words: take one, and shorten it.",
    ),
    check=check_hunt,
    ours=our_hunt,
    wrong=(
        Wrong(lambda c: dict(zip(KEYS, reversed(our_hunt(c).values()), strict=True)), "the wrong way round"),
        Wrong(lambda c: our_hunt(c) | {FALSE_YES: _a_hit(c)}, "the feature fires there: a hit"),
        Wrong(lambda c: our_hunt(c) | {FALSE_YES: my_rule(c).keys[0]}, "position 0 is left out"),
        Wrong(lambda c: our_hunt(c) | {FALSE_YES: PLAIN_TEXT}, "says no everywhere"),
        Wrong(_only_hits, "of its peak where the label says no"),
        Wrong(lambda c: our_hunt(c)[FALSE_YES], 'Give {"false positive"'),
    ),
)

# -- E5: labels that fit the strongest only ---------------------------------------------------------------------------

FITS, LOSES, CLOSE = 0.9, 0.3, 0.005


def right_on_top(here: Index) -> np.ndarray[Any, Any]:
    """Which labels find nine in ten of their feature's strongest firings, [feature]."""
    found: np.ndarray[Any, Any] = here.recall[:, 0] >= FITS
    return found


def loses(here: Index) -> np.ndarray[Any, Any]:
    found: np.ndarray[Any, Any] = here.recall[:, 0] - here.recall[:, -1] >= LOSES
    return found


def our_share(_: Context) -> float:
    here = index()
    return float(loses(here)[right_on_top(here)].mean())


def check_share(answer: Any, context: Context) -> Verdict:
    try:
        given = float(answer)
    except (TypeError, ValueError, RuntimeError):
        return no("one number", "Give one number, a share between 0 and 1.")
    here, true = index(), our_share(context)
    if abs(given - true) <= CLOSE:
        return yes(
            f"{true:.0%} of them",
            "Each of these labels looks right to whoever reads the strongest examples. A dashboard that shows the top"
            " ten shows these as its successes.",
        )
    known = np.isfinite(here.recall).all(1)
    slips = (
        (100 * true, "a share", "That is per cent. Give a share between 0 and 1."),
        (float((loses(here) & right_on_top(here)).mean()), "of those that look right", _OF_ALL),
        (float(loses(here)[known].mean()), "of those that look right", _ANY),
        (float((here.recall[:, -1] < LOSES)[right_on_top(here)].mean()), "a loss, not a level", _LEVEL),
    )
    for wrong, property, sentence in slips:
        if abs(given - wrong) <= CLOSE:
            return no(property, sentence)
    return no(
        "of those that look right, those that lose",
        f"{int(right_on_top(here).sum())} labels find 0.9 or more of their strongest firings. Of these, how many find"
        f" less by 0.3 or more in the lowest third? {given:.3f} is not their share.",
    )


_OF_ALL = "You divide by all features. Divide by the number of labels that look right on the strongest firings."
_ANY = "These are all labels. Take first those that find 0.9 or more of the strongest firings."
_LEVEL = "You ask who finds less than 0.3 of the weak firings. Asked is by how much it is less than of the strong ones."

E5 = Exercise(
    id="E5",
    title="How many labels fit the strongest only",
    minutes=5,
    hints=(
        "recall[:, 0] is the share found of the strongest firings, recall[:, 3] that of the lowest third.",
        "Two masks: top = recall[:, 0] >= 0.9, and lost = recall[:, 0] - recall[:, 3] >= 0.3. Where a label is untested"
        " there is NaN, and both are False.",
        "share = lost[top].mean()",
    ),
    check=check_share,
    ours=our_share,
    wrong=(
        Wrong(lambda c: 100 * our_share(c), "That is per cent"),
        Wrong(lambda c: float((loses(index()) & right_on_top(index())).mean()), "You divide by all features"),
        Wrong(lambda c: float((index().recall[:, -1] < LOSES)[right_on_top(index())].mean()), "finds less than 0.3"),
        Wrong(lambda c: float(np.nanmean(index().recall[:, -1])), "is not their share"),
        Wrong(lambda c: [1, 2], "Give one number"),
    ),
)
