"""Lesson 00: start here. Tokens, logits, chat and raw text, attention, and being one head."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mikit.course.lessons import l00_checks as checks
from mikit.course.lessons.l00_names import (
    HEAD,
    MARY,
    all_on,
    difference_with,
    likeliest,
    logit_difference,
    my_names,
    patterns,
    probability,
)
from mikit.course.plan import Context, Exercise, LessonPlan, Question, Wrong

QUESTION = "What is the capital of France?"
ENDS, NEWLINE, PARIS = "the end of the text", "a new line", "' Paris'"
STAYS, MOVES, SPREADS = "it stays on 'when'", "it moves to 'Then', the new first token", "both get about the same"


# -- answers of ours ------------------------------------------------------------------------------------------------


def logit_diff(logits: Any, answer: int, foil: int) -> float:
    return float(logits[answer] - logits[foil])


def our_controls(context: Context) -> dict[tuple[int, int], float]:
    """Eight heads of layers 15 to 27, drawn by the learner's seed: the same move in each."""
    task, model = my_names(context), context.model()
    base, shares = logit_difference(model, task), all_on(model, task, task.answer)
    heads = [(layer, head) for layer in range(15, 28) for head in range(9) if (layer, head) != HEAD]
    picked = context.draw("controls").choice(len(heads), checks.CONTROLS, replace=False)
    return {heads[i]: difference_with(model, task, heads[i], shares) - base for i in picked}


def _mine(context: Context, word: str) -> list[float]:
    """100 % on the first place of a word of the learner's pair: "answer", "foil" or "first"."""
    task, model = my_names(context), context.model()
    wanted = {"answer": task.answer, "foil": task.foil, "first": "When"}[word]
    return all_on(model, task, wanted)


def _pattern(context: Context) -> np.ndarray:
    return patterns(context.model(), my_names(context).text)


# -- what predictions are held against --------------------------------------------------------------------------------


def after_a_bare_question(context: Context) -> str:
    word, _ = likeliest(context.model(), QUESTION)
    return ENDS if word.startswith("<|") else NEWLINE if word == "\n" else PARIS


def where_the_sink_goes(context: Context) -> str:
    """Attention on 'Then' and on 'when', by all readers after both."""
    pattern = patterns(context.model(), "Then when" + MARY.text.removeprefix("When"))
    then, when = (float(pattern[:, :, 2:, key].mean()) for key in (0, 1))
    return MOVES if then > 2 * when else STAYS if when > 2 * then else SPREADS


def with_all_on_mary(context: Context) -> float:
    model = context.model()
    return difference_with(model, MARY, HEAD, all_on(model, MARY, MARY.answer))


EXERCISES = (
    Exercise(
        id="E1",
        title="a name of several tokens",
        minutes=4,
        hints=(
            "Names that are common in English text have a token of their own. Yours should not be.",
            "mikit.TokenStrip(model.tokens(text)) draws the pieces. Try names from other languages.",
            "Put a space before it, as in mid-sentence: ' Zbigniew', ' Oluwaseun', ' Thandiwe'.",
        ),
        check=checks.name_of_several_tokens,
        ours=lambda _: " Zbigniew",
        wrong=(
            Wrong(lambda _: "Zbigniew", "carries the space before it"),
            Wrong(lambda _: " Mary", "common names have a token of their own"),
            Wrong(lambda _: " Mary Anne", "two tokens for another reason"),
            Wrong(lambda _: " Mary ", "two tokens for another reason"),
            Wrong(lambda _: 3, "Give the name itself"),
        ),
    ),
    Exercise(
        id="E2",
        title="the invisible character",
        minutes=6,
        hints=(
            "Which characters leave no mark on the page? There are few on a keyboard.",
            "Where you put it matters. What stands between the last word and the one to come?",
            "prompt + ' ' is the prompt with a space at its end.",
        ),
        check=checks.invisible_character,
        ours=lambda _: MARY.text + " ",
        wrong=(
            Wrong(lambda _: MARY.text, "the prompt as it was"),
            Wrong(lambda _: MARY.text + "\n", "still says 'Mary'"),
            Wrong(lambda _: MARY.text + "\u200b", "still says ' Mary'"),
            Wrong(lambda _: MARY.text + ".", "can be seen"),
            Wrong(lambda _: MARY.text + "  ", "one change at a time"),
            Wrong(lambda _: " " + MARY.text, "still says ' Mary'"),
        ),
    ),
    Exercise(
        id="E3",
        title="the logit difference, as a function",
        minutes=7,
        hints=(
            "Two numbers out of the list, one taken from the other. Which comes first?",
            "logits[answer] is the answer's logit. No softmax is needed.",
            "return logits[answer] - logits[foil]",
        ),
        check=checks.logit_difference_function,
        ours=lambda _: logit_diff,
        wrong=(
            Wrong(lambda _: _by_probability, "squeezed near 0 and 1"),
            Wrong(lambda _: lambda x, a, f: float(x[f] - x[a]), "the other sign"),
            Wrong(lambda _: lambda x, a, f: float(x[a]), "no zero of their own"),
            Wrong(lambda _: lambda x, a, f: float(x.log_softmax(-1)[a]), "never looks at the foil"),
            Wrong(lambda _: lambda x, a, f: abs(float(x[a] - x[f])), "A size has no side"),
            Wrong(lambda _: 6.12, "Hand over the function"),
        ),
    ),
    Exercise(
        id="E4",
        title="from a logit difference to odds, for your own names",
        minutes=5,
        hints=(
            "A logit difference is a logarithm. Of what?",
            "Measure it after your own prompt, then undo the logarithm.",
            "math.exp(logit_diff(next_logits(model, mine.text), answer_id, foil_id))",
        ),
        check=checks.odds,
        ours=lambda c: math.exp(logit_difference(c.model(), my_names(c))),
        wrong=(
            Wrong(lambda c: logit_difference(c.model(), my_names(c)), "the logit difference itself"),
            Wrong(lambda c: math.exp(-logit_difference(c.model(), my_names(c))), "Which of the two is on top"),
            Wrong(lambda c: 10 ** logit_difference(c.model(), my_names(c)), "powers of e, not of 10"),
            Wrong(lambda c: math.exp(logit_difference(c.model(), MARY)), "the odds of Mary and John"),
            Wrong(lambda c: probability(c.model(), my_names(c).text, my_names(c).answer), "This is a probability"),
            Wrong(lambda _: "many", "How many times"),
        ),
    ),
    Exercise(
        id="E5",
        title="a raw text that goes on with Paris",
        minutes=5,
        hints=(
            "The model continues. Which sentence would have Paris as its next word?",
            "Begin the sentence that answers the question, and stop right before the answer. No space at the end.",
            "'The capital of France is'",
        ),
        check=checks.text_that_paris_continues,
        ours=lambda _: "The capital of France is",
        wrong=(
            Wrong(lambda _: QUESTION, "the question is complete, so the model ends it"),
            Wrong(lambda _: "The capital of France is ", "exercise 2 again"),
            Wrong(lambda _: "The capital of France", "nothing but the city's name"),
            Wrong(lambda _: "Paris is in France. The capital of France is", "copied from it"),
            Wrong(lambda _: _as_chat(), "the template is left out on purpose"),
        ),
    ),
    Exercise(
        id="E6",
        title="how much attention goes to the sink",
        minutes=6,
        hints=(
            "The axes are [layer, head, reader, looked at]. Which one do you fix, and at what?",
            "The first token has nothing but itself to look at. Leave that reader out.",
            "pattern[:, :, 1:, 0].mean()",
        ),
        check=checks.share_of_the_sink,
        ours=lambda c: float(_pattern(c)[:, :, 1:, 0].mean()),
        wrong=(
            Wrong(lambda c: float(_pattern(c)[..., 0].mean()), "lifts your mean"),
            Wrong(lambda c: float(_pattern(c).mean()), "1 / tokens for any model"),
            Wrong(lambda c: float(_pattern(c)[:, :, -1, 0].mean()), "the last token alone"),
            Wrong(lambda c: 100 * float(_pattern(c)[:, :, 1:, 0].mean()), "in per cent"),
            Wrong(lambda c: _pattern(c), "until one number is left"),
        ),
    ),
    Exercise(
        id="E7",
        title="make it say the other name",
        minutes=7,
        hints=(
            "Put all of it on one token, read the number, take the next. Thirteen clicks are a full search.",
            "The number falls when the head looks at a name. It lowers what it looks at.",
            "100 % on the answer: [1.0 if token == mine.answer else 0.0 for token in tokens]",
        ),
        check=checks.other_name,
        ours=lambda c: _mine(c, "answer"),
        wrong=(
            Wrong(lambda c: _mine(c, "foil"), "the name you want to hear"),
            Wrong(lambda c: _mine(c, "first"), "takes the head out"),
            Wrong(lambda _: [1 / 14] * 14, "This is the control"),
            Wrong(lambda c: [100 * share for share in _mine(c, "answer")], "Per cent are for reading"),
            Wrong(lambda c: _mine(c, "answer")[:-1], "13 shares for 14 tokens"),
            Wrong(lambda c: [2 * share for share in _mine(c, "answer")], "out of a softmax"),
        ),
    ),
    Exercise(
        id="E8",
        title="the same move in other heads",
        minutes=7,
        hints=(
            "Do to eight other heads what you did to L23H3, and note by how much the number changed.",
            "mikit.PlaceAttention(..., layer=layer, head=head, shares=shares), run with mikit.run_study, gives both"
            " differences: 'placed' and 'real head'.",
            "placed, real = result.grids['logit difference'].values.numpy(); changes[(layer, head)] = placed - real",
        ),
        check=checks.control_heads,
        ours=our_controls,
        wrong=(
            Wrong(lambda c: c.given("E8") | {HEAD: -7.4}, "leaves out the very thing that is tested"),
            Wrong(lambda c: dict(list(c.given("E8").items())[:1]), "by luck"),
            Wrong(
                lambda c: {k: v + logit_difference(c.model(), my_names(c)) for k, v in c.given("E8").items()},
                "take the untouched difference away",
            ),
            Wrong(lambda c: dict.fromkeys([(23, h) for h in range(9) if h != 3], 0.0), "Make the same move"),
            Wrong(lambda _: [0.1] * 8, "Give {(layer, head)"),
        ),
    ),
)

PREDICTIONS = (
    Question(
        id="P1",
        text="You type one space at the end of the prompt. How likely is ' Mary' then?",
        low=0,
        high=100,
        unit="%",
        within=10,
        step=1,
        truth=lambda c: 100 * probability(c.model(), MARY.text + " ", MARY.answer),
    ),
    Question(
        id="P2",
        text=f"The model was trained to chat. You give it the bare text '{QUESTION}' What is the likeliest next token?",
        choices=(PARIS, NEWLINE, ENDS),
        truth=after_a_bare_question,
    ),
    Question(
        id="P3",
        text="'Then' is put before the prompt, so that 'when' is no longer first. Where does the sink's attention go?",
        choices=(STAYS, MOVES, SPREADS),
        truth=where_the_sink_goes,
    ),
    Question(
        id="P4",
        text="Untouched, the logit difference of ' Mary' and ' John' is +6.1. L23H3 now looks at ' Mary' alone, 100 %."
        " What is it then?",
        low=-4,
        high=12,
        unit="logits",
        within=1.5,
        step=0.1,
        truth=with_all_on_mary,
    ),
)


def _by_probability(logits: Any, answer: int, foil: int) -> float:
    shares = logits.softmax(-1)
    return float(shares[answer] - shares[foil])


def _as_chat() -> Any:
    from mikit.models.tokens import Chat

    return Chat(user=QUESTION)


LESSON = LessonPlan(id="00", title="Start here", minutes=55, exercises=EXERCISES, predictions=PREDICTIONS)
