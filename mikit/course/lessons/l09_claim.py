"""Lesson 09, last part: a claim about a graph, rewritten so that it survives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mikit.circuits.influence import scores
from mikit.course.lessons.l09_graph import COUNT, share_of, smaller
from mikit.course.lessons.l09_locked import PLANTS, Outcome, more, our_came_out, outcomes, result
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong

CLAIM = (
    "The graph explains why the model says 'flower': it recognises that a rose is a plant. The explanation is 72 %"
    " complete."
)
"""What somebody wrote beside the picture."""

FIELDS = ("says", "share", "as_said", "said", "measured", "random", "not_shown")
NUMBERS, PAIRS = ("share", "said", "measured"), ("as_said", "random")
TOO_MUCH = (
    "explain", "because", "why", "understand", "know", "recogni", "believ", "think", "realis", "realiz", "prove",
    "mechanism", "complete", "how the model",
)  # fmt: skip
CHANGED = ("switch", "off", "doubl", "remov", "without", "zero", "ablat")
LIMITS = ("attention", "prompt", "left out", "rest", "unexplained", "replacement", "other model", "not in the graph")
NEAR, NEAR_LOGITS = 0.01, 0.1


def tally(context: Context) -> tuple[int, int]:
    """How many of the four came out as said, and that there were four."""
    found = outcomes(result(context))
    return sum(our_came_out(*one) == "as said" for one in found.values()), len(found)


def our_claim(context: Context) -> dict[str, Any]:
    one = outcomes(result(context))[PLANTS]
    return {
        "says": "On this prompt, switching off two late neurons that promote ' stem' and ' plant' lowers 'flower'"
        " against 'animal', about as the graph says.",
        "share": share_of(context),
        "as_said": tally(context),
        "said": one.said,
        "measured": one.measured,
        "random": (one.low, one.high),
        "not_shown": "Other prompts; why attention looks where it looks; what the neurons left out do.",
    }


def claim_lines(claim: Mapping[str, Any]) -> Iterator[str]:
    """A claim as one reads it."""
    low, high = claim["random"]
    held, of = claim["as_said"]
    yield str(claim["says"])
    beside = f"random neurons {low:+.2f} to {high:+.2f}"
    yield f"Said {claim['said']:+.2f}, measured {claim['measured']:+.2f} logits; {beside}."
    yield f"Of {of} predictions that were locked, {held} came out as the graph says."
    yield f"The graph's {COUNT} neurons hold {claim['share']:.0%} of the effect; the rest is not in it."
    yield f"Not shown: {claim['not_shown']}"


def check_claim(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, Mapping):
        return no("seven fields", f"Give a dictionary with the fields {', '.join(FIELDS)}.")
    if missing := [name for name in FIELDS if answer.get(name, ...) is ...]:
        return no("seven fields", f"The field '{missing[0]}' is not filled in.")
    return _kinds(answer) or _words(answer) or _share(answer, context) or _test(answer, context) or _said_all(answer)


def _kinds(answer: Mapping[str, Any]) -> Verdict | None:
    for name in NUMBERS:
        try:
            float(answer[name])
        except (TypeError, ValueError):
            return no("numbers", f"The field '{name}' is {answer[name]!r}. Give a number, such as 0.5.")
    for name in PAIRS:
        if not isinstance(answer[name], tuple | list) or len(answer[name]) != 2:
            return no("pairs of numbers", f"The field '{name}' is {answer[name]!r}. Give two numbers, such as (0, 4).")
    return None


def _words(answer: Mapping[str, Any]) -> Verdict | None:
    says, limits = str(answer["says"]).lower(), str(answer["not_shown"]).lower()
    if found := [word for word in TOO_MUCH if word in says]:
        return no(
            "no more than was measured",
            f"It says '{found[0]}'. You changed some neurons and saw what the answer did: say that, of this prompt.",
        )
    if "prompt" not in says:
        return no("its scope", "It does not say on how much it was seen. That was one prompt: write 'on this prompt'.")
    if not any(word in says for word in CHANGED):
        return no("what was done", "It does not say what was changed. What did you switch off, or double?")
    if not any(word in limits for word in LIMITS):
        return no(
            "what is not shown",
            "Name at least one thing that this run cannot show: other prompts, attention, what was left out of the"
            " graph.",
        )
    return None


def _share(answer: Mapping[str, Any], context: Context) -> Verdict | None:
    share, whole = float(answer["share"]), scores(smaller(context, COUNT))
    if abs(share - share_of(context)) <= NEAR:
        return None
    for wrong, name in ((whole.completeness, "completeness"), (whole.replacement, "replacement")):
        if abs(share - wrong) <= NEAR:
            return no(
                "the share that the graph holds",
                f"That is the {name} score, a share of influence. How much of the effect do the {COUNT} neurons hold?",
            )
    if abs(share - 100 * share_of(context)) <= 1:
        return no("a share", "That is in per cent. Give a share, from 0 to 1.")
    return no("the share that the graph holds", f"It is {share_of(context):.3f}, by your own function of step E2.")


def _test(answer: Mapping[str, Any], context: Context) -> Verdict | None:
    found = outcomes(result(context)) | outcomes(result(context, more(context)))
    said, came = float(answer["said"]), float(answer["measured"])
    low, high = map(float, answer["random"])
    near = [name for name, one in found.items() if abs(one.said - said) <= NEAR_LOGITS]
    if not near:
        return no("a change that was tested", f"No change of your tables has {said:+.2f} as what the graph says.")
    fits = [found[name] for name in near if abs(found[name].measured - came) <= NEAR_LOGITS]
    if not fits:
        one = found[near[0]]
        return no(
            "what was measured", f"For '{near[0]}' {one.measured:+.2f} logits were measured; you write {came:+.2f}."
        )
    if not any(abs(one.low - low) <= NEAR_LOGITS and abs(one.high - high) <= NEAR_LOGITS for one in fits):
        return no(
            "its control",
            f"Beside it stand random neurons of the same places: {fits[0].low:+.2f} to {fits[0].high:+.2f} logits.",
        )
    held, of = tally(context)
    if tuple(answer["as_said"]) != (held, of):
        return no(
            "all that were locked",
            f"You locked {of} predictions, and {held} came out as said. Give both numbers: the one that did, told"
            " alone, is a choice.",
        )
    return None


def _said_all(answer: Mapping[str, Any]) -> Verdict:
    return yes(
        "a claim that says no more than was seen",
        "It is smaller than the first, and anyone can try to break it: with other prompts, other neurons, another"
        " rule.",
    )


def _but(context: Context, **fields: Any) -> dict[str, Any]:
    return our_claim(context) | fields


def _completeness(context: Context) -> float:
    return scores(smaller(context, COUNT)).completeness


def _swapped(context: Context) -> dict[str, Any]:
    one: Outcome = outcomes(result(context))[PLANTS]
    return _but(context, said=one.said, measured=-one.said)


E8 = Exercise(
    id="E8",
    title="Rewrite the claim so that it survives",
    minutes=6,
    hints=(
        "Take one line of your tables: what was changed, what the graph said, what was measured, what random neurons"
        " did.",
        "'says': 'On this prompt, switching off ... lowers ...'. 'share' is what share(effects, 600) gives, 'as_said'"
        " how many of how many.",
        "claim = {'says': 'On this prompt, switching off two neurons lowers flower against animal', 'share': 0.155,"
        " 'as_said': (1, 4), 'said': -1.89, 'measured': -2.04, 'random': (-0.01, 0.14), 'not_shown': 'other prompts'}",
    ),
    check=check_claim,
    ours=our_claim,
    wrong=(
        Wrong(lambda c: _but(c, says=CLAIM), "It says 'explain'"),
        Wrong(lambda c: _but(c, share=_completeness(c)), "the completeness score"),
        Wrong(lambda c: _but(c, as_said=(1, 1)), "told alone"),
        Wrong(_swapped, "logits were measured"),
        Wrong(lambda c: _but(c, random=(0.0, 2.0)), "random neurons of the same places"),
        Wrong(lambda c: _but(c, says="Switching off two neurons lowers 'flower'."), "on how much it was seen"),
        Wrong(lambda c: _but(c, says="On this prompt two neurons say plant."), "what was changed"),
        Wrong(lambda c: _but(c, not_shown="nothing"), "Name at least one thing"),
        Wrong(lambda c: {name: x for name, x in our_claim(c).items() if name != "random"}, "'random' is not filled in"),
        Wrong(lambda c: _but(c, share="15 %"), "Give a number"),
        Wrong(lambda c: _but(c, as_said="1 of 4"), "Give two numbers"),
        Wrong(lambda _: CLAIM, "Give a dictionary"),
    ),
)
