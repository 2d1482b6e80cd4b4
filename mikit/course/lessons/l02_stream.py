"""Lesson 02, second part: the real stream, read by the lens and by one direction."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from mikit.course.lessons.l00_names import MARY
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.errors import MikitError
from mikit.methods.lens import logit_lens, streams
from mikit.models.model import Model
from mikit.trace.engine import capture
from mikit.trace.sites import Site

LAYER = 18
"""Where the lens is read in this lesson: far from both ends, and before any head has told the two names apart."""

CHANGED = MARY.text.replace("John gave", "Mary gave")
BY = 5.0
CLOSE = 1e-3
"""Logits: how far a sum of parts may be from the model's own number."""


def mary_and_john(model: Model) -> tuple[int, int]:
    mary, john = (int(model.tokens(word).ids[0, 0]) for word in (MARY.answer, MARY.foil))
    return mary, john


@lru_cache(maxsize=8)
def stream_of(model: Model, text: str) -> Tensor:
    """The stream that leaves each layer at the last position, [layer, d_model]."""
    return streams(model, model.tokens(text))[:, -1]


def lens_readings(model: Model, text: str) -> Tensor:
    """The logit difference of Mary and John that the lens reads after each layer, [layer]."""
    both = logit_lens(model, stream_of(model, text), mary_and_john(model))
    return both[:, 0] - both[:, 1]


def sink_length(model: Model) -> float:
    """How many times as long the stream is at position 0 as at the others, on the mean, after LAYER."""
    lengths = streams(model, model.tokens(MARY.text))[LAYER].norm(dim=-1)
    return float(lengths[0] / lengths[1:].mean())


# -- E3: write the lens ----------------------------------------------------------------------------------------------


def check_lens(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: lens, not lens(stream).")
    model = context.model()
    stream = stream_of(model, MARY.text)
    truth = logit_lens(model, stream)
    with torch.no_grad():
        last = answer(stream[-1])
        if not isinstance(last, Tensor) or last.shape[-1:] != (model.spec.vocab,):
            got = f"shape {list(last.shape)}" if isinstance(last, Tensor) else type(last).__name__
            return no(
                "one logit for each token",
                f"It gives {got}. The unembedding turns {model.spec.d_model} numbers into {model.spec.vocab} logits.",
            )
        raw = model.hf.lm_head(stream[-1])
        if _near(last, raw):
            return no(
                "the final norm comes first",
                f"Its logits go up to {float(last.max()):.0f}. The unembedding never meets the bare stream: the norm"
                " stands before it.",
            )
        if float(last.min()) >= 0 and abs(float(last.sum()) - 1) < 0.01:
            return no("logits", "These add up to 1: they are probabilities. The lens ends with the logits.")
        if not _near(last, truth[-1]):
            return no(
                "at the last layer it is the model's own output",
                "On the last stream it gives other logits than the model. Use the model's own norm and unembedding.",
            )
        if not _near(answer(stream[[4, LAYER]]), truth[[4, LAYER]]):
            return no(
                "each stream is read alone",
                "Two streams at once are read otherwise than one by one. Norm and unembedding work on the last axis.",
            )
    return yes(
        "at the last layer it is the model's own output",
        "That much is certain: at the last layer the lens is the model. At any other layer it is a question nobody"
        " asked the model.",
    )


def _near(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and bool(torch.allclose(a.float(), b, atol=0.01))


E3 = Exercise(
    id="E3",
    title="Write the lens",
    minutes=6,
    hints=(
        "What does the model do with its last stream? Do the same with any stream.",
        "Two steps: the final norm, then the unembedding. Both are modules that you can call like functions.",
        "return model.hf.lm_head(model.hf.model.norm(stream))",
    ),
    check=check_lens,
    ours=lambda c: lambda stream: logit_lens(c.model(), stream),
    wrong=(
        Wrong(lambda c: lambda stream: c.model().hf.lm_head(stream), "the norm stands before it"),
        Wrong(lambda c: lambda stream: c.model().hf.model.norm(stream), "The unembedding turns"),
        Wrong(lambda c: lambda stream: logit_lens(c.model(), stream).softmax(-1), "they are probabilities"),
        Wrong(
            lambda c: lambda stream: c.model().hf.lm_head(stream / stream.pow(2).mean().sqrt()),
            "the model's own norm",
        ),
        Wrong(lambda c: logit_lens(c.model(), stream_of(c.model(), MARY.text)), "Give the function itself"),
    ),
)

# -- E4: a text that has neither name --------------------------------------------------------------------------------


def check_text(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, str):
        return no("a text", "Give a text, in quotation marks.")
    model = context.model()
    try:
        tokens = model.tokens(answer)
        found = lens_readings(model, answer)
    except MikitError as error:
        return no("a text that the model can read", str(error))
    middle, end = float(found[LAYER]), float(found[-1])
    if "john" in answer.lower() or "mary" in answer.lower():
        return no("neither name stands in it", "Leave both names out: then nobody can say that the lens read them.")
    if tokens.ids.shape[1] == 1:
        return no(
            "two tokens or more",
            f"This is one token, so its last position is position 0, the sink. There the lens says {middle:+.1f} for"
            " any word at all.",
        )
    if end <= 0:
        return no(
            "the model itself says Mary rather than John",
            f"In the end the model has {end:+.1f} here: it prefers ' John' as well. Then the lens and the model agree.",
        )
    if middle > -BY:
        return no(
            f"the lens says John by {BY:.0f} or more",
            f"After layer {LAYER} it says {middle:+.1f} here. Most texts give more: try a plain English sentence.",
        )
    return yes(
        f"the lens says {middle:+.1f}, the model {end:+.1f}",
        "No John was near. After this layer the lens says one name, and in the end the model says the other.",
    )


E4 = Exercise(
    id="E4",
    title="A text without names that the lens calls John",
    minutes=6,
    hints=(
        "After which words would a woman's name come?",
        "The text ends where the name would come: 'My sister is ...'. Read it with lens_readings(model, text).",
        'text = "My sister is called"',
    ),
    check=check_text,
    ours=lambda c: "My sister is called",
    wrong=(
        Wrong(lambda c: "John and his sister, who is called", "Leave both names out"),
        Wrong(lambda c: "Queen", "position 0, the sink"),
        Wrong(lambda c: "The train went to", "it prefers ' John' as well"),
        Wrong(lambda c: 18, "in quotation marks"),
    ),
)

# -- E5: the frozen scale --------------------------------------------------------------------------------------------


def our_share(model: Model, part: Tensor, last: Tensor) -> float:
    norm, words = model.hf.model.norm, model.hf.lm_head.weight
    mary, john = mary_and_john(model)
    with torch.no_grad():
        scale = 1 / (last.pow(2).mean() + norm.variance_epsilon).sqrt()
        return float((part * scale * norm.weight) @ (words[mary] - words[john]))


def check_share(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: share, not share(part, last).")
    model = context.model()
    stream = stream_of(model, MARY.text)
    last, early = stream[-1], stream[LAYER]
    property = "the last stream gives the model's own logit difference"
    with torch.no_grad():
        whole, truth = float(answer(last, last)), float(lens_readings(model, MARY.text)[-1])
        if abs(whole - truth) > CLOSE:
            return no(property, f"That is {truth:+.2f}; yours gives {whole:+.2f}. {_misread(model, whole, last)}")
        part, right = float(answer(early, last)), our_share(model, early, last)
        if abs(part - float(lens_readings(model, MARY.text)[LAYER])) < 0.05:
            return no(
                "the scale is the last stream's",
                f"For the stream after layer {LAYER} it gives {part:+.2f}: that is the lens, which scales each stream"
                " by its own length. Freeze the scale: take it from `last`.",
            )
        if abs(float(answer(early, last)) + float(answer(last - early, last)) - whole) > CLOSE:
            return no("parts add up", "Two parts do not add up to the whole. Only `last` may go into the scale.")
        if abs(part - right) > CLOSE:
            return no(property, f"For the stream after layer {LAYER} it gives {part:+.2f}, and {right:+.2f} was right.")
    return yes(
        "a reading by one direction",
        f"The stream after layer {LAYER}, which the lens calls John by 11.4, has put {part:+.2f} into the answer.",
    )


def _misread(model: Model, whole: float, last: Tensor) -> str:
    """What a share probably does, where it reads the last stream wrongly."""
    norm, words = model.hf.model.norm, model.hf.lm_head.weight
    mary, john = mary_and_john(model)
    apart, scale = words[mary] - words[john], 1 / (last.pow(2).mean() + norm.variance_epsilon).sqrt()
    right = float((last * scale * norm.weight) @ apart)
    known = (
        (-right, "The sign is turned: it is Mary's direction less John's."),
        (float((last * scale) @ apart), "The norm's weight is missing: it stretches each of the 576 numbers."),
        (float((last * norm.weight) @ apart), "The scale is missing: divide by the root of the mean square."),
        (
            float((last / last.norm() * norm.weight) @ apart),
            "This divides by the length, the root of the sum of squares. The norm takes their mean.",
        ),
        (
            float((last * scale * norm.weight) @ words[mary]),
            "That is ' Mary' alone. Take John's direction away from Mary's.",
        ),
    )
    fits = [says for value, says in known if abs(whole - value) < max(0.01, 0.001 * abs(value))]
    return fits[0] if fits else "Three factors: the part, the frozen scale times the norm's weight, the direction."


def _other_share(turn: str) -> Any:
    """A typical wrong share."""

    def answer(context: Context) -> Any:
        model = context.model()
        norm, words = model.hf.model.norm, model.hf.lm_head.weight.detach()
        mary, john = mary_and_john(model)

        def share(part: Tensor, last: Tensor) -> float:
            if turn == "lens":
                return our_share(model, part, part)
            if turn == "sign":
                return -our_share(model, part, last)
            if turn == "weight":
                scale = 1 / (last.pow(2).mean() + norm.variance_epsilon).sqrt()
                return float((part * scale) @ (words[mary] - words[john]))
            if turn == "alone":
                scale = 1 / (last.pow(2).mean() + norm.variance_epsilon).sqrt()
                return float((part * scale * norm.weight.detach()) @ words[mary])
            return our_share(model, part, last) / math.sqrt(model.spec.d_model)

        return share

    return answer


E5 = Exercise(
    id="E5",
    title="Read a part with the frozen scale",
    minutes=7,
    hints=(
        "The scale is one number, and it comes from the last stream, whatever part you read.",
        "scale = 1 / (last.pow(2).mean() + norm.variance_epsilon).sqrt(); the direction is words[mary] - words[john].",
        "return float((part * scale * norm.weight) @ (words[mary] - words[john]))",
    ),
    check=check_share,
    ours=lambda c: lambda part, last: our_share(c.model(), part, last),
    wrong=(
        Wrong(_other_share("lens"), "that is the lens"),
        Wrong(_other_share("sign"), "The sign is turned"),
        Wrong(_other_share("weight"), "The norm's weight is missing"),
        Wrong(_other_share("length"), "divides by the length"),
        Wrong(_other_share("alone"), "That is ' Mary' alone"),
        Wrong(lambda c: 6.12, "Give the function itself"),
    ),
)

# -- E6: all parts, in an order of the learner's ---------------------------------------------------------------------


@lru_cache(maxsize=2)
def parts_of(model: Model, text: str) -> dict[str, Tensor]:
    """All that was ever added to the last position's stream, in the model's order: name -> vector [d_model]."""
    layers = range(model.spec.layers)
    first = Site(name="resid_pre", layer=0, position=-1)
    written = {f"L{x} attention": Site(name="attn_out", layer=x, position=-1) for x in layers}
    written |= {f"L{x} MLP": Site(name="mlp_out", layer=x, position=-1) for x in layers}
    found = capture(model, model.tokens(text), [first, *written.values()])
    order = [f"L{x} {what}" for x in layers for what in ("attention", "MLP")]
    return {"embedding": found[first][0]} | {name: found[written[name]][0] for name in order}


def shares_of(context: Context) -> dict[str, float]:
    """What each of the 61 parts adds to Mary less John."""
    model = context.model()
    last = stream_of(model, MARY.text)[-1]
    return {name: our_share(model, part, last) for name, part in parts_of(model, MARY.text).items()}


def check_order(answer: Any, context: Context) -> Verdict:
    model, truth = context.model(), shares_of(context)
    try:
        given = [(str(name), float(share)) for name, share in answer]
    except (TypeError, ValueError):
        return no("a list of pairs", 'Give a list of pairs (name, share), such as [("embedding", -0.04), ...].')
    names = [name for name, _ in given]
    if strange := sorted(set(names) - set(truth)):
        return no("the names of the parts", f"No part is called '{strange[0]}'. Take the names from `parts`.")
    whole = float(lens_readings(model, MARY.text)[-1])
    total = sum(share for _, share in given)
    if len(set(names)) < len(truth) or len(names) > len(truth):
        missing = [name for name in truth if name not in names]
        which = f"'{missing[0]}' is missing" if missing else "One stands there twice"
        return no(
            f"all {len(truth)} parts, each once",
            f"{which}. These add up to {total:+.4f}; the model's own difference is {whole:+.4f}.",
        )
    if abs(total - whole) > CLOSE:
        wrong = max(truth, key=lambda name: abs(dict(given)[name] - truth[name]))
        return no(
            f"they add up to {whole:+.2f}, to a thousandth",
            f"They add up to {total:+.2f}. '{wrong}' adds {truth[wrong]:+.2f}, and you have {dict(given)[wrong]:+.2f}:"
            " read every part with the scale of the last stream.",
        )
    if any(abs(share - truth[name]) > CLOSE for name, share in given):
        return no("each share belongs to its part", "The sum is right, but shares stand with the wrong names.")
    running, lowest = 0.0, 0.0
    for _, share in given:
        running += share
        lowest = min(lowest, running)
    if lowest < -CLOSE:
        own = " That is the model's own order." if names == list(truth) else ""
        return no("never below 0 on the way", f"The running total falls to {lowest:+.2f}.{own} Begin with helpers.")
    return yes(
        f"{len(truth)} parts, {total:+.4f}, and never below 0",
        f"The model's own number is {whole:+.4f}. In the model's order the running total falls to {_lowest(truth):+.2f}"
        " first. The end is the same in any order; the road there is not a property of the sum.",
    )


def _lowest(shares: dict[str, float]) -> float:
    return float(torch.tensor(list(shares.values())).cumsum(0).min())


def _ordered(shares: dict[str, float], helpers_first: bool = True) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda each: each[1], reverse=helpers_first)


def _by_the_lens(context: Context) -> list[tuple[str, float]]:
    """Each part read with its own scale."""
    model = context.model()
    return [(name, our_share(model, part, part)) for name, part in parts_of(model, MARY.text).items()]


E6 = Exercise(
    id="E6",
    title="Add the parts up, in an order of your own",
    minutes=6,
    hints=(
        "Make the 61 pairs first, in any order, and look whether they add up. Then bring them into order.",
        "Each share is share(part, last). If all that helps comes first, the total cannot be below 0.",
        "order = sorted(((name, share(part, last)) for name, part in parts.items()), key=lambda pair: -pair[1])",
    ),
    check=check_order,
    ours=lambda c: _ordered(shares_of(c)),
    wrong=(
        Wrong(lambda c: list(shares_of(c).items()), "That is the model's own order"),
        Wrong(lambda c: [pair for pair in _ordered(shares_of(c)) if pair[0] != "embedding"], "'embedding' is missing"),
        Wrong(_by_the_lens, "with the scale of the last stream"),
        Wrong(lambda c: _ordered(shares_of(c), helpers_first=False), "Begin with helpers"),
        Wrong(lambda c: sorted(shares_of(c).values(), reverse=True), "Give a list of pairs"),
    ),
)
