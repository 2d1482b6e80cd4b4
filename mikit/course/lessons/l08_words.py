"""Lesson 08, last part: one sentence that says what was found, and no more."""

from __future__ import annotations

import re
from typing import Any

from mikit.course.lessons.l08_real import claimed, our_parts
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong

MOST_WORDS = 60
NEAR = 6
"""Per cent that the share in the sentence may lie off what was measured."""

MINDS = ("know", "believe", "think", "understand", "want", "decide")
PROOF = ("prove", "proof", "verif", "show that", "explain", "fully", "completely", "exactly how")
BROKEN = ("without", "incomplete", "taken out", "left out", "removed", "stand-in", "loses", "breaks", "adversary")
ONLY = ("the circuit", "the mechanism", "only", "necessary", "is where", "all that", "nothing else")


def parts_of(context: Context) -> list[str]:
    """The learner's circuit of parts."""
    return list(context.given("E4"))


def measured_share(context: Context) -> tuple[float, float, float]:
    """What the circuit keeps on pairs of other names, in per cent, with its interval."""
    grid = claimed(context, parts_of(context))
    assert grid.low is not None and grid.high is not None
    value, low, high = (100 * float(x.numpy()[0]) for x in (grid.values, grid.low, grid.high))
    return value, low, high


def has(sentence: str, words: tuple[str, ...]) -> str:
    """The first of these words that stands there, at the beginning of a word; "" for none."""
    return next((word for word in words if re.search(rf"\b{re.escape(word)}", sentence)), "")


def check_sentence(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, str):
        return no("one sentence", "Give a string: one sentence of your own, or sentence = f'...' with numbers in it.")
    sentence = " ".join(answer.lower().split())
    if len(sentence.split()) > MOST_WORDS:
        return no("one sentence", f"It has {len(sentence.split())} words; {MOST_WORDS} are enough.")
    if word := has(sentence, MINDS):
        return no("what a model does", f"'{word}': of a model say what it puts out: it puts a name ahead.")
    if word := has(sentence, PROOF):
        return no("no more than was measured", f"'{word}': you measured a share on some prompts. Say that it keeps it.")
    if word := has(sentence, ONLY):
        return no(
            "a circuit, one of several",
            f"'{word}': another circuit kept about as much, of other edges. Say 'a circuit of ... parts'.",
        )
    share, low, high = measured_share(context)
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?(?= ?(?:%|per cent|percent))", sentence)]
    if not any(abs(number - share) <= NEAR for number in numbers):
        return no(
            "the share, on prompts that the ranking did not see",
            f"It should name what your circuit keeps on other names, in %. In this run that is {share:.0f} %"
            f" [{low:.0f}, {high:.0f}].",
        )
    if not has(sentence, ("random",)):
        return no("a control", "Beside what? Say what random circuits of the same size keep.")
    if not has(sentence, ("prompt", "pair")):
        return no("on which prompts", "It sounds as if it held for all texts. Say on which prompts, and how many.")
    if not has(sentence, BROKEN):
        return no(
            "what broke it",
            "What the adversary found belongs to it: what becomes of the circuit when one part is taken out of it and"
            " of the model?",
        )
    return yes(
        "a share, its prompts, a control, and where it breaks",
        "It is longer than 'we found the circuit for names'. Whoever reads it can check each piece.",
    )


def our_sentence(context: Context) -> str:
    share, low, high = measured_share(context)
    return (
        f"On pairs of name prompts that no ranking saw, a circuit of {len(parts_of(context))} parts keeps {share:.0f} %"
        f" [{low:.0f}, {high:.0f}] of the logit difference, random circuits of as many edges about 0 %, but without one"
        " head it falls much further than the model does."
    )


E8 = Exercise(
    id="E8",
    title="The sentence that the evidence licenses",
    minutes=6,
    hints=(
        "Four pieces: how much it keeps and on which prompts, what random circuits keep, and what the adversary did.",
        "Say 'a circuit of ... parts', as there are others. Take the share on other names, with its interval.",
        "sentence = f'On ... pairs of name prompts, a circuit of ... parts keeps ... % of the logit difference, random"
        " circuits about 0 %, but without ... it falls much further than the model.'",
    ),
    check=check_sentence,
    ours=our_sentence,
    wrong=(
        Wrong(lambda c: our_sentence(c).replace("a circuit", "the circuit"), "another circuit kept"),
        Wrong(lambda c: "We verified that 16 parts put the right name ahead.", "you measured a share"),
        Wrong(lambda c: "The model knows who gets the drink by 16 parts.", "it puts a name ahead"),
        Wrong(
            lambda c: our_sentence(c).split("%")[0].rsplit(" ", 2)[0] + " most of it, random ones 0 %.",
            "It should name",
        ),
        Wrong(lambda c: our_sentence(c).replace("random circuits", "others"), "Beside what?"),
        Wrong(lambda c: our_sentence(c).split(", but")[0] + ".", "What the adversary found"),
        Wrong(lambda c: 0.87, "Give a string"),
    ),
)


def our_share(context: Context) -> float:
    """What our own circuit keeps on other names, in per cent."""
    return 100 * float(claimed(context, our_parts(context)).values.numpy()[0])
