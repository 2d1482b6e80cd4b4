"""Lesson 08, third part: circuits of name prompts in a real model, found, tested, and found once more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mikit.circuits.faithfulness import Ends, Run
from mikit.circuits.sets import by_edge, on_paths, random_circuits, strongest
from mikit.course.lessons.l03_real import measured
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Question, Verdict, Wrong
from mikit.errors import MikitError
from mikit.models.model import Model
from mikit.studies.base import Grid, Result
from mikit.studies.circuits import PartsCircuit, Pooled, edge_name, part_name, ranking
from mikit.studies.names import name_pairs
from mikit.studies.pairs import PromptPair
from mikit.studies.planted_circuit import PAIRS as TOY_PAIRS
from mikit.studies.planted_circuit import opened
from mikit.studies.test_circuit import TestCircuit
from mikit.trace.graph import Graph, graph_of

Floats = NDArray[np.float64]
Pairs = tuple[PromptPair, ...]

PAIRS = 12
STEPS = 5
FIRST, SECOND = 50, 400
"""How many edges of a ranking the lesson's two circuits are made of; those that lie on no way are left out then."""
CORE = 0.1
"""An edge of the first circuit whose loss takes more than this of its share stands in the second as well."""
MOST_PARTS, ENOUGH = 16, 0.8
SIZES = (10, 50, 100, 1000)
ENOUGH_EDGES = 0.9

P3_CHOICES = ("About 50: 1 in 1,400", "About 700: 1 in 100", "About 7,000: 1 in 10")


def seen(context: Context) -> slice:
    """Which of the twelve pairs edges are ranked on: one of each wording."""
    return slice(0, 4 if context.pace == "full" else 1)


def unseen(context: Context) -> slice:
    """Pairs of other names, which no ranking has seen."""
    return slice(4, 12 if context.pace == "full" else 6)


def draws(context: Context) -> int:
    """How many random circuits stand beside one of the lesson's."""
    return 3 if context.pace == "full" else 1


def pairs_of(context: Context) -> Pairs:
    """The pairs of names that edges are ranked on."""
    return name_pairs(context.model(), PAIRS)[seen(context)]


class Bench:
    """Runs circuits on some pairs and tells what they keep, as a share of the mean logit difference."""

    def __init__(self, model: Model, pairs: Pairs) -> None:
        study = TestCircuit(model=model.ref, pairs=pairs, circuit=PartsCircuit(parts=("L0 MLP",)))
        both = [_last(study.bounded(model, pair)) for pair in study.read(model)]
        self.runs: list[Run] = [run for run, _ in both]
        self.between: list[Ends] = [between for _, between in both]

    def measures(self, circuits: Iterable[Tensor]) -> Floats:
        """The logit difference of each pair on each circuit, [pair, circuit]."""
        made = list(circuits)
        return np.array([list(run(made)) for run in self.runs])

    def shares(self, circuits: Iterable[Tensor]) -> Floats:
        """What each circuit keeps of each pair, [pair, circuit]."""
        values = self.measures(circuits)
        return np.array([[one.share(v) for v in row] for one, row in zip(self.between, values, strict=True)])

    def keep(self, circuits: Iterable[Tensor]) -> Floats:
        """The share that each circuit keeps of the mean logit difference, [circuit]; no minus before a zero."""
        return Pooled.of(self.between).share(self.shares(circuits)).round(4) + 0.0


def span(shares: Floats) -> str:
    """From the least to the most, in whole per cent."""
    low, high = (round(100 * float(x)) for x in (shares.min(), shares.max()))
    return f"{low} %" if low == high else f"{low} to {high} %"


def _last(steps: Any) -> Any:
    """What a generator returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@lru_cache(maxsize=4)
def _bench(model: Model, start: int, stop: int) -> Bench:
    return Bench(model, name_pairs(model, PAIRS)[start:stop])


def bench(context: Context) -> Bench:
    """Of the pairs that edges are ranked on."""
    return _bench(context.model(), seen(context).start, seen(context).stop)


def new_bench(context: Context) -> Bench:
    """Of pairs of other names."""
    return _bench(context.model(), unseen(context).start, unseen(context).stop)


def looked_at(context: Context) -> tuple[Model, PromptPair]:
    """What the check-boxes are of: the model, and the first of its pairs. At ci pace, where nobody ticks, the toy."""
    if context.pace == "full":
        return context.model(), pairs_of(context)[0]
    return opened(), TOY_PAIRS[0]


def graph(context: Context) -> Graph:
    return graph_of(context.model().spec)


def scores(context: Context) -> Tensor:
    """EAP-IG scores of all edges, [receiver, sender], the mean over the lesson's pairs."""
    found: Tensor = _last(ranking(context.model(), pairs_of(context), STEPS))
    return found


def edges_by_score(context: Context, count: int = 10) -> Iterator[str]:
    """The edges of highest score, and how often an edge has more than a tenth of a logit."""
    all_scores, here = scores(context), graph(context)
    values = all_scores[here.edges]
    best = strongest(here, all_scores, count).nonzero().tolist()
    for receiver, sender in sorted(best, key=lambda place: -float(all_scores[tuple(place)])):
        yield f"{edge_name(here, receiver, sender):22} {all_scores[receiver, sender]:+.2f}"
    large = int((values.abs() > 0.1).sum())
    yield f"{here.size:,} edges; {large} have 0.1 or more, {int((values < -0.1).sum())} of them below 0"


# -- how few edges ----------------------------------------------------------------------------------------------------


_SIZES: dict[tuple[str, int], tuple[Floats, Floats, Floats]] = {}


def sizes(context: Context) -> tuple[Floats, Floats, Floats]:
    """What the strongest edges keep, on the pairs they were ranked on [size] and on new ones [size], and what random
    circuits keep [size, draw]."""
    key = context.model().ref.sha256, seen(context).stop
    if key not in _SIZES:
        count = draws(context)
        circuits = [strongest(graph(context), scores(context), size) for size in SIZES]
        random = [one for size in SIZES for one in random_circuits(graph(context), size, count, seed=0)]
        by_chance = bench(context).keep(random).reshape(len(SIZES), count)
        _SIZES[key] = bench(context).keep(circuits), new_bench(context).keep(circuits), by_chance
    return _SIZES[key]


def by_size(context: Context) -> Iterator[str]:
    """What circuits of growing size keep."""
    own, new, random = sizes(context)
    yield "strongest edges   ranked on these pairs   other names   random circuits"
    for n, size in enumerate(SIZES):
        yield f"{size:15,} {own[n]:23.0%} {new[n]:13.0%} {span(random[n]):>17}"


def edges_needed(context: Context) -> str:
    own, _, _ = sizes(context)
    size = next((size for size, share in zip(SIZES, own, strict=True) if share >= ENOUGH_EDGES), graph(context).size)
    return P3_CHOICES[0] if size <= 100 else P3_CHOICES[1] if size <= 1000 else P3_CHOICES[2]


P_EDGES = Question(
    id="P3",
    text="The model has 70,651 edges. How many of the strongest keep 90 % of the logit difference on these prompts,"
    " with all other edges cut?",
    truth=edges_needed,
    choices=P3_CHOICES,
)

# -- E4: a circuit of parts -------------------------------------------------------------------------------------------


def first(context: Context) -> Tensor:
    """The first circuit: the strongest edges that lie on a way from the embedding to the logits."""
    return on_paths(graph(context), strongest(graph(context), scores(context), FIRST))


def parts_in(context: Context, circuit: Tensor) -> list[str]:
    """The heads and MLPs that send along a circuit's edges."""
    senders = graph(context).senders
    return [part_name(senders[i]) for i in circuit.any(0).nonzero().ravel().tolist() if i]


def part_scores(context: Context) -> dict[str, float]:
    """What the edges that leave a part have together, in logits, the largest sizes first."""
    total = (scores(context) * graph(context).edges).sum(0)
    order = [i for i in total.abs().argsort(descending=True).tolist() if i]
    return {part_name(graph(context).senders[i]): float(total[i]) for i in order}


def parts_table(context: Context, count: int = 24) -> Iterator[str]:
    """The parts of largest score, three to a line."""
    best = [f"{name:8} {score:+6.2f}" for name, score in list(part_scores(context).items())[:count]]
    for n in range(0, count, 4):
        yield "     ".join(best[n : n + 4])


def our_parts(context: Context) -> list[str]:
    return parts_in(context, first(context))[:MOST_PARTS]


def check_parts(answer: Any, context: Context) -> Verdict:
    several = isinstance(answer, (list, tuple, set, frozenset))
    if not several or not all(isinstance(name, str) for name in answer):
        return no("a list of parts", 'Give a list of names, such as ["L0 MLP", "L23H3"].')
    try:
        circuit = PartsCircuit(parts=tuple(answer))
        edges = circuit.edges(context.model())
    except (MikitError, ValueError) as error:
        return no("parts of this model", str(error))
    if len(circuit.parts) > MOST_PARTS:
        return no(f"at most {MOST_PARTS} parts", f"These are {len(circuit.parts)}. The whole model does it, too.")
    kept = float(bench(context).keep([edges])[0])
    if abs(kept) < 0.05:
        why = (
            "Early parts score less than late ones, yet all ways go through some."
            if any("H" in name for name in circuit.parts)
            else "There is no head among them, and only heads bring something from one word to another."
        )
        return no("something gets through", f"These parts alone keep {kept:.0%}. {why}")
    if kept < ENOUGH:
        against = [name for name in circuit.parts if part_scores(context)[name] < 0]
        more = (
            f" {len(against)} of them, such as {against[0]}, have a score below 0: they work against the answer."
            if against
            else " A part that passes something on is missing."
        )
        return no(f"{ENOUGH:.0%} or more", f"These {len(circuit.parts)} parts keep {kept:.0%}.{more}")
    fresh = float(new_bench(context).keep([edges])[0])
    random = bench(context).keep(random_circuits(graph(context), int(edges.sum()), draws(context), seed=0))
    return yes(
        f"{len(circuit.parts)} of 300 parts keep {kept:.0%}",
        f"On pairs of other names they keep {fresh:.0%}; random circuits of as many edges, {int(edges.sum())}, keep"
        f" {span(random)} ({len(random)} drawn).",
    )


E4 = Exercise(
    id="E4",
    title="A circuit of at most 16 parts",
    minutes=7,
    hints=(
        "Parts with a score below 0 work against the answer. Which ones do you leave out?",
        "Take the sixteen of highest score, the sign counting. Is there a way from the first layer to the last?",
        'Begin with ["L0 MLP", "L17H4", "L17 MLP", "L20H0", "L23H0", "L23H3", "L29H1", "L29 MLP"], and add heads of'
        " layers 19 and 23 and late MLPs.",
    ),
    check=check_parts,
    ours=our_parts,
    wrong=(
        Wrong(lambda c: list(part_scores(c))[:MOST_PARTS], "they work against the answer"),
        Wrong(lambda c: list(part_scores(c))[:40], "The whole model does it, too"),
        Wrong(lambda c: [name for name in our_parts(c) if name != "L0 MLP"], "yet all ways go through some"),
        Wrong(lambda c: [name for name in our_parts(c) if name != "L17H4"], "passes something on is missing"),
        Wrong(lambda _: ["L40H2"], "There is no"),
        Wrong(lambda _: ["L0 MLP", "L29 MLP"], "There is no head among them"),
        Wrong(lambda _: "L23H3", "Give a list of names"),
        Wrong(lambda _: [23, 3], "a list of names, such as"),
    ),
)


def tested(context: Context, parts: Sequence[str]) -> Result:
    """A circuit of parts beside random ones, with what goes without each part."""
    study = TestCircuit(
        model=context.model().ref,
        pairs=pairs_of(context),
        circuit=PartsCircuit(parts=tuple(parts)),
        draws=10 if context.pace == "full" else 2,
    )
    return measured(study, context.model())


def test_table(context: Context, parts: Sequence[str]) -> Iterator[str]:
    """The measure of all four runs, and what each part's loss takes."""
    result = tested(context, parts)
    measure, random = result.grids["measure"].values.numpy(), result.controls[0].grids["measure"]
    assert random.low is not None and random.high is not None
    low, high = random.low.numpy(), random.high.numpy()
    yield f"whole model      {measure[0]:+.2f} logits"
    yield f"no edge          {measure[1]:+.2f}"
    for n, name in enumerate(("circuit alone", "all but circuit")):
        yield f"{name:16} {measure[2 + n]:+.2f}       random circuits {low[n]:+.2f} to {high[n]:+.2f}"
    needed = result.grids["needed"]
    lost = sorted(zip(needed.axes["part"], needed.values.numpy(), strict=True), key=lambda one: -one[1])
    yield "of its share the circuit loses without"
    yield "  " + ", ".join(f"{name} {share:.0%}" for name, share in lost)


# -- E6: how much two circuits share ----------------------------------------------------------------------------------


_CORES: dict[tuple[str, int], Tensor] = {}


def core(context: Context) -> Tensor:
    """The edges without which the first circuit loses most: the second may keep them."""
    key = context.model().ref.sha256, seen(context).stop
    if key not in _CORES:
        circuit = first(context)
        edges = list(by_edge(circuit))
        kept = bench(context).keep([circuit, *(circuit & ~edge for edge in edges)])
        found = torch.zeros_like(circuit)
        for edge, share in zip(edges, kept[1:], strict=True):
            if kept[0] - share > CORE:
                found |= edge
        _CORES[key] = found
    return _CORES[key]


def second(context: Context) -> Tensor:
    """A circuit of other edges: ranked again, with the first circuit's edges left out but for its core."""
    left = scores(context).masked_fill(first(context) & ~core(context), -torch.inf)
    return on_paths(graph(context), strongest(graph(context), left, SECOND))


def our_overlap(a: Any, b: Any) -> float:
    return float((a & b).sum() / (a | b).sum())


def check_overlap(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: overlap, not overlap(...).")
    generator = torch.Generator().manual_seed(int(context.draw("E6").integers(2**31)))
    a, b = torch.rand(2, 9, 12, generator=generator) < torch.tensor([0.2, 0.6])[:, None, None]
    given, right = float(answer(a.clone(), b.clone())), our_overlap(a, b)
    both, at = (
        int((a & b).sum()),
        f"Sets of {int(a.sum())} and {int(b.sum())} edges, {int((a & b).sum())} in both: {{}}",
    )
    for wrong, property, sentence in (
        (float(both), "a share", "That is a number of edges. Divide by how many there are in either."),
        (both / int(a.sum()), "the same from both sides", "That is a share of the first set alone."),
        (both / int(b.sum()), "the same from both sides", "That is a share of the second set alone."),
        (float((a == b).float().mean()), "edges in neither do not count", "Edges in neither set count as shared here."),
        (both / int(a.sum() + b.sum()), "each edge once", "The shared edges are counted twice below the line."),
        (1 - right, "1 for the same set", "That is how much they differ."),
    ):
        if abs(given - wrong) < 1e-4:
            return no(property, at.format(f"it gives {given:.2f}. {sentence}"))
    if abs(given - right) > 1e-4:
        return no("in both, of those in either", at.format(f"it gives {given:.2f}, not {right:.2f}."))
    return yes("0 for nothing shared, 1 for the same", "The field calls it the Jaccard index.")


E6 = Exercise(
    id="E6",
    title="How much two circuits share",
    minutes=3,
    hints=(
        "Two numbers: how many edges are in both, how many in either.",
        "For arrays of True and False, a & b is in both and a | b in either; .sum() counts.",
        "return float((a & b).sum() / (a | b).sum())",
    ),
    check=check_overlap,
    ours=lambda _: our_overlap,
    wrong=(
        Wrong(lambda _: lambda a, b: (a & b).sum(), "That is a number of edges"),
        Wrong(lambda _: lambda a, b: (a & b).sum() / a.sum(), "a share of the first set alone"),
        Wrong(lambda _: lambda a, b: (a == b).float().mean(), "count as shared"),
        Wrong(lambda _: lambda a, b: (a & b).sum() / (a.sum() + b.sum()), "counted twice"),
        Wrong(lambda _: 0.5, "Give the function itself"),
    ),
)


def claimed(context: Context, parts: Sequence[str]) -> Grid:
    """What a circuit of parts keeps on pairs of other names, with a 95 % interval."""
    here = new_bench(context)
    edges = PartsCircuit(parts=tuple(parts)).edges(context.model())
    return Pooled.of(here.between).grid(here.shares([edges]), {"circuit": ("kept",)})


def two(context: Context) -> dict[str, float]:
    """The two circuits in numbers: edges, shares kept, on new pairs, and what they have in common."""
    one, other, shared = first(context), second(context), core(context)
    (own, others), (new, news) = bench(context).keep([one, other]), new_bench(context).keep([one, other])
    parts = [set(parts_in(context, circuit)) for circuit in (one, other)]
    return {
        "first edges": int(one.sum()),
        "second edges": int(other.sum()),
        "shared edges": int((one & other).sum()),
        "core": int(shared.sum()),
        "first": float(own),
        "second": float(others),
        "first new": float(new),
        "second new": float(news),
        "overlap": our_overlap(one, other),
        "first parts": len(parts[0]),
        "second parts": len(parts[1]),
        "shared parts": len(parts[0] & parts[1]),
        "part overlap": len(parts[0] & parts[1]) / len(parts[0] | parts[1]),
    }


def two_table(context: Context) -> Iterator[str]:
    found = two(context)
    random = bench(context).keep(random_circuits(graph(context), int(found["second edges"]), draws(context), seed=0))
    yield "                 edges   parts   keeps   on other names"
    for name in ("first", "second"):
        yield (
            f"{name:14} {found[f'{name} edges']:7.0f} {found[f'{name} parts']:7.0f} {found[name]:7.0%}"
            f" {found[f'{name} new']:16.0%}"
        )
    yield f"in both        {found['shared edges']:7.0f} {found['shared parts']:7.0f}"
    yield f"overlap        {found['overlap']:7.0%} {found['part overlap']:7.0%}"
    yield f"random circuits as large as the second keep {span(random)}"
