"""Lesson 09, fifth part: pruning changes the story, and a rule changes how many prompts it covers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mikit.course.lessons.l03_real import measured
from mikit.course.lessons.l09_graph import ANSWER, COUNT, FOIL, LAST, PROMPT, ROSE, drawn, graph
from mikit.course.lessons.verdicts import no, one_number, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.sae.labels import wilson
from mikit.studies.base import Result
from mikit.studies.graph_coverage import GraphCoverage, Question, Rule
from mikit.studies.test_levels import TestLevels

Floats = NDArray[np.float64]
Covered = Callable[[Floats, tuple[float, float, float]], Any]

# -- E6: two stories from one graph -----------------------------------------------------------------------------------


def levels(context: Context) -> tuple[str, ...]:
    """The levels of pruning: the share of influence that the kept nodes hold."""
    return drawn(context).grids["score"].axes["level"]


def named(context: Context) -> NDArray[np.int64]:
    """How many neurons are kept at each position, [level, position]."""
    grid = drawn(context).grids["node"]
    since = grid.values.numpy()[:, grid.axes["field"].index("level")]
    neurons = {f"{x}_{neuron}_{at}": at for x, at, neuron in graph(context).neurons.tolist()}
    found = np.zeros((len(levels(context)), graph(context).positions), int)
    for id, first in zip(grid.axes["node"], since, strict=True):
        if id in neurons:
            found[int(first) :, neurons[id]] += 1
    return found


def tested(context: Context) -> Result | None:
    """All kept neurons switched off, level by level; None where time is short."""
    model = context.model()
    if context.pace == "ci":
        return None
    study = TestLevels(model=model.ref, prompt=PROMPT, answer=ANSWER, foil=FOIL, count=COUNT)
    return measured(study, model)


def story_lines(context: Context) -> Iterator[str]:
    """What is kept at each level, at which words, and what the graph and the model say of switching all of it off."""
    result = tested(context)
    yield "level   kept   first word   rose   last word" + ("" if result is None else _HEAD)
    for n, (level, here) in enumerate(zip(levels(context), named(context), strict=True)):
        at = f"{level:>5} {here.sum():6} {here[0]:12} {here[ROSE]:6} {here[LAST]:11}"
        yield at + ("" if result is None else _came(result, n))


_HEAD = "    off: said   measured   random neurons"


def _came(result: Result, level: int) -> str:
    random = result.controls[0].grids["measured"]
    assert random.low is not None and random.high is not None
    arrays = (result.grids["predicted"].values, result.grids["measured"].values, random.low, random.high)
    said, came, low, high = (float(array.numpy()[level]) for array in arrays)
    return f" {said:+12.2f} {came:+10.2f}   {low:+6.2f} to {high:+.2f}"


def first_word(context: Context) -> Floats:
    """The share of the kept neurons that stand at the first word, [level]."""
    kept = named(context)
    return np.asarray(kept[:, 0] / np.maximum(kept.sum(1), 1))


MOSTLY, HARDLY = 0.4, 0.1
"""Of the kept neurons: as many at the first word that the story is about it, and so few that it is not."""


def our_stories(context: Context) -> tuple[float, float]:
    shares = first_word(context)
    about, not_about = np.flatnonzero(shares >= MOSTLY), np.flatnonzero(shares <= HARDLY)
    return float(levels(context)[about[0]]), float(levels(context)[not_about[-1]])


def check_stories(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return no("two levels", "Give two levels of the table, as in (0.36, 0.6).")
    names = [float(level) for level in levels(context)]
    try:
        places = [names.index(round(float(level), 4)) for level in answer]
    except (TypeError, ValueError):
        return no("levels of the table", f"The levels are {', '.join(levels(context))}; this is {answer}.")
    if places[0] == places[1]:
        return no("two levels", "That is one level twice. The point is that two of them tell different stories.")
    one, other = first_word(context)[places]
    if other >= MOSTLY and one <= HARDLY:
        return no("in this order", "They are the right ones, in the other order: first the one about the first word.")
    if one < MOSTLY:
        return no(
            "a story about the first word",
            f"At {answer[0]} {one:.0%} of the kept neurons stand at the first word. Take a level where {MOSTLY:.0%}"
            " do.",
        )
    if other > HARDLY:
        return no(
            "a story that hardly names it",
            f"At {answer[1]} {other:.0%} of the kept neurons stand at the first word. Take a level where {HARDLY:.0%}"
            " do, or fewer.",
        )
    return yes(
        "one graph, two stories",
        f"'It is mostly about the first word' ({one:.0%} of the neurons), and 'the first word hardly matters'"
        f" ({other:.0%}). The graph is the same. So a story comes with its threshold, and was it chosen before or after"
        " reading?",
    )


E6 = Exercise(
    id="E6",
    title="Get two stories out of one graph",
    minutes=3,
    hints=(
        "Look at the columns of kept neurons: which part of them stands at the first word, at each level?",
        "With the fewest neurons the first word has most of them. With the most it has next to none.",
        "The first and the last level of the table.",
    ),
    check=check_stories,
    ours=our_stories,
    wrong=(
        Wrong(lambda c: our_stories(c)[::-1], "in the other order"),
        Wrong(lambda c: (our_stories(c)[0],) * 2, "one level twice"),
        Wrong(lambda c: (float(levels(c)[-2]), float(levels(c)[-1])), "stand at the first word. Take a level where 40"),
        Wrong(lambda c: (float(levels(c)[0]), float(levels(c)[1])), "or fewer"),
        Wrong(lambda _: (0.1, 0.99), "The levels are"),
        Wrong(lambda _: 0.3, "Give two levels"),
    ),
)

# -- E7: the dial -----------------------------------------------------------------------------------------------------

RULE = (0.1, 0.7, 0.8)
"""Replacement, completeness, agreement: the least of each that the lesson states before it looks."""

PROMPTS = tuple(
    Question(prompt=prompt, answer=f" {answer}", foil=f" {foil}")
    for prompt, answer, foil in (
        ("A cat is an animal. An oak is a", "tree", "animal"),
        ("The capital of Japan is the city of", "Tokyo", "Paris"),
        ("When Anna and Peter went to the park, Peter gave a ball to", "Anna", "Peter"),
        ("The opposite of small is", "large", "small"),
        ("Monday, Tuesday, Wednesday,", "Thursday", "Friday"),
        ("In winter it is cold. In summer it is", "hot", "cold"),
        ("A carrot is a vegetable. An apple is a", "fruit", "vegetable"),
        ("The sky is blue. The grass is", "green", "blue"),
        ("One, two, three,", "four", "two"),
        ("She opened the door with a", "key", "book"),
        ("A lemon is yellow. A tomato is", "red", "yellow"),
        ("The capital of Italy is the city of", "Rome", "Paris"),
        ("Tom and Kate ate lunch, and then Tom paid for", "Kate", "Tom"),
        ("January, February, March,", "April", "June"),
        ("He drank a cup of", "tea", "bread"),
        ("The sun rises in the", "east", "west"),
        ("Paris is in France. Madrid is in", "Spain", "France"),
        ("A violin is an instrument. A hammer is a", "tool", "instrument"),
        ("Snow is white. Coal is", "black", "white"),
        ("A bird can fly. A fish can", "swim", "fly"),
        ("The man wore a hat on his", "head", "foot"),
        ("Bees make", "honey", "milk"),
        ("Two plus two is", "four", "five"),
        ("The baby began to", "cry", "read"),
    )
)
"""Chosen before any graph of them was drawn; the answer leads in most of them, and in some it does not."""


def prompts(context: Context) -> tuple[Question, ...]:
    return PROMPTS if context.pace == "full" else PROMPTS[3:4]


def coverage(context: Context) -> Result:
    """Each prompt's graph: its two scores, and how many of ten signs come out as said."""
    model = context.model()
    replacement, completeness, agreement = RULE
    rule = Rule(replacement=replacement, completeness=completeness, agreement=agreement)
    count = 300 if context.pace == "full" else 50
    return measured(GraphCoverage(model=model.ref, prompts=prompts(context), rule=rule, count=count), model)


MEASURES = ("replacement", "completeness", "agreement")


def found(context: Context) -> Floats:
    """Replacement, completeness and agreement of each prompt, [prompt, 3]."""
    numbers = np.stack([coverage(context).grids[name].values.numpy() for name in MEASURES], axis=1)
    return np.asarray(numbers.astype(float).round(6))  # nine of ten are 0.9, in single precision a little less


def prompt_lines(context: Context) -> Iterator[str]:
    shuffled = coverage(context).controls[0].grids["agreement"].values.numpy()
    yield "replacement   completeness   agreement   with what is said shuffled"
    for one, row, chance in zip(prompts(context), found(context), shuffled, strict=True):
        yield f"{row[0]:11.3f} {row[1]:14.3f} {row[2]:11.1f} {chance:12.2f}   {one.prompt}{one.answer}"


def our_covered(numbers: Any, rule: tuple[float, float, float]) -> float:
    return float((np.asarray(numbers) >= np.asarray(rule)).all(1).mean())


RULES: Mapping[str, tuple[float, float, float]] = {
    "as stated": RULE,
    "agreement 0.9": (0.1, 0.7, 0.9),
    "agreement 0.7": (0.1, 0.7, 0.7),
    "replacement 0.2": (0.2, 0.7, 0.8),
    "completeness 0.5": (0.0, 0.5, 0.5),
    "completeness 0.9": (0.1, 0.9, 0.8),
}


def rule_lines(context: Context, covered: Covered) -> Iterator[str]:
    """How many of the prompts each rule covers, with its interval."""
    numbers = found(context)
    yield f"{f'{len(numbers)} prompts, at least':20} replacement  completeness  agreement   covered"
    for name, rule in RULES.items():
        share = float(covered(numbers, rule))
        low, high = wilson(round(share * len(numbers)), len(numbers))
        yield f"{name:20} {rule[0]:11.1f} {rule[1]:13.1f} {rule[2]:10.1f} {share:9.0%} [{low:.0%}, {high:.0%}]"


def _drawn(context: Context) -> Floats:
    """Measures of 97 made-up prompts, of which every slip makes another share."""
    luck, rule = context.draw("E7"), (0.6, 0.4, 0.5)
    while True:
        numbers = luck.uniform(0, 1, (97, 3)).round(1)
        numbers[0] = rule
        values = [our_covered(numbers, rule), *(value for value, _, _ in _slips(numbers, rule))]
        if len({round(value, 9) for value in values}) == len(values):
            return np.asarray(numbers)


def _slips(numbers: Floats, rule: tuple[float, float, float]) -> tuple[tuple[float, str, str], ...]:
    """What wrong ways of counting come to, and what to say of them."""
    met = numbers >= rule
    return (
        (float(met.any(1).mean()), "all three", "It counts prompts that meet one of the three. A rule asks for all."),
        (float(met.mean()), "whole prompts", "It is the share of conditions that are met. Count whole prompts."),
        (float((numbers > rule).all(1).mean()), "at least", "A prompt that has what is asked meets it: >=, not >."),
        (float(met.all(1).sum()), "a share", "That is how many. Give the share of all prompts."),
        (
            float((numbers.mean(0) >= rule).all()),
            "each prompt",
            "It asks the mean of all prompts. Ask each prompt, then count.",
        ),
        (float((numbers.mean(1) >= np.mean(rule)).mean()), "each of the three", _MEAN),
        (
            1 - our_covered(numbers, rule),
            "what is covered",
            "That is the share of prompts that fail. Asked is what is covered.",
        ),
    )


def check_covered(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: covered, not covered(...).")
    numbers, rule = _drawn(context), (0.6, 0.4, 0.5)
    given = answer(numbers.copy(), rule)
    if said := one_number(given):
        return said
    value, true = float(given), our_covered(numbers, rule)
    for wrong, property, sentence in _slips(numbers, rule):
        if abs(value - wrong) < 1e-9 < abs(wrong - true):
            return no(property, sentence)
    for asked in (rule, (0, 0, 0), (0.2, 0.9, 0.1)):
        if not abs(float(answer(numbers.copy(), asked)) - our_covered(numbers, asked)) < 1e-9:
            return no(
                "the share that is covered",
                f"For a rule of {asked} it gives {float(answer(numbers.copy(), asked)):.3f};"
                f" {our_covered(numbers, asked):.3f} is right.",
            )
    return yes("the share that is covered", "One line, and the number that a summary will quote. Now move the rule.")


_MEAN = "It takes the mean of the three. A high score in one does not make up for a low one in another."

E7 = Exercise(
    id="E7",
    title="Count what a rule covers",
    minutes=4,
    hints=(
        "For each prompt: does it have at least what the rule asks for, in all three?",
        "numbers >= rule compares them all at once, [prompt, 3]. .all(1) asks for all three of a prompt.",
        "return float((numbers >= rule).all(1).mean())",
    ),
    check=check_covered,
    ours=lambda _: our_covered,
    wrong=(
        Wrong(lambda _: lambda n, r: (n >= r).any(1).mean(), "meet one of the three"),
        Wrong(lambda _: lambda n, r: (n >= r).mean(), "Count whole prompts"),
        Wrong(lambda _: lambda n, r: (n > r).all(1).mean(), ">=, not >"),
        Wrong(lambda _: lambda n, r: (n >= r).all(1).sum(), "That is how many"),
        Wrong(lambda _: lambda n, r: float((n.mean(0) >= r).all()), "the mean of all prompts"),
        Wrong(lambda _: lambda n, r: (n.mean(1) >= np.mean(r)).mean(), "the mean of the three"),
        Wrong(lambda _: lambda n, r: 1 - our_covered(n, r), "prompts that fail"),
        Wrong(lambda _: lambda n, r: (n >= r).all(1), "gives 97 numbers"),
        Wrong(lambda _: 0.4, "Give the function itself"),
    ),
)
