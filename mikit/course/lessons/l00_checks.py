"""The checks of lesson 00: each says which property failed, and what was likely thought."""

from __future__ import annotations

import math
import numbers
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mikit.course.lessons.l00_names import (
    HEAD,
    MARY,
    difference_with,
    likeliest,
    logit_difference,
    my_names,
    patterns,
    probability,
)
from mikit.course.plan import Context, Verdict

if TYPE_CHECKING:
    from torch import Tensor

CONTROLS = 8
"""Other heads that a control needs at least."""


def no(property: str, sentence: str) -> Verdict:
    return Verdict(False, property, sentence)


def yes(property: str, sentence: str) -> Verdict:
    return Verdict(True, property, sentence)


def a_number(answer: Any) -> float | None:
    """The answer as a float, or None. A tensor or array of one number is one."""
    if hasattr(answer, "item") and getattr(answer, "size", None) is not None and np.size(answer) == 1:
        answer = answer.item()
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real) or not math.isfinite(answer):
        return None
    return float(answer)


def name_of_several_tokens(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, str):
        return no("the answer is a text", f"This is of type {type(answer).__name__}. Give the name itself, in quotes.")
    if not answer.startswith(" "):
        return no(
            "it begins with a space",
            "In mid-sentence a word's token carries the space before it. Without that space you count the tokens of"
            " a word that begins a text, and those are others.",
        )
    if answer != " " + answer.strip() or " " in answer[1:] or not answer[1:].isalpha():
        return no(
            "it is one word of letters, and nothing after it",
            "Two words, or a space at the end, are two tokens for another reason than the one we look for.",
        )
    tokens = context.model().tokens(answer).strings
    if len(tokens) == 1:
        return no(
            "it is several tokens",
            f"{answer!r} is one token: common names have a token of their own. Think of a name that a mostly English"
            " text seldom holds.",
        )
    return yes(
        f"{len(tokens)} tokens: {' | '.join(tokens)}",
        "The list of tokens was made from texts: what is common there is one token, what is rare comes in pieces."
        " Whatever is measured at a name's position has to say which piece.",
    )


def invisible_character(answer: Any, context: Context) -> Verdict:
    prompt = MARY.text
    if not isinstance(answer, str):
        return no(
            "the answer is a text", f"This is of type {type(answer).__name__}. Give the whole prompt, as one text."
        )
    if answer == prompt:
        return no("one character is new", "This is the prompt as it was. Put one character into it.")
    places = [i for i in range(len(answer)) if answer[:i] + answer[i + 1 :] == prompt]
    if not places:
        return no(
            "it differs by one character",
            f"Take one character out of your text and the prompt should be left. Yours has {len(answer)} characters,"
            f" the prompt {len(prompt)}; one change at a time is what makes an effect readable.",
        )
    new = answer[places[-1]]
    if not (new.isspace() or unicodedata.category(new) in ("Cf", "Cc")):
        return no("the character is invisible", f"{new!r} can be seen. The one we look for leaves no mark on the page.")
    word, share = likeliest(context.model(), answer)
    if not word.strip().isdigit():
        return no(
            "the likeliest next token is a digit",
            f"With this character the model still says {word!r}, {share:.0%}. Where does the token of a next word"
            " keep its space, and what is left for it if the space is there already?",
        )
    return yes(
        f"{word!r}, {share:.0%}",
        "The space at the end became a token of its own. ' Mary' brings a space with it, so it no longer fits;"
        " what follows a lone space here is a number. A prompt that ends in a space measures something else.",
    )


def logit_difference_function(answer: Any, context: Context) -> Verdict:
    import torch

    if not callable(answer):
        return no(
            "the answer is a function", f"This is of type {type(answer).__name__}. Hand over the function, uncalled."
        )
    rng = context.draw("E3")
    logits = torch.tensor(rng.normal(0, 3, 50), dtype=torch.float32)
    a, f = (int(i) for i in rng.choice(50, 2, replace=False))
    try:
        returned = [answer(x, i, j) for x, i, j in ((logits, a, f), (logits + 4, a, f), (logits, f, a))]
    except Exception as error:
        return no(
            "it takes the logits, the answer's id and the foil's",
            f"Called with these three, it ended in {type(error).__name__}: {error}.",
        )
    values = [value for value in map(a_number, returned) if value is not None]
    if len(values) < len(returned):
        return no("it returns one number", "For each call it should return one number: how far the answer is ahead.")
    value, shifted, swapped = values
    if not np.isclose(value, shifted, atol=1e-3):
        return no(
            "a constant added to all logits changes nothing",
            "Yours changed. Logits have no zero of their own: only differences between them mean something, so one"
            " logit alone says nothing.",
        )
    if np.isclose(value, float(logits.log_softmax(-1)[a]), atol=1e-3):
        return no(
            "swapping answer and foil flips the sign",
            "This is the answer's log-probability: it weighs the answer against every token, and never looks at the"
            " foil. When it falls, you cannot tell whether the foil gained.",
        )
    if not np.isclose(value, -swapped, atol=1e-3):
        return no(
            "swapping answer and foil flips the sign",
            "Yours does not flip. A size has no side: the sign is what says which of the two is ahead.",
        )
    return _odds_of(value, logits, a, f)


def _odds_of(value: float, logits: Tensor, a: int, f: int) -> Verdict:
    p = logits.softmax(-1)
    odds = math.log(float(p[a] / p[f]))
    if np.isclose(value, -odds, atol=1e-3) and abs(odds) > 1e-3:
        return no("it is positive when the answer leads", "Yours has the other sign: answer first, then less the foil.")
    if not np.isclose(value, odds, atol=1e-3):
        return no(
            "e to its power is the odds, p(answer) / p(foil)",
            "Yours is another number. A difference of probabilities is squeezed near 0 and 1: from 98 % to 99 % looks"
            " small and doubles the odds. Subtract before the softmax, not after.",
        )
    return yes(
        "it is the log of the odds",
        "A logit difference does not depend on the other 49,150 tokens, and parts of the model add to it, which they do"
        " not to a probability. That is why the field measures with it.",
    )


def odds(answer: Any, context: Context) -> Verdict:
    task, model = my_names(context), context.model()
    value = a_number(answer)
    if value is None:
        return no("the answer is a number", f"This is of type {type(answer).__name__}. How many times as likely?")
    difference = logit_difference(model, task)
    truth = math.exp(difference)
    if np.isclose(value, truth, rtol=0.03):
        return yes(
            f"about {truth:.0f} times as likely",
            f"e to the power of {difference:.2f}. Each logit more multiplies the odds by 2.7.",
        )
    mary = math.exp(logit_difference(model, MARY))
    known: list[tuple[float, str]] = [
        (difference, "This is the logit difference itself. Odds are its exponential: equal steps multiply."),
        (1 / truth, "This is how likely the foil is against the answer. Which of the two is on top?"),
        (probability(model, task.text, task.answer), "This is a probability. Odds put it against the foil's."),
        (10**difference, "Logits count in powers of e, not of 10."),
        (2**difference, "Logits count in powers of e, not of 2."),
        (mary, f"These are the odds of Mary and John. Yours are {task.answer.strip()} and {task.foil.strip()}."),
    ]
    for wrong, sentence in known:
        if np.isclose(value, wrong, rtol=0.03):
            return no("it is the odds of your own pair", sentence)
    return no(
        "it is the odds of your own pair",
        f"{value:.3g} is not p({task.answer.strip()}) / p({task.foil.strip()}) after your prompt. Measure the logit"
        " difference there, at the last position, then take its exponential.",
    )


def text_that_paris_continues(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, str):
        return no(
            "the answer is raw text",
            (
                "Here the template is left out on purpose: write plain text that goes on with the answer."
                if type(answer).__name__ == "Chat"
                else f"This is of type {type(answer).__name__}. Write the text in quotes."
            ),
        )
    if not answer.strip():
        return no("there is a text to continue", "Without a word before it, nothing calls for Paris.")
    if "paris" in answer.lower():
        return no("the text does not say Paris", "A word that stands in the prompt can be copied from it.")
    if answer != answer.rstrip():
        return no(
            "it does not end in a space or a line's end",
            "A trailing space is a token of its own, and ' Paris' no longer fits after it: exercise 2 again.",
        )
    word, share = likeliest(context.model(), answer)
    if word == " Paris":
        return yes(
            f"' Paris', {share:.0%}",
            "A language model continues text. A sentence that is cut off before the answer calls for the answer.",
        )
    ended = word.startswith("<|")
    return no(
        "the likeliest next token is ' Paris'",
        f"It is {word!r}, {share:.0%}. "
        + (
            "As bare text the question is complete, so the model ends it. Do not ask: begin the sentence that answers."
            if ended
            else "Let the last words leave nothing but the city's name to say."
        ),
    )


def share_of_the_sink(answer: Any, context: Context) -> Verdict:
    value = a_number(answer)
    if value is None:
        return no("the answer is one number", "Average over layers, heads and readers until one number is left.")
    pattern = patterns(context.model(), my_names(context).text)
    truth = float(pattern[:, :, 1:, 0].mean())
    known: list[tuple[float, str, str]] = [
        (
            float(pattern[..., 0].mean()),
            "readers begin at position 1",
            "The first token can look only at itself: its share is 1 whatever the model does, and lifts your mean.",
        ),
        (
            float(pattern.mean()),
            "the key is position 0",
            "You averaged over all keys. A row adds up to 1, so that mean is 1 / tokens for any model at all.",
        ),
        (
            float(pattern[:, :, -1, 0].mean()),
            "all readers count",
            "This is the last token alone. It is one reader of thirteen, and the one with the most to look for.",
        ),
        (100 * truth, "it is a share between 0 and 1", "This is in per cent. Shares here add up to 1, not to 100."),
    ]
    if abs(value - truth) < 0.005:
        return yes(
            f"{truth:.0%} of all attention",
            "So large a part goes to a word that says nothing about the names. Averages over keys are mostly about it,"
            " so mikit leaves it out of scores, and says so.",
        )
    for wrong, property, sentence in known:
        if abs(value - wrong) < 0.003 * max(1.0, wrong):
            return no(property, sentence)
    return no(
        "the mean over layers, heads and readers 1 to the last, at key 0",
        f"{value:.3g} is another mean. The axes are [layer, head, reader, looked at], in this order, and the prompt is"
        " your own pair of names.",
    )


def other_name(answer: Any, context: Context) -> Verdict:
    task, model = my_names(context), context.model()
    strings = model.tokens(task.text).strings
    shares = _shares(answer, len(strings))
    if isinstance(shares, Verdict):
        return shares
    value = difference_with(model, task, HEAD, shares)
    if value < 0:
        return yes(
            f"logit difference {value:+.2f}",
            "The head lowers whatever it looks at. Put it on the right name, and the right name goes down. Left alone"
            " it looks at the wrong name, and helps by taking that away.",
        )
    most = int(np.argmax(shares))
    if strings[most] == task.foil and shares[most] > 0.5:
        return no(
            "the foil overtakes the answer",
            f"The difference is {value:+.2f}. You looked at the name you want to hear. That is what the real head does,"
            " and the name it looks at is not what comes out.",
        )
    if most == 0 and shares[0] > 0.5:
        return no(
            "the foil overtakes the answer",
            f"The difference is {value:+.2f}. The first token is the sink: looking there takes the head out, and turns"
            " nothing round.",
        )
    if max(shares) - min(shares) < 1e-3:
        return no(
            "the foil overtakes the answer",
            f"The difference is {value:+.2f}. Spread evenly, the head reads a bit of everything. This is the control.",
        )
    return no(
        "the foil overtakes the answer",
        f"The difference is {value:+.2f}, still on the answer's side. Try each token alone, and see which lowers it.",
    )


def _shares(answer: Any, length: int) -> list[float] | Verdict:
    if not isinstance(answer, Sequence | np.ndarray) and not hasattr(answer, "tolist"):
        return no(
            "the answer is a list of shares", f"This is of type {type(answer).__name__}. One number for each token."
        )
    if isinstance(answer, str):
        return no("the answer is a list of shares", "This is a text. Give one number for each token.")
    shares = [float(x) for x in answer]
    if len(shares) != length:
        return no(
            "there is one share for each token", f"There are {len(shares)} shares for {length} tokens of your prompt."
        )
    if np.isclose(sum(shares), 100, atol=0.1):
        return no("the shares add up to 1", "These add up to 100. Per cent are for reading; the model takes shares.")
    if min(shares) < 0 or not np.isclose(sum(shares), 1, atol=1e-3):
        return no(
            "the shares are 0 or more and add up to 1",
            f"These add up to {sum(shares):.3g}. Attention comes out of a softmax: a head cannot look more, or less,"
            " than 100 %.",
        )
    return shares


def control_heads(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, Mapping) or not all(_is_head(key) for key in answer):
        return no(
            "the answer is a dictionary", "Give {(layer, head): change in logit difference}, with heads as two numbers."
        )
    if HEAD in answer:
        return no("the head itself is not among them", "A control leaves out the very thing that is tested: L23H3.")
    if len(answer) < CONTROLS:
        return no(
            f"there are {CONTROLS} other heads or more",
            f"There {'is' if len(answer) == 1 else 'are'} {len(answer)}. One head can be like L23H3, or unlike it, by"
            " luck: how large a change is usual shows only over several.",
        )
    task, model = my_names(context), context.model()
    base, alone = logit_difference(model, task), _everything_on_the_answer(context)
    changes = {head: a_number(value) for head, value in answer.items()}
    for head in list(answer)[:CONTROLS]:
        value, truth = changes[head], alone(head) - base
        if value is None or abs(value - truth) > 0.02:
            near = value is not None and abs(value - truth - base) <= 0.02
            return no(
                "each number is the change that the move makes",
                (
                    "These are the logit differences themselves. The effect is what changed: take the untouched"
                    " difference away."
                    if near
                    else (
                        f"For L{head[0]}H{head[1]} the move changes it by {truth:+.2f}, and yours says"
                        f" {'nothing' if value is None else f'{value:+.2f}'}. Make the same move in each: 100 % on the"
                        " answer."
                    )
                ),
            )
    sizes = [abs(value) for value in changes.values() if value is not None]
    effect = alone(HEAD) - base
    return yes(
        f"{len(changes)} heads: median change {np.median(sizes):.2f}, largest {max(sizes):.2f}; L23H3 {effect:+.2f}",
        "Without these, the change in L23H3 could have been what any head does when its attention is set by hand.",
    )


def _is_head(key: Any) -> bool:
    return isinstance(key, tuple) and len(key) == 2 and all(isinstance(n, int | np.integer) for n in key)


def _everything_on_the_answer(context: Context) -> Callable[[tuple[int, int]], float]:
    from mikit.course.lessons.l00_names import all_on

    task, model = my_names(context), context.model()
    shares = all_on(model, task, task.answer)
    return lambda head: difference_with(model, task, (int(head[0]), int(head[1])), shares)
