"""Lesson 06, first part: a feature whose label is known, four labels for it, and what each of them scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong

Bools = NDArray[np.bool_]
Numbers = NDArray[np.float64]

TOPICS: dict[str, tuple[str, str]] = {
    "weather": ("storm thunder", "rain wind fog snow frost breeze cloud drizzle"),
    "music": ("trumpet choir", "song drum flute melody violin chorus tune rhythm"),
    "the kitchen": ("oven stew", "soup knife bread plate spoon kettle flour jug"),
    "the sea": ("whale reef", "wave tide harbour sail anchor gull cliff boat"),
}
"""The words on which the planted feature fires strongly, and those on which it fires less."""

NEUTRAL = "chair letter garden child road window button coat lamp pencil neighbour ticket ladder wall shoe box"
GLUE = (
    "one morning , the {} stood near the {} .",
    "they said that the {} was like the {} .",
    "after lunch , the {} looked at the {} again .",
    "nobody had seen the {} or the {} before .",
)
SENTENCES = 700
OF_TOPIC, OF_OTHER, STRONG = 0.25, 0.12, 0.15
"""Shares: of nouns that are of the feature's topic, and of another one; of the former, those that fire it strongly."""

MISSED, STRAY = 0.05, 0.02
"""No feature is clean: a share of its own words on which it stays silent, and of others on which it fires."""

TEN = 10
Silence = Literal["drawn", "hard"]


@dataclass(frozen=True)
class Place:
    """A word in its sentence."""

    sentence: tuple[str, ...]
    at: int

    @property
    def word(self) -> str:
        return self.sentence[self.at]

    @property
    def before(self) -> str:
        return self.sentence[self.at - 1]

    def __str__(self) -> str:
        words = [*self.sentence]
        words[self.at] = f"«{self.word}»"
        return " ".join(words)


@dataclass(frozen=True)
class Label:
    """What somebody says of the feature, in words, and where it says that the feature fires."""

    words: str
    says: Callable[[Place], bool]


@dataclass(frozen=True)
class Toy:
    """A feature over a small text. ``labels``: four, as "A" to "D"; ``plan``: what each of them is."""

    places: tuple[Place, ...]
    activation: Numbers
    labels: dict[str, Label]
    plan: dict[str, str]

    def strongest(self, count: int = TEN) -> list[Place]:
        """Where it fires most strongly."""
        return [self.places[i] for i in np.argsort(-self.activation, kind="stable")[:count]]

    def asked(self, label: Label, silence: Silence) -> tuple[Bools, Bools]:
        """What a label says and whether the feature fires, [place] both: at every firing, and at as many silent places;
        these are "drawn" from all, or "hard": nouns, as the firings are."""
        firing, silent = np.flatnonzero(self.activation > 0), np.flatnonzero(self.activation == 0)
        if silence == "hard":
            silent = np.array([i for i in silent.tolist() if self.places[i].before == "the"])
        chosen = np.random.default_rng(0).permutation(silent)[: len(firing)]
        here = [*firing.tolist(), *chosen.tolist()]
        said = np.array([label.says(self.places[i]) for i in here], bool)
        return said, np.arange(len(here)) < len(firing)


KINDS = ("holds", "top ten only", "easy silence", "nothing")
_SAY = {
    "holds": "the feature's own label, planted",
    "top ten only": "true of the strongest firings, false of most others",
    "easy silence": "true of all firings, and of much else that looks like them",
    "nothing": "the label of another feature",
}


def toy(context: Context) -> Toy:
    """A learner's own feature: its topic, its text, and the order of the labels."""
    generator = context.draw("toy")
    own, other = generator.permutation(list(TOPICS))[:2].tolist()
    strong, weak = (part.split() for part in TOPICS[own])
    strange, neutral = " ".join(TOPICS[other]).split(), NEUTRAL.split()
    places: list[Place] = []
    activation: list[float] = []
    for _ in range(SENTENCES):
        nouns = []
        for _ in range(2):
            kind = generator.random()
            words = neutral if kind > OF_TOPIC + OF_OTHER else strange
            if kind < OF_TOPIC:
                words = strong if generator.random() < STRONG else weak
            nouns.append(str(generator.choice(words)))
        sentence = tuple(str(generator.choice(GLUE)).format(*nouns).split())
        for at in range(1, len(sentence)):
            places.append(Place(sentence, at))
            activation.append(_fires(sentence[at], strong, weak, generator))
    rules: dict[str, tuple[str, Callable[[Place], bool]]] = {
        "holds": (f"on {_quoted(strong + weak)}", lambda place: place.word in strong + weak),
        "top ten only": (f"on {_quoted(strong)}", lambda place: place.word in strong),
        "easy silence": ('after "the"', lambda place: place.before == "the"),
        "nothing": (f"on {_quoted(strange)}", lambda place: place.word in strange),
    }
    plan = dict(zip("ABCD", generator.permutation(KINDS).tolist(), strict=True))
    labels = {name: Label(*rules[kind]) for name, kind in plan.items()}
    return Toy(tuple(places), np.array(activation), labels, plan)


def _fires(word: str, strong: list[str], weak: list[str], generator: np.random.Generator) -> float:
    chance = generator.random()
    if word in strong:
        return float(generator.uniform(6, 10))
    if word in weak:
        return float(generator.uniform(0.5, 5)) if chance > MISSED else 0.0
    return float(generator.uniform(0.2, 1)) if word in NEUTRAL.split() and chance < STRAY else 0.0


def _quoted(words: list[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


# -- E1: balanced accuracy --------------------------------------------------------------------------------------------


def our_balanced(said: Bools, fires: Bools) -> float:
    said, fires = np.asarray(said, bool), np.asarray(fires, bool)
    return float((said[fires].mean() + (~said)[~fires].mean()) / 2)


def check_balanced(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: balanced, not balanced(...).")
    fires = np.arange(1000) < 50
    said = np.concatenate([np.arange(50) < 30, np.arange(950) < 190])
    order = context.draw("E1").permutation(1000)
    fires, said = fires[order], said[order]
    given = answer(said.copy(), fires.copy())
    if np.size(given) != 1:
        return no("one number", f"It gives {np.size(given)} numbers. Give the mean of the two shares, one number.")
    value, true = float(given), our_balanced(said, fires)
    for wrong, property, sentence in (
        (float((said == fires).mean()), "both kinds count alike", _PLAIN),
        (float(fires[said].mean()), "a share of firings", _PRECISION),
        (float(said[fires].mean()), "silence counts too", _RECALL),
        (float((~said)[~fires].mean()), "firings count too", _SILENCE),
        (2 * true, "the mean of two shares", "That is the sum of both shares. Halve it: a perfect label has 1."),
        (1 - true, "right, not wrong", "It counts what the label gets wrong. Turn it round: a perfect label has 1."),
    ):
        if abs(value - wrong) < 1e-6:
            return no(property, sentence)
    if not abs(value - true) < 1e-6:
        return no(
            "the mean of two shares",
            f"Of 50 firings a label finds 30, and it leaves 760 of 950 silent places alone. Yours gives {value:.3f}.",
        )
    for name, everywhere in (("yes", np.ones(1000, bool)), ("no", np.zeros(1000, bool))):
        if abs(float(answer(everywhere, fires.copy())) - 0.5) > 1e-6:
            return no("0.5 for who does not look", f"Whoever always says {name} should get 0.5.")
    return yes(
        "0.5 is chance, 1 is perfect",
        "Whoever always says no is right at 95 of 100 places, and gets 0.5 here: no better than a coin.",
    )


_PLAIN = (
    "It is the share of all places that are right. A feature is silent nearly everywhere, so a label that always says"
    " no would win. Take one share for the firings and one for the silent places."
)
_PRECISION = (
    "It is the share of the label's yes that is right. That changes with how many silent places you ask about. Divide"
    " by the number of firings."
)
_RECALL = "It counts only the firings that are found. A label that always says yes would be perfect."
_SILENCE = "It counts only the silent places left alone. A label that always says no would be perfect."

E1 = Exercise(
    id="E1",
    title="Score a label",
    minutes=5,
    hints=(
        "Two shares: of the places where the feature fires, how many does the label find? Of the silent ones, how many"
        " does it leave alone?",
        "said[fires] are the label's answers at the firings; their mean is the first share. ~ turns True to False.",
        "return (said[fires].mean() + (~said)[~fires].mean()) / 2",
    ),
    check=check_balanced,
    ours=lambda _: our_balanced,
    wrong=(
        Wrong(lambda _: lambda said, fires: (said == fires).mean(), "would win"),
        Wrong(lambda _: lambda said, fires: fires[said].mean(), "how many silent places you ask about"),
        Wrong(lambda _: lambda said, fires: said[fires].mean(), "only the firings"),
        Wrong(lambda _: lambda said, fires: (~said)[~fires].mean(), "only the silent places"),
        Wrong(lambda _: lambda said, fires: 2 * our_balanced(said, fires), "Halve it"),
        Wrong(lambda _: lambda said, fires: 1 - our_balanced(said, fires), "Turn it round"),
        Wrong(lambda _: 0.7, "Give the function itself"),
    ),
)

# -- E2: four labels --------------------------------------------------------------------------------------------------

GOOD, CHANCE = 0.75, 0.56


def scores(small: Toy) -> dict[str, dict[Silence, float]]:
    """Balanced accuracy of each label, by the kind of silent places."""
    kinds: tuple[Silence, ...] = ("drawn", "hard")
    return {
        name: {silence: our_balanced(*small.asked(label, silence)) for silence in kinds}
        for name, label in small.labels.items()
    }


def check_which(answer: Any, context: Context) -> Verdict:
    small = toy(context)
    if not isinstance(answer, Mapping) or set(answer) != set(KINDS):
        return no("four names", 'Give {"holds": ..., "top ten only": ..., "easy silence": ..., "nothing": ...}.')
    if sorted(map(str, answer.values())) != sorted(small.labels):
        return no("each label once", "Each of the labels A, B, C and D has one of the four names.")
    found = scores(small)
    holds = answer["holds"]
    drawn, hard = found[holds].values()
    fits = sum(small.labels[holds].says(place) for place in small.strongest())
    if drawn < GOOD:
        alike = f"{holds} fits {fits} of the ten strongest firings. Of all firings it scores {drawn:.2f} on the table."
        tail = "Ten out of ten says little of the rest." if fits == TEN else "That is a coin."
        return no("it holds for all firings", f"{alike} {tail}")
    if hard < GOOD:
        return no(
            "it holds beside hard silence",
            f"{holds} scores {drawn:.2f} where silence is drawn from anywhere, and {hard:.2f} where it looks like the"
            " firings. Nearly any label that says 'nouns' would do as well.",
        )
    if small.plan[answer["easy silence"]] == "easy silence":
        return _two_low(small, answer, found)
    return no(
        "easy silence",
        "This label scores well in one column and no better than a coin in the other. Look at both columns.",
    )


def _two_low(small: Toy, answer: Mapping[str, str], found: dict[str, dict[Silence, float]]) -> Verdict:
    top = answer["top ten only"]
    if small.plan[top] != "top ten only":
        return no(
            "it fits the top ten",
            f"{top} fits none of the ten strongest firings. The other low label fits all ten.",
        )
    held = found[answer["holds"]]["hard"]
    return yes(
        "three of the four fit the top ten",
        f"Only {answer['holds']} holds beyond them, with {held:.2f} on hard silence. It is the label that was planted.",
    )


def our_which(context: Context) -> dict[str, str]:
    """From the scores, as a learner reads them off the table."""
    small = toy(context)
    found, left = scores(small), set(small.labels)
    holds = max(left, key=lambda name: found[name]["hard"])
    easy = max(left - {holds}, key=lambda name: found[name]["drawn"])
    fits = {name: sum(map(small.labels[name].says, small.strongest())) for name in left - {holds, easy}}
    return {
        "holds": holds,
        "top ten only": max(fits, key=lambda name: fits[name]),
        "easy silence": easy,
        "nothing": min(fits, key=lambda name: fits[name]),
    }


def _swapped(first: str, second: str) -> Callable[[Context], dict[str, str]]:
    def answer(context: Context) -> dict[str, str]:
        right = our_which(context)
        return right | {first: right[second], second: right[first]}

    return answer


E2 = Exercise(
    id="E2",
    title="Tell four labels apart",
    minutes=4,
    hints=(
        "A coin gets 0.5 in a column. Which label is above that in both columns?",
        'The one that is high beside drawn silence and 0.5 beside hard silence has "easy silence". Two are left.',
        'Of the last two, "top ten only" is the one that fits ten of ten; "nothing" fits none.',
    ),
    check=check_which,
    ours=our_which,
    wrong=(
        Wrong(_swapped("holds", "top ten only"), "says little of the rest"),
        Wrong(_swapped("holds", "easy silence"), "looks like the"),
        Wrong(_swapped("top ten only", "nothing"), "fits none of the ten"),
        Wrong(_swapped("easy silence", "nothing"), "Look at both columns"),
        Wrong(lambda _: "C", 'Give {"holds"'),
        Wrong(lambda _: dict.fromkeys(KINDS, "A"), "has one of the four names"),
    ),
)
