"""Lesson 04, second part: toys that are trained, the figures that their facts make, and how much of a slot each has."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mikit.course.lessons.l03_real import measured
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.methods.geometry import cosines, dimensionality, gaps, represented
from mikit.models.superposition import Pairs
from mikit.studies.base import Result
from mikit.studies.superposition import SPARSITIES, Superposition

Numbers = np.ndarray[Any, Any]

SEEDS = (0, 1, 2)
SPARSEST = 0.99
CLOSE = 0.5
"""Degrees."""

MANY, SLOTS, STICKY = 40, 10, 0.7
"""Facts, slots, and a sparsity at which a kept fact has half a slot."""


def toys(context: Context) -> tuple[Superposition, ...]:
    """Three trainings of five facts in two slots, from different starts; the learner's own comes first."""
    first = context.seed % len(SEEDS)
    seeds = SEEDS[first:] + SEEDS[:first]
    if context.pace == "full":
        return tuple(Superposition(seed=seed) for seed in seeds)
    return tuple(Superposition(seed=seed, sparsities=(0.0, 0.7, 0.9, 0.99), updates=600) for seed in seeds)


def trained(study: Superposition) -> Result:
    """The study's result; trained once, and kept while the kernel is."""
    return measured(study, study.open())


def directions(study: Superposition) -> dict[float, Tensor]:
    """What the trained toy writes, [fact, slot], by sparsity."""
    W = torch.tensor(trained(study).grids["weights"].values.numpy())
    return dict(zip(study.sparsities, W, strict=True))


def pairs_of(context: Context, pairs: Pairs) -> list[float]:
    """The cosines of facts 0 and 1, and of 2 and 3, in toys of four facts in two slots."""
    seeds, updates = (SEEDS, 800) if context.pace == "full" else (SEEDS[:1], 300)
    found: list[float] = []
    for seed in seeds:
        study = Superposition(features=4, importance=1.0, pairs=pairs, sparsities=(0.9,), seed=seed, updates=updates)
        angle = cosines(directions(study)[0.9])
        found += [float(angle[0, 1]), float(angle[2, 3])]
    return found


def many(context: Context) -> Superposition:
    """Forty equally important facts in ten slots."""
    sparsities, updates = ((0.0, 0.3, 0.5, 0.7, 0.9, 0.98), 800) if context.pace == "full" else ((0.0, STICKY), 300)
    return Superposition(
        features=MANY, hidden=SLOTS, importance=1.0, sparsities=sparsities, updates=updates, seed=context.seed % 3
    )


# -- planted figures --------------------------------------------------------------------------------------------------


def around(count: int, turned: float = 0.0, length: float = 1.0) -> Tensor:
    """``count`` directions in a plane, evenly round, [count, 2]; ``turned`` in degrees."""
    angle = torch.arange(count) * (2 * math.pi / count) + math.radians(turned)
    return length * torch.stack([angle.cos(), angle.sin()], dim=1)


def planted(context: Context) -> dict[str, Tensor]:
    """Figures turned and shuffled as a learner's own draw has it, [5, 2] each; what is dropped is short."""
    random = context.draw("E4")
    short = torch.tensor([[0.1, 0.05]])
    cross, turn = around(4, turned=float(random.uniform(0, 90))), float(random.uniform(0, 72))
    corner = torch.cat([cross[:2], short, -short, 0.5 * short])
    made = {"a right angle": corner, "two pairs": torch.cat([cross, short]), "a pentagon": around(5, turn, 1.15)}
    return {name: W[torch.tensor(random.permutation(len(W)))] for name, W in made.items()}


# -- E4: the gaps between directions ----------------------------------------------------------------------------------


def our_gaps(W: Tensor) -> list[float]:
    return [float(gap) for gap in gaps(W)]


def check_gaps(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: gaps, not gaps(...).")
    for name, W in planted(context).items():
        true = sorted(our_gaps(W))
        given = sorted(float(gap) for gap in answer(W.clone()))
        if len(given) == len(true) and np.allclose(given, true, atol=CLOSE):
            continue
        return _misgauged(name, given, true, sorted(our_gaps(W * 10)))
    return yes(
        "once round, whatever is turned",
        "Turned or shuffled, a figure has the same gaps: four of 90 degrees are two pairs, five of 72 a pentagon.",
    )


def _misgauged(name: str, given: list[float], true: list[float], with_short: list[float]) -> Verdict:
    if len(given) == len(with_short) != len(true):
        return no(
            "dropped facts do not count",
            f"For {name} it finds {len(given)} gaps, and {len(true)} facts are kept. A direction of length 0.5 or less"
            " is dropped; leave it out first.",
        )
    if len(given) == len(true) and np.allclose(given, np.deg2rad(true), atol=0.01):
        return no("degrees", "These are radians. A full turn is 360 degrees: multiply by 180 / pi.")
    if len(given) == len(true) - 1:
        return no(
            "once round",
            f"For {name} one gap is missing: from the last direction on to the first. All gaps add up to 360; yours add"
            f" up to {sum(given):.0f}.",
        )
    if given and min(given) < -CLOSE:
        return no(
            "each gap above 0",
            "One of the gaps is below 0. Sort the angles, and add 360 where you go on from the last to the first.",
        )
    if abs(sum(given) - 360) > CLOSE:
        return no(
            "once round",
            f"For {name} the gaps add up to {sum(given):.0f} degrees. Whoever goes round once has gone 360: take each"
            " direction's angle, sort, and go from each to the next.",
        )
    return no(
        "from each direction to the next",
        f"For {name} the gaps are {', '.join(f'{gap:.0f}' for gap in true)}, and yours are"
        f" {', '.join(f'{gap:.0f}' for gap in given)}.",
    )


def _angles(W: Tensor) -> Tensor:
    return torch.atan2(W[:, 1], W[:, 0]).rad2deg().sort().values


def _all_rows(W: Tensor) -> Tensor:
    angles = _angles(W)
    return torch.diff(angles, append=angles[:1] + 360)


def _not_round(W: Tensor) -> Tensor:
    return torch.diff(_angles(W[represented(W)]))


def _no_turn(W: Tensor) -> Tensor:
    angles = _angles(W[represented(W)])
    return torch.diff(angles, append=angles[:1])


E4 = Exercise(
    id="E4",
    title="Read a figure off the weights",
    minutes=5,
    hints=(
        "First keep the rows that are long enough: W[W.norm(dim=1) > 0.5]. Then one angle for each row.",
        "torch.atan2(y, x) gives an angle in radians, .rad2deg() degrees. Sort them; a gap is an angle less the one"
        " before it.",
        "angles = torch.atan2(kept[:, 1], kept[:, 0]).rad2deg().sort().values; then torch.diff(angles,"
        " append=angles[:1] + 360).",
    ),
    check=check_gaps,
    ours=lambda _: our_gaps,
    wrong=(
        Wrong(lambda _: _all_rows, "leave it out first"),
        Wrong(lambda _: _not_round, "one gap is missing"),
        Wrong(lambda _: lambda W: [math.radians(gap) for gap in our_gaps(W)], "These are radians"),
        Wrong(lambda _: _no_turn, "below 0"),
        Wrong(lambda _: lambda W: _angles(W[represented(W)]) + 180, "Whoever goes round once"),
        Wrong(lambda _: [72.0] * 5, "Give the function itself"),
    ),
)

# -- E5: which figure at which sparsity -------------------------------------------------------------------------------

KEPT = {"two": 2, "four": 4, "five": 5}
KEYS = (*KEPT, "open")


def kept(context: Context) -> tuple[tuple[float, ...], Numbers, Numbers]:
    """The sparsities; how many facts are kept [toy, sparsity]; and by each start [toy, sparsity, start]."""
    studies = toys(context)
    grids = [trained(study).grids for study in studies]
    best, starts = (
        np.array([g[name].values.numpy() for g in grids]) for name in ("represented", "represented by draw")
    )
    return studies[0].sparsities, best, starts


def check_where(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, Mapping) or set(answer) != set(KEYS):
        return no("four sparsities", 'Give {"two": ..., "four": ..., "five": ..., "open": ...}.')
    sparsities, best, starts = kept(context)
    for name in KEYS:
        if answer[name] not in sparsities:
            return no(
                "a sparsity of the table",
                f"'{name}' is {answer[name]}. The toys were trained at {', '.join(f'{s:g}' for s in sparsities)}.",
            )
    place = {name: sparsities.index(answer[name]) for name in KEYS}
    counts = {name: best[:, place[name]] for name in KEPT}
    if np.median(counts["two"]) > np.median(counts["five"]):
        return no(
            "sparsity, not frequency",
            "You have it the wrong way round. Sparsity is how often a fact is absent: at 0 all are always there, and"
            " there is no room to share.",
        )
    for name, number in KEPT.items():
        if (counts[name] == number).sum() < 2:
            return no(
                f"{name} facts are kept",
                f"At sparsity {answer[name]:g} your three toys keep {', '.join(map(str, counts[name]))}. At least two"
                f" of them should keep {number}.",
            )
    undecided = starts[:, place["open"]]
    if (undecided == undecided[0, 0]).all():
        return no(
            "the starts do not agree",
            f"At sparsity {answer['open']:g} all {undecided.size} starts keep {undecided[0, 0]}. Look for a row in"
            " which the starts in brackets differ.",
        )
    return yes(
        "two, then four, then five",
        "The rarer facts are, the more of them are kept. Where the starts do not agree, some got stuck in a figure"
        " with a higher loss; that is why the best of several starts is shown.",
    )


def our_where(context: Context) -> dict[str, float]:
    sparsities, best, starts = kept(context)
    found = {}
    for name, number in KEPT.items():
        found[name] = sparsities[int((best == number).sum(0).argmax())]
    by_sparsity = starts.swapaxes(0, 1).reshape(len(sparsities), -1)
    found["open"] = sparsities[int(by_sparsity.std(1).argmax())]
    return found


def _agreed(context: Context) -> float:
    """A sparsity at which all starts keep as many."""
    sparsities, _, starts = kept(context)
    return next(s for i, s in reversed(list(enumerate(sparsities))) if np.ptp(starts[:, i]) == 0)


E5 = Exercise(
    id="E5",
    title="Which figure at which sparsity",
    minutes=4,
    hints=(
        "Each row is one toy at one sparsity. Its number of gaps is the number of facts that it keeps.",
        "Sparsity 0 means that all facts are always there. The number in front is that of the best start; those of all"
        " four starts stand in brackets.",
        '"two" is 0.0, "four" is 0.7, "five" is 0.99; for "open" take a row with different numbers in brackets.',
    ),
    check=check_where,
    ours=our_where,
    wrong=(
        Wrong(lambda c: our_where(c) | {"two": our_where(c)["five"], "five": our_where(c)["two"]}, "wrong way round"),
        Wrong(lambda c: our_where(c) | {"four": SPARSEST}, "should keep 4"),
        Wrong(lambda c: our_where(c) | {"open": _agreed(c)}, "Look for a row in"),
        Wrong(lambda c: our_where(c) | {"five": 0.01}, "The toys were trained at"),
        Wrong(lambda c: [0.0, 0.7, 0.99], 'Give {"two"'),
    ),
)

# -- E6: how much of a slot each fact has -----------------------------------------------------------------------------

TETRAHEDRON = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / math.sqrt(3)
KNOWN: dict[str, tuple[Tensor, float]] = {
    "a slot each": (torch.eye(3), 1.0),
    "an opposite pair": (torch.tensor([[1.0], [-1.0]]), 1 / 2),
    "a pentagon": (around(5), 2 / 5),
    "four in three slots": (TETRAHEDRON, 3 / 4),
}


def our_share(W: Tensor) -> Tensor:
    return dimensionality(W)


def check_share(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: share, not share(...).")

    def of(W: Tensor) -> Numbers:
        found: Numbers = torch.as_tensor(answer(W.clone()), dtype=torch.float64).detach().numpy()
        return found

    generator = torch.Generator().manual_seed(int(context.draw("E6").integers(2**31)))
    uneven = torch.randn(6, 3, generator=generator)
    true, given = our_share(uneven).numpy(), of(uneven)
    if given.shape != true.shape:
        return no(
            "one number a fact",
            f"For 6 facts it gives shape {list(given.shape)}. Each row of W is a fact, so six numbers should come out.",
        )
    if np.allclose(given, true, atol=1e-3):
        for name, (W, share) in KNOWN.items():
            if not np.allclose(of(W), share, atol=1e-3):
                return no(name, f"For {name} each fact has {share:.2f} of a slot; yours says {of(W)[0]:.2f}.")
        return yes(
            "1, 1/2, 2/5",
            "A fact with a slot of its own has 1, one of an opposite pair 1/2, one of a pentagon 2/5: two slots for"
            " five.",
        )
    return _mismeasured(given, uneven, true)


def _mismeasured(given: Numbers, W: Tensor, true: Numbers) -> Verdict:
    length = W.norm(dim=1)
    along = (W / length[:, None]) @ W.T
    slips: tuple[tuple[Tensor, str, str], ...] = (
        (1 / cosines(W).square().sum(1), "long directions take more", _LENGTHS),
        (length.square() / (W @ W.T).square().sum(1), "along a direction of length 1", _UNIT),
        (length.square() / (along.square().sum(1) - length.square()), "itself counts too", _ITSELF),
        (length / along.abs().sum(1), "squares", "Lengths and parts are not squared yet: square both."),
        (1 / torch.tensor(true), "its own over all", "It is upside down: the fact's own square goes on top."),
    )
    for wrong, property, sentence in slips:
        if np.allclose(given, wrong.numpy(), atol=1e-3):
            return no(property, sentence)
    return no(
        "its own over all",
        f"For directions of our own its first number is {given[0]:.3f}, and {true[0]:.3f} is right.",
    )


_LENGTHS = (
    "All directions count alike here, however long they are. Only the one you read along is brought to length 1;"
    " the others keep their length."
)
_UNIT = "You read along w, whatever its length. Divide w by its length first: then twice as long is no more of a slot."
_ITSELF = "The sum leaves the fact itself out. With it, a fact that has a slot of its own gets 1."


def _without_itself(W: Tensor) -> Tensor:
    along = (W / W.norm(dim=1, keepdim=True)) @ W.T
    shares: Tensor = W.square().sum(1) / (along.square().sum(1) - W.square().sum(1))
    return shares


def _unsquared(W: Tensor) -> Tensor:
    along = (W / W.norm(dim=1, keepdim=True)) @ W.T
    shares: Tensor = W.norm(dim=1) / along.abs().sum(1)
    return shares


Shares = Callable[[Tensor], Tensor | Sequence[float]]

E6 = Exercise(
    id="E6",
    title="How much of a slot a fact has",
    minutes=6,
    hints=(
        "Two numbers for each fact: its own squared length, and how much of all facts lies along its direction.",
        "unit = W / W.norm(dim=1, keepdim=True); then unit @ W.T holds in row i how far each fact reaches along i.",
        "return W.norm(dim=1) ** 2 / ((unit @ W.T) ** 2).sum(dim=1)",
    ),
    check=check_share,
    ours=lambda _: our_share,
    wrong=(
        Wrong(lambda _: lambda W: 1 / cosines(W).square().sum(1), "All directions count alike here"),
        Wrong(lambda _: lambda W: W.square().sum(1) / (W @ W.T).square().sum(1), "whatever its length"),
        Wrong(lambda _: _without_itself, "leaves the fact itself out"),
        Wrong(lambda _: _unsquared, "not squared yet"),
        Wrong(lambda _: lambda W: 1 / our_share(W), "upside down"),
        Wrong(lambda _: lambda W: our_share(W).sum(), "six numbers should come out"),
        Wrong(lambda _: [0.4] * 5, "Give the function itself"),
    ),
)

assert SPARSEST in SPARSITIES
