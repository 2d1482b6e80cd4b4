"""Lesson 01, first half: the algorithm by hand, its score, and the toy that learns it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mikit.course.lessons.verdicts import as_head, no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.methods.heads import duplicate_pairs, induction_pairs, previous_pairs, score
from mikit.studies.mute_heads import Head
from mikit.studies.train_toy import TrainToy

SEEDS = (0, 1, 2, 4, 6, 7, 9)
"""Toys that one head of layer 0 breaks beyond chance when it is off; in 3, 5 and 8 two heads share its work."""


def training(context: Context) -> TrainToy:
    """The toy that this learner trains: another seed for another learner."""
    updates = TrainToy.model_fields["updates"].default if context.pace == "full" else 200
    return TrainToy(seed=SEEDS[context.seed % len(SEEDS)], updates=updates)


def puzzle(context: Context) -> list[int]:
    """Random tokens, of which the first few are said again: what comes next?"""
    random = context.draw("E1")
    period, again = int(random.integers(5, 8)), int(random.integers(2, 4))
    once = [int(token) for token in random.permutation(np.arange(20, 48))[:period]]
    return once + once[:again]


# -- E1: be the copier ------------------------------------------------------------------------------------------------


def check_copier(answer: Any, context: Context) -> Verdict:
    ids = puzzle(context)
    if not isinstance(answer, (tuple, list)) or len(answer) != 2 or not all(isinstance(x, int) for x in answer):
        return no("a position and a token", "Give two whole numbers: (position to look at, token that comes next).")
    position, token = answer
    last, twin = len(ids) - 1, ids.index(ids[-1])
    if not 0 <= position <= last:
        return no("a position of the text", f"Positions count from 0: this text has 0 to {last}, not {position}.")
    if position == twin:
        return no("where to look", "That is the same token, earlier. It tells what is here now, not what comes next.")
    if position >= last - 1:
        return no("where to look", "That is the end of the text. What follows it has not been written yet.")
    if position == twin + 2:
        return no("where to look", "One place too far. Positions count from 0: the first token is at position 0.")
    if position != twin + 1:
        return no("where to look", f"Token {ids[position]} there did not follow an earlier {ids[-1]}.")
    if token != ids[position]:
        return no("what comes next", f"The place is right. The token that stands there is not {token}.")
    return yes(
        "looks one past the twin", "Find the earlier twin of the last token, look one further, say what is there."
    )


def _copier(shift: int) -> Callable[[Context], tuple[int, int]]:
    def answer(context: Context) -> tuple[int, int]:
        ids = puzzle(context)
        place = ids.index(ids[-1]) + shift
        return place, ids[place]

    return answer


E1 = Exercise(
    id="E1",
    title="Be the copier: where the last token must look",
    minutes=4,
    hints=(
        "The last token was there before. Find it.",
        "What you want is not that token, but what came after it. Positions count from 0.",
        "i = ids.index(ids[-1]); the answer is (i + 1, ids[i + 1]).",
    ),
    check=check_copier,
    ours=_copier(1),
    wrong=(
        Wrong(_copier(0), "what is here now, not what comes next"),
        Wrong(_copier(2), "Positions count from 0"),
        Wrong(lambda c: (len(puzzle(c)) - 1, puzzle(c)[-1]), "has not been written yet"),
        Wrong(lambda c: (_copier(1)(c)[0], puzzle(c)[-1]), "The token that stands there is not"),
    ),
)

# -- E2: write the induction score ------------------------------------------------------------------------------------

CLOSE = 0.03


def irregular(context: Context, length: int = 48) -> Tensor:
    """Token ids [length] that come again after ever different gaps, at least four tokens long."""
    random, ids = context.draw("E2"), list[int]()
    while len(ids) < length:
        ids.append(int(random.choice([token for token in range(12) if token not in ids[-4:]])))
    return torch.tensor(ids)


def planted(ids: Tensor, pairs: Tensor, share: float = 1.0) -> Tensor:
    """A pattern [query, key] that puts ``share`` on the planted pairs and spreads the rest over what came before."""
    pattern = torch.ones(len(ids), len(ids)).tril()
    pattern /= pattern.sum(-1, keepdim=True)
    queries, keys = pairs
    pattern[queries] *= 1 - share
    pattern[queries, keys] += share
    return pattern


def check_score(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: induction_score, not induction_score().")
    ids = irregular(context)
    twice = torch.arange(24).repeat(2)

    def of(pairs_of: Callable[[Tensor], Tensor], text: Tensor = ids, share: float = 1.0) -> float:
        return float(answer(planted(text, pairs_of(text), share), text))

    perfect = of(induction_pairs)
    if abs(perfect - 1) > CLOSE:
        return _misread(answer, ids, perfect, of(duplicate_pairs), of(induction_pairs, twice))
    if abs((half := of(induction_pairs, share=0.5)) - 0.5) > 0.1:
        return no("half the attention, half the score", f"A head with half its attention there gets {half:.2f}.")
    if (previous := of(previous_pairs)) > 0.2:
        return no("other heads get little", f"A head that looks at the token before gets {previous:.2f}.")
    return yes(
        "1 for a planted induction head, near 0 for others",
        "It also works where the gaps differ: it follows the tokens, not a fixed distance.",
    )


def _misread(answer: Callable[..., Any], ids: Tensor, perfect: float, twins: float, periodic: float) -> Verdict:
    """What a score probably reads, where it does not give 1 to a planted induction head."""
    property = "1 for a planted induction head"
    turned = float(answer(planted(ids, induction_pairs(ids)).T, ids))
    if abs(turned - 1) <= CLOSE:
        return no(property, "Rows and columns are swapped: pattern[query, key], the reader is the row.")
    if abs(twins - 1) <= CLOSE:
        return no(property, "It reads the attention on the twin itself. The token after the twin is what counts.")
    if perfect > 1 + CLOSE:
        return no(property, f"It gives {perfect:.1f}. Attention is a share: take the mean over readers, not the sum.")
    if periodic > 0.9:
        return no(property, "It works for one fixed distance only. Here the gaps differ: follow the tokens.")
    readers = induction_pairs(ids).shape[1] / len(ids)
    if abs(perfect - readers) <= CLOSE:
        return no(property, "The mean runs over all readers. Those whose token is new have no twin: leave them out.")
    return no(property, f"It gives {perfect:.2f} to a head with all its attention in the right place.")


def our_score(pattern: Tensor, ids: Tensor) -> float:
    last: dict[int, int] = {}
    found = []
    for query, token in enumerate(ids.tolist()):
        if token in last:
            found.append(float(pattern[query, last[token] + 1]))
        last[token] = query
    return sum(found) / len(found)


E2 = Exercise(
    id="E2",
    title="Write the induction score",
    minutes=7,
    hints=(
        "Go through the text from left to right, and remember where you last saw each token.",
        "For a token seen before at position i, collect pattern[query, i + 1]. In the end take the mean.",
        "for query, token in enumerate(ids.tolist()): if token in last: found.append(pattern[query, last[token] + 1])"
        "; last[token] = query. Return the mean of found.",
    ),
    check=check_score,
    ours=lambda context: our_score,
    wrong=(
        Wrong(lambda c: lambda pattern, ids: float(score(pattern, duplicate_pairs(ids))), "the twin itself"),
        Wrong(lambda c: lambda pattern, ids: our_score(pattern, ids) * induction_pairs(ids).shape[1], "not the sum"),
        Wrong(lambda c: lambda pattern, ids: pattern.diagonal(-23).mean(), "one fixed distance only"),
        Wrong(lambda c: lambda pattern, ids: our_score(pattern.T, ids), "Rows and columns are swapped"),
        Wrong(
            lambda c: lambda pattern, ids: our_score(pattern, ids) * induction_pairs(ids).shape[1] / len(ids),
            "runs over all readers",
        ),
        Wrong(lambda c: 0.93, "Give the function itself"),
    ),
)

# -- E3 and E4: the toy -----------------------------------------------------------------------------------------------


def toy_scores(context: Context) -> dict[str, Tensor]:
    """Scores of every head of the learner's toy, [layer, head], on eight texts said twice."""
    study = training(context)
    texts, network = study.twice().ids, study.network()
    pairs = {"previous": previous_pairs, "induction": induction_pairs}
    return {
        name: torch.stack([score(network.patterns(ids), of(ids)) for ids in texts]).mean(0)
        for name, of in pairs.items()
    }


def check_roles(answer: Any, context: Context) -> Verdict:
    shape = training(context).shape
    if not isinstance(answer, dict) or set(answer) != {"previous", "induction"}:
        return no("two heads by name", 'Give {"previous": (layer, head), "induction": (layer, head)}.')
    found = {name: as_head(head, shape.layers, shape.heads) for name, head in answer.items()}
    previous, induction = found["previous"], found["induction"]
    if previous is None or induction is None:
        return no("heads of this network", "A head is a pair (layer, head), counted from 0; here each is 0 or 1.")
    scores = toy_scores(context)
    if scores["induction"][previous] > 0.5:
        return no(
            "which looks at the token before",
            f"L{previous[0]}H{previous[1]} looks after the twin. Are the two swapped, or layer and head?",
        )
    if scores["previous"][previous] < scores["previous"].max():
        return no(
            "which looks at the token before", "Another head looks back by one far more: find the clean diagonal."
        )
    if scores["induction"][induction] < 0.5:
        return no(
            "which looks after the twin",
            f"L{induction[0]}H{induction[1]} scores {scores['induction'][induction]:.2f}. An induction head scores"
            " above 0.5 here.",
        )
    return yes("one head for each step", "Layer 0 notes what came before; layer 1 uses these notes to find the place.")


def our_roles(context: Context) -> dict[str, Head]:
    return {name: _top(found) for name, found in toy_scores(context).items()}


def _top(scores: Tensor) -> Head:
    layer, head = divmod(int(scores.argmax()), scores.shape[1])
    return layer, head


def _idle(context: Context) -> Head:
    """The head of layer 0 that does not look at the token before."""
    return 0, 1 - our_roles(context)["previous"][1]


E3 = Exercise(
    id="E3",
    title="Tell which head does which step",
    minutes=6,
    hints=(
        "Look at the small pictures. One step needs a line right below the diagonal.",
        "toy.patterns(ids) has shape [layer, head, query, key]. Score each head with induction_score.",
        "for layer in (0, 1): for head in (0, 1): print(layer, head, induction_score(patterns[layer, head], ids)). For"
        " the other step, print patterns[layer, head].diagonal(-1)[:24].mean().",
    ),
    check=check_roles,
    ours=our_roles,
    wrong=(
        Wrong(
            lambda c: {"previous": our_roles(c)["induction"], "induction": our_roles(c)["previous"]},
            "Are the two swapped",
        ),
        Wrong(lambda c: our_roles(c) | {"previous": _idle(c)}, "looks back by one far more"),
        Wrong(lambda c: our_roles(c) | {"induction": our_roles(c)["previous"]}, "An induction head scores"),
        Wrong(lambda c: our_roles(c) | {"induction": "L1H0"}, "A head is a pair"),
    ),
)


def check_destroyed(answer: Any, context: Context) -> Verdict:
    study = training(context)
    shape = study.shape
    if not isinstance(answer, dict) or set(answer) != {"off", "control"}:
        return no("a head and its control", 'Give {"off": (layer, head), "control": (layer, head)}.')
    found = {name: as_head(head, shape.layers, shape.heads) for name, head in answer.items()}
    off, control = found["off"], found["control"]
    if off is None or control is None:
        return no("one head each", "Give one pair (layer, head) for each of the two, not a list of them.")
    loss = {head: study.network().loss(study.probes(), [head]) for head in (off, control)}
    if loss[off] < 1 and off[0] == 1:
        return no(
            "the loss rises above 1",
            f"It is {loss[off]:.2f}. Layer 1 has two such heads, and the other goes on working.",
        )
    if loss[off] < 1:
        return no("the loss rises above 1", f"It is {loss[off]:.2f}: the network does not need this head.")
    if off == control:
        return no("a control is another head", "The same head cannot tell whether switching off harms by itself.")
    if control[0] != off[0]:
        return no("a control as like as can be", "Take it from the same layer, so that only the head's work differs.")
    return yes(
        "one head breaks it, its neighbour does not",
        f"Loss {loss[off]:.2f} against {loss[control]:.2f}. Switching off a head does not harm by itself.",
    )


E4 = Exercise(
    id="E4",
    title="Break the toy with one head, and choose a control",
    minutes=6,
    hints=(
        "Both steps are needed. Which step has a single head?",
        "toy.loss(study.probes(), off=[(layer, head)]) gives the loss with that head off. Try all four.",
        "Off: the head that you called previous. Control: the other head of the same layer.",
    ),
    check=check_destroyed,
    ours=lambda c: {"off": our_roles(c)["previous"], "control": _idle(c)},
    wrong=(
        Wrong(lambda c: {"off": our_roles(c)["induction"], "control": (1, 0)}, "the other goes on working"),
        Wrong(lambda c: {"off": _idle(c), "control": (1, 0)}, "does not need this head"),
        Wrong(lambda c: {"off": our_roles(c)["previous"], "control": our_roles(c)["previous"]}, "The same head"),
        Wrong(lambda c: {"off": our_roles(c)["previous"], "control": our_roles(c)["induction"]}, "the same layer"),
        Wrong(lambda c: {"off": [(1, 0), (1, 1)], "control": (0, 0)}, "not a list of them"),
    ),
)
