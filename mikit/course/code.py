"""The progress code: what a learner keeps of one lesson, in a line that can be copied by hand.

It holds the learner's random seed, the state of each step and the locked predictions. No name, nothing typed.
Bits, most significant first: version 4, lesson 7, seed 24, layout 8, two for each exercise, and for each prediction
one (locked?) or 1 + 10 (slider step or choice) + 6 (how sure, above 50 %) + 2 (result); then a checksum of 20.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from mikit.course.plan import LessonPlan, Question
from mikit.course.progress import LessonState, Prediction, Step, StepState
from mikit.errors import MikitError

VERSION = 1
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, which are read wrong."""
READ_AS = str.maketrans("ILO", "110")
STATES: tuple[StepState, ...] = ("new", "tried", "passed", "ours")
RESULTS = (None, True, False)
SEED_BITS = 24
GROUP = 4
EXAMPLE = "K7QF-2M9X-..."


class CodeUnreadable(MikitError):
    """A progress code that is mistyped, cut, or from another lesson or version."""


@dataclass(frozen=True)
class Decoded:
    """What a code says."""

    lesson: str
    seed: int
    state: LessonState


class _Bits:
    """Bits that are written at the end and read from the front."""

    def __init__(self, value: int = 0, length: int = 0) -> None:
        self.value, self.length = value, length

    def put(self, number: int, width: int) -> None:
        self.value, self.length = (self.value << width) | number, self.length + width

    def take(self, width: int) -> int:
        if width > self.length:
            raise ValueError("the code ends too early")
        self.length -= width
        number, self.value = self.value >> self.length, self.value & ((1 << self.length) - 1)
        return number


def encode(plan: LessonPlan, seed: int, state: LessonState) -> str:
    """The code, such as "K7QF-2M9X-..."."""
    bits = _Bits()
    for number, width in ((VERSION, 4), (int(plan.id), 7), (seed, SEED_BITS), (_layout(plan), 8)):
        bits.put(number, width)
    for exercise in plan.exercises:
        bits.put(STATES.index(state.step(exercise.id).state), 2)
    for question in plan.predictions:
        locked = state.predictions.get(question.id)
        bits.put(locked is not None, 1)
        if locked is not None:
            bits.put(_step_of(question, locked.value), 10)
            bits.put(locked.sure - 50, 6)
            bits.put(RESULTS.index(locked.right), 2)
    bits.put(0, -bits.length % 5)
    body = _text(bits.value, bits.length // 5)
    whole = body + _checksum(body)
    return "-".join(whole[at : at + GROUP] for at in range(0, len(whole), GROUP))


def lesson_of(code: str) -> tuple[str, _Bits]:
    """The lesson that a code belongs to, and the bits after its number. Raises CodeUnreadable."""
    if not isinstance(code, str):
        raise CodeUnreadable(f"A progress code is a text like '{EXAMPLE}', not a {type(code).__name__}.")
    plain = "".join(code.upper().split()).replace("-", "").translate(READ_AS)
    body, checksum = plain[:-GROUP], plain[-GROUP:]
    if strange := sorted(set(plain) - set(ALPHABET)):
        raise CodeUnreadable(f"A progress code has no '{strange[0]}' in it; this one reads '{_short(code)}'.")
    if not body or checksum != _checksum(body):
        raise CodeUnreadable(
            f"'{_short(code)}' is not a whole progress code: its last four letters do not fit the rest. Look for a "
            "letter mistyped or missing."
        )
    bits = _Bits(sum(ALPHABET.index(sign) << 5 * place for place, sign in enumerate(reversed(body))), 5 * len(body))
    if bits.take(4) != VERSION:
        raise CodeUnreadable("This progress code was made by another version of mikit, which counts differently.")
    return f"{bits.take(7):02d}", bits


def decode(plan: LessonPlan, code: str) -> Decoded:
    """What a code of this lesson says. Raises CodeUnreadable."""
    lesson, bits = lesson_of(code)
    if lesson != plan.id:
        raise CodeUnreadable(
            f"This code belongs to lesson {lesson}, and this is lesson {plan.id}. Open that one with it."
        )
    try:
        seed, layout = bits.take(SEED_BITS), bits.take(8)
        if layout != _layout(plan):
            raise CodeUnreadable(f"Lesson {plan.id} has changed since this code was made: its steps are others now.")
        steps = {exercise.id: Step(state=STATES[bits.take(2)]) for exercise in plan.exercises}
        predictions = dict(_predictions(plan, bits))
    except (ValueError, IndexError) as error:
        raise CodeUnreadable(f"'{_short(code)}' is not a code of lesson {plan.id}.") from error
    return Decoded(plan.id, seed, LessonState(steps=steps, predictions=predictions))


def _predictions(plan: LessonPlan, bits: _Bits) -> Iterator[tuple[str, Prediction]]:
    for question in plan.predictions:
        if bits.take(1):
            value = _value_at(question, bits.take(10))
            yield question.id, Prediction(value=value, sure=50 + bits.take(6), right=RESULTS[bits.take(2)])


def _step_of(question: Question, value: float | str) -> int:
    if question.choices is not None:
        return question.choices.index(str(value))
    return round((float(value) - question.low) / question.grain)


def _value_at(question: Question, step: int) -> float | str:
    if question.choices is not None:
        return question.choices[step]
    return question.on_grid(question.low + step * question.grain)


def _layout(plan: LessonPlan) -> int:
    """Eight bits that change when the lesson's steps do."""
    names = [exercise.id for exercise in plan.exercises]
    for question in plan.predictions:
        scale = len(question.choices) if question.choices is not None else (question.low, question.high, question.grain)
        names.append(f"{question.id}{scale}")
    return zlib.crc32(" ".join(names).encode()) & 0xFF


def _text(number: int, letters: int) -> str:
    return "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(letters)))


def _checksum(body: str) -> str:
    return _text(zlib.crc32(body.encode()) & 0xFFFFF, GROUP)


def _short(code: str) -> str:
    return code if len(code) <= 40 else f"{code[:37]}..."
