"""Lesson 09, fourth part: why a graph's word fails, and where in the graph it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from mikit.circuits.prediction import total_effects
from mikit.course.lessons.l09_graph import ANSWER, COUNT, FOIL, PROMPT, all_effects, graph
from mikit.course.lessons.l09_locked import (
    DOUBLED,
    LATE_OFF,
    PLANTS,
    SINK,
    TOP,
    Locked,
    four,
    more,
    most_influential,
    outcomes,
    result,
)
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.models.model import Model
from mikit.studies.draw_graph import DrawGraph
from mikit.studies.graph_nodes import Setting
from mikit.studies.graphs import changes
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch, Steer
from mikit.trace.engine import capture, remember, rerun_to, run
from mikit.trace.sites import Site

Bools = NDArray[np.bool_]
Trusted = Callable[[int, int], Any]

OTHERS = (
    ("Fact: The city of Dallas lies in the state of", " Texas", " California"),
    ("The capital of France is the city of", " Paris", " London"),
)
"""Prompts that a rule found on the lesson's own is tried on."""


# -- what was held that the model does not hold -----------------------------------------------------------------------


def shown(context: Context) -> tuple[Locked, ...]:
    """The changes whose failing is looked into, after two that came out as said."""
    found = {one.name: one for one in (*four(context), *more(context))}
    return tuple(found[name] for name in (PLANTS, LATE_OFF, TOP, SINK, DOUBLED))


class Held(NamedTuple):
    """A change of the lead, in logits, with every attention pattern held as it was, and with the scale of the last norm
    held; and how long the last stream gets, in lengths of its own."""

    attention: float
    norm: float
    length: float


def held(context: Context) -> dict[str, Held]:
    """What each change that is looked into does where one of the things that a graph takes as given is held."""
    came = outcomes(result(context)) | outcomes(result(context, more(context)))
    changed = tuple((one.name, came[one.name].measured, _edits(context, one)) for one in shown(context))
    return _held(context.model(), graph(context).value, changed)


def _edits(context: Context, one: Locked) -> tuple[Patch | Steer, ...]:
    whole = graph(context)
    ratios = one.ratios(whole)
    nodes = list(ratios)
    values = whole.values[nodes] * torch.tensor(list(ratios.values()))
    return tuple(Setting(whole.neurons[nodes], values).edits())


@lru_cache(maxsize=1)
def _held(
    model: Model, own: float, changed: tuple[tuple[str, float, tuple[Patch | Steer, ...]], ...]
) -> dict[str, Held]:
    tokens, rows = model.tokens(PROMPT), [edits for _, _, edits in changed]
    patterns = [Site(name="pattern", layer=layer) for layer in range(model.spec.layers)]
    last = Site(name="resid_post", layer=model.spec.layers - 1)
    found = capture(model, tokens, [*patterns, last])
    as_they_were = [Patch(site=site, source=Array.of(found[site][0])) for site in patterns]
    logits = run(model, tokens, [[*edits, *as_they_were] for edits in rows])
    answer, foil = (int(model.tokens(word).ids[0, 0]) for word in (ANSWER, FOIL))
    attention = (logits[:, answer] - logits[:, foil]).tolist()
    streams = rerun_to(model, remember(model, tokens), rows, last, since=0)
    lengths = [float(stream[-1].norm() / found[last][0, -1].norm()) for stream in streams]
    return {
        name: Held(fixed - own, length * (own + measured) - own, length)
        for (name, measured, _), fixed, length in zip(changed, attention, lengths, strict=True)
    }


def held_lines(context: Context) -> Iterator[str]:
    """What is left of each miss when attention stays where it was, or the last norm's scale; and of the top neuron's,
    when no way is left out."""
    yield f"{'':15} the graph says   measured   attention held   last norm held   length"
    found = outcomes(result(context)) | outcomes(result(context, more(context)))
    for name, now in held(context).items():
        yield (
            f"{name:15} {found[name].said:+14.2f} {found[name].measured:+10.2f} {now.attention:+16.2f}"
            f" {now.norm:+16.2f} {now.length:8.2f}"
        )
    yield f"{TOP}, along all ways, those through neurons left out too: {along_all_ways(context):+.2f}"


def along_all_ways(context: Context) -> float:
    """What switching the top neuron off does by the replacement model of all neurons, not only of the graph's."""
    layer, neuron, position = map(int, most_influential(context).split("_"))
    return -float(all_effects(context)[layer, position, neuron])


# -- E5: where the graph can be trusted -------------------------------------------------------------------------------


class Singles(NamedTuple):
    """The neurons of largest effect, switched off one at a time: where each is, what the graph says, what happens."""

    layer: NDArray[np.int64]
    position: NDArray[np.int64]
    said: NDArray[np.float64]
    measured: NDArray[np.float64]

    @property
    def right(self) -> Bools:
        """Whose sign is as said."""
        return np.asarray(np.sign(self.said) == np.sign(self.measured))

    def chosen(self, trusted: Trusted) -> Bools:
        return np.array([bool(trusted(int(x), int(y))) for x, y in zip(self.layer, self.position, strict=True)])


def singles(context: Context, prompt: tuple[str, str, str] = (PROMPT, ANSWER, FOIL)) -> Singles:
    return _singles(context.model(), *prompt, 80 if context.pace == "full" else 40)


@lru_cache
def _singles(model: Model, prompt: str, answer: str, foil: str, count: int) -> Singles:
    study = DrawGraph(model=model.ref, prompt=prompt, answer=answer, foil=foil, count=COUNT)
    *_, whole = study.drawn(model)
    said = -total_effects(whole)[: len(whole.neurons)]
    best = said.abs().argsort(descending=True)[:count]
    settings = [Setting(whole.neurons[n : n + 1], torch.zeros(1)) for n in best.tolist()]
    past = remember(model, whole.tokens)
    moved = [x for some in changes(model, past, study.asked(model), settings) for x in some]
    layer, position, _ = whole.neurons[best].T.numpy()
    return Singles(layer, position, said[best].double().numpy(), np.array(moved))


PARTS: tuple[tuple[str, Trusted], ...] = (
    ("the first word", lambda layer, position: position == 0),
    ("other words, layers 0 to 9", lambda layer, position: position > 0 and layer < 10),
    ("other words, layers 10 to 19", lambda layer, position: position > 0 and 10 <= layer < 20),
    ("other words, layers 20 to 29", lambda layer, position: position > 0 and layer >= 20),
)


def part_lines(context: Context) -> Iterator[str]:
    """Of the neurons of largest effect, how many have the sign that the graph says, part by part."""
    found = singles(context)
    yield f"{'where':29} neurons   right sign   off by (mean)   said (mean size)"
    for name, part in PARTS:
        here = found.chosen(part)
        if here.any():
            off = np.abs(found.measured - found.said)[here].mean()
            size = np.abs(found.said)[here].mean()
            yield f"{name:29} {here.sum():7} {found.right[here].mean():12.0%} {off:15.2f} {size:18.2f}"


def our_trusted(layer: int, position: int) -> bool:
    return position > 0 and layer >= 20


LEAST_TRUSTED, LEAST_RIGHT, APART = 0.5, 0.9, 0.1


def others(context: Context) -> tuple[tuple[str, str, str], ...]:
    return OTHERS if context.pace == "full" else OTHERS[:1]


def check_trusted(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: trusted, not trusted(...).")
    own = singles(context)
    for layer, position in zip(own.layer.tolist(), own.position.tolist(), strict=True):
        if (given := answer(layer, position)) not in (True, False):
            return no(
                "True or False", f"For layer {layer}, position {position} it gives {given!r}. Give True or False."
            )
    chosen = own.chosen(answer)
    if chosen.all():
        return no(
            "somewhere it fails",
            f"You trust every neuron. At the first word {_share(own.right[own.position == 0])} signs come out right.",
        )
    if chosen.mean() < LEAST_TRUSTED:
        return no(
            "half of them at least",
            f"You trust {chosen.sum()} of {len(chosen)}. A rule that trusts nothing is never wrong, and of no use: keep"
            " half.",
        )
    if own.right[chosen].mean() < LEAST_RIGHT:
        return no(
            "nine of ten right",
            f"Of those that you trust {_share(own.right[chosen])} signs come out right on this prompt, of the others"
            f" {_share(own.right[~chosen])}. Where do the wrong ones lie?",
        )
    elsewhere = [singles(context, prompt) for prompt in others(context)]
    right = np.concatenate([one.right for one in elsewhere])
    there = np.concatenate([one.chosen(answer) for one in elsewhere])
    if there.mean() < LEAST_TRUSTED:
        return no(
            "half of them on other prompts too",
            f"On other prompts you trust {there.sum()} of {len(there)}. What holds at one place of one prompt may be"
            " nowhere in another.",
        )
    both_right, both = np.concatenate([own.right, right]), np.concatenate([chosen, there])
    if there.mean() < LEAST_TRUSTED:
        return no(
            "half of them on other prompts too",
            f"On other prompts you trust {there.sum()} of {len(there)}. What holds at one place of one prompt may be"
            " nowhere in another.",
        )
    both_right, both = np.concatenate([own.right, right]), np.concatenate([chosen, there])
    if right[there].mean() < LEAST_RIGHT:
        return no(
            "on other prompts too",
            f"Here it holds, and on other prompts {_share(right[there])} signs come out right. A rule for ten words of"
            " one prompt is too fine: what do the wrong ones have in common?",
        )
    if both_right[both].mean() < both_right[~both].mean() + APART:
        return no(
            "the wrong ones are left out",
            f"Of those that you leave out {_share(both_right[~both])} signs come out right, of those that you trust"
            f" {_share(both_right[both])}. The rule does not tell them apart.",
        )
    return yes(
        "a rule that holds on prompts it was not made from",
        f"There {_share(right[there])} signs come out right where you trust, and {_share(right[~there])} where you do"
        " not.",
    )


def _share(right: Bools) -> str:
    return f"{right.sum()} of {len(right)}"


E5 = Exercise(
    id="E5",
    title="Draw the line between what to trust and what not",
    minutes=5,
    hints=(
        "Look at the table: in which part are signs hardly better than a coin?",
        "position 0 is the first word. Early layers are not as good as late ones either.",
        "return position > 0 and layer >= 20",
    ),
    check=check_trusted,
    ours=lambda _: our_trusted,
    wrong=(
        Wrong(lambda _: lambda layer, position: True, "You trust every neuron"),
        Wrong(lambda _: lambda layer, position: position == 0, "of no use"),
        Wrong(lambda _: lambda layer, position: layer != 29, "Where do the wrong ones lie"),
        Wrong(lambda _: lambda layer, position: layer, "Give True or False"),
        Wrong(lambda _: lambda layer, position: position == 9, "On other prompts you trust 0 of"),
        Wrong(lambda _: True, "Give the function itself"),
    ),
)
