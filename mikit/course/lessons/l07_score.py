"""Lesson 07: a learner's own score of how formal a text is; how it is fooled, and mended."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from mikit.course.lessons.l07_texts import FORMAL_CASUAL, FORMAL_WORDS
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong

Score = Callable[[str], float]

ENOUGH = 10
"""Of the twelve pairs, how many a score puts in order."""

WITHSTOOD = 0.8
"""The share of tricks of one kind that a mended score withstands."""

MOST_ADDED = 30
LIKED = 8

MORE = (
    "please grateful enclosed delay pleasure requested sincere attend unable unavailable until owing be been has"
    " invited wishes express received further office"
)
CHAT = (
    "hey hi ok okay guys guy gonna wanna gotta kinda yeah yep wow cool awesome stuff lol oops sorry thanks bye so just"
    " got get gets kicks ton bit shout heads deal great fun pics shut"
)
POLITE, CHATTY = {*FORMAL_WORDS, *MORE.split()}, set(CHAT.split())


def words_of(text: str) -> list[str]:
    """Its words without capitals; a contraction such as "it'll" is one."""
    return re.findall(r"\w+(?:'\w+)*", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def marks(text: str) -> int:
    """How often a text sounds casual: contractions, exclamation marks, chatty words."""
    words = words_of(text)
    return sum("'" in word and word != "o'clock" for word in words) + text.count("!") + sum(w in CHATTY for w in words)


def our_formality(text: str) -> float:
    """Formal words less casual marks, a word."""
    words = words_of(text)
    return (sum(word in POLITE for word in words) - marks(text)) / max(len(words), 1)


def our_mended(text: str) -> float:
    """Casual marks decide; where there are none, each formal word counts once."""
    words = words_of(text)
    if found := marks(text):
        return -found / max(len(words), 1)
    return len(POLITE & set(words)) / max(len(words), 1)


# -- E: a score of one's own ------------------------------------------------------------------------------------------


def check_formality(answer: Any, context: Context) -> Verdict:
    return _cannot_score(answer, "formality") or _in_order(answer) or _only_long(answer) or _good_first(answer)


def _cannot_score(answer: Any, name: str) -> Verdict | None:
    if not callable(answer):
        return no("a function", f"Give the function itself, without calling it: {name}, not {name}(...).")
    for text in (FORMAL_CASUAL[0][0], "", "\n"):
        try:
            value = answer(text)
        except ZeroDivisionError:
            return no("a text without words", f"{text!r} has no word, and the score divides by their number. Give 0.")
        if isinstance(value, str) or np.size(value) != 1 or not math.isfinite(float(value)):
            return no("one number", f"For {text!r} it gives {value!r}. A score is one number, for every text.")
    return None


def scored(score: Score) -> np.ndarray[Any, Any]:
    """The scores of the pairs that no arrow was made from, [pair, (formal, casual)]."""
    return np.array([[float(score(text)) for text in pair] for pair in FORMAL_CASUAL])


def _in_order(score: Score) -> Verdict | None:
    formal, casual = scored(score).T
    right, equal, all = int((formal > casual).sum()), int((formal == casual).sum()), len(formal)
    if right >= ENOUGH:
        return None
    if int((casual > formal).sum()) >= ENOUGH:
        return no("formal is high", "It is the wrong way round: the casual text of most pairs gets the higher score.")
    if equal > all - ENOUGH:
        return no(
            "it sees a difference",
            f"In {equal} of {all} pairs that you have not seen, both texts get the same score. It looks for words that"
            " few texts have. Look for what many have: contractions, exclamation marks, turns of politeness.",
        )
    return no(
        "formal above casual",
        f"Of {all} pairs that you have not seen it puts {right} in order, {equal} more are equal. Ask for {ENOUGH}.",
    )


def _only_long(score: Score) -> Verdict | None:
    """Formal texts are longer than casual ones, here as elsewhere, so length alone puts the pairs in order."""
    formal = scored(score)[:, 0]
    twice = np.array([float(score(f"{casual} {casual}")) for _, casual in FORMAL_CASUAL])
    if (formal > twice).sum() >= ENOUGH:
        return None
    return no(
        "longer is not more formal",
        f"A casual text said twice is no more formal. Yet in {int((twice >= formal).sum())} of {len(formal)} pairs it"
        " then reaches the formal text. Look at the words, and count them by the word.",
    )


def _good_first(score: Score) -> Verdict:
    right = int((scored(score)[:, 0] > scored(score)[:, 1]).sum())
    return yes(
        f"{right} of {len(FORMAL_CASUAL)} new pairs in order",
        "On texts that people write in good faith it works. A steered model does not write in good faith.",
    )


E5 = Exercise(
    id="E5",
    title="Score formality by your own rules",
    minutes=6,
    hints=(
        "Read the pairs above once more. What stands on the right in nearly every one, and never on the left?",
        "Count what sounds formal, take off what sounds casual (contractions, '!', 'guys', 'ok'), and divide by the"
        " number of words. An empty text has no words: divide by at least 1.",
        "words = text.lower().split(); plus = sum(w in ('please', 'regret', ...) for w in words);"
        " minus = text.count('!') + text.count(\"'\"); return (plus - minus) / max(len(words), 1)",
    ),
    check=check_formality,
    ours=lambda _: our_formality,
    wrong=(
        Wrong(lambda _: lambda text: -our_formality(text), "the wrong way round"),
        Wrong(lambda _: lambda text: float("please" in text.lower()), "both texts get the same score"),
        Wrong(lambda _: lambda text: len(text) % 7, "it puts"),
        Wrong(lambda _: len, "said twice"),
        Wrong(lambda _: lambda text: text.count("'") / len(text.split()), "has no word"),
        Wrong(lambda _: lambda text: "formal", "A score is one number"),
        Wrong(lambda _: 0.7, "Give the function itself"),
    ),
)

# -- E: fooled --------------------------------------------------------------------------------------------------------


def drawn(context: Context) -> tuple[str, str]:
    """A learner's casual note, and the formal letter that a text must beat."""
    note, letter = context.draw("note").permutation(len(FORMAL_CASUAL))[:2].tolist()
    return FORMAL_CASUAL[note][1], FORMAL_CASUAL[letter][0]


def liked(score: Score) -> list[str]:
    """The formal words that a score likes most."""
    return sorted(FORMAL_WORDS, key=lambda word: -float(score(word)))[:LIKED]


def tricks(score: Score) -> dict[str, list[str]]:
    """For each casual note, one text of each kind that is not formal and is made to score high, [kind][note]."""
    first, *_ = words = liked(score)
    notes = [casual for _, casual in FORMAL_CASUAL]
    return {
        "one word over and over": [f"{note} {' '.join([first] * len(note.split()))}" for note in notes],
        "formal words thrown in": [f"{note} {' '.join(words)}" for note in notes],
        "no sentence at all": [" ".join([word] * (10 + i)) for i, word in enumerate(words)],
    }


def withstood(score: Score) -> dict[str, float]:
    """Of the tricks of each kind, the share that scores below the formal text of its pair."""
    letters = [float(score(formal)) for formal, _ in FORMAL_CASUAL]
    return {
        kind: float(np.mean([float(score(text)) < letter for text, letter in zip(texts, letters, strict=False)]))
        for kind, texts in tricks(score).items()
    }


def check_fooled(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, str):
        return no("a text", "Give a text, between quotation marks.")
    score: Score = context.given("E5")
    note, letter = drawn(context)
    given, kept = answer.split(), iter(answer.split())
    if not all(word in kept for word in note.split()):
        return no("the note is in it", "All of the note must stand in your text, word for word, in its order.")
    if (added := len(given) - len(note.split())) > MOST_ADDED:
        return no("the note is in it", f"You add {added} words. With more than {MOST_ADDED} it is another text.")
    yours, theirs = float(score(answer)), float(score(letter))
    if yours > theirs:
        return yes(
            f"the note scores {yours:.2f}, the letter {theirs:.2f}",
            "No reader would call it formal. A score sees what it counts, and whatever has more of that gets more."
            " An arrow that pushes there will do.",
        )
    if min(withstood(score).values()) >= 1:
        return yes(
            "not to be fooled like this",
            "Your score withstands this and all of our tricks too. The step after the next will be short.",
        )
    return no(
        "above the letter", f"Your score gives it {yours:.2f}, and the letter {theirs:.2f}. Feed it what it counts."
    )


def our_fooled(context: Context) -> str:
    """The note, with more and more of what the score likes most, until that is enough."""
    score, (note, letter) = context.given("E5"), drawn(context)
    for word in liked(score):
        for added in range(1, MOST_ADDED + 1):
            if float(score(text := f"{note} {' '.join([word] * added)}")) > float(score(letter)):
                return text
    return note


E7 = Exercise(
    id="E7",
    title="Fool your own score",
    minutes=4,
    hints=(
        "What does your score count? Add that to the note, wherever you like.",
        "One formal word, said twenty times, costs you nothing. Keep every word and mark of the note as it is.",
        'fooled = note + " kindly" * 20, with a word that your score counts.',
    ),
    check=check_fooled,
    ours=our_fooled,
    wrong=(
        Wrong(lambda c: drawn(c)[1], "All of the note must stand in your text"),
        Wrong(lambda c: drawn(c)[0], "Feed it what it counts"),
        Wrong(lambda c: f"{drawn(c)[0]} {' '.join([drawn(c)[1]] * 5)}", "it is another text"),
        Wrong(lambda c: 20, "between quotation marks"),
    ),
)

# -- E: mended --------------------------------------------------------------------------------------------------------

_SAYS = {
    "one word over and over": "a casual note with one formal word said over and over. Count each word once.",
    "formal words thrown in": "a casual note with eight formal words thrown in. One 'hey guys' tells more than eight"
    " formal words: let casual marks weigh heavily, or decide.",
    "no sentence at all": "one formal word said over and over, and nothing else. Count each word once, and divide by"
    " the number of words.",
}


def check_mended(answer: Any, context: Context) -> Verdict:
    if bad := _cannot_score(answer, "mended") or _in_order(answer):
        return bad
    letter, fooled = drawn(context)[1], context.given("E7")
    if float(answer(fooled)) >= float(answer(letter)):
        return no(
            "your own trick",
            f"The text that fooled your score still gets {float(answer(fooled)):.2f}, and the letter"
            f" {float(answer(letter)):.2f}.",
        )
    found = withstood(answer)
    for kind, share in found.items():
        if share < WITHSTOOD:
            return no(kind, f"Above the letter in {1 - share:.0%} of our tricks of one kind: {_SAYS[kind]}")
    right = int((scored(answer)[:, 0] > scored(answer)[:, 1]).sum())
    return yes(
        f"{right} of {len(FORMAL_CASUAL)} pairs, and {min(found.values()):.0%} of the tricks or more",
        "It is mended against three kinds of trick. Of a fourth kind nothing is known.",
    )


def _each_once(text: str) -> float:
    words = words_of(text)
    return (len(POLITE & set(words)) - marks(text)) / max(len(words), 1)


def _vetoed(text: str) -> float:
    words = words_of(text)
    return -1.0 if marks(text) else sum(word in POLITE for word in words) / max(len(words), 1)


E8 = Exercise(
    id="E8",
    title="Mend it",
    minutes=7,
    hints=(
        "Which of its parts did you feed? Make that part count less the second time: set(words) has each word once.",
        "A casual mark should weigh more than any number of formal words. And a text of one word, said twelve times, is"
        " no letter: divide by the number of all words.",
        "if casual: return -casual / len(words); otherwise return len(set(words) & formal) / len(words)",
    ),
    check=check_mended,
    ours=lambda _: our_mended,
    wrong=(
        Wrong(lambda c: c.given("E5"), "The text that fooled your score"),
        Wrong(lambda _: _each_once, "let casual marks weigh heavily"),
        Wrong(lambda _: _vetoed, "and nothing else"),
        Wrong(lambda _: lambda text: 0.0, "both texts get the same score"),
        Wrong(lambda _: lambda text: -our_mended(text), "the wrong way round"),
        Wrong(lambda c: our_mended("Hello"), "Give the function itself"),
    ),
)
