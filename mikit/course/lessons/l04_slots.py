"""Lesson 04, first part: two facts in one slot, by hand, and what each way of keeping them costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.models.superposition import World

CLOSE = 1e-4
STRONG = 0.05
"""How far from what went in a fact may come back."""

BREAK_EVEN = 4 / 7
"""How often each of two facts is present where dropping one costs as much as keeping both in one slot: dropping costs
p/3 - p²/4, the spread of what is replaced by its mean; sharing p²/3, what is lost where both are present."""

INPUTS = 100_000


def two_facts(present: float) -> Tensor:
    """Inputs [input, 2] of two facts, each present in that share of them, else 0; the values are spread over 0 to 1."""
    world = World(torch.tensor([present]), torch.ones(1, 2))
    return world.inputs(INPUTS, torch.Generator().manual_seed(0))[0]


def our_back(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return torch.relu(x @ W @ W.T + b)


# -- E1: both facts in one slot ---------------------------------------------------------------------------------------


def check_writes(answer: Any, context: Context) -> Verdict:
    try:
        first, second = (float(number) for number in answer)
    except (TypeError, ValueError, RuntimeError):
        return no("two numbers", "Give two numbers: what fact A writes into the slot, and what fact B writes.")
    for name, number in (("A", first), ("B", second)):
        if abs(number) < STRONG:
            return no(
                "both come back", f"Fact {name} writes {number:g} into the slot, so it leaves no trace: it is dropped."
            )
    if first * second > 0:
        return no(
            "alone, each comes back alone",
            f"When only A is there, B comes back too, as {first * second:.2f}: from the slot nobody can tell which of"
            " them it was. There is a direction in the slot that nobody uses yet.",
        )
    for name, number in (("A", first), ("B", second)):
        if not abs(number * number - 1) < STRONG:  # true of NaN too
            return no(
                "as strong as it went in",
                f"Fact {name} goes in as 1 and comes back as {number * number:.2f}. What it writes is used twice: on"
                " the way into the slot, and on the way out.",
            )
    return yes(
        "each comes back alone",
        "They lie opposite each other, and the cut at 0 removes what one leaves in the other's place. The price: with"
        " both at 1 the slot holds 0, and neither comes back.",
    )


E1 = Exercise(
    id="E1",
    title="Keep two facts in one slot",
    minutes=4,
    hints=(
        "Write down what comes back when only A is there: A's number times A's number for A, A's times B's for B.",
        "What comes back for B must not be above 0. Below 0 is fine: it is cut off.",
        "Two numbers of length 1 that point to opposite sides: 1.0 and -1.0.",
    ),
    check=check_writes,
    ours=lambda _: (1.0, -1.0),
    wrong=(
        Wrong(lambda _: (1.0, 1.0), "nobody can tell which of them it was"),
        Wrong(lambda _: (1.0, 0.0), "it is dropped"),
        Wrong(lambda _: (1.0, -0.5), "used twice"),
        Wrong(lambda _: 1.0, "Give two numbers"),
    ),
)

# -- E2: the loss -----------------------------------------------------------------------------------------------------


def our_loss(x: Tensor, W: Tensor, b: Tensor, importance: Tensor) -> Tensor:
    return (importance * (x - our_back(x, W, b)).square()).mean()


def check_loss(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: loss, not loss(...).")
    generator = torch.Generator().manual_seed(int(context.draw("E2").integers(2**31)))
    x = torch.rand(64, 5, generator=generator)
    W, b = torch.randn(5, 2, generator=generator) / 2, torch.randn(5, generator=generator) / 4
    importance = 0.5 ** torch.arange(5)
    found = torch.as_tensor(answer(x, W, b, importance)).detach()
    if found.numel() != 1:
        return no(
            "one number",
            f"It gives {found.numel()} numbers, of shape {list(found.shape)}. The loss is the mean over all inputs and"
            " all facts.",
        )
    true, given = our_loss(x, W, b, importance), float(found)
    error = x - our_back(x, W, b)
    slips = (
        (importance * (x - (x @ W @ W.T + b)).square(), "the cut at 0", _CUT),
        (importance * (x - our_back(x, W, torch.zeros(5))).square(), "with the bias", _BIAS),
        (error.square(), "weighed by importance", _IMPORTANCE),
        (importance * error.abs(), "squared errors", "These are plain errors. Square them, so that large ones count."),
        (importance * error, "squared errors", "Errors above and below cancel here. Square them before the mean."),
        ((importance * error).square(), "importance outside the square", _OUTSIDE),
    )
    if abs(given - float(true)) < CLOSE:
        return yes(
            "the mean squared error, weighed",
            "This one number is all that the toy is trained to make small. Nobody tells it where to put which fact.",
        )
    for wrong, property, sentence in slips:
        if abs(given - float(wrong.mean())) < CLOSE:
            return no(property, sentence)
    if abs(given - 320 * float(true)) < 320 * CLOSE or abs(given - 5 * float(true)) < 5 * CLOSE:
        return no("a mean", "It is a sum. Take the mean over all inputs and all facts, so that loss can be compared.")
    return no(
        "the mean squared error, weighed",
        f"For inputs of our own it gives {given:.4f}, and {float(true):.4f} is right.",
    )


_CUT = "It compares with what comes out before the cut at 0. Without relu, opposite facts disturb each other."
_BIAS = "The bias b does not come in. It is added before the cut at 0."
_IMPORTANCE = "Every fact counts alike here. Multiply each fact's squared error by its importance."
_OUTSIDE = "The importance is squared as well. Square the error first, then weigh it."

Loss = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]


def _slip(result: Loss) -> Callable[[Context], Loss]:
    return lambda _: result


E2 = Exercise(
    id="E2",
    title="Write what the toy is trained on",
    minutes=5,
    hints=(
        "Compare what went in with what comes back: back(x, W, b) is of the same shape as x.",
        "importance has one number a fact, x one column a fact: importance * errors weighs the columns.",
        "return (importance * (x - back(x, W, b)) ** 2).mean()",
    ),
    check=check_loss,
    ours=lambda _: our_loss,
    wrong=(
        Wrong(_slip(lambda x, W, b, i: (i * (x - (x @ W @ W.T + b)) ** 2).mean()), "before the cut at 0. Without relu"),
        Wrong(_slip(lambda x, W, b, i: ((x - our_back(x, W, b)) ** 2).mean()), "Every fact counts alike"),
        Wrong(_slip(lambda x, W, b, i: (i * (x - our_back(x, W, 0 * b)) ** 2).mean()), "does not come in"),
        Wrong(_slip(lambda x, W, b, i: (i * (x - our_back(x, W, b)) ** 2).sum()), "It is a sum"),
        Wrong(_slip(lambda x, W, b, i: (i * (x - our_back(x, W, b)) ** 2).mean(0)), "It gives 5 numbers"),
        Wrong(_slip(lambda x, W, b, i: (i * (x - our_back(x, W, b))).mean()), "cancel"),
        Wrong(lambda _: torch.tensor(0.1), "Give the function itself"),
    ),
)

# -- E3: when does sharing pay ----------------------------------------------------------------------------------------

NEAR = 0.03


def costs(present: float) -> tuple[float, float]:
    """The loss of dropping fact B, and of keeping both opposite each other in one slot."""
    x, one = two_facts(present), torch.ones(2)
    drop = our_loss(x, torch.tensor([[1.0], [0.0]]), torch.tensor([0.0, present / 2]), one)
    share = our_loss(x, torch.tensor([[1.0], [-1.0]]), torch.zeros(2), one)
    return float(drop), float(share)


def check_break_even(answer: Any, context: Context) -> Verdict:
    try:
        present = float(answer)
    except (TypeError, ValueError, RuntimeError):
        return no("one number", "Give one number: the share of inputs in which each fact is present, as 0.8.")
    if not 0 < present <= 1:
        return no(
            "a share of the inputs", f"{present:g} is no share of inputs: it must be above 0 and not above 1, as 0.8."
        )
    if abs(present - BREAK_EVEN) <= NEAR:
        return yes(
            "both cost the same",
            "Rarer than this, sharing is cheaper. By algebra it is 4/7. Sharing hurts only where both are present, and"
            " that happens at the square of how often one is.",
        )
    if abs(present - (1 - BREAK_EVEN)) <= 0.02:
        return no(
            "how often present", "That is how often a fact is absent, its sparsity. Asked is how often it is present."
        )
    drop, share = costs(present)
    cheaper = "Dropping" if drop < share else "Sharing"
    way = "less" if drop < share else "more"
    return no(
        "both cost the same",
        f"At {present:.2f} dropping costs {drop:.3f} and sharing {share:.3f}. {cheaper} is cheaper there; look where"
        f" facts are present {way} often.",
    )


E3 = Exercise(
    id="E3",
    title="Find where sharing begins to pay",
    minutes=5,
    hints=(
        "The table has two columns. Between which two rows does the smaller one change sides?",
        "Fill in the rows between 0.6 and 0.5: change the numbers in the cell above and run it again.",
        "At 0.58 dropping is still a little cheaper, at 0.56 sharing is.",
    ),
    check=check_break_even,
    ours=lambda _: BREAK_EVEN,
    wrong=(
        Wrong(lambda _: 1.0, "Dropping is cheaper there; look where facts are present less often"),
        Wrong(lambda _: 0.5, "Sharing is cheaper there; look where facts are present more often"),
        Wrong(lambda _: 1 - BREAK_EVEN, "how often a fact is absent"),
        Wrong(lambda _: 57.0, "no share of inputs"),
        Wrong(lambda _: (0.5, 0.6), "Give one number"),
    ),
)
