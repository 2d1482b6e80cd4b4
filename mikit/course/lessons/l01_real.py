"""Lesson 01, second half: the same two steps in a real model."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from mikit.course.lessons.verdicts import as_head, no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.errors import MikitError
from mikit.methods.heads import induction_pairs, score
from mikit.models.model import Model
from mikit.studies.attention import pattern_sites
from mikit.studies.base import run_study
from mikit.studies.head_scores import HeadScores
from mikit.studies.mute_heads import Head, MuteHeads
from mikit.studies.prompts import Prompt, RepeatPrompt
from mikit.trace.engine import capture

EIGHT: tuple[Head, ...] = ((17, 3), (17, 4), (17, 5), (18, 6), (18, 7), (20, 6), (23, 2), (23, 7))
"""The eight heads of the house model with the largest induction scores; the runs that the lesson quotes mute these."""

NONSENSE = RepeatPrompt(length=25, seed=0)
FAMOUS = (
    "We hold these truths to be self-evident, that all men are created equal, that they are endowed by their Creator"
    " with certain unalienable Rights, that among these are Life, Liberty and the pursuit of Happiness."
)
BEST: Head = (18, 6)
FEWEST_PAIRS = 8
MOVE = 0.3


def real_scores(context: Context) -> dict[str, np.ndarray[Any, Any]]:
    """Induction and previous-token scores of the real model's heads [layer, head], and the control's."""
    return _real_scores(context.model(), 8 if context.pace == "full" else 2)


@lru_cache(maxsize=2)
def _real_scores(model: Model, seeds: int) -> dict[str, np.ndarray[Any, Any]]:
    result = run_study(HeadScores(model=model.ref, seeds=seeds), model)
    found = {name: result.grids[name].values.numpy() for name in ("induction", "previous")}
    return found | {"control": result.controls[0].grids["induction"].values.numpy()}


@lru_cache(maxsize=64)
def guessed(model: Model, prompt: Prompt, heads: tuple[Head, ...]) -> tuple[int, int]:
    """How many tokens the model guesses as it is, and with ``heads`` off."""
    result = run_study(MuteHeads(model=model.ref, prompt=prompt, heads=heads, draws=0), model)
    as_is, muted = result.grids["guessed"].values.numpy()
    return int(as_is), int(muted)


def best(scores: np.ndarray[Any, Any], count: int = 8) -> list[Head]:
    """The heads with the largest scores, largest first."""
    order = np.argsort(-scores, axis=None)[:count]
    return [(int(layer), int(head)) for layer, head in zip(*np.unravel_index(order, scores.shape), strict=True)]


def check_eight(answer: Any, context: Context) -> Verdict:
    spec, scores = context.model().spec, real_scores(context)
    if not isinstance(answer, (list, tuple)) or len(answer) != 8:
        return no("eight heads", "Give a list of eight heads, each a pair (layer, head).")
    heads = [as_head(head, spec.layers, spec.heads) for head in answer]
    if any(head is None for head in heads) or len(set(heads)) < 8:
        return no(
            "eight different heads",
            f"Each is a pair (layer, head). A flat index i is layer i // {spec.heads}, head i % {spec.heads}.",
        )
    chosen = [head for head in heads if head is not None]
    strong = [head for head in chosen if scores["induction"][head] > 0.3]
    if len(set(chosen) & set(best(-scores["induction"]))) >= 6:
        return no("they look after the twin", "These score lowest of all. Is the list sorted the wrong way round?")
    if len(strong) < 6 and sum(scores["previous"][head] > 0.3 for head in chosen) >= 4:
        return no("they look after the twin", "Most of these look at the token before: that is the first step's head.")
    if len(strong) < 6:
        return no("they look after the twin", f"Only {len(strong)} of the eight score above 0.3.")
    control = max(float(scores["control"][head]) for head in chosen)
    return yes(
        "eight induction heads",
        f"On tokens that do not repeat, the largest score among them is {control:.2f}: they follow the repeat.",
    )


E5 = Exercise(
    id="E5",
    title="Find eight induction heads in a real model",
    minutes=5,
    hints=(
        "The study gives one score a head: 30 layers x 9 heads. You want the eight largest.",
        'result.frame("induction") is a table. Keep the rows where "from" is "effect".',
        'table.nlargest(8, "value"), then [(int(r.layer), int(r.head)) for r in table.itertuples()].',
    ),
    check=check_eight,
    ours=lambda c: best(real_scores(c)["induction"]),
    wrong=(
        Wrong(lambda c: best(real_scores(c)["previous"]), "look at the token before"),
        Wrong(lambda c: best(-real_scores(c)["induction"]), "the wrong way round"),
        Wrong(lambda c: [int(i) for i in np.argsort(-real_scores(c)["induction"], axis=None)[:8]], "A flat index"),
        Wrong(lambda c: best(real_scores(c)["induction"], 3), "a list of eight heads"),
    ),
)


def broken_draw(context: Context) -> tuple[Head, ...]:
    """The seventh draw of eight random heads beside EIGHT: the one that breaks the copying too."""
    model = context.model()
    return MuteHeads(model=model.ref, prompt=NONSENSE, heads=EIGHT).draw(model)[6]


def check_culprit(answer: Any, context: Context) -> Verdict:
    model, draw = context.model(), broken_draw(context)
    head = as_head(answer, model.spec.layers, model.spec.heads)
    if head is None:
        return no("one head", "Give one pair (layer, head), counted from 0, such as (16, 2).")
    if head not in draw:
        return no(
            "a head of that draw", f"L{head[0]}H{head[1]} was on in that draw. The one you seek was switched off."
        )
    as_is, alone = guessed(model, NONSENSE, (head,))
    if alone > as_is / 2:
        return no("it breaks the copying alone", f"With this head alone off, {alone} are still right, of {as_is}.")
    return yes(
        "alone it breaks the copying",
        f"{as_is} right fall to {alone}. Its previous-token score is {real_scores(context)['previous'][head]:.2f}: the"
        " first step of the algorithm, in a real model.",
    )


def _culprit(context: Context) -> Head:
    return min(broken_draw(context), key=lambda head: guessed(context.model(), NONSENSE, (head,))[1])


E6 = Exercise(
    id="E6",
    title="A random draw broke it too: find the head",
    minutes=7,
    hints=(
        "The toy broke in two ways. A random draw may have hit the other step.",
        "Switch the eight heads of that draw off one at a time, and count the tokens guessed.",
        "for head in draw: run MuteHeads(model=model.ref, prompt=nonsense, heads=(head,), draws=0) and print its"
        ' grids["guessed"].',
    ),
    check=check_culprit,
    ours=_culprit,
    wrong=(
        Wrong(lambda c: BEST, "was on in that draw"),
        Wrong(lambda c: next(head for head in broken_draw(c) if head != _culprit(c)), "are still right"),
        Wrong(lambda c: list(broken_draw(c)), "Give one pair"),
    ),
)


def score_on(context: Context, text: str) -> tuple[float, int]:
    """L18H6's induction score on a text, and over how many readers it is a mean."""
    model = context.model()
    tokens = model.tokens(text)
    pairs = induction_pairs(tokens.ids[0])
    if pairs.shape[1] == 0:
        return float("nan"), 0
    patterns = capture(model, tokens, [pattern_sites(model)[BEST[0]]])
    pattern = next(iter(patterns.values()))[0, BEST[1]]
    return float(score(pattern, pairs)), pairs.shape[1]


def check_moved(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, str):
        return no("a text", "Give a text, in quotation marks. The model and the score stay as they are.")
    try:
        found, readers = score_on(context, answer)
    except MikitError as error:
        return no("a text that the model can read", str(error))
    if readers == 0:
        return no(
            "there is something to score", "No token comes again, so there is no twin to look after, and no score."
        )
    if readers < FEWEST_PAIRS:
        return no(
            f"at least {FEWEST_PAIRS} tokens come again",
            f"Only {readers} do. A mean over so few can come out anyhow: repeat more.",
        )
    usual = float(real_scores(context)["induction"][BEST])
    if abs(found - usual) < MOVE:
        return no(
            f"moved by {MOVE}",
            f"It is {found:.2f} here and {usual:.2f} on random tokens said twice. A list said twice is the same"
            " protocol in other clothes: change what repeats, or how often.",
        )
    return yes(
        f"{usual:.2f} became {found:.2f}",
        f"Same head, same weights, another text ({readers} tokens come again). A score belongs to a head and a"
        " protocol.",
    )


TWICE = "florp quane dix marb vuzzle trop hink saldo brimp quet. " * 2

E7 = Exercise(
    id="E7",
    title="Move the score by 0.3 without touching the model",
    minutes=7,
    hints=(
        "The score was taken on random tokens said twice. What else can repeat?",
        "In ordinary sentences small words repeat: the, of, to. What follows them is not always the same.",
        "Take two or three sentences about one thing, so that at least eight tokens come again.",
    ),
    check=check_moved,
    ours=lambda c: (
        "My aunt keeps bees behind the school. In the summer the bees drink from the pond, and in the"
        " winter my aunt feeds the bees sugar and water so that they live until the spring."
    ),
    wrong=(
        Wrong(lambda c: TWICE.strip(), "the same protocol in other clothes"),
        Wrong(lambda c: "Colourless green ideas sleep furiously", "No token comes again"),
        Wrong(lambda c: "the cat saw the dog and the bird", "Only"),
        Wrong(lambda c: 0.6, "Give a text"),
    ),
)
