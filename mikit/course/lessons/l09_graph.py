"""Lesson 09, second part: the graph of one prompt of a real model, what share it holds, and what its scores count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mikit.circuits.attribution import AttributionGraph, neuron_effects
from mikit.circuits.frozen import freeze
from mikit.circuits.influence import Adjacency, adjacency, influence, narrowed, scores
from mikit.circuits.prediction import total_effects
from mikit.course.lessons.l03_real import measured
from mikit.course.lessons.verdicts import no, one_number, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.models.model import Model
from mikit.studies.base import Result
from mikit.studies.draw_graph import DrawGraph
from mikit.studies.neuron_examples import written

PROMPT, ANSWER, FOIL = "A dog is an animal. A rose is a", " flower", " animal"
COUNT = 600
LAST, ROSE = 9, 7
"""Positions of the last token and of the rose."""

SIZES = (100, 300, COUNT, 1500, 3000, 30000)
CLOSE = 1e-5
LISTED = 12

Share = Callable[[Tensor, int], Any]
Completeness = Callable[[Tensor, Tensor, Tensor], Any]


def study(model: Model) -> DrawGraph:
    return DrawGraph(model=model.ref, prompt=PROMPT, answer=ANSWER, foil=FOIL, count=COUNT)


def drawn(context: Context) -> Result:
    """The graph as a study's result."""
    return measured(study(context.model()), context.model())


def graph(context: Context) -> AttributionGraph:
    """The graph as numbers."""
    return _graph(context.model())


@lru_cache(maxsize=1)
def _graph(model: Model) -> AttributionGraph:
    *_, whole = study(model).drawn(model)
    return whole


def place(context: Context, n: int) -> str:
    """Where a neuron of the graph is."""
    layer, position, neuron = graph(context).neurons[n].tolist()
    return f"L{layer} N{neuron} at{graph(context).tokens.strings[position]!r:>10} ({position})"


def strongest(context: Context) -> Iterator[str]:
    """The neurons of largest effect, what it is, and the tokens that each speaks for by itself."""
    model, whole = context.model(), graph(context)
    effects = total_effects(whole)[: len(whole.neurons)]
    yield f"{ANSWER.strip()} less {FOIL.strip()}: {whole.value:.2f} logits, over {len(whole.neurons)} neurons"
    yield f"{'neuron':32} effect   tokens that it promotes here"
    for n in effects.abs().argsort(descending=True)[:LISTED].tolist():
        layer, _, neuron = whole.neurons[n].tolist()
        promoted = (whole.values[n] * written(model, layer, neuron)).topk(4).indices.tolist()
        words = " ".join(map(repr, map(model.token_string, promoted)))
        yield f"{place(context, n):32} {float(effects[n]):+6.2f}   {words}"


# -- E2: the share that the graph holds -------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _effects(model: Model) -> Tensor:
    whole = _graph(model)
    frozen = freeze(model, whole.tokens)
    with torch.no_grad():
        return neuron_effects(frozen, frozen.read_by_output(whole.answer, whole.foil)[0]).everywhere


def all_effects(context: Context) -> Tensor:
    """What every neuron of the model has as effect on the output, [layer, position, neuron], along all ways through the
    replacement model."""
    return _effects(context.model())


def our_share(effects: Tensor, count: int) -> float:
    sizes = effects.abs().flatten()
    return float(sizes.topk(count).values.sum() / sizes.sum())


def share_lines(context: Context, share: Share) -> Iterator[str]:
    """What graphs of several sizes hold, beside as many neurons drawn at random."""
    effects = all_effects(context)
    sizes = effects.abs().flatten()
    luck = torch.Generator().manual_seed(0)
    yield f"{effects.numel():,} neurons over layers and positions"
    yield "neurons   share held   random neurons"
    for count in SIZES:
        random = float(sizes[torch.randperm(len(sizes), generator=luck)[:count]].sum() / sizes.sum())
        yield f"{count:7,}   {float(share(effects, count)):10.1%}   {random:14.2%}"
    yield f"for half of it: {for_half(context):,} neurons"


def for_half(context: Context) -> int:
    """How many neurons hold half of the effect."""
    sizes = all_effects(context).abs().flatten().sort(descending=True).values.double().cumsum(0)
    return int(torch.searchsorted(sizes, float(sizes[-1]) / 2)) + 1


def check_share(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: share, not share(...).")
    luck = torch.Generator().manual_seed(int(context.draw("E2").integers(2**31)))
    effects, count = torch.randn(3, 4, 50, generator=luck) ** 3, 20
    given = answer(effects.clone(), count)
    if said := one_number(given):
        return said
    value, sizes = float(given), effects.abs().flatten()
    best = sizes.topk(count).indices
    true = our_share(effects, count)
    kept = effects.flatten()[best]
    slips = (
        (float(kept.sum() / effects.sum()), "pushes either way", _SIGNED),
        (abs(float(kept.sum() / effects.sum())), "pushes either way", _SIGNED),
        (float(kept.sum().abs() / sizes.sum()), "pushes either way", _SIGNED),
        (
            count / effects.numel(),
            "a share of the effect",
            "That is the share of the neurons. Asked is that of what they do.",
        ),
        (float((kept**2).sum() / (sizes**2).sum()), "sizes, not squares", _SQUARES),
        (
            float(sizes[effects.flatten().topk(count).indices].sum() / sizes.sum()),
            "the largest, either way",
            "It keeps the largest above 0. A neuron that pushes hard against the answer is of large effect too.",
        ),
        (
            float(sizes[:count].sum() / sizes.sum()),
            "the largest",
            "It keeps the first ones, wherever they are. A graph keeps those of largest effect.",
        ),
        (100 * true, "a share", "That is in per cent. Give a share, from 0 to 1."),
        (1 - true, "what is held", "That is what is left out. Give what is held."),
    )
    for wrong, property, sentence in slips:
        if abs(value - wrong) < CLOSE < abs(wrong - true):
            return no(property, sentence)
    for many in (1, count, effects.numel()):
        if not abs(float(answer(effects.clone(), many)) - our_share(effects, many)) < CLOSE:
            return no(
                "the share that is held",
                f"For {many} of {effects.numel()} neurons it gives {float(answer(effects.clone(), many)):.3f};"
                f" {our_share(effects, many):.3f} is right.",
            )
    whole = graph(context)
    return yes(
        "the share that is held",
        f"Of the graph above: {our_share(all_effects(context), COUNT):.1%}, as mikit says ({whole.share:.1%}).",
    )


_SIGNED = (
    "You add effects with their signs, so a push for the answer and one against it cancel. All that is left out could"
    " add up to nothing, and still be most of what happens. Count how hard each pushes, whichever way."
)
_SQUARES = "Squares let the largest count for nearly everything. Add up the sizes themselves."

E2 = Exercise(
    id="E2",
    title="Say how much the graph holds",
    minutes=4,
    hints=(
        "How hard does each neuron push, whichever way? effects.abs(). Of all that, what do the largest hold?",
        "sizes = effects.abs().flatten(); the largest are sizes.topk(count).values.",
        "sizes = effects.abs().flatten(); return float(sizes.topk(count).values.sum() / sizes.sum())",
    ),
    check=check_share,
    ours=lambda _: our_share,
    wrong=(
        Wrong(
            lambda _: lambda e, n: e.flatten()[e.abs().flatten().topk(n).indices].sum() / e.sum(), "with their signs"
        ),
        Wrong(lambda _: lambda e, n: n / e.numel(), "the share of the neurons"),
        Wrong(lambda _: lambda e, n: e.flatten().topk(n).values.sum() / e.abs().sum(), "the largest above 0"),
        Wrong(lambda _: lambda e, n: (e**2).flatten().topk(n).values.sum() / (e**2).sum(), "Squares"),
        Wrong(lambda _: lambda e, n: e.abs().flatten()[:n].sum() / e.abs().sum(), "the first ones"),
        Wrong(lambda _: lambda e, n: 100 * our_share(e, n), "per cent"),
        Wrong(lambda _: lambda e, n: e.abs().flatten().topk(n).values / e.abs().sum(), "gives 20 numbers"),
        Wrong(lambda _: 0.15, "Give the function itself"),
    ),
)

# -- E3: what a score counts ------------------------------------------------------------------------------------------


def from_shares(numbers: Adjacency) -> tuple[Tensor, Tensor, Tensor]:
    """What the completeness score is made of: of what comes into each node the share that comes from each other [to,
    from], each node's weight, and which nodes stand for what was left out."""
    sizes = numbers.effects.abs()
    return sizes / sizes.sum(1, keepdim=True).clamp(min=1e-10), influence(numbers) + numbers.outputs, numbers.rest


def our_completeness(shares: Tensor, weights: Tensor, rest: Tensor) -> float:
    return float((weights * (1 - shares[:, rest].sum(1))).sum() / weights.sum())


def smaller(context: Context, count: int) -> Adjacency:
    """The graph in which only so many neurons are named, those of most influence: the others count as left out."""
    numbers = adjacency(graph(context))
    kept = torch.zeros(len(numbers.rest), dtype=torch.bool)
    kept[influence(numbers)[: len(graph(context).neurons)].argsort(descending=True)[:count]] = True
    return narrowed(numbers, kept)


def score_lines(context: Context, completeness: Completeness) -> Iterator[str]:
    """Both scores of the graph with fewer and fewer neurons that are named."""
    yield "neurons named   replacement   completeness"
    for count in (COUNT, 100, 10, 0):
        numbers = smaller(context, count)
        yield f"{count:13} {scores(numbers).replacement:13.2f} {float(completeness(*from_shares(numbers))):14.2f}"


def nothing_named(context: Context) -> float:
    """The completeness of a graph in which no neuron is named."""
    return scores(smaller(context, 0)).completeness


def check_completeness(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: completeness, not completeness(...).")
    luck = torch.Generator().manual_seed(int(context.draw("E3").integers(2**31)))
    effects = torch.rand(9, 9, generator=luck).tril(-1)
    effects[:3] = 0  # words, and two nodes of rest: nothing comes into them
    rest = torch.tensor([False, True, True, *[False] * 6])
    shares, weights = effects / effects.sum(1, keepdim=True).clamp(min=1e-10), torch.rand(9, generator=luck)
    given = answer(shares.clone(), weights.clone(), rest.clone())
    if said := one_number(given):
        return said
    true, value = our_completeness(shares, weights, rest), float(given)
    held = shares[:, rest].sum(1)
    slips = (
        (1 - true, "from what is named", "That is what comes from the rest. Asked is what does not."),
        (float((1 - held).mean()), "weighted", "Every node counts alike here. A node counts by its weight."),
        (float((weights * (1 - held)).sum()), "a share", "Divide by the sum of the weights, so that it is a share."),
        (float((weights * (1 - held)).mean()), "a share", "Divide by the sum of the weights, so that it is a share."),
        (
            float((weights * (1 - held))[3:].sum() / weights[3:].sum()),
            "all nodes count",
            "It leaves out the nodes that nothing comes into. By the formula they count: nothing of what enters them"
            " comes from the rest. What that does to the score you will see.",
        ),
        (float((weights[~rest] * (1 - held)[~rest]).sum() / weights[~rest].sum()), "all nodes count", _ALL),
        (float((weights * (1 - shares[rest].sum(0))).sum() / weights.sum()), "what comes in", _TURNED),
    )
    for wrong, property, sentence in slips:
        if abs(value - wrong) < CLOSE < abs(wrong - true):
            return no(property, sentence)
    if not abs(value - true) < CLOSE:
        return no("the completeness score", f"For a graph of our own it gives {value:.3f}; {true:.3f} is right.")
    return yes(
        "the completeness score",
        f"Of the graph above {our_completeness(*from_shares(smaller(context, COUNT))):.2f}. Run the next cell before"
        " you call that 'nearly three quarters'.",
    )


_ALL = "It leaves out the rest nodes themselves. By the formula they count too, with nothing of them unexplained."
_TURNED = "The rows of shares are the nodes that something comes into: shares[:, rest], not shares[rest]."

E3 = Exercise(
    id="E3",
    title="Compute a completeness score",
    minutes=5,
    hints=(
        "For each node: which share of what comes in comes from the rest? shares[:, rest].sum(1). The others are"
        " named.",
        "Take 1 less that, times each node's weight, added up, over the sum of all weights.",
        "return float((weights * (1 - shares[:, rest].sum(1))).sum() / weights.sum())",
    ),
    check=check_completeness,
    ours=lambda _: our_completeness,
    wrong=(
        Wrong(lambda _: lambda s, w, r: 1 - our_completeness(s, w, r), "what comes from the rest"),
        Wrong(lambda _: lambda s, w, r: (1 - s[:, r].sum(1)).mean(), "counts alike"),
        Wrong(lambda _: lambda s, w, r: (w * (1 - s[:, r].sum(1))).sum(), "Divide by the sum"),
        Wrong(lambda _: lambda s, w, r: our_completeness(s[~r], w[~r], r), "the rest nodes themselves"),
        Wrong(lambda _: lambda s, w, r: our_completeness(s.T, w, r), "not shares[rest]"),
        Wrong(lambda _: lambda s, w, r: (1 - s[:, r]).mean(), "is right"),
        Wrong(lambda _: lambda s, w, r: w * (1 - s[:, r].sum(1)), "gives 9 numbers"),
        Wrong(lambda _: 0.72, "Give the function itself"),
    ),
)


def share_of(context: Context) -> float:
    """THE number: the share of the effect that the graph holds."""
    return float(drawn(context).grids["share"].values.numpy()[0])


def random_share(context: Context) -> float:
    """The same of as many neurons drawn at random."""
    return float(np.asarray(drawn(context).controls[0].grids["share"].values.numpy())[0])
