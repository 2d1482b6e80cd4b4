"""Lesson 09, first part: a toy whose graph holds all of the effect, what it says rightly, and what it cannot say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from mikit.circuits.attribution import AttributionGraph, attribution_graph
from mikit.circuits.influence import adjacency, scores
from mikit.course.lessons.verdicts import no, one_number, yes
from mikit.course.plan import Context, Exercise, Question, Verdict, Wrong
from mikit.models.model import Model
from mikit.models.planted import COLOURS, planted, tokenizer
from mikit.studies import cost
from mikit.trace.arrays import Array
from mikit.trace.checks import load
from mikit.trace.edits import Patch
from mikit.trace.engine import run
from mikit.trace.sites import Site

PROMPT = ("lemon", "plum", "lime", "lemon")
ANSWER, FOIL = COLOURS["plum"], COLOURS["lime"]
OTHER = "mango"
"""The fruit that takes another's place: its colour is neither."""

CLOSE = 1e-4
GONE = 0.01
"""Logits: a change smaller than this is none."""

Says = Callable[[Tensor, Tensor, Mapping[int, float]], Any]


@lru_cache(maxsize=1)
def toy() -> Model:
    return load(planted(), tokenizer=tokenizer())


def lead(text: str) -> float:
    """By how much the toy puts the plum's colour above the lime's."""
    return _lead(run(toy(), toy().tokens(text), [[]])[0])


def _lead(logits: Tensor) -> float:
    answer, foil = (int(toy().tokens(word).ids[0, 0]) for word in (ANSWER, FOIL))
    return float(logits[answer] - logits[foil])


@lru_cache(maxsize=1)
def graph() -> AttributionGraph:
    """Of the one neuron that has an effect."""
    model = toy()
    answer, foil = (int(model.tokens(word).ids[0, 0]) for word in (ANSWER, FOIL))
    tokens, budget = model.tokens(" ".join(PROMPT)), cost.budget(model.spec)
    *_, drawn = attribution_graph(model, tokens, answer, foil, count=1, budget=budget)
    return drawn


def node_name(n: int) -> str:
    drawn = graph()
    if n < len(drawn.neurons):
        layer, position, neuron = drawn.neurons[n].tolist()
        return f"neuron {neuron} of layer {layer} at word {position}"
    if n < drawn.rest.stop:
        layer, position = divmod(n - drawn.rest.start, drawn.positions)
        return f"the rest of layer {layer} at word {position}"
    if n < drawn.embeddings.stop:
        return f"word {n - drawn.embeddings.start}, {PROMPT[n - drawn.embeddings.start]}"
    return f"{ANSWER} less {FOIL}"


def edges() -> Iterator[str]:
    """Every edge of the toy's graph, and how much the graph holds."""
    drawn = graph()
    numbers = adjacency(drawn)
    yield f"{'from':34} {'to':34} effect"
    for to, source in (drawn.effects.abs() > CLOSE).nonzero().flip(0).tolist():
        yield f"{node_name(source):34} {node_name(to):34} {float(drawn.effects[to, source]):+.2f}"
    found = scores(numbers)
    yield f"share of the effect that the graph holds: {drawn.share:.0%}"
    yield f"replacement score {found.replacement:.2f}, completeness score {found.completeness:.2f}"


def neuron_lines(says: Says) -> Iterator[str]:
    """The neuron of the graph set to other values: what the graph says, and what the toy does."""
    drawn = graph()
    yield "the neuron          the graph says   measured"
    for name, ratio in (("switched off", 0.0), ("halved", 0.5), ("doubled", 2.0), ("three times", 3.0)):
        said = float(says(drawn.effects, drawn.values, {0: ratio}))
        yield f"{name:19} {said:+14.2f} {with_neuron(ratio):+10.2f}"


def with_neuron(ratio: float) -> float:
    """By how much the lead changes when the neuron is held at ``ratio`` times its value."""
    drawn = graph()
    layer, position, neuron = drawn.neurons[0].tolist()
    edit = Patch(
        site=Site(name="mlp_post", layer=layer, position=position),
        source=Array.of(ratio * drawn.values),
        units=(neuron,),
    )
    return _lead(run(toy(), drawn.tokens, [[edit]])[0]) - drawn.value


def exchanged(place: int) -> str:
    """The prompt with another fruit at one place."""
    return " ".join(OTHER if n == place else word for n, word in enumerate(PROMPT))


def word_lines(says: Says) -> Iterator[str]:
    """Each word taken out, as the graph sees it, and another fruit in its place, as the toy does."""
    drawn = graph()
    yield f"place  word    its way to the answer, by the graph   with {OTHER} there"
    for place, word in enumerate(PROMPT):
        said = float(says(drawn.effects, drawn.values, {drawn.embeddings.start + place: 0.0}))
        yield f"{place:5}  {word:6} {said:+28.2f} {lead(exchanged(place)) - drawn.value:+22.2f}"


# -- E1: what a graph says --------------------------------------------------------------------------------------------


def our_predicted(effects: Tensor, values: Tensor, ratios: Mapping[int, float]) -> float:
    change = torch.zeros(len(effects))
    for node, ratio in ratios.items():
        change[node] = ratio - 1
    for n in range(len(values)):
        if n not in ratios:
            change[n] = effects[n] @ change / values[n]
    return float(effects[-1] @ change)


def _random_graph(context: Context) -> tuple[Tensor, Tensor]:
    """Six neurons in three layers, two rest nodes, two embeddings, one output: effects [11, 11] and values [6]."""
    luck = torch.Generator().manual_seed(int(context.draw("E1").integers(2**31)))
    effects = torch.zeros(11, 11)
    for n, layer in enumerate((0, 0, 1, 1, 2, 2)):
        sources = [*range(2 * layer), *range(6, 10)]
        effects[n, sources] = torch.randn(len(sources), generator=luck) + 0.5
    effects[-1, :10] = torch.randn(10, generator=luck) + 0.5
    values = effects[:6].sum(1) + torch.randn(6, generator=luck).sign()
    return effects, torch.where(values.abs() < 0.5, torch.full_like(values, 1.5), values)


def check_predicted(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: predicted, not predicted(...).")
    effects, values = _random_graph(context)
    if said := one_number(answer(effects.clone(), values.clone(), {})):
        return said

    def asked(ratios: dict[int, float]) -> float:
        return float(answer(effects.clone(), values.clone(), dict(ratios)))

    if abs(asked({}) or 0.0) > CLOSE:
        return no("nothing set, nothing changes", f"With no node set it gives {asked({}):.3f}. Every change is then 0.")
    straight = float(-effects[-1, 4])
    if abs(asked({4: 0.0}) - straight) > CLOSE:
        if abs(asked({4: 0.0}) + straight) < CLOSE:
            return no("the right sign", "The sign is turned: what is switched off takes its effect away.")
        return no(
            "a neuron of the last layer",
            f"Its one edge to the output brings {-straight:+.3f}, so off it changes the output by {straight:+.3f}."
            f" Yours says {asked({4: 0.0}):+.3f}.",
        )
    if abs(asked({4: 2.0}) + straight) > CLOSE:
        return no("doubled", "A doubled neuron changes by its own value once more: its change is ratio - 1.")
    early, true = asked({0: 0.0}), our_predicted(effects, values, {0: 0.0})
    if abs(early + float(effects[-1, 0])) < CLOSE:
        return no(
            "along all ways",
            "That is the edge that runs straight to the output. What the neuron brings other neurons, and they bring"
            " the output, is missing.",
        )
    if abs(early - our_predicted(effects, torch.ones_like(values), {0: 0.0})) < CLOSE:
        return no(
            "a change as a share",
            "Each effect belongs to a source as it is. So a source counts by the share that it changes by: divide what"
            " comes into a neuron by its value.",
        )
    if abs(early - true) > CLOSE * max(1.0, abs(true)):
        return no("along all ways", f"For a neuron of the first layer it says {early:+.3f}, and {true:+.3f} is right.")
    both = {0: 0.0, 2: 2.0}
    if abs(asked(both) - our_predicted(effects, values, both)) > CLOSE:
        return no("what is held stays", "A neuron that is set moves no more, whatever comes into it.")
    word = {8: 0.0}
    if abs(asked(word) - our_predicted(effects, values, word)) > CLOSE * max(1.0, abs(asked(word))):
        return no("any node can be set", "A word can be taken out too: nodes after the neurons are words and the rest.")
    return yes(
        "what the graph says",
        "It takes as long as reading it: no run of the model. That is the use of a graph, if what it says is so.",
    )


def _no_shares(effects: Tensor, values: Tensor, ratios: Mapping[int, float]) -> float:
    return our_predicted(effects, torch.ones_like(values), ratios)


def _straight(effects: Tensor, values: Tensor, ratios: Mapping[int, float]) -> float:
    return sum(float(effects[-1, n]) * (ratio - 1) for n, ratio in ratios.items())


def _all_move(effects: Tensor, values: Tensor, ratios: Mapping[int, float]) -> float:
    change = torch.zeros(len(effects))
    for n, ratio in ratios.items():
        change[n] = ratio - 1
    for n in range(len(values)):
        change[n] += effects[n] @ change / values[n]
    return float(effects[-1] @ change)


E1 = Exercise(
    id="E1",
    title="Say what a graph says",
    minutes=7,
    hints=(
        "Keep one number a node: by which share it changes. Switched off: -1. Doubled: +1. Not touched and nothing"
        " comes in: 0.",
        "Go through the neurons in their order. One that is not set changes by effects[n] @ change / values[n]: what"
        " its sources bring it less or more, as a share of its value.",
        "change = torch.zeros(len(effects)); for the set nodes change[node] = ratio - 1; for n in range(len(values)),"
        " if n not in ratios: change[n] = effects[n] @ change / values[n]; return float(effects[-1] @ change)",
    ),
    check=check_predicted,
    ours=lambda _: our_predicted,
    wrong=(
        Wrong(lambda _: _straight, "the edge that runs straight"),
        Wrong(lambda _: lambda e, v, r: -our_predicted(e, v, r), "The sign is turned"),
        Wrong(lambda _: _no_shares, "divide what comes into a neuron by its value"),
        Wrong(lambda _: _all_move, "moves no more"),
        Wrong(lambda _: lambda e, v, r: our_predicted(e, v, {n: 0.0 for n in r}), "its own value once more"),
        Wrong(lambda _: lambda e, v, r: our_predicted(e, v, {n: x for n, x in r.items() if n < len(v)}), "taken out"),
        Wrong(lambda _: lambda e, v, r: e[-1], "gives 11 numbers"),
        Wrong(lambda _: lambda *_: None, "Does it end in return"),
        Wrong(lambda _: 1.8, "Give the function itself"),
    ),
)

PLACES = ("one: the plum", "two", "three")


def places_that_matter(_: Context) -> str:
    """At how many of the four places another fruit takes the answer away."""
    changed = sum(abs(lead(exchanged(place)) - graph().value) > GONE for place in range(len(PROMPT)))
    return PLACES[changed - 1]


P_PLACES = Question(
    id="P1",
    text="The graph has one way in it: the plum's. Put mango in the place of each of the four words in turn. At how"
    " many places does that change the answer?",
    truth=places_that_matter,
    choices=PLACES,
)
