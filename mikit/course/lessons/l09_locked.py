"""Lesson 09, third part: four changes that the graph foretells, a rule for what counts as foretold, and what"
" happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

from mikit.circuits.attribution import AttributionGraph
from mikit.circuits.influence import adjacency, influence
from mikit.course.lessons.l03_real import measured
from mikit.course.lessons.l09_graph import ANSWER, COUNT, FOIL, LAST, PROMPT, graph
from mikit.course.lessons.l09_toy import Says
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Question, Verdict, Wrong
from mikit.models.model import Model
from mikit.studies.base import Result
from mikit.studies.graphs import node_index
from mikit.studies.test_graph import FACTORS, Intervention, TestGraph

PLANTS, DOUBLED, TOP, ROSE = "plants off", "late doubled", "top neuron off", "rose doubled"
LATE_OFF, SINK, ALL = "late off", "sink off", "all 600 off"
LATE = 24
"""The first layer of the late neurons."""

OUTCOMES = ("as said", "another size", "another sign", "nothing")
CameOut = Callable[[float, float, float, float], Any]


class Locked(NamedTuple):
    """One change: what is meant by it, in words."""

    name: str
    words: str
    nodes: tuple[str, ...]
    how: Literal["ablate", "boost"] = "ablate"

    def intervention(self) -> Intervention:
        return Intervention(name=self.name, nodes=self.nodes, how=self.how)

    def ratios(self, whole: AttributionGraph) -> dict[int, float]:
        return dict.fromkeys((node_index(whole, id) for id in self.nodes), FACTORS[self.how])


def four(context: Context) -> tuple[Locked, ...]:
    """The four that are locked."""
    return (
        Locked(
            PLANTS, "L25 N111 and L29 N307 at the last word, which promote 'stem' and 'plant'", ("25_111_9", "29_307_9")
        ),
        Locked(DOUBLED, f"all neurons of layers {LATE} to 29 at the last word", ids(context, _late), "boost"),
        Locked(TOP, "L1 N83 at the first word, the most influential of all", (most_influential(context),)),
        Locked(ROSE, "L3 N6 at the rose", ("3_6_7",), "boost"),
    )


def more(context: Context) -> tuple[Locked, ...]:
    """Three that come after."""
    return (
        Locked(LATE_OFF, f"the neurons of {DOUBLED!r}", ids(context, _late)),
        Locked(SINK, "three neurons of layers 10 and 11 at the first word", ids(context, _sink)),
        Locked(ALL, "every neuron of the graph", ids(context, lambda layer, position: True)),
    )


def _late(layer: int, position: int) -> bool:
    return layer >= LATE and position == LAST


def _sink(layer: int, position: int) -> bool:
    return layer in (10, 11) and position == 0


def ids(context: Context, chosen: Callable[[int, int], bool]) -> tuple[str, ...]:
    """The graph's neurons at some layers and positions."""
    return tuple(f"{x}_{neuron}_{at}" for x, at, neuron in graph(context).neurons.tolist() if chosen(x, at))


def most_influential(context: Context) -> str:
    """The neuron of most influence, by its name."""
    whole = graph(context)
    best = int(influence(adjacency(whole))[: len(whole.neurons)].argmax())
    layer, position, neuron = whole.neurons[best].tolist()
    return f"{layer}_{neuron}_{position}"


def result(context: Context, which: tuple[Locked, ...] | None = None) -> Result:
    """What the graph foretells of each, what happens, and what happens with other neurons of the same places."""
    model = context.model()
    return measured(test(model, which or four(context)), model)


def test(model: Model, which: tuple[Locked, ...]) -> TestGraph:
    return TestGraph(
        model=model.ref,
        prompt=PROMPT,
        answer=ANSWER,
        foil=FOIL,
        count=COUNT,
        interventions=tuple(one.intervention() for one in which),
    )


class Outcome(NamedTuple):
    """A change of the lead, in logits: what the graph says, what was measured, and the range of random neurons."""

    said: float
    measured: float
    low: float
    high: float


def outcomes(found: Result) -> dict[str, Outcome]:
    random = found.controls[0].grids["measured"]
    assert random.low is not None and random.high is not None
    columns = (found.grids["predicted"].values, found.grids["measured"].values, random.low, random.high)
    names = found.grids["measured"].axes["intervention"]
    return {name: Outcome(*map(float, row)) for name, *row in zip(names, *(c.numpy() for c in columns), strict=True)}


def said_lines(context: Context, says: Says) -> Iterator[str]:
    """The four, and what the graph says of each."""
    whole = graph(context)
    for one in four(context):
        said = float(says(whole.effects, whole.values, one.ratios(whole)))
        yield f"{one.name:17} the graph says {said:+6.2f} logits   {_count(one)} {one.words}"


def _count(one: Locked) -> str:
    return f"{len(one.nodes)} neuron{'s' if len(one.nodes) > 1 else ''}:"


def lines(context: Context, came_out: CameOut, which: tuple[Locked, ...] | None = None) -> Iterator[str]:
    yield f"{'':17} the graph says   measured   random neurons there   came out"
    for name, one in outcomes(result(context, which)).items():
        word = came_out(*one)
        yield f"{name:17} {one.said:+14.2f} {one.measured:+10.2f}   {one.low:+9.2f} to {one.high:+5.2f}      {word}"


# -- E4: a rule for what counts as foretold ---------------------------------------------------------------------------


def our_came_out(said: float, measured: float, low: float, high: float) -> str:
    if low <= measured <= high:
        return "nothing"
    if said * measured < 0:
        return "another sign"
    return "as said" if abs(measured - said) <= abs(said) / 3 else "another size"


CASES = (
    (-1.8, -1.6, -0.1, 0.1),
    (1.8, 2.3, -0.1, 0.1),
    (-1.8, -0.4, -0.1, 0.1),
    (1.8, 3.9, -0.1, 0.1),
    (-1.8, 0.9, -0.1, 0.1),
    (0.6, -0.7, -0.2, 0.0),
    (-1.8, -0.05, -0.1, 0.1),
    (-1.8, -1.7, -2.2, 0.3),
    (0.3, -0.05, -0.1, 0.1),
)
"""Said, measured, and the range of random neurons."""


def check_came_out(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: came_out, not came_out(...).")
    factors = context.draw("E4").uniform(0.5, 2, len(CASES))
    for case, factor in zip(CASES, factors, strict=True):
        numbers = tuple(float(factor) * x for x in case)
        word, true = answer(*numbers), our_came_out(*numbers)
        if word not in OUTCOMES:
            return no("one of four words", f"It gives {word!r}. Give one of: {', '.join(OUTCOMES)}.")
        if word != true:
            return no(*_why(word, true, case, numbers))
    return yes(
        "a rule that was there before the result",
        "A third is a choice, and so is the range of eight draws. What matters is that both were chosen before.",
    )


def _why(word: str, true: str, case: tuple[float, ...], numbers: tuple[float, ...]) -> tuple[str, str]:
    said, measured, low, high = numbers
    shown = f"Said {said:+.2f}, measured {measured:+.2f}, random neurons {low:+.2f} to {high:+.2f}:"
    if true == "nothing":
        return (
            "random neurons come first",
            f"{shown} other neurons of the same places do as much. Ask for that before anything else, whatever was"
            " said.",
        )
    if word == "nothing":
        return "nothing is what random neurons do", f"{shown} that is beyond them, so it is not nothing."
    if true == "another sign":
        return "the sign", f"{shown} the change went the other way. The size does not matter then."
    if word == "another sign":
        return "the sign", f"{shown} both have one sign."
    if said < 0 and true == "as said":
        return (
            "a size has no sign",
            f"{shown} a third of {said:.2f} is below 0, and no distance is. Take abs.",
        )
    if true == "another size" and abs(measured) > abs(said):
        return "too much is off as well", f"{shown} more than a third too much. Count both ways: abs(measured - said)."
    return (
        "within a third of what was said",
        f"{shown} you say '{word}'. A third of what was said is {abs(said) / 3:.2f}.",
    )


E4 = Exercise(
    id="E4",
    title="Say beforehand what counts",
    minutes=5,
    hints=(
        "Four words, asked in this order: nothing, another sign, as said, another size.",
        "Nothing: low <= measured <= high. Another sign: said * measured < 0. As said: abs(measured - said) is at most"
        " a third of abs(said).",
        "if low <= measured <= high: return 'nothing'; if said * measured < 0: return 'another sign'; return 'as said'"
        " if abs(measured - said) <= abs(said) / 3 else 'another size'",
    ),
    check=check_came_out,
    ours=lambda _: our_came_out,
    wrong=(
        Wrong(lambda _: lambda s, m, low, high: our_came_out(s, m, 0, 0), "do as much"),
        Wrong(lambda _: lambda s, m, low, high: _no_abs(s, m, low, high), "Take abs"),
        Wrong(lambda _: lambda s, m, low, high: _too_little(s, m, low, high), "more than a third too much"),
        Wrong(lambda _: lambda s, m, low, high: _sizes_only(s, m, low, high), "went the other way"),
        Wrong(lambda _: lambda s, m, low, high: our_came_out(s, m, low, high) == "as said", "Give one of"),
        Wrong(
            lambda _: lambda s, m, low, high: "nothing" if abs(m) < abs(s) / 2 else our_came_out(s, m, 9, 9),
            "not nothing",
        ),
        Wrong(lambda _: "as said", "Give the function itself"),
    ),
)


def _no_abs(said: float, measured: float, low: float, high: float) -> str:
    found = our_came_out(said, measured, low, high)
    return "another size" if found == "as said" and said < 0 else found


def _too_little(said: float, measured: float, low: float, high: float) -> str:
    found = our_came_out(said, measured, low, high)
    return "as said" if found == "another size" and abs(measured) > abs(said) else found


def _sizes_only(said: float, measured: float, low: float, high: float) -> str:
    found = our_came_out(said, measured, low, high)
    return "another size" if found == "another sign" else found


# -- the four predictions ---------------------------------------------------------------------------------------------

CHOICES = ("as said", "the same sign, another size", "nothing, or another sign")


def truth(name: str) -> Callable[[Context], str]:
    def how(context: Context) -> str:
        word = our_came_out(*outcomes(result(context))[name])
        return {"as said": CHOICES[0], "another size": CHOICES[1]}.get(word, CHOICES[2])

    return how


def _question(id: str, name: str, text: str) -> Question:
    return Question(id=id, text=text, truth=truth(name), choices=CHOICES)


P_PLANTS = _question(
    "P2",
    PLANTS,
    "Two late neurons at the last word that promote ' stem' and ' plant' are switched off; the graph says"
    " \N{MINUS SIGN}1.9 logits. How will it come out?",
)
P_DOUBLED = _question(
    "P3",
    DOUBLED,
    "All 346 neurons of the last six layers at the last word are doubled; the graph says +7.3 logits. How will it come"
    " out?",
)
P_TOP = _question(
    "P4",
    TOP,
    "The most influential neuron of all, L1 N83 at the first word, is switched off; the graph says +0.9 logits. How"
    " will it come out?",
)
P_ROSE = _question(
    "P5",
    ROSE,
    "L3 N6 at the rose is doubled; the graph says +0.6 logits. How will it come out?",
)
